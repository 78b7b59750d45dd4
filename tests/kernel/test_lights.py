"""The five lights, day by day, on the sound power: 11 working days promised, 20 by law."""

from dataclasses import replace
from datetime import date

import pytest
from tests.kernel.charts import CALENDAR, SOUND, moment, rule

from guiju.kernel.acts import State
from guiju.kernel.lights import Light, Standing, standing, step_left
from guiju.kernel.program import compile_power
from guiju.kernel.rules import Unit
from guiju.kernel.run import start
from guiju.kernel.terms import Clock, Stop

PROGRAM = compile_power(SOUND)
ACCEPTED = date(2026, 3, 2)  # March 2026 has no holiday: 11 days end on 03-17, 20 on 03-30
RUNNING = Clock(ACCEPTED)


def on_march(day: int, clock: Clock = RUNNING, month: int = 3) -> Standing:
    state = replace(start(PROGRAM, moment(1, month=3)), clock=clock)
    return standing(PROGRAM, state, CALENDAR, date(2026, month, day))


@pytest.mark.parametrize(
    ("day", "light", "left"),
    [
        (2, Light.BLUE, 11),
        (11, Light.BLUE, 4),
        (12, Light.YELLOW, 3),  # three days are left
        (15, Light.YELLOW, 2),
        (17, Light.YELLOW, 0),  # the promised day itself
        (18, Light.YELLOW, -1),  # the promise is broken
        (30, Light.YELLOW, -9),  # the last day by law
        (31, Light.RED, -10),
    ],
)
def test_a_running_case_is_blue_then_yellow_then_red(day, light, left):
    stands = on_march(day)

    assert (stands.light, stands.left, stands.unit) == (light, left, Unit.WORKING_DAY)
    assert (stands.due, stands.statutory_due) == (date(2026, 3, 17), date(2026, 3, 30))
    assert stands.missing == ""


@pytest.mark.parametrize(
    ("ended", "light"),
    [
        (12, Light.GREEN),
        (17, Light.GREEN),
        (18, Light.YELLOW),
        (30, Light.YELLOW),
        (31, Light.RED),
    ],
)
def test_the_light_of_a_case_that_has_ended_is_that_of_its_last_day_for_ever(ended, light):
    clock = RUNNING.ended(date(2026, 3, ended))

    assert on_march(31, clock).light == light
    assert on_march(31, clock, month=12).light == light


@pytest.mark.parametrize(
    ("day", "light", "left"),
    [
        (8, Light.BLUE, 7),
        (9, Light.GREY, 7),  # the day of the stop
        (13, Light.GREY, 7),  # the fifth and last working day applied for
        (16, Light.BLUE, 6),  # the cap has passed and nobody has resumed
        (19, Light.YELLOW, 3),
        (25, Light.YELLOW, -1),
    ],
)
def test_a_stopped_case_is_grey_until_the_cap_has_passed(day, light, left):
    stopped = RUNNING.stopped(date(2026, 3, 9), "许可法45", 5)

    assert (on_march(day, stopped).light, on_march(day, stopped).left) == (light, left)
    assert on_march(day, stopped).due == date(2026, 3, 24)


def test_an_open_stop_without_a_cap_is_grey_and_has_no_due_day():
    stands = on_march(31, RUNNING.stopped(date(2026, 3, 9), "许可法45", None))

    assert (stands.light, stands.left, stands.due) == (Light.GREY, 7, None)
    assert stands.missing == ""


def test_a_case_that_is_past_its_limits_is_not_grey_because_it_is_stopped():
    def stopped_on(day: int) -> Clock:
        return RUNNING.stopped(date(2026, 3, day), "许可法45", None)

    assert on_march(25, stopped_on(20)).light is Light.YELLOW
    assert on_march(10, RUNNING.stopped(date(2026, 4, 2), "许可法45", None), month=4).light is (
        Light.RED
    )


def test_a_resumed_case_is_no_longer_grey():
    clock = RUNNING.stopped(date(2026, 3, 9), "许可法45", None).resumed(date(2026, 3, 10))

    assert [on_march(day, clock).light for day in (10, 11)] == [Light.BLUE, Light.BLUE]
    assert on_march(11, clock).due == date(2026, 3, 19)


def test_the_days_left_are_in_the_unit_of_the_promise():
    natural = rule(30, Unit.NATURAL_DAY)
    limits = replace(SOUND.limits, promised=natural)
    program = compile_power(replace(SOUND, limits=limits))
    state = replace(start(program, moment(1)), clock=Clock(date(2026, 9, 4)))

    stands = standing(program, state, CALENDAR, date(2026, 9, 5))
    assert (stands.left, stands.unit) == (29 + 4, Unit.NATURAL_DAY)  # 10-04 rolls to 10-08
    assert stands.due == date(2026, 10, 8)


def test_a_due_day_beyond_the_calendar_is_told_as_missing_beside_a_light():
    stands = on_march(28, Clock(date(2026, 12, 24)), month=12)

    assert stands.light is Light.BLUE
    assert (stands.left, stands.due, stands.statutory_due) == (9, None, None)
    assert stands.missing == "2027年放假安排尚未载入,期限暂不能算出"


def test_only_the_statutory_due_day_may_be_missing():
    stands = on_march(14, Clock(date(2026, 12, 10)), month=12)

    assert (stands.due, stands.statutory_due) == (date(2026, 12, 25), None)
    assert "2027" in stands.missing


def state_at(step: str, day: int, **values: object) -> State:
    return State(0, {step: moment(day, month=3)}, **values)


@pytest.mark.parametrize(
    ("day", "light", "left"),
    [(2, Light.YELLOW, 1), (3, Light.YELLOW, 0), (4, Light.RED, -1)],
)
def test_before_the_clock_starts_the_limit_of_the_open_step_gives_the_light(day, light, left):
    accept = next(m.take for m in PROGRAM.net.transitions if m.step.id == "accept")
    state = State(accept, {"accept": moment(2, month=3)})

    stands = standing(PROGRAM, state, CALENDAR, date(2026, 3, day))
    assert (stands.light, stands.left, stands.due) == (light, left, date(2026, 3, 3))


def test_a_case_without_a_clock_is_blue_while_nothing_is_due_and_green_when_it_ended():
    begun = start(PROGRAM, moment(1))

    assert standing(PROGRAM, begun, CALENDAR, date(2026, 9, 30)) == Standing(Light.BLUE)
    ended = replace(begun, ended="withdrawn")
    assert standing(PROGRAM, ended, CALENDAR, date(2026, 9, 30)) == Standing(Light.GREEN)


def test_the_days_left_of_a_step_leave_out_the_stops_since_it_was_reached():
    step = PROGRAM.steps["visit"]  # three working days
    stops = (
        Stop(date(2026, 3, 3), "r", None, date(2026, 3, 5)),
        Stop(date(2026, 3, 11), "r", None, date(2026, 3, 12)),
    )
    state = state_at("visit", 6, clock=Clock(ACCEPTED, stops))

    lefts = [
        step_left(step, state, CALENDAR, date(2026, 3, d)) for d in (6, 9, 10, 11, 12, 13, 16)
    ]
    assert lefts == [3, 2, 1, 1, 1, 0, -1]


def test_a_step_that_is_reached_during_a_stop_counts_from_where_it_ends():
    state = state_at("visit", 4, clock=Clock(ACCEPTED).stopped(date(2026, 3, 3), "r", 3))

    lefts = [
        step_left(PROGRAM.steps["visit"], state, CALENDAR, date(2026, 3, d)) for d in (5, 6, 9, 10)
    ]
    assert lefts == [3, 2, 1, 0]


def test_a_step_without_a_limit_has_no_days_left():
    assert step_left(PROGRAM.steps["apply"], state_at("apply", 2), CALENDAR, ACCEPTED) is None


def test_a_case_one_day_past_its_statutory_limit_stays_red_when_it_is_stopped():
    assert on_march(31, RUNNING.stopped(date(2026, 3, 31), "许可法45", None)).light is Light.RED
