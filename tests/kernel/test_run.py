"""A case on its chart: what is offered, what an act changes, and what refuses it."""

from dataclasses import replace
from datetime import date, timedelta, timezone
from json import dumps, loads

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernel.charts import SOUND, act, chart, moment, people, program, rule, step

from guiju.kernel.acts import Act, Person, State, state_from_json, state_to_json
from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.controls.evidence import Evidence
from guiju.kernel.controls.one_notice import OneNotice
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.controls.publicity_days import PublicityDays
from guiju.kernel.controls.reason_required import ReasonRequired
from guiju.kernel.net import END, ChartError, compile_net
from guiju.kernel.power import ClockEffect, Field, FieldKind, Outcome
from guiju.kernel.program import Program, compile_power, offered, open_steps
from guiju.kernel.rules import Certainty, Rule, Unit
from guiju.kernel.run import Refused, perform, refusals, start
from guiju.kernel.terms import Clock, Extension, Stop

FORK = (
    step("a", ("b", "c")),
    step("b", ("d",), ("b",)),
    step("c", ("d",)),
    step("d", ("good",), ("a",), join=("b", "c")),
)


def ids(parts) -> list[str]:
    return [part.id for part in parts]


def walked(on: Program, *moves: tuple[str, str]) -> State:
    state = start(on, moment(1))
    for day, (step_id, outcome) in enumerate(moves, 2):
        state = perform(on, state, act(step_id, outcome, moment(day)))
    return state


# ─── Tokens


def test_a_new_case_is_at_the_first_step_and_nowhere_else():
    on = program(*FORK)

    assert ids(open_steps(on, start(on, moment(1)))) == ["a"]
    assert start(on, moment(1)).since == {"a": moment(1)}


def test_a_fork_opens_both_branches_and_a_join_waits_for_both():
    on = program(*FORK)

    assert ids(open_steps(on, walked(on, ("a", "o0")))) == ["b", "c"]
    half = walked(on, ("a", "o0"), ("b", "o0"))
    assert ids(open_steps(on, half)) == ["c"]
    assert on.net.waiting(half.marking) == ("c", "d")
    assert ids(open_steps(on, walked(on, ("a", "o0"), ("c", "o0"), ("b", "o0")))) == ["d"]


def test_the_outcomes_offered_stand_in_chart_order():
    on = program(*FORK)
    state = walked(on, ("a", "o0"))

    assert [(m.step.id, m.outcome.id) for m in offered(on, state)] == [
        *(("b", "o0"), ("b", "o1"), ("c", "o0")),
    ]


def test_the_end_leaves_one_token_and_nothing_to_do():
    on = program(*FORK)
    state = walked(on, ("a", "o0"), ("b", "o0"), ("c", "o0"), ("d", "o0"))

    assert (state.marking, state.ended, state.since) == (END, "good", {})
    assert offered(on, state) == ()


@given(st.lists(st.integers(0, 9), max_size=30))
def test_the_marking_after_an_act_is_the_one_that_firing_gives(choices):
    on = program(*FORK)
    state = start(on, moment(1))
    for number, choice in enumerate(choices):
        moves = offered(on, state)
        if not moves:
            break
        move = moves[choice % len(moves)]
        at = moment(1) + timedelta(hours=number)
        after = perform(on, state, act(move.step.id, move.outcome.id, at))
        assert after.marking == move.fire(state.marking)
        assert set(after.since) == set(on.net.waiting(after.marking))
        state = after


def test_a_step_that_is_done_again_is_open_since_then():
    on = program(*FORK)
    state = walked(on, ("a", "o0"), ("b", "o1"))

    assert state.since == {"b": moment(3), "c": moment(2)}


def test_the_state_of_a_case_that_goes_round_does_not_grow():
    on = program(step("a", ("b",)), step("b", ("a",), ("good",)))
    state, sizes = start(on, moment(1)), []
    for number in range(400):
        at = moment(1) + timedelta(hours=number)
        state = perform(on, state, act(*(("a", "o0"), ("b", "o0"))[number % 2], at))
        plain = {**state_to_json(state), "counts": list(state.counts)}
        sizes.append(len(dumps(plain)))

    assert state.counts == {"a.o0": 200, "b.o0": 200}
    assert max(sizes[2:]) == min(sizes[2:])


# ─── Refusals


LAW = Rule("r", "r", "某法第三条", Certainty.LAW, 2, Unit.PERSON)
LOCAL = replace(LAW, source="某县规定", certainty=Certainty.LOCAL)
ONE = rule(1, Unit.TIME)


def guarded(*controls, fields=(), name="b") -> Program:
    """A chart of two steps; the second one has these controls and fields."""
    second = replace(step(name, ("good",), ("bad",)), controls=controls, fields=fields)
    return program(step("a", (name,)), second)


def refused(on: Program, tried: Act, by: str = "甲") -> list[tuple[str, str]]:
    state = perform(on, start(on, moment(1)), act("a", "o0", moment(1), by))
    return [(each.kind, str(each)) for each in refusals(on, state, tried)]


TRIED = act("b", "o0", moment(2), "乙")


@pytest.mark.parametrize(
    ("control", "bad", "good", "said"),
    [
        (
            PersonsMin(LAW, "p"),
            TRIED,
            replace(TRIED, present=people("p", "丙")),
            "某岗不少于2人在场,现有1人(依据:某法第三条)",
        ),
        (
            PersonsMin(LOCAL, "p"),
            replace(TRIED, present=people("p", "乙")),  # the same person twice is one
            replace(TRIED, present=people("p", "丙", "丁")),
            "某岗不少于2人在场,现有1人(依据:某县规定(地方做法))",
        ),
        (
            PersonsMin(LAW, "q"),
            replace(TRIED, present=people("q", "丙")),
            replace(TRIED, present=people("q", "丙", "丁")),
            "另一岗不少于2人在场,现有1人(依据:某法第三条)",
        ),
        (
            Distinct(LAW, ("a",)),
            replace(TRIED, by="甲"),
            TRIED,
            "经办人已办理过“a”,不得再办理本环节(依据:某法第三条)",
        ),
        (
            Distinct(LAW, ("a",)),
            replace(TRIED, present=people("q", "甲")),  # be it only as a witness
            replace(TRIED, present=people("q", "丙")),
            "经办人已办理过“a”,不得再办理本环节(依据:某法第三条)",
        ),
        (
            Evidence(LAW, ("照片", "签名")),
            replace(TRIED, evidence=("照片",)),
            replace(TRIED, evidence=("签名", "照片")),
            "缺少签名(依据:某法第三条)",
        ),
        (
            ReasonRequired(LAW),
            replace(TRIED, reason=" \n"),
            replace(TRIED, reason="不符合第二项条件"),
            "没有写明理由(依据:某法第三条)",
        ),
        (
            PublicityDays(rule(7, Unit.NATURAL_DAY)),
            replace(TRIED, at=moment(8)),  # posted on the 1st: the 8th is its last day
            replace(TRIED, at=moment(9, hour=0)),
            "公示自2026-09-01起须满7日,2026-09-08届满后方可办理(依据:某法第一条)",
        ),
        (
            OneNotice(ONE),
            replace(TRIED, items=(" ",)),
            replace(TRIED, items=("申请书",)),
            "补正告知没有列出所缺材料(依据:某法第一条)",
        ),
    ],
    ids=[
        *("alone", "named twice", "of another post", "himself", "as a witness", "evidence"),
        *("reasons", "publicity", "notice"),
    ],
)
def test_a_control_refuses_with_its_rule_until_it_is_met(control, bad, good, said):
    on = guarded(control)

    assert refused(on, bad) == [(control.kind, said)]
    assert refused(on, good) == []


def test_publicity_from_september_28_is_closed_on_october_6_at_the_earliest():
    on = guarded(PublicityDays(rule(7, Unit.NATURAL_DAY)))
    state = perform(on, start(on, moment(28)), act("a", "o0", moment(28)))

    assert refusals(on, state, act("b", "o0", moment(5, 23, month=10)))
    assert not refusals(on, state, act("b", "o0", moment(6, 0, month=10)))


def test_a_second_notice_is_refused_by_its_number():
    ask = replace(step("b", ("b",), ("good",)), controls=(OneNotice(ONE, ("o0",)),))
    on = program(step("a", ("b",)), ask)
    notice = replace(act("b", "o0", moment(2)), items=("申请书",))
    state = perform(on, walked(on, ("a", "o0")), notice)

    again = replace(notice, at=moment(3))
    assert [str(each) for each in refusals(on, state, again)] == [
        "补正告知只能发1次,此前已发1次(依据:某法第一条)",
    ]
    assert refusals(on, state, act("b", "o1", moment(3))) == ()


@pytest.mark.parametrize("control", [ReasonRequired(LAW, ("o1",)), Evidence(LAW, ("x",), ("o1",))])
def test_a_control_for_one_outcome_leaves_the_others_alone(control):
    on = guarded(control)

    assert refused(on, TRIED) == []
    assert refused(on, replace(TRIED, outcome="o1")) != []


@pytest.mark.parametrize(
    ("kind", "bad", "good"),
    [
        (FieldKind.TEXT, "", "有"),
        (FieldKind.CHOICE, "丙", "甲"),
        (FieldKind.NUMBER, "-1", "0"),
        (FieldKind.NUMBER, "1.5", "15"),
        (FieldKind.NUMBER, "一", "1"),
        (FieldKind.NUMBER, "\N{ARABIC-INDIC DIGIT ONE}", "1"),
        (FieldKind.MONEY, "250.00", "25000"),
        (FieldKind.DATE, "2026-02-30", "2026-02-28"),
        (FieldKind.DATE, "昨天", "2026-09-01"),
    ],
)
def test_a_form_field_refuses_what_does_not_fit_its_kind(kind, bad, good):
    on = guarded(fields=(Field("f", "某项", kind, ("甲", "乙")),))

    [(refused_by, said)] = refused(on, replace(TRIED, facts={"f": bad}))
    assert refused_by == "form"
    assert said.startswith("“某项”")
    assert refused(on, replace(TRIED, facts={"f": good})) == []


def test_a_field_is_asked_for_its_outcomes_only_and_may_be_left_empty_when_optional():
    fields = (Field("f", "某项", outcomes=("o1",)), Field("g", "另项", is_required=False))
    on = guarded(fields=fields)

    assert refused(on, TRIED) == []
    assert refused(on, replace(TRIED, outcome="o1")) == [("form", "“某项”没有填写")]


def test_every_reason_of_a_refusal_is_given_at_once():
    on = guarded(ReasonRequired(LAW), PersonsMin(LAW, "p"), fields=(Field("f", "某项"),))
    tried = replace(TRIED, post="q", at=moment(1, hour=8))

    kinds = [kind for kind, _ in refused(on, tried)]
    assert kinds == ["post", "time", "form", "reason_required", "persons_min"]


@pytest.mark.parametrize(
    ("tried", "said"),
    [
        (act("x", "o0", moment(2)), "流程图中没有“x”的出口“o0”"),
        (act("a", "o9", moment(2)), "流程图中没有“a”的出口“o9”"),
        (act("b", "o0", moment(2)), "本件现在不在“b”环节,不能办理"),
    ],
)
def test_the_chart_refuses_what_it_does_not_offer(tried, said):
    on = program(*FORK)

    assert [(r.kind, r.message) for r in refusals(on, start(on, moment(1)), tried)] == [
        ("chart", said),
    ]


def test_nothing_changes_when_an_act_is_refused():
    on = guarded(ReasonRequired(LAW), PersonsMin(LAW, "p"))
    state = walked(on, ("a", "o0"))
    before = dumps(state_to_json(state))

    with pytest.raises(Refused, match=r"没有写明理由.依据:某法第三条.;某岗不少于2人") as error:
        perform(on, state, TRIED)

    assert dumps(state_to_json(state)) == before
    assert len(error.value.refusals) == 2


def test_whoever_did_a_step_before_it_was_done_again_is_still_kept_out():
    second = replace(step("b", ("a",), ("good",)), controls=(Distinct(LAW, ("a",), ("o1",)),))
    on = program(step("a", ("b",)), second)
    state = start(on, moment(1))
    for by, at in (("甲", 2), ("乙", 4)):
        state = perform(on, state, act("a", "o0", moment(at), by))
        if by == "甲":
            state = perform(on, state, act("b", "o0", moment(at + 1), "丙"))

    assert refusals(on, state, act("b", "o1", moment(6), "甲"))
    assert not refusals(on, state, act("b", "o1", moment(6), "丙"))


# ─── The clock


def clocked(*effects: ClockEffect | None, stop: Rule | None = None, days: str = "") -> Program:
    """A chart of steps in a row, with an effect on the clock each, and a last one without."""
    names = [f"s{i}" for i in range(len(effects) + 1)]
    row = [
        replace(
            step(name, (after,)),
            outcomes=(Outcome("o0", "o0", (after,), effect, stop, days),),
            fields=(Field("days", "天数", FieldKind.NUMBER, is_required=False),),
        )
        for name, after, effect in zip(names, [*names[1:], "good"], [*effects, None], strict=True)
    ]
    return program(*row)


START, STOP, RESUME = ClockEffect.START, ClockEffect.STOP, ClockEffect.RESUME
DONE = ClockEffect.END


def run_through(on: Program, acts: int, **facts: str) -> Clock:
    state = start(on, moment(1))
    for number in range(acts):
        tried = act(f"s{number}", "o0", moment(number + 1))
        state = perform(on, state, replace(tried, facts=facts))
    return state.clock


def september(day: int) -> date:
    return date(2026, 9, day)


def test_the_clock_starts_stops_resumes_and_ends_with_the_acts():
    on = clocked(None, START, STOP, RESUME, DONE, stop=replace(LAW, value=None, unit=None))

    stop = Stop(september(3), "某法第三条", None)
    assert run_through(on, 1) == Clock()
    assert run_through(on, 2) == Clock(september(2))
    assert run_through(on, 3) == Clock(september(2), (stop,))
    resumed = replace(stop, until=september(4))
    assert run_through(on, 4) == Clock(september(2), (resumed,))
    assert run_through(on, 6) == Clock(september(2), (resumed,), september(5))


def test_the_end_of_a_case_ends_its_clock_and_a_second_start_changes_nothing():
    assert run_through(clocked(START, START), 3) == Clock(september(1), (), september(3))
    assert run_through(clocked(None), 2) == Clock()


@pytest.mark.parametrize(
    ("cap", "applied", "days_max"),
    [(None, "", None), (None, "6", 6), (10, "", 10), (10, "6", 6), (10, "30", 10)],
)
def test_a_stop_is_capped_by_the_law_and_by_the_days_applied_for(cap, applied, days_max):
    stop = replace(LOCAL, value=cap, unit=Unit.WORKING_DAY)
    on = clocked(START, STOP, stop=stop, days="days")
    facts = {"days": applied} if applied else {}

    assert run_through(on, 2, **facts).stops == (
        Stop(september(2), "某县规定(地方做法)", days_max),
    )


def test_a_stop_for_zero_days_excludes_nothing():
    on = clocked(START, STOP, stop=replace(LAW, value=None), days="days")

    assert run_through(on, 2, days="0").stops[0].days_max == 0


# ─── The state as plain values


texts = st.text("abc甲乙", min_size=1, max_size=3)
days = st.dates(date(2015, 1, 1), date(2026, 12, 31))
zones = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
moments = st.datetimes(timezones=zones)
stops = st.builds(Stop, days, texts, st.none() | st.integers(0, 99), st.none() | days)
extensions = st.builds(Extension, days, st.integers(1, 99), st.sampled_from(Unit), texts)
clock_values = st.builds(
    Clock,
    st.none() | days,
    st.lists(stops, max_size=3).map(tuple),
    st.none() | days,
    st.lists(extensions, max_size=2).map(tuple),
)
votes = st.lists(st.tuples(texts, texts), min_size=1, max_size=3).map(tuple)
states = st.builds(
    State,
    st.integers(0, 2**80),
    st.dictionaries(texts, moments, max_size=3),
    st.dictionaries(texts, st.lists(texts, max_size=3).map(tuple), max_size=3),
    st.dictionaries(texts, st.integers(1, 9), max_size=3),
    clock_values,
    st.just("") | texts,
    st.dictionaries(texts, votes, max_size=2),
    st.dictionaries(texts, texts, max_size=2),
    st.dictionaries(texts, texts, max_size=2),
)


@given(states)
def test_a_state_written_as_json_is_read_back_the_same(state):
    assert state_from_json(loads(dumps(state_to_json(state)))) == state


@pytest.mark.parametrize("plain", [{}, {"marking": 1}, {"marking": "1"}])
def test_what_is_not_a_state_is_not_read(plain):
    with pytest.raises(ValueError, match="not a state"):
        state_from_json(plain)


# ─── Charts that mean nothing


GOOD = step("a", ("good",))


@pytest.mark.parametrize(
    ("steps", "where", "problem"),
    [
        ((), "steps", "没有环节或没有终点"),
        ((step("a", ("b",)), *2 * (step("b", ("good",)),)), "steps", "编号“b”重复"),
        ((step("good", ("good",)),), "ends", "编号“good”重复"),
        ((replace(GOOD, post="x"),), "steps[0].post", "岗位“x”没有列入 posts"),
        ((replace(GOOD, outcomes=()),), "steps[0].outcomes", "没有出口"),
        ((step("a", ("x",)),), "steps[0].outcomes[0].to", "去向“x”既不是环节也不是终点"),
        ((step("a", ()),), "steps[0].outcomes[0].to", "没有去向"),
        ((step("a", ("a",), join=("a",)),), "steps[0].join", "第一个环节不能等待"),
        (
            (step("a", ("b",)), step("b", ("good",), join=("c",)), step("c", ("b",))),
            "steps[0].outcomes[0].to",
            "“b”等待各分支汇合,却没有等待本环节",
        ),
        (
            (step("a", ("b",)), step("b", ("good",), join=("a", "x"))),
            "steps[1].join",
            "没有从“x”通向本环节的出口",
        ),
        (
            (replace(GOOD, controls=(ReasonRequired(LAW, ("x",)),)),),
            "steps[0].controls[0].outcomes",
            "没有出口“x”",
        ),
        (
            (replace(GOOD, controls=(ReasonRequired(LAW), Distinct(LAW, ("x",)))),),
            "steps[0].controls[1].steps",
            "没有环节“x”",
        ),
        (
            (replace(GOOD, outcomes=(Outcome("o0", "停", ("good",), STOP),)),),
            "steps[0].outcomes[0].clock",
            "出口“停”停止计时却没有依据",
        ),
    ],
)
def test_a_chart_whose_parts_do_not_fit_names_the_place_and_the_problem(steps, where, problem):
    with pytest.raises(ChartError, match=problem) as error:
        compile_net(chart(*steps))

    assert error.value.where == where
    assert error.value.mend


@pytest.mark.parametrize(
    "broken",
    [
        step("a", ("good", "bad")),  # two ends at once
        step("a", ("good", "a")),  # an end and a step
        replace(GOOD, fields=(Field("f", "f", outcomes=("x",)),)),  # never asked for
        replace(GOOD, controls=(PersonsMin(LAW, "x"),)),  # a post that is not in posts
        replace(GOOD, controls=(PersonsMin(replace(LAW, value=None), "p"),)),  # how many?
        replace(GOOD, limit=replace(LAW, value=None)),  # how long?
        replace(GOOD, outcomes=(Outcome("o0", "o0", ("good",), STOP, LAW, "x"),)),  # no field x
    ],
    ids=["ends", "end-and-step", "field-outcome", "post", "persons", "limit", "stop-days"],
)
def test_these_charts_mean_nothing_either(broken):
    with pytest.raises(ChartError):
        compile_power(chart(broken))


def test_the_sound_power_compiles_to_a_place_for_each_step_and_each_branch_of_a_join():
    net = compile_net(SOUND)

    assert net.places == (
        "",
        *("apply", "accept", "supplement", "visit", "recheck", "review"),
        *("decide", "decide"),
        "issue",
    )
    assert len(net.transitions) == sum(len(each.outcomes) for each in SOUND.steps)


def test_people_are_counted_by_post_and_each_once():
    tried = replace(TRIED, present=(Person("丙", "p"), Person("丙", "q"), Person("乙", "p")))

    assert tried.people() == {"乙", "丙"}
    assert tried.people("p") == {"乙", "丙"}
    assert tried.people("q") == {"丙"}
