"""环节时限之和不超过承诺时限,承诺时限不超过法定时限。

The longest way through the chart while the clock runs: from the outcome that starts it to
the outcome that ends it, parallel branches by the longest, time while the clock is stopped
left out. No step is counted twice: a way that leads back to a step already on it ends there,
because going back (an objection, say) is the exception that other limits are made for.
Where working days meet natural days a week counts as five working days. What comes before the
clock starts is not in the sum; a step there may not take longer than the whole promise. An
opinion 加签 is given within the limit of the step that asks for it.
Source: a city's rule on running power charts (each node has its limit, and the sum of the
node limits does not exceed the promised limit).
"""

from collections.abc import Callable, Iterator

from guiju.kernel.checks.finding import Finding, Subject, words
from guiju.kernel.net import Transition
from guiju.kernel.paths import Watch, broken, moves
from guiju.kernel.power import ClockEffect, Outcome, Power, Step
from guiju.kernel.rules import Rule, Unit
from guiju.kernel.unfold import is_opinion

ID = "C05"
STARTS = frozenset({ClockEffect.START, ClockEffect.ARRIVED, ClockEffect.RESTART})
Days = tuple[int, tuple[str, ...]]  # days, and the names of the steps they are spent on


def check(subject: Subject) -> Iterator[Finding]:
    """At most one finding for the promise and one for the sum."""
    limits = subject.power.limits
    unit = limits.statutory.unit
    statutory, promised = limits.statutory.number, _in_unit(limits.promised, unit)
    if promised > statutory:
        message = f"承诺时限{limits.promised.words()}长于法定时限{limits.statutory.words()}"
        yield Finding(ID, message)
    total, path = max(_from_starts(subject.power, unit), default=(0, ()))
    if total > promised:
        message = f"环节时限合计{total}{unit},超过承诺时限{limits.promised.words()}"
        yield Finding(ID, message, path=path)
    yield from _long_waits(subject, promised)


def _long_waits(subject: Subject, promised: int) -> Iterator[Finding]:
    """Steps before the clock starts that may take longer than all that follows."""
    unit = subject.power.limits.statutory.unit
    started = moves(subject.net, lambda m: m.outcome.clock in STARTS)
    for step in subject.power.steps:
        if step.limit is None or _own(step, unit) <= promised:
            continue
        done = moves(subject.net, _of(step))
        run = broken(subject.graph, Watch(bad=done, settles=started, is_owed=True))
        if run is not None:
            message = f"“{step.name}”在计时以前就可以占{step.limit.words()},长于承诺时限"
            yield Finding(ID, message, (step.id,), words(run))


def _of(step: Step) -> Callable[[Transition], bool]:
    return lambda move: move.step.id == step.id


def _in_unit(rule: Rule, unit: Unit | None) -> int:
    """A limit's days in another unit, rounded up; a week is five working days."""
    if rule.unit is unit:
        return rule.number
    weekly, days = (5, 7) if unit is Unit.WORKING_DAY else (7, 5)
    return -(-rule.number * weekly // days)


def _own(step: Step, unit: Unit | None) -> int:
    """The days that a step has of its own; an opinion has none."""
    return 0 if step.limit is None or is_opinion(step) else _in_unit(step.limit, unit)


def _from_starts(power: Power, unit: Unit | None) -> Iterator[Days]:
    steps = {step.id: step for step in power.steps}
    for step in power.steps:
        for outcome in step.outcomes:
            if outcome.clock is ClockEffect.START:
                yield _longest(steps, outcome, True, unit, ())


def _longest(
    steps: dict[str, Step],
    outcome: Outcome,
    is_running: bool,
    unit: Unit | None,
    before: tuple[str, ...],
) -> Days:
    """The most days that can be spent after an outcome, each step at most once."""
    if outcome.clock is ClockEffect.END:
        return 0, ()
    if outcome.clock is ClockEffect.STOP:
        is_running = False
    elif outcome.clock is ClockEffect.RESUME:
        is_running = True
    best: Days = (0, ())
    for step in (steps[id_] for id_ in outcome.to if id_ in steps and id_ not in before):
        own = _own(step, unit) if is_running else 0
        seen = (*before, step.id)
        after = max(_longest(steps, each, is_running, unit, seen) for each in step.outcomes)
        label = (f"{step.name} {own}",) if own else ()
        best = max(best, (own + after[0], label + after[1]))
    return best
