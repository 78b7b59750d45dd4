"""Who can do all steps of a power: against trying every staffing there is."""

from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from tests.kernel.charts import SOUND, chart, rule, step

from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.power import Chart, ClockEffect, End, Outcome, Post, Power
from guiju.kernel.rules import Unit
from guiju.kernel.staffing import Staff, duties, unstaffed

IDS = "abcd"


def staff(**first: str) -> Staff:
    """Posts and who holds them as A, one letter a person."""
    held = {post: frozenset(people) for post, people in first.items() if people}
    return Staff(held, held)


@st.composite
def cases(draw) -> tuple[Power, dict[str, str], set[tuple[str, str]]]:
    """Four steps in a row, each by a post of its own, some kept apart from earlier ones."""
    apart = draw(st.sets(st.sampled_from([(b, a) for b in IDS for a in IDS if a < b])))
    steps = []
    for i, id_ in enumerate(IDS):
        to = (IDS[i + 1],) if i + 1 < len(IDS) else ("good",)
        others = tuple(a for b, a in sorted(apart) if b == id_)
        controls = (Distinct(rule(1), others),) if others else ()
        steps.append(replace(step(id_, to, post=f"p{id_}"), controls=controls))
    power = replace(chart(*steps), posts=tuple(Post(f"p{id_}", id_) for id_ in IDS))
    held = {f"p{id_}": draw(st.text("甲乙丙", min_size=1, max_size=2)) for id_ in IDS}
    return power, held, apart


@given(cases())
def test_a_power_is_unstaffed_exactly_when_no_staffing_keeps_people_apart(case):
    power, held, apart = case

    def works(ids: str) -> bool:
        return any(
            all(who[b] != who[a] for b, a in apart if b in who and a in who)
            for people in product(*(held[f"p{id_}"] for id_ in ids))
            for who in [dict(zip(ids, people, strict=True))]
        )

    core = "".join(unstaffed(duties(power), staff(**held)))
    assert (core == "") == works(IDS)
    if core:
        assert not works(core)
        assert all(works(core.replace(id_, "")) for id_ in core)  # as few as possible


def test_the_same_person_at_the_window_and_as_approver_cannot_do_both():
    held = {"window": "甲", "inspector": "乙丙", "reviewer": "丁", "approver": "甲"}

    assert duties(SOUND).posts == set(held)
    assert unstaffed(duties(SOUND), staff(**held)) == ("accept", "decide")
    assert unstaffed(duties(SOUND), staff(**{**held, "approver": "戊"})) == ()


def test_two_inspectors_are_needed_where_two_must_go():
    held = {"window": "甲", "inspector": "乙", "reviewer": "丁", "approver": "戊"}

    assert unstaffed(duties(SOUND), staff(**held)) == ("visit",)


def test_b_stands_in_for_nobody_who_is_merely_kept_out():
    held = {"window": "甲", "inspector": "乙丙", "reviewer": "丁", "approver": "甲"}
    with_b = {**held, "approver": "甲戊"}
    there = Staff(staff(**held).first, staff(**with_b).first)

    assert unstaffed(duties(SOUND), there) == ("accept", "decide")


def test_steps_that_never_come_one_after_the_other_may_be_done_by_one():
    fork = step("a", ("b",), ("c",), post="p")
    keeps = replace(step("c", ("good",), post="q"), controls=(Distinct(rule(1), ("b",)),))
    power = chart(fork, step("b", ("good",), post="q"), keeps)

    assert unstaffed(duties(power), staff(p="甲", q="乙")) == ()


def test_companions_of_another_post_are_counted():
    visit = replace(
        step("a", ("good",), post="p"), controls=(PersonsMin(rule(2, Unit.PERSON), "q"),)
    )

    assert unstaffed(duties(chart(visit)), staff(p="甲", q="乙")) == ("a",)
    assert unstaffed(duties(chart(visit)), staff(p="甲", q="乙丙")) == ()


def test_people_are_kept_apart_within_and_around_a_called_chart():
    look, judge = step("look", ("judge",), post="q"), step("judge", ("judged",), post="r")
    part = Chart("part", "子流程", (look, judge), (End("judged", "已判断"),))
    called = replace(step("b", ("c",)), post="", call="part")
    called = replace(called, outcomes=(replace(called.outcomes[0], id="judged"),))
    keeps = replace(step("c", ("good",), post="s"), controls=(Distinct(rule(1), ("b",)),))
    posts = tuple(Post(id_, id_) for id_ in "pqrs")
    power = replace(chart(step("a", ("b",), post="p"), called, keeps), charts=(part,), posts=posts)

    assert duties(power).posts == {*"pqrs"}
    assert unstaffed(duties(power), staff(p="甲", q="甲", r="甲", s="乙")) == ()
    assert unstaffed(duties(power), staff(p="甲", q="乙", r="甲", s="乙")) == ("b.look", "c")


def test_whoever_chooses_for_a_step_is_needed_and_kept_apart_as_well():
    later = step("b", ("good",), ("good",), post="p")
    longer = replace(later.outcomes[1], post="q")
    later = replace(
        later,
        outcomes=(later.outcomes[0], longer),
        controls=(Distinct(rule(1), ("a",), (longer.id,)),),
    )
    power = chart(step("a", ("b",), post="p"), later)

    assert duties(power).posts == {"p", "q"}
    assert unstaffed(duties(power), staff(p="甲", q="乙")) == ()
    assert unstaffed(duties(power), staff(p="甲", q="甲")) == ("a", "b")
    assert unstaffed(duties(power), staff(p="甲")) == ("b",)


def test_whoever_extends_at_a_step_has_not_done_its_work():
    extend = Outcome(
        "extend", "延长", (), extend=rule(10), post="q", clock=ClockEffect.EXTEND, aside=True
    )
    first = step("a", ("b",), post="p")
    first = replace(first, outcomes=(*first.outcomes, extend))
    keeps = replace(step("b", ("good",), post="q"), controls=(Distinct(rule(1), ("a",)),))

    assert unstaffed(duties(chart(first, keeps)), staff(p="甲", q="乙")) == ()
    assert unstaffed(duties(chart(first, keeps)), staff(p="乙", q="乙")) == ("a", "b")
