"""What the tests of oversight share: a pack with one power, and logs of a few events."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa
from tests.kernel.charts import DATA, PACKS

from guiju.audit.context import context_of
from guiju.audit.detection import Asking, Detected, detect
from guiju.audit.detector import Scope
from guiju.audit.detectors import DETECTORS
from guiju.audit.engine import Duck
from guiju.audit.events import CODED, NEVER, Events, Words
from guiju.audit.feeds import Feeds
from guiju.audit.finding import Finding
from guiju.audit.relations import ACROSS, GIVEN, across, relate, relations_of, told
from guiju.formats.pack_rows import Assignment, Division, Organ, PostRow
from guiju.formats.packs import Pack, read_pack, read_power

EPOCH = date(1970, 1, 1)
POWER = "000100000001"
FIRST, TODAY = date(2026, 1, 1), date(2026, 9, 30)
PEOPLE = {
    "window": ("窗甲", "窗乙"),
    "officer": ("查甲", "查乙"),
    "reviewer": ("审甲", "审乙"),
    "panel": ("班甲", "班乙"),
    "leader": ("局长",),
}
PACK: Pack = replace(
    read_pack(PACKS / "national", TODAY),
    powers=(read_power(DATA / "overseen.toml", {}),),
    divisions=(Division("10", "某县", "县"), Division("1001", "某镇", "乡")),
    organs=(Organ("bureau", "某局", "10"), Organ("town", "某镇政府", "1001")),
    posts=(
        *(PostRow(f"bureau-{role}", role, role, "bureau") for role in PEOPLE),
        PostRow("town-clerk", "clerk", "clerk", "town"),
    ),
    assignments=tuple(
        Assignment(person, f"bureau-{role}", date(2026, 1, 1), rank="B" if i else "A")
        for role, people in PEOPLE.items()
        for i, person in enumerate(people)
    ),
)
WORDS = ("power", "step", "outcome", "organ", "post", "person", "certificate", "division")
TIMES = ("recorded_at", "received")
NUMBERS = ("reason", "fee", "amount", "stop_days")
Told = Mapping[str, Any]


def days(day: str) -> int:
    """Days since 1970-01-01 of a day of 2026, as in "03-02"."""
    return (date.fromisoformat(f"2026-{day}") - EPOCH).days


def moment(text: str) -> int:
    """Microseconds of a moment of 2026, nine o'clock unless told, as in "03-02T14:00"."""
    day, _, time = text.partition("T")
    hour, minute = map(int, (time or "9:00").split(":"))
    return ((days(day) * 24 + hour) * 60 + minute) * 60 * 10**6


def event(line: str) -> Told:
    """One event: day, step.outcome, person, and what else is told, as in
    "03-04 visit.done 查甲 post=officer present=查甲:officer:1,查乙:officer:2 fee=1000".

    It is of the case A and the power of the pack, at the bureau, unless told.
    """
    on, what, *rest = line.split()
    named = dict(each.split("=") for each in rest if "=" in each)
    person = next((each for each in rest if "=" not in each), "")
    step, _, outcome = what.partition(".")
    told: dict[str, Any] = {"case": "A", "power": POWER, "organ": "bureau"}
    told |= {"at": on, "step": step, "outcome": outcome, "person": person}
    for name, value in named.items():
        is_list = name in ("present", "items", "evidence")
        told[name] = value.split(",") if is_list else int(value) if name in NUMBERS else value
    return told


@dataclass
class Log:
    """A log in memory with what others have found out about it."""

    events: Events
    words: Words
    cases: list[str]
    given: dict[str, pa.Table]


def log(*texts: str) -> Log:
    """Lines of events, and of what others have found out about them.

    A line such as "clock 2 2 0 03-03 -1 03-19 3" is a row of a relation, without bucket and
    case (which is the first one); a word in it is a step, a day counts as a day.
    """
    lines = [line for text in texts for line in text.split("\n") if line.strip()]
    events = [event(line) for line in lines if line.split()[0] not in GIVEN]
    words = Words()
    cases = list(dict.fromkeys(each["case"] for each in events))
    rows = [coded(each, i, words, cases) for i, each in enumerate(events, 1)]
    rows.sort(key=lambda row: (row["case"], row["at"], row["row"]))
    names = {"case", "row", "at", "step", *(name for each in events for name in each)}
    columns = {
        field.name: pa.array([row.get(field.name) for row in rows], field.type)
        for field in CODED
        if field.name in names
    }
    given = {name: table(name, lines, words) for name in GIVEN}
    return Log(Events(columns), words, cases, given)


def table(name: str, lines: list[str], words: Words) -> pa.Table:
    """The rows of a relation that lines tell of."""
    told = [line.split()[1:] for line in lines if line.split()[0] == name]
    rows = [(0, 0, *(number(word, words) for word in row)) for row in told]
    values = list(zip(*rows, strict=True)) or [()] * len(GIVEN[name])
    return pa.table([pa.array(v, pa.int64()) for v in values], names=GIVEN[name].names)


def number(word: str, words: Words) -> int:
    """A number, a day, or the code of a word."""
    if re.fullmatch(r"-?\d+", word):
        return int(word)
    return days(word) if re.fullmatch(r"\d\d-\d\d", word) else words.code(word)


def coded(each: Told, row: int, words: Words, cases: list[str]) -> dict[str, Any]:
    """One event as the columns of ``CODED`` have it."""
    plain = {name: words.code(each.get(name, "")) for name in WORDS}
    present = [
        {"person": words.code(who), "post": words.code(post), "order": int(order or 0)}
        for who, post, order in (f"{each}::".split(":")[:3] for each in each.get("present", ()))
    ]
    return {
        **plain,
        "case": cases.index(each["case"]),
        "row": row,
        "at": moment(each["at"]),
        **{name: moment(each[name]) if name in each else NEVER for name in TIMES},
        **{name: each.get(name, -1) for name in NUMBERS},
        "applicant": words.code(each.get("applicant", "")),
        "present": present,
        "items": [words.code(item) for item in each.get("items", ())],
        "evidence": [words.code(kind) for kind in each.get("evidence", ())],
    }


def detected(
    each: Log, pack: Pack = PACK, today: date = TODAY, ids: tuple[str, ...] = ()
) -> Detected:
    """What all detectors, or some, say about a log of one bucket."""
    detectors = [one for one in DETECTORS if not ids or one.id in ids]
    context = context_of(pack, each.words, FIRST, today)
    asking = Asking(context, Feeds.one(told(each.events)), today, lambda _, case: each.cases[case])
    with Duck() as duck:
        relate(duck, relations_of(each.events, context, each.given), context)
        alone = detect(duck, detectors, asking, Scope.BUCKET)
        kase, done = (duck.table(f"FROM {name}") for name in ACROSS)
    with Duck() as together:
        across(together, context, kase, done)
        whole = detect(together, detectors, asking, Scope.STORE)
    return Detected((*alone.findings, *whole.findings), (*alone.checked, *whole.checked))


def found(id_: str, each: Log, pack: Pack = PACK, today: date = TODAY) -> list[Finding]:
    """The findings of one detector."""
    return list(detected(each, pack, today, (id_,)).findings)


def why_not(id_: str, each: Log, pack: Pack = PACK) -> list[str]:
    """Of each part of a detector why it could not be asked, "" where it could."""
    return [row.why_not for row in detected(each, pack, ids=(id_,)).checked]
