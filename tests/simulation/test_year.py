"""A simulated year: the same by seed, lawful where it says so, and found where it does not."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from tests.kernel.charts import PACKS

from guiju.audit.detectors import DETECTORS
from guiju.audit.oversee import Overseen, oversee
from guiju.audit.store import Store
from guiju.audit.truth import read_truth, scores
from guiju.formats.logs.reading import open_log
from guiju.formats.packs import digest, read_pack, stack
from guiju.kernel.run import perform, start
from guiju.simulation.misconduct import INVISIBLE
from guiju.simulation.writing import write_log, write_packs, write_truth
from guiju.simulation.year import Plan, Year

CITY = PACKS / "changzhi"
PLAN = Plan(date(2026, 1, 1), date(2026, 8, 31), 600, 0.25, 3)


@cache
def pack():
    return read_pack(CITY, PLAN.last)


def written(folder: Path, plan: Plan) -> Path:
    folder.mkdir()
    year = Year(pack(), plan)
    write_log(folder / "events.parquet", year.cases())
    write_truth(folder / "truth.csv", year.truth)
    below = [each for each in stack(CITY) if each != CITY]
    write_packs(folder / "packs", CITY, below, year.city.pack)
    return folder


def looked_at(folder: Path) -> Overseen:
    store = Store.create(folder / "store", 4)
    log = open_log(folder / "events.parquet")
    store.append(log.name, log.sha256, log.batches)
    own = folder / "packs" / "changzhi"
    return oversee(store, read_pack(own, PLAN.last), digest(own), PLAN.last)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path):
    plan = replace(PLAN, cases=120)
    one, two = written(tmp_path / "a", plan), written(tmp_path / "b", plan)
    other = written(tmp_path / "c", replace(plan, seed=4))

    for name in ("events.parquet", "truth.csv", "packs/changzhi/people.toml"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    assert (one / "events.parquet").read_bytes() != (other / "events.parquet").read_bytes()


def test_every_lawful_case_is_performed_by_the_kernel_as_it_is_told():
    year = Year(pack(), replace(PLAN, cases=150, misconduct=0))
    calendar = pack().calendar

    for case in year.cases():
        program = case.played.course.program
        state = start(program, case.played.received)
        for act, row in zip(case.played.acts, case.rows, strict=True):
            state = perform(program, state, act, lambda: calendar)
            assert (row.step, row.outcome) == (act.step, act.outcome)
            assert row.at == act.at.replace(tzinfo=None)
        assert state.ended
    assert year.truth == []


@pytest.mark.parametrize("misconduct", [0.0, 0.15])
def test_all_that_leaves_a_trace_is_found_and_nothing_else(tmp_path: Path, misconduct: float):
    folder = written(tmp_path / "city", replace(PLAN, cases=3000, misconduct=misconduct))
    truth = read_truth(folder / "truth.csv")

    rows = scores(truth, looked_at(folder).findings)

    assert [(row.detector, row.missed, row.false) for row in rows if row.missed or row.false] == []
    done = {row.detector for row in rows if row.done}
    assert done == ({each.id for each in DETECTORS} if misconduct else set())
    if misconduct:
        assert {each.words for each in truth if not each.leaves_trace} <= set(INVISIBLE.values())
        assert any(not each.leaves_trace for each in truth)


def test_a_score_counts_what_was_missed_and_what_is_false(tmp_path: Path):
    folder = written(tmp_path / "city", PLAN)
    truth, found = read_truth(folder / "truth.csv"), looked_at(folder).findings
    fewer = [each for each in found if each.detector != "L4"]
    stranger = replace(found[0], case="没有做过什么的件")

    by_id = {row.detector: row for row in scores(truth, [*fewer, stranger])}

    assert by_id["L4"].found == 0
    assert by_id["L4"].recall == 0
    assert by_id[found[0].detector].false == 1
