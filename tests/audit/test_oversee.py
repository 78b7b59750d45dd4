"""Oversight of a whole store: the same findings at once and day by day, to the last id."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from tests.audit.test_store import batch, batches
from tests.kernel.traces import MONDAY, PACKS, damaged, programs, run_of

from guiju.audit import examination, kept, oversee
from guiju.audit import store as stores
from guiju.audit.finding import Finding
from guiju.audit.limits import NOT_YET
from guiju.audit.oversee import Overseen
from guiju.audit.store import Store
from guiju.formats.pack_rows import Duty
from guiju.formats.packs import Pack, digest, read_pack
from guiju.kernel.terms import Calendar, Year

CITY = PACKS / "changzhi"
TODAY = date(2026, 12, 15)
BEGIN = MONDAY.replace(tzinfo=None)
Row = dict[str, object]


@cache
def pack() -> Pack:
    return read_pack(CITY, TODAY)


@cache
def log(cases: int = 120, seed: int = 1) -> tuple[Row, ...]:
    """Runs of the city's charts, damaged here and there, over two months, as they arrive."""
    chance = random.Random(seed)
    rows: list[Row] = []
    people = [each.person for each in pack().assignments]
    organs = [each.id for each in pack().organs]
    for number in range(cases):
        program = chance.choice(programs())
        run = None
        while run is None:
            run = run_of(program, chance)
        at = BEGIN + timedelta(days=chance.randrange(40), minutes=chance.randrange(400))
        received = at
        told = list(program.moves)
        for step, outcome in damaged(run, told, chance) if chance.random() < 0.5 else run:
            at += timedelta(days=chance.choice((0, 0, 1, 1, 2, 9)), minutes=5)
            rows.append(
                {
                    "case": f"案{number}",
                    "power": program.power.code,
                    "step": step,
                    "outcome": outcome,
                    "at": at,
                    "received": received,
                    "organ": chance.choice(organs),
                    "person": chance.choice(people),
                    "applicant": f"人{number % 30}",
                }
            )
    rows.sort(key=lambda row: row["at"])
    return tuple({**row, "row": number} for number, row in enumerate(rows, 1))


def look(store: Store, on: date) -> Overseen:
    return oversee.oversee(store, pack(), digest(CITY), on)


def at_once(folder: Path, rows: tuple[Row, ...], on: date = TODAY, buckets: int = 4) -> Store:
    store = Store.create(folder, buckets)
    store.append("a", "a" * 64, lambda skip: batches(list(rows), 500, skip))
    return store


def ids(found: Overseen) -> list[tuple[str, str, str]]:
    return [(each.detector, each.id, each.words) for each in found.findings]


def test_day_by_day_finds_what_at_once_finds(tmp_path: Path):
    rows = log()
    whole = look(at_once(tmp_path / "whole", rows), TODAY)
    store = Store.create(tmp_path / "daily", 4)
    days = sorted({row["at"].date() for row in rows})
    last = None
    for number, day in enumerate(days):
        todays = [row for row in rows if row["at"].date() == day]
        todays = [{**row, "row": i} for i, row in enumerate(todays, 1)]
        store.append(f"{number}", f"{number:064}", lambda skip, t=todays: batches(t, 9, skip))
        if number % 9 == 0 or day == days[-1]:
            last = look(Store.open(store.folder), day)
    assert last is not None
    assert last.examined.cases < last.cases, "the last day must not examine everything"

    last = look(store, TODAY)

    assert ids(last) == ids(whole)
    assert len({each.detector for each in last.findings}) > 8
    assert max(Counter(each.id for each in last.findings).values()) == 1
    kinds = [replace(each, count=0, blind=()) for each in last.checked]
    assert kinds == [replace(each, count=0, blind=()) for each in whole.checked]


def test_columns_that_are_told_later_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(kept, "PIECES_MAX", 3)
    later = BEGIN + timedelta(days=25)
    names = ("person", "applicant", "received")
    rows = tuple(
        {name: value for name, value in row.items() if row["at"] > later or name not in names}
        for row in log(seed=2)
    )
    whole = look(at_once(tmp_path / "whole", rows), TODAY)
    store = Store.create(tmp_path / "parts", 4)

    for start in range(0, len(rows), 50):
        part = [{**row, "row": i} for i, row in enumerate(rows[start : start + 50], 1)]
        store.append(f"{start}", f"{start:064}", lambda skip, p=part: batches(p, 50, skip))
        last = look(store, TODAY)
        assert not any(column.null_count for column in last.known.table("held").columns)

    assert last.examined.cases < last.cases
    assert len(last.known.pieces) <= 4
    assert ids(last) == ids(whole)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_comes_when_the_end_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
):
    """Late rows, odd portions, files merged, columns told later, days that go back."""
    chance = random.Random(seed)
    monkeypatch.setattr(kept, "PIECES_MAX", chance.choice((1, 3, 24)))
    monkeypatch.setattr(stores, "FILES_MAX", chance.choice((1, 2, 6)))
    monkeypatch.setattr(stores, "PART_ROWS", chance.choice((10, 100, 1_000_000)))
    monkeypatch.setattr(oversee, "PORTION", chance.choice((50, 500_000)))
    monkeypatch.setattr(examination, "RECENT", chance.choice((5, 92)))
    rows = arriving(log(60, seed), chance)
    buckets = chance.choice((1, 3, 8, 40))
    whole = look(at_once(tmp_path / "whole", rows, buckets=buckets), TODAY)
    store, start = Store.create(tmp_path / "daily", buckets), 0

    while start < len(rows):
        count = chance.choice((1, 7, 40, 90))
        part = [{**row, "row": i} for i, row in enumerate(rows[start : start + count], 1)]
        store.append(f"{start}", f"{start:064}", lambda skip, p=part: batches(p, 9, skip))
        start += count
        if chance.random() < 0.4:
            last = max(row["at"] for row in rows[:start]).date()
            look(Store.open(store.folder), last + timedelta(days=chance.choice((-3, 0, 2))))
    last = look(Store.open(store.folder), TODAY)

    assert (last.cases, last.events) == (whole.cases, len(rows))
    assert ids(last) == ids(whole)


def arriving(rows: tuple[Row, ...], chance: random.Random) -> tuple[Row, ...]:
    """Rows of which some come days late, and the first ones tell less."""
    often, cut = chance.choice((0, 0.1, 0.3)), chance.choice((0, chance.randrange(len(rows))))
    delayed = [(row, chance.random() < often and chance.choice((1, 9, 30))) for row in rows]
    delayed.sort(key=lambda each: each[0]["at"] + timedelta(days=each[1]))
    less = ("person", "applicant", "organ")
    told = (
        {name: value for name, value in row.items() if number > cut or name not in less}
        for number, (row, _) in enumerate(delayed)
    )
    return tuple({**row, "row": number} for number, row in enumerate(told, 1))


def test_nothing_new_is_nothing_to_examine(tmp_path: Path):
    store = at_once(tmp_path / "s", log())
    first = look(store, TODAY)

    again = look(Store.open(store.folder), TODAY)

    assert again.examined.cases == 0
    assert (ids(again), again.cases, again.events) == (ids(first), first.cases, len(log()))
    assert [each.part for each in again.checked] == [each.part for each in first.checked]


def test_portions_and_buckets_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    whole = ids(look(at_once(tmp_path / "a", log(), buckets=1), TODAY))
    monkeypatch.setattr(oversee, "PORTION", 100)

    assert ids(look(at_once(tmp_path / "b", log(), buckets=7), TODAY)) == whole


def test_a_run_that_was_killed_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = at_once(tmp_path / "s", log())
    whole = ids(look(store, TODAY))
    (store.folder / "kept" / "state.json").unlink()
    monkeypatch.setattr(oversee, "PORTION", 100)
    calls = []

    def dies(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return examination.examine(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(oversee, "examine", dies)
        with pytest.raises(KeyboardInterrupt):
            look(store, TODAY)

    found = look(Store.open(store.folder), TODAY)

    assert ids(found) == whole
    assert found.examined.cases == found.cases


def test_another_pack_examines_everything_anew(tmp_path: Path):
    store = at_once(tmp_path / "s", log())
    look(store, TODAY)

    found = oversee.oversee(store, pack(), "another", TODAY)

    assert found.examined.cases == found.cases


def test_a_finding_names_rows_that_are_there(tmp_path: Path):
    rows = log()
    found = look(at_once(tmp_path / "s", rows), TODAY)
    at = {row["row"]: row for row in rows}

    def belongs(each: Finding) -> bool:
        return all(at[row]["case"] == each.case for row in each.rows) if each.case else True

    of_cases = [each for each in found.findings if each.detector not in ("Z4", "M5")]
    assert of_cases
    assert all(belongs(each) and each.rule and each.words for each in of_cases)


def test_an_empty_store_has_no_findings(tmp_path: Path):
    store = Store.create(tmp_path / "s", 4)
    store.append("a", "a" * 64, lambda _: [batch([], 0)])

    found = look(store, TODAY)

    assert (found.findings, found.cases, found.events) == ((), 0, 0)


def test_silence_that_nobody_wrote_down_is_dated_by_the_law(tmp_path: Path):
    """The term of a step runs out, and the next event comes before or after that."""
    code = next(p.code for p in pack().powers if "建设工程规划" in p.name)
    begun = datetime.fromisoformat("2026-09-07T09:00")

    def case(name: str, days: int) -> list[Row]:
        told = [("apply", "submit", 0), ("dispatch", "send", days)]
        return [
            {
                "case": name,
                "power": code,
                "step": step,
                "outcome": outcome,
                "at": begun + timedelta(days=after),
                "received": begun,
            }
            for step, outcome, after in told
        ]

    rows = [*case("早", 2), *case("晚", 12)]
    rows = [{**row, "row": number} for number, row in enumerate(rows, 1)]
    found = look(at_once(tmp_path / "s", tuple(rows)), date(2026, 9, 20))

    skipped = [each.case for each in found.findings if each.detector == "L1"]
    assert skipped == ["早"]


def case(name: str, power: str, *acts: str, **told: object) -> list[Row]:
    """A case from lines such as "03-02 file.open 查甲"; more may be told of every act."""
    rows = []
    for act in acts:
        on, what, *person = act.split()
        step, _, outcome = what.partition(".")
        at = datetime.fromisoformat(f"2026-{on}T09:00")
        row = {"case": name, "power": power, "step": step, "outcome": outcome, "at": at, **told}
        rows.append({**row, "person": person[0]} if person else row)
    return rows


def in_turn(
    folder: Path,
    *logs: tuple[tuple[str, ...], list[Row]],
    days: Sequence[date] = (),
    of: Pack | None = None,
) -> Overseen:
    """What is found at the end in logs taken in one after another, looked at on these days.

    Each log stands beside the columns of its system.
    """
    store = Store.create(folder, 4)
    for number, (columns, rows) in enumerate(logs):
        told = [{**row, "row": i} for i, row in enumerate(rows, 1)]
        store.append(f"{number}", f"{number:064}", lambda _, t=told: batches(t, 500, 0), columns)
        if number < len(days):
            oversee.oversee(Store.open(folder), of or pack(), "pack", days[number])
    return oversee.oversee(Store.open(folder), of or pack(), "pack", TODAY)


PENALTY = "000231001000"
INSPECTED = ("03-02 discover.report 甲", "03-03 file.file 乙", "03-05 investigate.penalty 甲")
WITHOUT, WITH = ("case", "step"), ("case", "present", "step")


def test_what_another_system_tells_accuses_nobody(tmp_path: Path):
    """Of two systems only one tells who was there: the other's acts lack nothing."""
    silent, open_ = case("B", PENALTY, *INSPECTED), case("A", PENALTY, *INSPECTED)
    open_[2]["present"] = [{"person": "甲", "post": "market_officer", "order": None}]

    found = in_turn(tmp_path / "both", (WITHOUT, silent), (WITH, open_))
    same = in_turn(tmp_path / "one", (WITH, silent), (WITH, open_))

    def about(found: Overseen) -> set[str]:
        return {each.case for each in found.findings if "不少于" in each.words}

    assert about(found) == {"A"}
    assert about(same) == {"A", "B"}
    (asked,) = (each for each in found.checked if (each.detector, each.part) == ("L3", "人数"))
    assert asked.unseen == "另有1件来自不写“在场人员姓名”的系统,不可核对"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("present", [{"person": "甲", "post": "market_officer", "order": None}]),
        ("evidence", ["调查笔录"]),
        ("person", "known"),
    ],
)
def test_what_is_told_later_is_asked_of_earlier_cases(tmp_path: Path, name: str, value: object):
    """One system; only its second log tells a column at all, or words that the pack knows."""
    known = next(each.person for each in pack().assignments)
    first = case(
        "A", PENALTY, *INSPECTED, "03-20 legal_review.dismiss 丙", "03-23 dismiss.none 丁"
    )
    second = case("B", PENALTY, *INSPECTED)
    second[-1][name] = known if value == "known" else value

    once = in_turn(tmp_path / "once", (WITH, first), (WITH, second))
    daily = in_turn(tmp_path / "daily", (WITH, first), (WITH, second), days=[TODAY])

    assert ids(daily) == ids(once)
    assert {each.case for each in once.findings} == {"A", "B"}


def test_a_duty_done_early_in_its_period_is_remembered(tmp_path: Path):
    """Its case had ended, and was looked at, before the period was over."""
    organ = pack().organs[0].id
    duty = Duty("D1", organ, "每月检查", PENALTY, "月", "示范", "discover")
    own = replace(pack(), duties=(duty,))
    acts = ("03-10 discover.report 甲", "03-11 file.no 乙")
    done = case("A", PENALTY, *acts, organ=organ)
    other = case(
        "B", PENALTY, *(f"{on} discover.report 甲" for on in ("02-27", "04-02")), organ=organ
    )

    days = [date(2026, 3, 12)]
    found = in_turn(tmp_path / "s", (WITH, done), (WITH, other), days=days, of=own)

    assert [each.words for each in found.findings if each.detector == "B4"] == []


def test_a_case_whose_power_nobody_tells_is_counted_as_unseen(tmp_path: Path):
    late = case("A", PENALTY, *INSPECTED)
    late[0]["power"] = None
    strange = case("B", "", "03-02 whatever.nonsense 甲")

    found = in_turn(tmp_path / "s", (WITH, [*late, *strange]))

    assert found.examined.chartless == 1
    asked = [each for each in found.checked if each.detector in ("H2", "L1", "L2")]
    assert {each.unseen for each in asked} == {"另有1件的职权没有流程图,不可核对"}
    skipping = case("C", PENALTY, "03-02 discover.report 甲", "03-03 serve.fine 甲")
    skipping[0]["power"] = None
    assert in_turn(tmp_path / "t", (WITH, skipping)).examined.unfit == 1


PLANNING = "000115001000"
ACCEPTED = ("03-02 apply.submit 民", "03-03 accept.accepted 窗", "03-04 dispatch.send 审")


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ((), {"M2", "M3"}),
        (("03-20 plan_review.extend 长",), {"M2", "Z3"}),
        (("04-08 plan_review.extend 长",), {"M2", "M3", "Z5"}),
        (("03-12 plan_review.extend 长", "03-13 plan_review.extend 长"), {"M2", "Z5"}),
    ],
)
def test_an_extension_counts_once_and_before_the_term_has_passed(
    tmp_path: Path, acts: tuple[str, ...], expected: set[str]
):
    received = datetime.fromisoformat("2026-03-02T09:00")
    end = "04-10 decide.grant 长"
    rows = case("A", PLANNING, *ACCEPTED, *acts, end, received=received)

    found = in_turn(tmp_path / "s", (WITH, rows))

    about = {each.detector for each in found.findings} & {"M2", "M3", "Z3", "Z5"}
    assert about == expected, [each.words for each in found.findings]


def test_a_term_is_not_older_than_its_law(tmp_path: Path):
    told = [case("旧", PENALTY, *INSPECTED), case("新", PENALTY, *INSPECTED)]
    for row in told[0]:
        row["at"] = row["at"].replace(year=2019)
    own = replace(pack(), calendar=Calendar.of(Year(y, "", "", (), ()) for y in range(2018, 2028)))

    found = in_turn(tmp_path / "s", (WITH, [*told[0], *told[1]]), of=own)

    assert [each.case for each in found.findings if each.detector == "M3"] == ["新"]
    assert found.examined.unknown[NOT_YET] > 0


def test_to_wait_for_a_term_to_run_out_is_no_delay(tmp_path: Path):
    """A party asks for no hearing: the chart may not go on before the five days are over."""
    acts = ("03-06 legal_review.pass 丙", "03-09 inform.served_hearing 甲")
    end = "03-17 ask_hearing.silent", "03-18 respond.waived 甲"
    told = [case("记", PENALTY, *INSPECTED, *acts, *end)]
    told.append(case("不记", PENALTY, *INSPECTED, *acts, end[1]))

    found = in_turn(tmp_path / "s", (WITH, [*told[0], *told[1]]))

    late = [each.words for each in found.findings if each.detector == "M1"]
    assert not [words for words in late if "听证" in words], late
