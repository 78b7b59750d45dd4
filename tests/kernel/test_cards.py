"""Cards and reminders, by hand on the sound power, and as a property on every sample power."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernel.charts import CALENDAR, CITY_TIME, PACKS, SOUND, rule

from guiju.formats.packs import read_pack
from guiju.kernel.acts import Act
from guiju.kernel.cards import Due, Held, Limit, differences, dues, limits, moments, unknown
from guiju.kernel.lights import About, CardRule, Level, Policy, ReminderRule, Whom
from guiju.kernel.power import StepKind
from guiju.kernel.program import Program, compile_power, offered
from guiju.kernel.rules import Certainty, Rule
from guiju.kernel.run import followed, start
from guiju.kernel.terms import Calendar

BARE = Rule("bare", "bare", "某办法", Certainty.SAMPLE)
PACK = read_pack(PACKS / "changzhi", date(2026, 9, 1))
CITY = PACK.policies[0]
PROGRAMS = [compile_power(power) for power in PACK.powers]
ALWAYS = (Held(CITY, date(2015, 1, 1)),)
YEAR_END = date(2026, 12, 25)


def policy(*cards: CardRule, reminders: tuple[ReminderRule, ...] = ()) -> Policy:
    return Policy("p", "p", "某办法", Certainty.SAMPLE, rule(3), cards, reminders)


WARNING = CardRule(Level.WARNING, About.PROMISED, rule(3))
YELLOW = CardRule(Level.YELLOW, About.PROMISED, BARE)
RED = CardRule(Level.RED, About.STATUTORY, BARE, is_lead=True)
REPORT = policy(
    WARNING,
    YELLOW,
    RED,
    reminders=(
        ReminderRule(Whom.FIRST, About.PROMISED, rule(3)),
        ReminderRule(Whom.STAND_IN, About.PROMISED, rule(2)),
        ReminderRule(Whom.LEADER, About.PROMISED, rule(1)),
    ),
)


def held(policy: Policy) -> tuple[Held, ...]:
    return (Held(policy, date(2015, 1, 1)),)


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), CITY_TIME)


def program(promised: int = 11, statutory: int = 20) -> Program:
    limits = replace(SOUND.limits, promised=rule(promised), statutory=rule(statutory))
    return compile_power(replace(SOUND, limits=limits))


def walk(begin: date, *steps: tuple[date, str, str]) -> list[Act]:
    acts = [Act("apply", "submit", "", "applicant", at(begin))]
    return acts + [Act(step, outcome, "", "p", at(day)) for day, step, outcome in steps]


def told(found: tuple[Due, ...]) -> list[tuple[str, date]]:
    return [(f"{due.level or due.whom}", due.day) for due in found]


def test_the_worked_example_of_a_province_counted_in_days():
    begun = program(promised=7, statutory=10)
    accepted = date(2018, 10, 15)
    acts = walk(accepted, (accepted, "accept", "accept"))

    found = dues(begun, acts, CALENDAR, held(policy(WARNING, YELLOW, RED)), date(2018, 12, 1))

    assert told(found) == [
        ("预警", date(2018, 10, 19)),
        ("黄牌", date(2018, 10, 25)),
        ("红牌", date(2018, 10, 30)),
    ]
    assert [due.limit_day for due in found] == [date(2018, 10, d) for d in (24, 24, 29)]
    assert [due.is_lead for due in found] == [False, False, True]
    assert found[0].posts == ("inspector", "reviewer")


ACCEPTED = date(2026, 3, 2)  # 11 working days end on 03-17, 20 on 03-30
DONE = [("visit", "done"), ("review", "done"), ("decide", "grant"), ("issue", "issued")]


@pytest.mark.parametrize(
    ("ended", "cards"),
    [
        (date(2026, 3, 11), []),
        (date(2026, 3, 12), ["预警"]),  # it was running on the morning of 03-12
        (date(2026, 3, 17), ["预警"]),  # the last day of the promise
        (date(2026, 3, 18), ["预警", "黄牌"]),
        (date(2026, 3, 30), ["预警", "黄牌"]),
        (date(2026, 3, 31), ["预警", "黄牌", "红牌"]),
    ],
)
def test_what_is_done_on_a_day_comes_too_late_for_its_morning(ended, cards):
    acts = walk(ACCEPTED, (ACCEPTED, "accept", "accept"), *((ended, *each) for each in DONE))

    found = dues(program(), acts, CALENDAR, held(policy(WARNING, YELLOW, RED)), YEAR_END)

    assert [due.level for due in found] == cards


def test_whoever_ends_on_the_weekend_after_the_last_day_is_in_time():
    acts = walk(ACCEPTED, (ACCEPTED, "accept", "accept"))
    friday = program(promised=14)  # 03-20

    acts += walk(ACCEPTED, *((date(2026, 3, 21), *each) for each in DONE))[1:]

    assert dues(friday, acts, CALENDAR, held(policy(YELLOW)), YEAR_END) == ()


def test_reminders_climb_from_holder_to_stand_in_to_leader_and_stop_when_it_is_handled():
    acts = walk(ACCEPTED, (ACCEPTED, "accept", "accept"))
    all_days = dues(program(), acts, CALENDAR, held(REPORT), date(2026, 3, 17))
    reminders = [due for due in all_days if due.whom and due.posts == ("reviewer",)]
    assert told(tuple(reminders)) == [
        ("A岗", date(2026, 3, 12)),
        ("B岗", date(2026, 3, 13)),
        ("岗位负责人", date(2026, 3, 16)),
    ]

    acts += walk(ACCEPTED, (date(2026, 3, 12), "review", "done"))[1:]
    handled = dues(program(), acts, CALENDAR, held(REPORT), date(2026, 3, 17))

    assert {due.posts[0] for due in handled if due.whom is Whom.FIRST} == {"reviewer", "inspector"}
    assert {due.posts[0] for due in handled if due.whom is Whom.LEADER} == {"inspector"}


def test_a_post_that_comes_in_late_is_reminded_once_a_morning_from_its_holder_up():
    late = date(2026, 3, 16)  # after the days of holder and stand-in
    acts = walk(ACCEPTED, (ACCEPTED, "accept", "accept"), *((late, *each) for each in DONE[:2]))

    found = dues(program(), acts, CALENDAR, held(REPORT), YEAR_END)

    mine = tuple(due for due in found if due.whom and due.posts == ("approver",))
    assert told(mine) == [("A岗", date(2026, 3, 17))]


def test_a_step_is_late_by_itself_and_nobody_blames_the_applicant():
    of_step = CardRule(Level.YELLOW, About.STEP, BARE)
    acts = walk(ACCEPTED, (date(2026, 3, 3), "accept", "supplement"))
    acts += walk(ACCEPTED, (date(2026, 3, 20), "supplement", "supplied"))[1:]
    acts += walk(ACCEPTED, (date(2026, 3, 23), "accept", "accept"))[1:]

    found = dues(program(), acts, CALENDAR, held(policy(of_step)), date(2026, 3, 27))

    assert [(due.step, due.day) for due in found] == [("visit", date(2026, 3, 27))]


STOPPING = compile_power(next(power for power in PACK.powers if power.code == "000172001000"))


def test_a_stop_is_supervised_by_the_days_that_it_was_applied_for():
    cards = (
        CardRule(Level.WARNING, About.STOP, rule(2)),
        CardRule(Level.YELLOW, About.STOP, BARE),
        CardRule(Level.RED, About.STOP, rule(1)),
    )
    move, before = stopping()
    stop_days = move.outcome.stop_days
    facts = {stop_days: "5"} if stop_days else {}
    stopped = Act(move.step.id, move.outcome.id, "", "", at(date(2026, 3, 9)), facts=facts)
    state = followed(STOPPING, moments(STOPPING, before)[-1].state, stopped)
    last = state.clock.stops[-1]
    assert last.since == date(2026, 3, 9)

    found = dues(STOPPING, [*before, stopped], CALENDAR, held(policy(*cards)), YEAR_END)

    assert last.days_max == 5  # the working days 03-09 to 03-13
    assert told(found) == [
        ("预警", date(2026, 3, 11)),
        ("黄牌", date(2026, 3, 16)),
        ("红牌", date(2026, 3, 17)),
    ]


def stopping():
    """The first move of the sample licence that stops its clock, and a shortest way there."""
    begun = STOPPING
    first = start(begun, at(ACCEPTED, 9))
    todo = [(first, [])]
    seen = set()
    while todo:
        state, acts = todo.pop(0)
        for move in offered(begun, state):
            if move.outcome.stop is not None and state.clock.start is not None:
                return move, acts
            if move.outcome.after is not None or move.outcome.choose:
                continue
            act = Act(move.step.id, move.outcome.id, "", move.step.post, at(ACCEPTED))
            after = followed(begun, state, act)
            if (after.marking, after.clock) not in seen and not after.ended:
                seen.add((after.marking, after.clock))
                todo.append((after, [*acts, act]))
    raise AssertionError("the sample licence stops no clock")


def test_what_the_law_did_in_the_offices_place_is_a_card_on_that_morning():
    begun = STOPPING
    silent = next(m for m in begun.silences if m.step.kind is StepKind.ACCEPT)
    row = CardRule(Level.YELLOW, About.SILENCE, BARE, kinds=(StepKind.ACCEPT,))
    first = begun.power.steps[0]
    acts = [
        Act(first.id, first.outcomes[0].id, "", first.post, at(ACCEPTED)),
        Act(silent.step.id, silent.outcome.id, "law", "law", at(date(2026, 3, 10), 0)),
    ]

    found = dues(begun, acts, CALENDAR, held(policy(row)), YEAR_END)

    assert told(found) == [("黄牌", date(2026, 3, 10))]
    assert found[0].posts == (silent.step.post,)


def test_a_later_extension_takes_no_card_back_and_a_policy_counts_while_it_holds():
    acts = walk(ACCEPTED, (ACCEPTED, "accept", "accept"))
    old, new = policy(YELLOW), policy(WARNING, YELLOW, RED)
    both = (
        Held(old, date(2015, 1, 1), date(2026, 3, 15)),
        Held(replace(new, id="new"), date(2026, 3, 16)),
    )

    found = dues(program(), acts, CALENDAR, both, YEAR_END)

    assert [(due.level, due.day, due.policy) for due in found] == [
        (Level.WARNING, date(2026, 3, 16), "new"),
        (Level.YELLOW, date(2026, 3, 18), "new"),
        (Level.RED, date(2026, 3, 31), "new"),
    ]


def test_beyond_the_calendar_nothing_is_guessed():
    short = Calendar.of([each for each in PACK.years if each.year <= 2026])
    acts = walk(date(2026, 12, 21), (date(2026, 12, 21), "accept", "accept"))

    assert dues(program(), acts, short, held(REPORT), date(2026, 12, 31)) == ()
    assert unknown(program(), acts, short) == "2027年放假安排尚未载入,期限暂不能算出"
    assert unknown(program(), walk(ACCEPTED), CALENDAR) == ""


@st.composite
def courses(draw: st.DrawFn) -> tuple[Program, list[Act]]:
    """A sample power, and acts that its chart offers, some days apart."""
    begun = draw(st.sampled_from(PROGRAMS))
    day = date(2026, 1, 5)
    first = begun.power.steps[0]
    acts = [Act(first.id, first.outcomes[0].id, "", first.post, at(day))]
    state = followed(begun, start(begun, acts[0].at), acts[0])
    for _ in range(draw(st.integers(0, 12))):
        moves = offered(begun, state)
        if state.ended or not moves:
            break
        move = draw(st.sampled_from(moves))
        day += timedelta(days=draw(st.sampled_from([0, 1, 2, 5, 9, 20])))
        is_law = move.outcome.after is not None
        day += timedelta(days=int(is_law))
        facts = {field: draw(st.sampled_from(["1", "5", "12"])) for field in begun.told}
        branches = tuple(route.branch for route in move.routes)[:1]
        act = Act(
            move.step.id,
            move.outcome.id,
            "",
            move.step.post,
            at(day, 0 if is_law else 10),
            facts=facts,
            branches=branches,
        )
        if move.step.several and not is_law:
            act = replace(act, post=move.step.several.posts[len(acts) % 2])
        acts.append(act)
        state = followed(begun, state, act)
    return begun, acts


@given(courses())
def test_asked_every_morning_or_once_the_answer_is_the_same(course):
    begun, acts = course
    firsts = [moment.first for moment in moments(begun, acts)]
    end = min(firsts[-1] + timedelta(days=60), YEAR_END)
    whole = dues(begun, acts, CALENDAR, ALWAYS, end)
    issued: dict[str, Due] = {}
    for offset in range((end - date(2026, 1, 5)).days + 1):
        day = date(2026, 1, 5) + timedelta(days=offset)
        known = [act for act, first in zip(acts, firsts, strict=True) if first <= day]
        for due in dues(begun, known, CALENDAR, ALWAYS, day):
            assert issued.setdefault(due.key, due) == due
            assert due.day <= day

    assert sorted(issued.values(), key=lambda due: (due.day, due.key)) == list(whole)


@given(courses())
def test_a_card_for_the_promise_is_the_yellow_or_red_light_of_that_morning(course):
    begun, acts = course
    found = dues(begun, acts, CALENDAR, ALWAYS, YEAR_END)

    for due in found:
        if due.level is not Level.RED or due.about is not About.STATUTORY:
            continue
        moment = next(m for m in reversed(moments(begun, acts)) if m.first <= due.day)
        running = limits(begun, moment, CALENDAR)
        lasts = [each.last for each in running if isinstance(each, Limit)]
        assert due.limit_day in lasts
        assert due.day > due.limit_day


def test_a_patrol_tells_each_difference_apart():
    acts = walk(ACCEPTED, (ACCEPTED, "accept", "accept"))
    must = dues(program(), acts, CALENDAR, held(policy(WARNING, YELLOW)), date(2026, 3, 20))
    warning, yellow = must
    today = date(2026, 3, 20)

    assert list(differences(must, must, today)) == []
    assert list(differences(must, [warning], today)) == [
        f"承诺时限黄牌缺失:应于2026-03-18发出({yellow.key})"
    ]
    assert list(differences(must, [warning], yellow.day)) == []  # still on its way
    assert list(differences([warning], must, today)) == [
        f"承诺时限黄牌多发:依记录重算没有这一张({yellow.key})"
    ]
    moved = replace(yellow, day=date(2026, 3, 19), level=Level.RED)
    assert list(differences(must, [warning, moved], today)) == [
        f"承诺时限红牌有误:日期写的是2026-03-19,应为2026-03-18,等级写的是红牌,应为黄牌({yellow.key})"
    ]
    assert list(differences(must, [*must, yellow], today)) == [
        f"承诺时限黄牌重发:同一张发了两次({yellow.key})"
    ]
