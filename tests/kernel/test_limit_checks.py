"""C05: the longest way, against all ways enumerated; and charts with more ways than can be."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernel.charts import PACKS, chart, rule, step

from guiju.formats.packs import read_one
from guiju.kernel.checks import c05_limits_add_up, findings
from guiju.kernel.checks.c05_limits_add_up import longest
from guiju.kernel.power import ClockEffect, Outcome, Power, Step
from guiju.kernel.rules import Unit
from guiju.kernel.unfold import is_opinion, unfold

ON = date(2026, 9, 1)
C = ClockEffect
SAMPLES = sorted(PACKS.glob("*/powers/*.toml"))


def enumerated(power: Power) -> int:
    """The most days of all ways on which no step stands twice, gone one by one."""
    steps = {each.id: each for each in power.steps}

    def own(each: Step) -> int:
        if each.limit is None or is_opinion(each):
            return 0
        weeks = each.limit.unit is not power.limits.statutory.unit
        to_working = power.limits.statutory.unit is Unit.WORKING_DAY
        by, of = ((5, 7) if to_working else (7, 5)) if weeks else (1, 1)
        return -(-each.limit.number * by // of)

    def after(outcome: Outcome, runs: bool, before: frozenset[str]) -> int:
        if outcome.clock is C.END:
            return 0
        runs = {C.STOP: False, C.RESUME: True}.get(outcome.clock, runs)
        return max((at(id_, runs, before) for id_ in outcome.to if id_ in steps), default=0)

    def at(id_: str, runs: bool, before: frozenset[str]) -> int:
        if id_ in before:
            return 0
        more = max(after(each, runs, before | {id_}) for each in steps[id_].outcomes)
        return more + runs * own(steps[id_])

    outcomes = [each for one in power.steps for each in one.outcomes if each.clock is C.START]
    return max((after(each, True, frozenset()) for each in outcomes), default=0)


def timed(
    id_: str, days: int, *outcomes: tuple[str, ...], clocks: dict[int, C] | None = None
) -> Step:
    """A step with a limit, and what its outcomes do to the clock."""
    made = step(id_, *outcomes)
    clocks = clocks or {}
    told = tuple(replace(each, clock=clocks.get(i)) for i, each in enumerate(made.outcomes))
    return replace(made, limit=rule(days), outcomes=told)


@st.composite
def tangles(draw: st.DrawFn) -> Power:
    """Any steps that lead anywhere, and do anything to the clock."""
    ids = "abcdef"
    to = st.lists(st.sampled_from([*ids, "good"]), min_size=1, max_size=2, unique=True)
    effect = st.sampled_from([None, None, None, C.START, C.STOP, C.RESUME, C.END])
    steps = [
        timed(
            id_,
            draw(st.integers(0, 9)),
            *(tuple(each) for each in draw(st.lists(to, min_size=1, max_size=2))),
            clocks={i: draw(effect) for i in range(2)},
        )
        for id_ in ids
    ]
    return chart(*steps)


@given(tangles())
def test_the_longest_way_is_the_longest_of_all_ways(power):
    found = longest(power)

    assert found is not None
    assert found[0] == enumerated(power)


@pytest.mark.parametrize("path", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_the_longest_way_of_a_sample_power_is_the_longest_of_all_ways(path):
    power = unfold(read_one(path, ON))
    found = longest(power)

    assert found is not None
    assert found[0] == enumerated(power)


def row(count: int, *last: tuple[str, ...]) -> Power:
    """So many steps, each with two ways to the next two; the last leads on as told."""
    names = [f"s{i}" for i in range(count)]
    begin = timed("a", 1, ("s0",), clocks={0: C.START})
    steps = [
        timed(each, 1, (names[i + 1],), (names[min(i + 2, count - 1)],))
        for i, each in enumerate(names[:-1])
    ]
    return chart(begin, *steps, timed(names[-1], 1, *(last or (("good",),))))


def test_sixty_steps_with_two_outcomes_each_are_added_up_at_once():
    assert longest(row(60)) == (60, tuple(f"s{i} 1" for i in range(60)))
    assert longest(row(60, ("good",), ("s0",)))[0] == 60  # begun again


def test_circles_with_two_entries_may_be_too_many_to_tell(monkeypatch):
    power = row(60, ("good",), ("s1",))  # s1 can be come to past s0, and s2 as well
    monkeypatch.setattr(c05_limits_add_up, "PLACES_MAX", 1000)

    assert longest(power) is None
    told = [str(each) for each in findings(power, ON) if each.check == "C05"]
    assert told == ["[C05] 绕回的走法太多,环节时限加不出来"]
