"""Replay 回放 of one case: its record held against its chart, event by event.

The plain definition. ``table`` keeps its answers so that millions of events cost one look-up
each, and ``alignment`` explains in the fewest words what deviates; both are held against this.

An event that the chart does not allow is repaired, so that what follows can be judged too:

- what the chart does not know at all is passed over (NOT_IN_CHART);
- where the event could happen after some steps that the record does not tell, those are taken
  as skipped (SKIPPED), the fewest, the first in chart order;
- else it came at the wrong time (OUT_OF_ORDER), and the case stays where it is.

Where only the effect of silence is missing, that is no deviation (BY_SILENCE): many systems do
not write it down. Whether the term had run out then is for the clock to say.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from guiju.kernel.behaviour import Activity, Behaviour, State

SKIPPED_MAX = 12  # steps in a row; who left out more did not follow this chart at all


class Code(IntEnum):
    """How an event stands to the chart."""

    FITS = 0
    NOT_IN_CHART = 1
    SKIPPED = 2
    OUT_OF_ORDER = 3
    REPEATED = 4  # out of order, and not for the first time; only an explanation can tell
    UNFINISHED = 5  # the record ends, the case does not
    BY_SILENCE = 6


@dataclass(frozen=True, slots=True)
class Step:
    """The answer to one event: how it stands, and the state after it."""

    code: Code
    state: State
    skipped: tuple[Activity, ...] = ()


@dataclass(frozen=True, slots=True)
class Replayed:
    """The answers to all events of a case, and whether it may be over after them."""

    steps: tuple[Step, ...]
    is_over: bool

    @property
    def fits(self) -> bool:
        """Whether the record is a whole run of the chart."""
        return self.is_over and all(s.code in (Code.FITS, Code.BY_SILENCE) for s in self.steps)


def replay(behaviour: Behaviour, trace: Iterable[Activity]) -> Replayed:
    """Hold the events of one case, in order, against a chart. Raises TooManyStates."""
    steps: list[Step] = []
    state = behaviour.start
    for activity in trace:
        steps.append(step(behaviour, state, activity))
        state = steps[-1].state
    return Replayed(tuple(steps), may_be_over(behaviour, state))


def step(behaviour: Behaviour, state: State, activity: Activity) -> Step:
    """One event at one state. Raises TooManyStates."""
    if activity not in behaviour.doing:
        return Step(Code.NOT_IN_CHART, state)
    after = behaviour.after(state, activity)
    if after:
        return Step(Code.FITS, after)
    if behaviour.lapsing != behaviour.silent:
        after = behaviour.after(behaviour.lapsed(state), activity)
        if after:
            return Step(Code.BY_SILENCE, after)
    return _skipping(behaviour, state, activity) or Step(Code.OUT_OF_ORDER, state)


def may_be_over(behaviour: Behaviour, state: State) -> bool:
    """Whether a case may be over, perhaps by silence."""
    return behaviour.may_end(state) or behaviour.may_end(behaviour.lapsed(state))


def _skipping(behaviour: Behaviour, state: State, activity: Activity) -> Step | None:
    """The fewest steps after which the event could happen, and the state after it; None: none."""
    paths: dict[State, tuple[Activity, ...]] = {state: ()}
    todo = deque([state])
    while todo:
        at = todo.popleft()
        if len(paths[at]) == SKIPPED_MAX:
            return None
        for passed in _left_out(behaviour):
            after = behaviour.after(at, passed)
            if after and after not in paths:
                path = paths[after] = (*paths[at], passed)
                landed = behaviour.after(after, activity)
                if landed:
                    return Step(Code.SKIPPED, landed, path)
                todo.append(after)
    return None


def _left_out(behaviour: Behaviour) -> tuple[Activity, ...]:
    """The outcomes that somebody may have left out: forward ones, each by its own name."""
    activities = (move.activity for move in behaviour.skippable if move.activity)
    return tuple(dict.fromkeys(activities))
