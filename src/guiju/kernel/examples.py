"""Examples 示例 of a power, run: given these acts, when this one is tried, then that holds.

The file of a power carries its own tests, written so that a lawyer can read and write them.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone

from guiju.kernel.acts import Act, State
from guiju.kernel.lights import standing
from guiju.kernel.power import LAW, Example, ExampleAct, Power
from guiju.kernel.program import Program, compile_power, open_steps
from guiju.kernel.run import Refused, perform, start
from guiju.kernel.silence import next_silence
from guiju.kernel.terms import Calendar

CITY_TIME = timezone(timedelta(hours=8))
MORNING = time(9)


def failures(power: Power, calendar: Calendar) -> Iterator[str]:
    """In words, every example of a power that does not come true."""
    program = compile_power(power)
    for example in power.examples:
        for failure in _failures(program, example, calendar):
            yield f"{power.name}·{example.name}:{failure}"


def _failures(program: Program, example: Example, calendar: Calendar) -> Iterator[str]:
    first = (*example.given, example.when)[0]
    state = start(program, _moment(first.on))
    for number, given in enumerate(example.given, 1):
        try:
            state = perform(
                program, state, act_of(program, state, given, calendar), lambda: calendar
            )
        except Refused as refused:
            yield f"前提第{number}步被拒绝:{refused}"
            return
    then = example.then
    try:
        act = act_of(program, state, example.when, calendar)
        state = perform(program, state, act, lambda: calendar)
        refused_by: tuple[str, ...] = ()
    except Refused as refused:
        refused_by = tuple(each.kind for each in refused.refusals)
    if refused_by != then.refused:
        yield f"应被{_list(then.refused)}拒绝,实为{_list(refused_by)}"
    yield from _differences(program, state, example, calendar)


def _differences(
    program: Program, state: State, example: Example, calendar: Calendar
) -> Iterator[str]:
    then, today = example.then, example.then.on or example.when.on
    is_open = tuple(step.id for step in open_steps(program, state))
    if then.open and set(then.open) != set(is_open):
        yield f"应在{_list(then.open)},实在{_list(is_open)}"
    if then.ended != state.ended and (then.ended or not then.open):
        yield f"终点应为“{then.ended}”,实为“{state.ended}”"
    stands = standing(program, state, calendar, today)
    if then.due and then.due != stands.due:
        yield f"到期日应为 {then.due},实为 {stands.due}"
    if then.light and then.light != stands.light:
        yield f"应亮 {then.light},实亮 {stands.light}"


def _list(words: tuple[str, ...]) -> str:
    return f"“{'、'.join(words)}”" if words else "“无”"


def act_of(program: Program, state: State, example: ExampleAct, calendar: Calendar) -> Act:
    """An example's act, as of nine in the morning of its day; the law acts at its own moment."""
    at = _moment(example.on)
    if example.by == LAW:
        silence = next_silence(program, state, lambda: calendar, at)
        return silence or Act(example.step, example.outcome, LAW, LAW, at)
    move = program.moves.get((example.step, example.outcome))
    post = (move.outcome.post or move.step.post) if move else ""
    return Act(
        step=example.step,
        outcome=example.outcome,
        by=example.by,
        post=example.post or post,
        at=at,
        present=example.present,
        evidence=example.evidence,
        reason=example.reason,
        items=example.items,
        facts=example.facts or {},
        branches=example.branches,
        assignee=example.assignee,
    )


def _moment(day: date) -> datetime:
    return datetime.combine(day, MORNING, CITY_TIME)
