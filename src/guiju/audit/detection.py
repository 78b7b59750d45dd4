"""``detect``: detectors asked over relations; findings, and what could not be asked.

Silence is no answer: of every part of every detector the result says how many findings it has,
or why it could not be asked (不可核对), and of each column that it needs how many events do not
tell it. Queries see numbers only in the place of ``$name``; nothing of a log becomes SQL.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from string import Template

from guiju.audit.coding import EPOCH
from guiju.audit.context import Context
from guiju.audit.detector import Detector, Part, Scope, Seen, day_of
from guiju.audit.engine import Engine
from guiju.audit.events import UNTOLD
from guiju.audit.feeds import Feeds
from guiju.audit.finding import Finding, finding_id

COLUMN_NAMES = {
    "recorded_at": "录入时间",
    "power": "职权",
    "outcome": "办理结果",
    "organ": "机关",
    "post": "岗位",
    "person": "经办人",
    "certificate": "执法证号",
    "reason": "是否说明理由",
    "fee": "收费",
    "amount": "金额",
    "stop_days": "停止计时天数",
    "applicant": "申请人",
    "division": "区划",
    "present": "在场人员",
    "named": "在场人员姓名",
    "order": "发言顺序",
    "items": "材料",
    "evidence": "凭证",
}
"""The columns of a log that detectors need, in words."""


Place = tuple[int, int]
"""A case by its bucket and its number there."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What detectors are asked about: a log's context, what it tells, and the day."""

    context: Context
    feeds: Feeds  # what the systems tell that the whole log comes from
    today: date
    case_name: Callable[[int, int], str]  # the name of a case, from bucket and number


@dataclass(frozen=True, slots=True)
class Checked:
    """A row of the table: one part of one detector, and whether it could be asked."""

    detector: str
    name: str
    part: str
    why_not: str  # in words; "" when it could be asked
    count: int = 0
    blind: tuple[tuple[str, int], ...] = ()  # what it could not see, and how many of these

    @property
    def unseen(self) -> str:
        """What could not be seen although it could be asked, in words."""
        return ";".join(f"另有{count}{words},不可核对" for words, count in self.blind)


@dataclass(frozen=True, slots=True)
class Detected:
    """Findings, ordered by detector, day and id, and the table of what was asked."""

    findings: tuple[Finding, ...]
    checked: tuple[Checked, ...]
    places: tuple[Place, ...] = ()  # of each finding, the case that it is about


def detect(
    engine: Engine,
    detectors: Iterable[Detector],
    asking: Asking,
    scope: Scope,
) -> Detected:
    """Ask the detectors of one scope; the engine holds the relations."""
    findings: dict[str, tuple[Finding, Place]] = {}
    checked = []
    for detector in detectors:
        if detector.scope is not scope:
            continue
        for part in detector.parts:
            why_not = obstacle(detector, part, asking)
            found = () if why_not else tuple(_found(engine, detector, part, asking))
            findings |= {each.id: (each, place) for each, place in found}
            names = (detector.id, detector.name, part.name)
            blind = () if why_not else _blind(engine, detector, part, asking)
            count = len({each.id for each, _ in found})
            checked.append(Checked(*names, why_not, count, blind))
    order = sorted(findings.values(), key=lambda row: (row[0].detector, row[0].day, row[0].id))
    told, places = zip(*order, strict=True) if order else ((), ())
    return Detected(told, tuple(checked), places)


def query(detector: Detector, sql: str, context: Context, today: date) -> str:
    """SQL with its numbers put in. Raises KeyError for a threshold that is not set."""
    used = _thresholds(detector, sql)
    numbers = {name: context.rules[id_].number for name, id_ in used.items()}
    numbers |= {**context.numbers, "today": (today - EPOCH).days}
    return Template(sql).substitute(numbers)


def obstacle(detector: Detector, part: Part, asking: Asking) -> str:
    """Why a part cannot be asked, in words; "" when it can."""
    if not any(tells.issuperset(part.needs) for tells in asking.feeds.tells):
        untold = [name for name in part.needs if name not in asking.feeds.told]
        return f"日志没有{_columns(untold or part.needs)}"
    rules = asking.context.rules
    unset = [id_ for id_ in _thresholds(detector, part.sql).values() if id_ not in rules]
    if unset:
        return f"内容包没有规则“{'”“'.join(unset)}”"
    if "today" in Template(part.sql).get_identifiers() and _is_beyond(asking):
        return f"工作日历没有{asking.today.year}年"
    absent = [asking.context.absent[name] for name in part.tables if name in asking.context.absent]
    if absent:
        return ";".join(absent)
    context = asking.context
    apart = [column for column, where in part.meets if not context.is_met(where)]
    return f"日志里的{_columns(apart)}没有一个在内容包里" if apart else ""


def _columns(names: Iterable[str]) -> str:
    return f"“{'”“'.join(COLUMN_NAMES[name] for name in names)}”"


def _count(engine: Engine, sql: str) -> int:
    """The one number that a query answers."""
    ((count,),) = engine.ask(sql).rows
    return int(count)


def _blind(
    engine: Engine, detector: Detector, part: Part, asking: Asking
) -> tuple[tuple[str, int], ...]:
    """What a part could not see although it was asked, and how many of these."""
    blind = [(part.blind, part.unseen)] if part.blind else []
    blind += [(OUTSIDE, "件超出工作日历的年份")] if "JOIN calendar" in part.sql else []
    spans = asking.feeds.without(part.needs)
    blind += [(_within(spans), f"件来自不写{_columns(part.needs)}的系统")] if spans else []
    told = []
    for sql, words in blind:
        count = _count(engine, query(detector, sql, asking.context, asking.today))
        told += [(words, count)] if count else []
    return tuple(told)


def _within(spans: Iterable[tuple[int, int | None]]) -> str:
    """The query that counts the cases whose first row is in one of these spans."""
    ends = (f"k.first_row >= {a}" + (f" AND k.first_row < {b}" if b else "") for a, b in spans)
    return f"SELECT count(*) FROM kase AS k WHERE {' OR '.join(ends)}"  # noqa: S608 - numbers alone


OUTSIDE = """
SELECT count(*) FROM kase AS k
LEFT JOIN calendar AS a ON a.day = k.first_day
LEFT JOIN calendar AS b ON b.day = k.last_day
WHERE a.day IS NULL OR b.day IS NULL
"""


def _is_beyond(asking: Asking) -> bool:
    calendar = asking.context.calendar
    return not 0 < (asking.today - calendar.first).days < len(calendar.counts) - 1


def _found(
    engine: Engine, detector: Detector, part: Part, asking: Asking
) -> Iterator[tuple[Finding, Place]]:
    context = asking.context
    answer = engine.ask(query(detector, part.sql, context, asking.today))
    used = _thresholds(detector, part.sql)
    limits = {name: context.rules[id_].words() for name, id_ in used.items()}
    rule = _citation(detector, used, context)
    for row in answer.rows:
        values = dict(zip(answer.columns, row, strict=True))
        seen = Seen(values, context, limits)
        rows = (row for row in (seen["row"], seen["other"]) if row != UNTOLD)
        if not all(asking.feeds.is_told(row, part.needs) for row in rows):
            continue
        yield _finding(detector, part, asking, seen, rule), (seen["bucket"], seen["case"])


def _finding(detector: Detector, part: Part, asking: Asking, seen: Seen, rule: str) -> Finding:
    """One finding; ``rule`` is quoted where the row names none."""
    bucket = seen["bucket"]
    case = "" if bucket == UNTOLD else asking.case_name(bucket, seen["case"])
    power, organ = seen.text("power"), seen.text("organ")
    rows = tuple(sorted({seen["row"], seen["other"]} - {UNTOLD}))
    detail = "|".join((part.name, *(_key(seen, column) for column in part.key)))
    return Finding(
        id=finding_id(detector.id, power, case or organ, rows, detail),
        detector=detector.id,
        group=detector.group,
        severity=detector.severity,
        power=power,
        case=case,
        organ=organ,
        rows=rows,
        day=day_of(seen["day"]),
        words=part.words(seen),
        rule=seen.text("rule") if seen.values.get("rule") else rule,
        counter=detector.counter,
    )


def _key(seen: Seen, column: str) -> str:
    return seen.date(column) if column.endswith("_day") else seen.text(column)


def _citation(detector: Detector, used: Mapping[str, str], context: Context) -> str:
    """The detector's own rule with those of the thresholds that were used."""
    known = context.rules
    ids = dict.fromkeys((detector.rule, *used.values()))
    return ";".join(known[id_].citation() for id_ in ids if id_ in known)


def _thresholds(detector: Detector, sql: str) -> dict[str, str]:
    """The thresholds of a detector that a query asks for: name → id of the rule."""
    named = Template(sql).get_identifiers()
    return {name: id_ for name, id_ in detector.thresholds.items() if name in named}
