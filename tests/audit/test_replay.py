"""Replay in bulk gives, event by event, what the kernel's own replay of each case gives."""

import random

import numpy as np
import pytest
from tests.audit.coded import MINUTE, events_of
from tests.kernel.traces import STRANGE, damaged, programs, run_of

from guiju.audit.events import Words
from guiju.audit.explanation import explained
from guiju.audit.replay import NO_CHART, Tables, replay
from guiju.kernel.alignment import explain
from guiju.kernel.behaviour import behaviour_of
from guiju.kernel.replay import Code
from guiju.kernel.replay import replay as reference

CASES = 400


@pytest.fixture(scope="module")
def behaviours():
    return {each.power.code: behaviour_of(each.net) for each in programs()}


@pytest.fixture(scope="module")
def traces(behaviours):
    """Cases of all charts, most of them damaged; some with events of the same time."""
    chance, made = random.Random(21), []
    while len(made) < CASES:
        program = chance.choice(programs())
        run = run_of(program, chance, 25)
        if run:
            behaviour = behaviours[program.power.code]
            told = damaged(run, behaviour.activities, chance) or run
            times = sorted(chance.choice([i, i, i // 2]) for i in range(len(told)))
            made.append((program.power.code, told, times))
    return made


def rows(traces):
    for case, (power, told, times) in enumerate(traces):
        for (step, outcome), at in zip(told, times, strict=True):
            row = {"case": case, "power": power, "step": step, "at": at * MINUTE}
            yield row | ({"outcome": outcome} if outcome else {})


def test_every_event_stands_as_the_reference_says(behaviours, traces) -> None:
    words = Words()
    tables = Tables(behaviours, words)
    events = events_of(words, list(rows(traces)))
    found = replay(events, tables)
    starts = events.starts
    for case, (power, told, _) in enumerate(traces):
        expected = reference(behaviours[power], told)
        codes = found.code[starts[case] : starts[case + 1]].tolist()
        assert codes == [step.code for step in expected.steps], told
        assert found.is_over[case] == expected.is_over
        assert found.deviates[case] == any(codes)
    assert 0.2 < found.deviates.mean() < 0.9
    assert len(found.code) == sum(len(told) for _, told, _ in traces)


@pytest.mark.parametrize("whole", [True, False])
def test_what_deviates_is_explained_as_the_kernel_does(behaviours, traces, whole) -> None:
    words = Words()
    tables = Tables(behaviours, words)
    events = events_of(words, list(rows(traces)))
    answer = explained(events, replay(events, tables), tables, whole=whole)
    told: dict[int, list[tuple[int, int]]] = {}
    for row in answer.deviations.to_pylist():
        told.setdefault(row["case"], []).append((row["n"], row["code"]))
    assert answer.rough == 0
    for case, (power, trace, times) in enumerate(traces):
        known = [("", "") if each == STRANGE else each for each in trace]
        least = explain(behaviours[power], known, times, is_whole=whole)
        assert least is not None
        assert told.get(case, []) == [(each.at, each.code) for each in least.deviations], trace
        assert answer.fits[case] == (least.cost == 0)


def test_the_words_of_a_deviation_are_those_of_the_log(behaviours) -> None:
    words = Words()
    tables = Tables(behaviours, words)
    program = next(each for each in programs() if each.power.name == "临时救助")
    told = [("apply", "submit"), ("accept", "accept"), ("喝茶", ""), ("opinion", "support")]
    events = events_of(words, list(rows([(program.power.code, told, range(4))])))
    answer = explained(events, replay(events, tables), tables, whole=False)
    found = [
        (r["row"], Code(r["code"]).name, words.text(r["step"]))
        for r in answer.deviations.to_pylist()
    ]
    assert found == [(3, "NOT_IN_CHART", "喝茶"), (4, "SKIPPED", "survey")]


def test_a_power_without_a_chart_is_not_judged(behaviours) -> None:
    words = Words()
    tables = Tables(behaviours, words)
    events = events_of(words, [{"case": 0, "power": "unheard-of", "step": "apply"}])
    found = replay(events, tables)
    assert found.chart.tolist() == [NO_CHART] and not found.deviates.any()
    answer = explained(events, found, tables, whole=True)
    assert answer.deviations.num_rows == 0 and not answer.fits.any()


def test_an_empty_log_is_no_trouble(behaviours) -> None:
    words = Words()
    tables = Tables(behaviours, words)
    found = replay(events_of(words, []), tables)
    assert np.size(found.code) == 0 and np.size(found.chart) == 0
