"""What charts can say beyond sequence, branch and join: each told once, run and proven."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from tests.kernel.charts import CALENDAR, CITY_TIME, chart, moment, rule, step

from guiju.kernel.acts import Act, State, state_from_json, state_to_json
from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.fit import ChartError
from guiju.kernel.net import compile_net
from guiju.kernel.power import (
    APPLICANT,
    LAW,
    Anytime,
    Chart,
    ClockEffect,
    Condition,
    End,
    Field,
    FieldKind,
    Operator,
    Outcome,
    Post,
    Power,
    Several,
    Step,
    StepKind,
)
from guiju.kernel.program import Program, compile_power, open_steps, posts_for, waiting_posts
from guiju.kernel.run import Refused, perform, start
from guiju.kernel.silence import next_silence
from guiju.kernel.soundness import soundness
from guiju.kernel.terms import due
from guiju.kernel.unfold import unfold

POSTS = tuple(Post(id_, f"{id_}岗") for id_ in "pqrs")


def days():
    return CALENDAR


def power(*steps: Step, **more: object) -> Power:
    return replace(chart(*steps), posts=POSTS, **more)


class Case:
    """A case that is walked along, ``p`` acting at nine on September 1 unless told."""

    def __init__(self, *steps: Step, **more: object):
        self.program: Program = compile_power(power(*steps, **more))
        self.state: State = start(self.program, moment(1))

    def act(self, step: str, outcome: str = "o0", **more) -> "Case":
        values = {"by": "甲", "post": "p", "at": moment(1), **more}
        self.state = perform(self.program, self.state, Act(step, outcome, **values), days)
        return self

    def refused(self, step: str, outcome: str = "o0", **more) -> list[str]:
        before = self.state
        with pytest.raises(Refused) as refused:
            self.act(step, outcome, **more)
        assert self.state == before
        return [each.kind for each in refused.value.refusals]

    @property
    def open(self) -> list[str]:
        return [each.id for each in open_steps(self.program, self.state)]


def sound(*steps: Step, **more: object) -> bool:
    return soundness(compile_net(power(*steps, **more))).is_sound


def changed(each: Step, index: int = 0, **more: object) -> Step:
    """The step with one of its outcomes changed."""
    outcomes = list(each.outcomes)
    outcomes[index] = replace(outcomes[index], **more)
    return replace(each, outcomes=tuple(outcomes))


# ─── Inclusive choice 适用的分支

CHOICE = (
    changed(step("a", ("b", "c", "d")), choose=True),
    step("b", ("j",)),
    step("c", ("c2",)),
    step("c2", ("j",), ("c",)),
    step("d", ("j",)),
    step("j", ("good",), join=("b", "c2", "d")),
)


def test_only_the_branches_that_apply_open_and_the_join_waits_for_them_alone():
    case = Case(*CHOICE).act("a", branches=("b", "c"))
    assert case.open == ["b", "c"]

    case.act("b").act("c")
    assert case.open == ["c2"]
    assert case.act("c2").open == ["j"]
    assert case.act("j").state.ended == "good"


@pytest.mark.parametrize("branches", [(), ("b", "x"), ("a",)])
def test_at_least_one_of_the_offered_branches_is_chosen(branches):
    assert Case(*CHOICE).refused("a", branches=branches) == ["branch"]


def test_an_outcome_without_choice_takes_no_branches():
    assert Case(step("a", ("good",))).refused("a", branches=("a",)) == ["branch"]


def test_a_choice_is_proven_with_two_silent_transitions_for_each_branch():
    net = compile_net(power(*CHOICE))

    assert sum(move.is_silent for move in net.transitions) == 6
    assert soundness(net).is_sound


def test_a_choice_that_nothing_joins_has_no_meaning():
    lonely = (
        changed(step("a", ("b", "c")), choose=True),
        step("b", ("good",)),
        step("c", ("bad",)),
    )

    with pytest.raises(ChartError, match="没有环节恰好等待这些分支"):
        compile_net(power(*lonely))


def test_a_choice_within_a_branch_of_a_choice_is_understood():
    inner = (
        changed(step("a", ("b", "x")), choose=True),
        changed(step("b", ("c", "d")), choose=True),
        step("c", ("k",)),
        step("d", ("k",)),
        step("k", ("j",), join=("c", "d")),
        step("x", ("j",)),
        step("j", ("good",), join=("k", "x")),
    )

    assert sound(*inner)
    case = Case(*inner).act("a", branches=("b",)).act("b", branches=("d",)).act("d").act("k")
    assert case.open == ["j"]


# ─── Sending back out of parallel branches 退回, withdrawal 撤回


def back(each: Step, index: int) -> Step:
    return changed(each, index, cancels=True)


FORK = (
    step("a", ("b", "c")),
    back(step("b", ("j",), ("a",)), 1),
    step("c", ("c2",)),
    step("c2", ("j",)),
    back(step("j", ("good",), ("b",), join=("b", "c2")), 1),
)


def test_sending_back_before_a_split_takes_back_the_other_branch():
    case = Case(*FORK).act("a").act("c")
    assert case.open == ["b", "c2"]

    case.act("b", "o1", at=moment(2))
    assert case.open == ["a"]
    assert set(case.state.since) == {"a"}
    assert sound(*FORK[:-1], step("j", ("good",), join=("b", "c2")))


def test_sending_back_into_one_branch_after_the_join_is_found_to_be_stuck():
    """The other branch is not done again, so the join would wait for it for ever."""
    verdict = soundness(compile_net(power(*FORK)))

    assert verdict.stuck is not None
    assert [(m.step.id, m.outcome.id) for m in verdict.stuck[0]][-2:] == [
        ("j", "o1"),
        ("b", "o0"),
    ]


def test_sending_back_within_a_branch_leaves_the_other_branch_alone():
    nested = (
        step("a", ("b", "x")),
        step("b", ("c", "d")),
        step("c", ("k",)),
        back(step("d", ("k",), ("b",)), 1),
        step("k", ("j",), join=("c", "d")),
        step("x", ("j",)),
        step("j", ("good",), join=("k", "x")),
    )

    case = Case(*nested).act("a").act("b").act("c").act("d", "o1")
    assert case.open == ["b", "x"]
    assert sound(*nested)


def test_sending_back_to_a_join_does_the_join_again_and_nothing_before_it():
    steps = (
        step("a", ("b", "c")),
        step("b", ("j",)),
        step("c", ("j",)),
        step("j", ("k",), join=("b", "c")),
        back(step("k", ("good",), ("j",)), 1),
    )

    assert Case(*steps).act("a").act("b").act("c").act("j").act("k", "o1").open == ["j"]
    assert sound(*steps)


WITHDRAW = Anytime(Outcome("withdraw", "撤回", ("bad",), post="applicant", cancels=True))


def test_the_applicant_may_withdraw_at_any_step_but_the_first_and_everything_ends():
    steps = (
        step("a", ("b", "c")),
        step("b", ("j",)),
        step("c", ("j",)),
        step("j", ("good",), join="bc"),
    )
    case = Case(*steps, anytime=(WITHDRAW,))

    assert case.refused("a", "withdraw", by=APPLICANT, post=APPLICANT) == ["chart"]
    case.act("a")
    assert case.refused("b", "withdraw") == ["post"]
    case.act("b", "withdraw", by=APPLICANT, post=APPLICANT)
    assert (case.open, case.state.ended, case.state.since) == ([], "bad", {})
    assert sound(*steps, anytime=(WITHDRAW,))


def test_what_stands_beside_a_step_asks_only_for_what_names_it():
    needed = Field("f", "表单项")
    steps = (step("a", ("b",)), replace(step("b", ("good",)), fields=(needed,)))
    case = Case(*steps, anytime=(replace(WITHDRAW, fields=(Field("why", "原因"),)),)).act("a")
    applicant = {"by": APPLICANT, "post": APPLICANT}

    assert case.refused("b") == ["form"]
    assert case.refused("b", "withdraw", **applicant) == ["form"]
    case.act("b", "withdraw", facts={"why": "不办了"}, **applicant)
    assert case.state.ended == "bad"


# ─── Silence 默示


def silent(**more: object) -> Step:
    """A step that the law ends when nothing happens for five working days."""
    outcome = Outcome("silence", "视为受理", ("b",), after=rule(5), **more)
    return Step("a", "a", StepKind.ACCEPT, "p", (Outcome("o0", "o0", ("b",)), outcome))


ARRIVED = (silent(clock=ClockEffect.ARRIVED), step("b", ("good",)))


def test_silence_has_its_effect_after_the_last_day_and_not_before():
    """Received on September 1, five working days end on the 8th."""
    case = Case(*ARRIVED)

    assert next_silence(case.program, case.state, days, moment(8)) is None
    silence = next_silence(case.program, case.state, days, moment(9))
    assert silence is not None
    assert silence.at == datetime(2026, 9, 9, tzinfo=CITY_TIME)
    case.state = perform(case.program, case.state, silence, days)
    assert case.open == ["b"]
    assert case.state.clock.start == date(2026, 9, 1)  # counted from receipt


def test_nothing_else_may_happen_before_silence_is_recorded():
    case = Case(*ARRIVED)

    assert case.refused("a", at=moment(9)) == ["silence"]
    case.act("a", at=moment(8, 23))
    assert case.open == ["b"]


def test_nobody_may_choose_silence_and_not_even_the_law_too_early():
    case = Case(*ARRIVED)

    assert case.refused("a", "silence") == ["silence"]
    assert case.refused("a", "silence", by=LAW, post=LAW, at=moment(8)) == ["silence"]
    assert case.refused("a", "silence", at=moment(20)) == ["silence"]
    assert waiting_posts(case.program, case.state) == ("p",)


def test_where_the_calendar_ends_silence_has_no_effect_yet():
    case = Case(*ARRIVED)
    case.state = start(case.program, datetime(2026, 12, 30, 9, tzinfo=CITY_TIME))

    late = datetime(2027, 3, 1, 9, tzinfo=CITY_TIME)
    assert next_silence(case.program, case.state, days, late) is None


# ─── Extension 延长, counting anew 重新起算

EXTENDING = (
    changed(step("a", ("b",)), clock=ClockEffect.START),
    Step(
        "b",
        "b",
        StepKind.REVIEW,
        "p",
        (
            Outcome("o0", "o0", ("good",)),
            Outcome(
                "extend", "延长", (), ClockEffect.EXTEND, extend=rule(10), post="q", aside=True
            ),
            Outcome("o2", "补正后重算", ("b",), ClockEffect.RESTART),
        ),
    ),
)


def test_an_extension_by_its_own_approver_moves_the_due_day_and_happens_once():
    """Twenty working days from September 1 end on October 8; ten more on the 22nd."""
    case = Case(*EXTENDING).act("a")
    limit = case.program.power.limits.statutory
    assert due(case.state.clock, limit, CALENDAR) == CALENDAR.add(date(2026, 9, 1), 20)

    assert case.refused("b", "extend") == ["post"]
    case.act("b", "extend", by="乙", post="q", at=moment(20))
    assert case.open == ["b"]
    assert due(case.state.clock, limit, CALENDAR) == CALENDAR.add(date(2026, 9, 1), 30)
    assert case.refused("b", "extend", by="乙", post="q", at=moment(21)) == ["clock"]
    assert case.state.since["b"] == moment(1)


def test_no_extension_after_the_term_or_before_it_begins():
    late = CALENDAR.add(date(2026, 9, 1), 21)
    at = datetime(late.year, late.month, late.day, 9, tzinfo=CITY_TIME)
    case = Case(*EXTENDING).act("a")
    assert case.refused("b", "extend", by="乙", post="q", at=at) == ["clock"]

    unclocked = Case(step("a", ("b",)), EXTENDING[1]).act("a")
    assert unclocked.refused("b", "extend", by="乙", post="q") == ["clock"]


def test_a_term_that_is_counted_anew_forgets_what_was_before():
    case = Case(*EXTENDING).act("a").act("b", "extend", by="乙", post="q")
    clock = case.act("b", "o2", at=moment(7)).state.clock

    assert (clock.start, clock.extensions, clock.stops) == (date(2026, 9, 7), (), ())


# ─── Conditions 条件


def asking(*when: Condition) -> tuple[Step, ...]:
    fields = (
        Field("amount", "金额", FieldKind.MONEY),
        Field("kind", "类别", FieldKind.CHOICE, ("甲", "乙")),
    )
    first = replace(step("a", ("b",)), fields=fields)
    return first, changed(step("b", ("good",), ("bad",)), when=when)


@pytest.mark.parametrize(
    ("condition", "meets", "fails"),
    [
        (Condition("amount", Operator.AT_MOST, "500000"), "500000", "500001"),
        (Condition("amount", Operator.LESS, "500000"), "499999", "500000"),
        (Condition("amount", Operator.MORE, "500000"), "500001", "500000"),
        (Condition("amount", Operator.AT_LEAST, "500000"), "500000", "499999"),
        (Condition("amount", Operator.IS, "500000"), "500000", "499999"),
        (Condition("amount", Operator.IS_NOT, "500000"), "499999", "500000"),
        (Condition("amount", Operator.AT_MOST, rule=rule(9)), "9", "10"),
        (Condition("kind", Operator.IS, "甲"), "甲", "乙"),
        (Condition("kind", Operator.IS_NOT, "甲"), "乙", "甲"),
        (Condition("kind", Operator.ONE_OF, values=("乙",)), "乙", "甲"),
    ],
)
def test_an_outcome_may_ask_what_was_filled_in_at_an_earlier_step(condition, meets, fails):
    told = {"amount": "500000", "kind": "甲"}
    case = Case(*asking(condition)).act("a", facts={**told, condition.field: fails})
    assert case.refused("b") == ["condition"]
    case.act("b", "o1")

    case = Case(*asking(condition)).act("a", facts={**told, condition.field: meets})
    assert case.act("b").state.ended == "good"


def test_a_condition_tells_what_it_asks_for_in_yuan():
    case = Case(*asking(Condition("amount", Operator.AT_MOST, "500000")))
    case.act("a", facts={"amount": "500001", "kind": "甲"})

    with pytest.raises(Refused, match="金额不超过5,000元"):
        case.act("b")


def test_a_state_keeps_only_the_fields_that_are_asked_about():
    case = Case(*asking(Condition("amount", Operator.AT_MOST, "1")))

    case.act("a", facts={"amount": "1", "kind": "甲"})
    assert case.state.facts == {"amount": "1"}


# ─── Joint signature 会签


def signing(need: int, field: str = "") -> tuple[Step, ...]:
    first = replace(
        step("a", ("b",)),
        fields=(Field("who", "会签单位", FieldKind.CHOICES, ("q岗", "r岗", "s岗")),),
    )
    together = Several(("q", "r", "s"), field, need)
    return first, replace(step("b", ("good",), ("bad",)), several=together)


ASKED = {"who": "q岗、r岗、s岗"}


@pytest.mark.parametrize(
    ("need", "votes", "end"),
    [
        (0, ("q0", "r0", "s0"), "good"),  # all
        (0, ("q0", "r1"), "bad"),  # all: one against
        (1, ("r0",), "good"),  # any
        (1, ("q1", "r1", "s1"), "bad"),
        (2, ("q0", "r1", "s0"), "good"),  # two of three
        (2, ("q1", "r1"), "bad"),
    ],
)
def test_several_sign_until_it_is_decided(need, votes, end):
    case = Case(*signing(need)).act("a", facts=ASKED)
    for vote in votes[:-1]:
        case.act("b", f"o{vote[1]}", by=f"人{vote}", post=vote[0])
        assert case.open == ["b"]
        assert case.refused("b", post=vote[0]) == ["post"]  # each signs once
    case.act("b", f"o{votes[-1][1]}", post=votes[-1][0])

    assert (case.state.ended, case.state.signed) == (end, {})


def test_those_who_sign_may_be_named_when_the_case_runs():
    case = Case(*signing(0, "who")).act("a", facts={"who": "q岗、s岗"})
    outcome = case.program.steps["b"].outcomes[0]
    assert posts_for(case.program, case.state, case.program.steps["b"], outcome) == ("q", "s")

    assert case.refused("b", post="r") == ["post"]
    case.act("b", by="乙", post="q")
    assert waiting_posts(case.program, case.state) == ("s",)
    assert case.act("b", by="丙", post="s").state.ended == "good"


def test_who_has_signed_survives_in_the_database():
    case = Case(*signing(2)).act("a", facts=ASKED).act("b", "o1", post="q")

    assert state_from_json(state_to_json(case.state)) == case.state
    assert case.state.signed == {"b": (("q", "o1"),)}


# ─── Handing over 转办, an opinion first 加签


def test_a_step_that_was_handed_over_is_done_by_nobody_else():
    case = Case(step("a", ("b",)), replace(step("b", ("good",)), may_hand_over=True)).act("a")

    assert case.refused("b", "hand_over") == ["form"]
    assert case.refused("b", "hand_over", assignee="甲") == ["form"]
    case.act("b", "hand_over", assignee="乙", at=moment(3))
    assert case.open == ["b"]
    assert case.state.since["b"] == moment(1)  # its limit does not begin again
    assert case.refused("b") == ["post"]
    assert case.act("b", by="乙").state.holders == {}


def test_an_opinion_is_given_before_the_step_goes_on_and_wins_no_time():
    steps = (
        step("a", ("b", "c")),
        step("b", ("j",)),
        step("c", ("j",)),
        replace(step("j", ("good",), join="bc"), reviewer="q"),
    )
    case = Case(*steps).act("a").act("b").act("c", at=moment(2))

    case.act("j", "ask_opinion", at=moment(3))
    assert case.open == ["j~opinion"]
    assert case.refused("j~opinion", "give_opinion", by="乙", post="q") == ["time", "form"]
    said = {"j~opinion": "可行"}
    case.act("j~opinion", "give_opinion", by="乙", post="q", at=moment(4), facts=said)
    assert (case.open, case.state.since["j"]) == (["j"], moment(2))
    assert case.refused("j", by="乙", at=moment(4)) == ["distinct"]  # it was another's opinion
    assert sound(*steps)


def test_asking_for_an_opinion_holds_up_neither_silence_nor_a_withdrawal():
    back = Anytime(Outcome("back", "撤回", ("bad",), post="q", cancels=True))
    lapse = Outcome("lapse", "视为同意", ("c",), after=rule(5))
    b = step("b", ("c",))
    b = replace(b, outcomes=(*b.outcomes, lapse), reviewer="q")
    steps = (step("a", ("b",)), b, step("c", ("good",)))

    case = Case(*steps, anytime=(back,)).act("a").act("b", "ask_opinion", at=moment(2))
    assert case.refused("b~opinion", "give_opinion", post="q", at=moment(9)) == ["silence"]
    case.act("b~opinion", "lapse", by=LAW, post=LAW, at=moment(9, 0))
    assert (case.open, case.state.since["c"]) == (["c"], moment(9, 0))

    case = Case(*steps, anytime=(back,)).act("a").act("b", "ask_opinion", at=moment(2))
    assert case.act("b~opinion", "back", post="q", at=moment(3)).state.ended == "bad"


def test_whom_a_step_keeps_out_it_keeps_out_of_its_opinion_too():
    c = replace(step("c", ("good",)), controls=(Distinct(rule(1), ("b",)),))
    case = Case(step("a", ("b",)), replace(step("b", ("c",)), reviewer="q"), c).act("a")
    case.act("b", "ask_opinion").act(
        "b~opinion", by="乙", post="q", outcome="give_opinion", facts={"b~opinion": "可行"}
    )
    case.act("b", by="丙")

    assert case.refused("c", by="乙") == case.refused("c", by="丙") == ["distinct"]


# ─── Charts that several powers use 子流程

NOTICE = Chart(
    "notice",
    "补正",
    (step("ask", ("supply",)), step("supply", ("ready",), ("gone",), ("ask",))),
    (End("ready", "补齐"), End("gone", "撤回")),
)
CALLING = (
    changed(step("a", ("n",), ("good",)), 0),
    replace(
        step("n", ("a",), ("bad",)),
        call="notice",
        outcomes=(Outcome("ready", "补齐", ("a",)), Outcome("gone", "撤回", ("bad",))),
    ),
)


def test_whoever_extends_at_a_step_has_not_done_its_work():
    keeps = replace(step("c", ("good",), post="q"), controls=(Distinct(rule(1), ("b",)),))
    on, longer, _ = EXTENDING[1].outcomes
    middle = replace(EXTENDING[1], outcomes=(replace(on, to=("c",)), longer))
    case = Case(EXTENDING[0], middle, keeps).act("a")
    case.act("b", "extend", by="乙", post="q").act("b", "o0")

    assert case.refused("c", by="甲", post="q") == ["distinct"]
    case.act("c", by="乙", post="q")


def test_a_called_chart_stands_in_the_place_of_its_step():
    case = Case(*CALLING, charts=(NOTICE,)).act("a")
    assert case.open == ["n.ask"]

    case.act("n.ask").act("n.supply", "o0")
    assert case.open == ["a"]
    assert case.act("a").act("n.ask").act("n.supply", "o1").state.ended == "bad"
    assert sound(*CALLING, charts=(NOTICE,))


def test_a_join_may_wait_for_a_called_chart_and_distinct_means_all_its_steps():
    keep_out = Distinct(rule(1), ("n",))
    steps = (
        step("a", ("n", "c")),
        replace(CALLING[1], outcomes=(Outcome("ready", "", ("j",)), Outcome("gone", "", ("j",)))),
        step("c", ("j",)),
        replace(step("j", ("good",), join=("n", "c")), controls=(keep_out,)),
    )
    whole = {each.id: each for each in unfold(power(*steps, charts=(NOTICE,))).steps}

    assert whole["j"].controls == (replace(keep_out, steps=("n.ask", "n.supply")),)
    assert sound(*steps, charts=(NOTICE,))


def test_a_power_without_short_forms_is_unfolded_to_itself():
    plain = power(step("a", ("good",)))

    assert unfold(plain) is plain


# ─── What does not fit

ONLY = step("a", ("good",))
UNKNOWN = Condition("x", Operator.IS, "1")


@pytest.mark.parametrize(
    ("steps", "more", "where"),
    [
        ((replace(CALLING[1], id="a", call="none"),), {}, "steps[0].call"),
        ((replace(CALLING[1], id="a", outcomes=()),), {"charts": (NOTICE,)}, "steps[0].outcomes"),
        (
            (ONLY,),
            {"charts": (replace(NOTICE, steps=(replace(CALLING[1], call="notice"),)),)},
            "charts[0].steps",
        ),
        (
            (CALLING[0], replace(CALLING[1], documents=("单",))),
            {"charts": (NOTICE,)},
            "steps[1].documents",
        ),
        (
            (CALLING[0], changed(CALLING[1], post="q")),
            {"charts": (NOTICE,)},
            "steps[1].outcomes[0].post",
        ),
        ((ONLY,), {"anytime": (replace(WITHDRAW, during=("z",)),)}, "anytime[0].during"),
        ((changed(ONLY, to=()),), {}, "steps[0].outcomes[0].to"),
        ((changed(ONLY, choose=True),), {}, "steps[0].outcomes[0].choose"),
        ((changed(ONLY, clock=ClockEffect.EXTEND),), {}, "steps[0].outcomes[0].clock"),
        ((silent(post="q"), step("b", ("good",))), {}, "steps[0].outcomes[1].after"),
        ((changed(ONLY, when=(UNKNOWN,)),), {}, "steps[0].outcomes[0].when"),
        (asking(Condition("kind", Operator.LESS, "1")), {}, "steps[1].outcomes[0].when"),
        (asking(Condition("amount", Operator.LESS, "一")), {}, "steps[1].outcomes[0].when"),
        (asking(Condition("kind", Operator.IS, "丙")), {}, "steps[1].outcomes[0].when"),
        ((replace(ONLY, several=Several(("p",), need=2)),), {}, "steps[0].several"),
        (signing(0, "nothing"), {}, "steps[1].several.field"),
        ((replace(ONLY, reviewer="z"),), {}, "steps[0].post"),
    ],
)
def test_a_chart_that_does_not_fit_names_the_place(steps, more, where):
    with pytest.raises(ChartError) as error:
        compile_net(power(*steps, **more))

    assert error.value.where == where
