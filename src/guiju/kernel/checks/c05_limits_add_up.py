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

from collections import deque
from collections.abc import Callable, Iterator, Mapping

from guiju.kernel.checks.finding import Finding, Subject, words
from guiju.kernel.net import Transition
from guiju.kernel.paths import Watch, broken, moves
from guiju.kernel.power import ClockEffect, Power, Step
from guiju.kernel.rules import Rule, Unit
from guiju.kernel.unfold import is_opinion

ID = "C05"
STARTS = frozenset({ClockEffect.START, ClockEffect.ARRIVED, ClockEffect.RESTART})
RUNS: dict[ClockEffect | None, bool] = {ClockEffect.STOP: False, ClockEffect.RESUME: True}
Ways = Mapping[str, list[tuple[bool | None, list[str]]]]  # step → whether the clock runs; to where
Days = tuple[int, tuple[str, ...]]  # days, and the names of the steps they are spent on
NO_DAYS: Days = (0, ())
PLACES_MAX = 20_000


def check(subject: Subject) -> Iterator[Finding]:
    """At most one finding for the promise and one for the sum."""
    limits = subject.power.limits
    unit = limits.statutory.unit
    statutory, promised = limits.statutory.number, _in_unit(limits.promised, unit)
    if promised > statutory:
        message = f"承诺时限{limits.promised.words()}长于法定时限{limits.statutory.words()}"
        yield Finding(ID, message)
    found = longest(subject.power)
    if found is None:
        yield Finding(ID, "绕回的走法太多,环节时限加不出来")
    elif found[0] > promised:
        message = f"环节时限合计{found[0]}{unit},超过承诺时限{limits.promised.words()}"
        yield Finding(ID, message, path=found[1])
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


def longest(power: Power) -> Days | None:
    """The most days on a way while the clock runs; None when there are too many ways."""
    ids = {step.id for step in power.steps}
    unit = power.limits.statutory.unit
    days = {step.id: (_own(step, unit), step.name) for step in power.steps}
    ways = {
        step.id: [
            (RUNS.get(outcome.clock), [id_ for id_ in outcome.to if id_ in ids])
            for outcome in step.outcomes
            if outcome.clock is not ClockEffect.END
        ]
        for step in power.steps
    }
    best = NO_DAYS
    for step in power.steps:
        for outcome in step.outcomes:
            if outcome.clock is ClockEffect.START:
                walk = _Walk([id_ for id_ in outcome.to if id_ in ids], ways, days)
                best = max(best, walk.longest())
                if len(walk.known) > PLACES_MAX:
                    return None
    return best


class _Walk:
    """The longest way from some steps on, depth first, with no step twice.

    A way on to a step that every way here has passed can never be taken; without these, most
    charts have no circle left, and what follows a step is the same however it was come to.
    Only on a circle with two entries does it also depend on what of the circle was passed.
    """

    def __init__(self, first: list[str], ways: Ways, days: Mapping[str, tuple[int, str]]) -> None:
        passed = _passed(first, ways)
        self.first = first
        self.ways: Ways = {
            id_: [
                (runs, [then for then in to if then not in passed[id_]]) for runs, to in ways[id_]
            ]
            for id_ in passed
        }
        self.days = days
        self.circles = _on_circles(
            {id_: {t for _, to in out for t in to} for id_, out in self.ways.items()}
        )
        self.known: dict[tuple[str, bool, frozenset[str]], Days] = {}

    def longest(self) -> Days:
        """The most days on one way, and on what."""
        return max((self._at(id_, True, frozenset()) for id_ in self.first), default=NO_DAYS)

    def _at(self, id_: str, is_running: bool, passed: frozenset[str]) -> Days:
        place = (id_, is_running, passed)
        if place in self.known or len(self.known) > PLACES_MAX:
            return self.known.get(place, NO_DAYS)
        best = NO_DAYS
        after = passed | {id_} if id_ in self.circles else passed
        for runs, to in self.ways[id_]:
            for then in to:
                if then not in after:
                    then_runs = is_running if runs is None else runs
                    best = max(best, self._at(then, then_runs, after))
        own, name = self.days[id_]
        if own and is_running:
            best = own + best[0], (f"{name} {own}", *best[1])
        self.known[place] = best
        return best


def _passed(first: list[str], ways: Ways) -> dict[str, set[str]]:
    """Of each step that can be come to, those that every way to it has passed, and itself."""
    passed = {id_: {id_} for id_ in first}
    todo = deque(first)
    while todo:
        id_ = todo.popleft()
        for then in (each for _, to in ways[id_] for each in to):
            always = passed[id_] | {then}
            if then in passed:
                always &= passed[then]
            if passed.get(then) != always:
                passed[then] = always
                todo.append(then)
    return passed


def _on_circles(ahead: dict[str, set[str]]) -> set[str]:
    """The steps on circles, and those between two circles."""
    behind = _knotted(ahead)
    return set(_knotted({id_: {b for b in behind if id_ in behind[b]} for id_ in behind}))


def _knotted(ahead: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The steps from which there is always a way on."""
    left, count = dict(ahead), 0
    while len(left) != count:
        count = len(left)
        for id_ in reversed([*left]):
            if left[id_].isdisjoint(left):
                del left[id_]
    return left
