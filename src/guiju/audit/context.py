"""The context of a log: what its city's pack says, as relations of integers in the log's codes.

    listed       power, organ, first_day, last_day      whose list names the power
    known        power                                  powers whose organs are known
    mandate      person, post, organ, first_day, last_day   B counts as well as A
    reach        organ, division                        divisions at or below the organ's, and 0
    licence      certificate, person, first_day, last_day
    material     power, item                            · fee  power, fen
    expected     duty, power, organ, step, first_day, last_day   whole periods of the log
    obliged      organ                                  organs that have a duty at all
    reminder     power, days                            · term  power, kind, step, is_working, rule
    calendar     day, n                                 working days up to a day
    and what charts and controls ask: ``chart_rows``

Days are counted from 1970-01-01; a span that is open has ``ALWAYS`` or ``EVER``; ``rule`` is the
code of a citation. Without ``list.toml`` a power is on the list of the organs that its chart's
posts belong to. A pack is read as of one day, so what another version of a chart asked for is
not seen here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from guiju.audit.chart_rows import CHARTED, CONTROLLED, Named, chart_rows
from guiju.audit.coding import ALWAYS, EPOCH, EVER, UNSEEN, Coder, days
from guiju.audit.events import Words
from guiju.formats.packs import Pack
from guiju.kernel.power import APPLICANT, Power
from guiju.kernel.rules import Rule, Unit
from guiju.kernel.terms import Calendar
from guiju.kernel.unfold import unfold

SPAN = ("first_day", "last_day")
COLUMNS = {
    "listed": ("power", "organ", *SPAN),
    "known": ("power",),
    "mandate": ("person", "post", "organ", *SPAN),
    "reach": ("organ", "division"),
    "licence": ("certificate", "person", *SPAN),
    "material": ("power", "item"),
    "fee": ("power", "fen", "rule"),
    "expected": ("duty", "power", "organ", "step", *SPAN, "rule"),
    "obliged": ("organ",),
    "reminder": ("power", "days"),
    "term": ("power", "kind", "step", "is_working", "rule"),
    **CHARTED,
    **CONTROLLED,
}
STAGE, PROMISED, STATUTORY = 1, 2, 3  # kinds of limits, as in the relation ``clock``
NO_FEE = "不收费"
ONE_FEE = re.compile(r"(?:每[件证本次份])?(\d+)(?:\.(\d{1,2}))?元")
MONTHS = {"月": 1, "季": 3, "年": 12}


@dataclass(frozen=True)
class Context:
    """The relations of a pack, and the words for their codes.

    ``absent`` names the relations that the pack cannot fill, with the reason in words;
    ``numbers`` are values for the queries, beside thresholds.
    """

    tables: Mapping[str, pa.Table]
    absent: Mapping[str, str]
    numbers: Mapping[str, int]
    rules: Mapping[str, Rule]
    calendar: Calendar
    coder: Coder
    names: Mapping[tuple[int, int], str]  # (power, step or post) → its words
    whole: Mapping[int, str]  # powers, organs, duties → their names

    def text(self, code: int) -> str:
        """The word of a code."""
        return self.coder.text(code)

    def step_name(self, power: int, step: int) -> str:
        """The name of a step, or its word when the chart does not know it."""
        return self.names.get((power, step)) or self.text(step) or "(未写明环节)"

    def post_name(self, power: int, post: int) -> str:
        """The name of a post, or its word."""
        return self.names.get((power, post)) or self.text(post) or "(未写明岗位)"

    def organ_name(self, organ: int) -> str:
        """The name of an organ, or its word."""
        return self.name(organ) or "(未写明机关)"

    def is_met(self, where: str) -> bool:
        """Whether the log knows a word of ``relation.column``."""
        relation, column = where.split(".")
        codes = self.tables[relation][column].to_numpy()
        return bool(((codes > 0) & (codes < UNSEEN)).any())

    def name(self, code: int) -> str:
        """The name of a power, an organ or a duty, or its word."""
        return self.whole.get(code) or self.text(code)


def context_of(pack: Pack, words: Words, first: date, last: date) -> Context:
    """The context of a log whose events lie between two days, both included.

    ``words`` is read only: what the log never names gets codes that no event holds.
    """
    coder = Coder(words)
    powers = tuple(map(unfold, pack.powers))
    rows: dict[str, list[tuple[int, ...]]] = {name: [] for name in COLUMNS}
    for name, row in _rows(pack, powers, coder, (first, last)):
        rows[name].append(row)
    tables = {name: _table(columns, rows[name]) for name, columns in COLUMNS.items()}
    tables["calendar"] = _calendar(pack.calendar)
    names = {
        (coder.code(power.code), coder.code(id_)): name
        for power in powers
        for id_, name in (
            *((post.id, post.name) for post in power.posts),
            *((step.id, step.name) for step in power.steps),
        )
    }
    whole = [(power.code, power.name) for power in pack.powers]
    whole += [(organ.id, organ.name) for organ in pack.organs]
    whole += [(duty.id, duty.name) for duty in pack.duties or ()]
    absent = {
        "licence": "内容包没有 certificates.toml(执法证件)",
        "expected": "内容包没有 duties.toml(责任事项)",
    }
    there = {"licence": pack.certificates is not None, "expected": pack.duties is not None}
    return Context(
        tables=tables,
        absent={name: why for name, why in absent.items() if not there[name]},
        numbers={"is_whole_list": int(pack.listed is not None)},
        rules=pack.rules,
        calendar=pack.calendar,
        coder=coder,
        names=names,
        whole={coder.code(id_): name for id_, name in whole},
    )


def _rows(
    pack: Pack, powers: Iterable[Power], coder: Coder, span: tuple[date, date]
) -> Iterator[Named]:
    for power in powers:
        yield from chart_rows(power, coder)
        yield from _of_guide(power, coder)
    yield from _of_list(pack, coder)
    yield from _of_people(pack, coder)
    within = max(span[0], pack.calendar.first), span[1]
    for duty in pack.duties or ():
        yield "obliged", (coder.code(duty.organ),)
        what = tuple(map(coder.code, (duty.id, duty.power, duty.organ, duty.step)))
        for period in whole_periods(MONTHS[duty.every], *within):
            since, until = (days(day, 0) for day in period)
            yield "expected", (*what, since, until, coder.code(duty.basis))


def _of_guide(power: Power, coder: Coder) -> Iterator[Named]:
    code, limits = coder.code(power.code), power.limits
    for material in power.materials:
        yield "material", (code, coder.code(material.name))
    fen = fee_of(power.guide.fee)
    if fen is not None:
        yield "fee", (code, fen, coder.code(power.guide.fee_basis))
    yield "reminder", (code, limits.reminder.number)
    for kind, rule in ((PROMISED, limits.promised), (STATUTORY, limits.statutory)):
        yield "term", (code, kind, 0, *_term(rule, coder))
    for step in power.steps:
        if step.limit:
            yield "term", (code, STAGE, coder.code(step.id), *_term(step.limit, coder))


def _term(rule: Rule, coder: Coder) -> tuple[bool, int]:
    return rule.unit is Unit.WORKING_DAY, coder.code(rule.citation())


def _of_list(pack: Pack, coder: Coder) -> Iterator[Named]:
    """Who has which power: as the list says, else by the posts of the chart."""
    if pack.listed is not None:
        for row in pack.listed:
            span = days(row.valid_from, ALWAYS), days(row.valid_to, EVER)
            yield "listed", (coder.code(row.power), coder.code(row.organ), *span)
        return
    for power in pack.powers:
        roles = {post.id for post in power.posts} - {APPLICANT}
        organs = sorted({post.organ for post in pack.posts if post.role in roles})
        if organs:
            yield "known", (coder.code(power.code),)
        for organ in organs:
            yield "listed", (coder.code(power.code), coder.code(organ), ALWAYS, EVER)


def _of_people(pack: Pack, coder: Coder) -> Iterator[Named]:
    posts = {post.id: post for post in pack.posts}
    for held in pack.assignments:
        post = posts[held.post]
        who = (held.person, post.role, post.organ)
        span = days(held.valid_from, ALWAYS), days(held.valid_to, EVER)
        yield "mandate", (*map(coder.code, who), *span)
    for organ in pack.organs:
        yield "reach", (coder.code(organ.id), 0)
        for division in pack.divisions:
            if division.code.startswith(organ.division):
                yield "reach", (coder.code(organ.id), coder.code(division.code))
    for paper in pack.certificates or ():
        span = days(paper.valid_from, ALWAYS), days(paper.valid_to, EVER)
        yield "licence", (coder.code(paper.number), coder.code(paper.person), *span)


def fee_of(words: str) -> int | None:
    """The one fee that a guide names, in fen; None when its words leave room.

    >>> fee_of("不收费"), fee_of("每件10.5元"), fee_of("不收费;数量明显超过合理范围的除外")
    (0, 1050, None)
    """
    if words.strip() == NO_FEE:
        return 0
    found = ONE_FEE.fullmatch(words.strip())
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None


def whole_periods(months: int, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The whole months, quarters or years between two days: first and last day of each.

    >>> [str(day) for day in next(whole_periods(3, date(2026, 1, 2), date(2026, 7, 1)))]
    ['2026-04-01', '2026-06-30']
    """
    index = (first.year * 12 + first.month - 1) // months * months
    while True:
        since, after = _month(index), _month(index + months)
        if after - timedelta(days=1) > last:
            return
        if since >= first:
            yield since, after - timedelta(days=1)
        index += months


def _month(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)


def _table(columns: tuple[str, ...], rows: list[tuple[int, ...]]) -> pa.Table:
    """Distinct rows as a table of integers."""
    unique = sorted(set(rows))
    values = zip(*unique, strict=True) if unique else ((),) * len(columns)
    kinds = (pa.int64() if name == "fen" else pa.int32() for name in columns)
    arrays = [pa.array(map(int, v), kind) for v, kind in zip(values, kinds, strict=True)]
    return pa.table(dict(zip(columns, arrays, strict=True)))


def _calendar(calendar: Calendar) -> pa.Table:
    start = (calendar.first - EPOCH).days - 1
    day = np.arange(start, start + len(calendar.counts))
    counts = np.asarray(calendar.counts)
    return pa.table({"day": day.astype(np.int32), "n": counts.astype(np.int32)})
