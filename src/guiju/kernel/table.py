"""A chart as a table: (state, activity) → (state after it, how the event stands).

States are numbered as they are first met, so a table is only as large as what was asked of it:
lazily determinised. ``compiled`` walks all that the chart allows, breadth first in chart order,
which gives every chart one table and one hash; it is published with the chart, and findings
name it. Entries for what the chart does not allow are added when they are asked for.
"""

import json
from dataclasses import dataclass, field
from hashlib import sha256

from guiju.kernel.behaviour import Activity, Behaviour, State, TooManyStates
from guiju.kernel.replay import Code, Step, may_be_over, step

STATES_MAX = 10_000  # what a chart's table may hold of states that it allows
CODE_BITS = 3
STRANGE = 0  # the number of every activity that the chart does not know


@dataclass
class Table:
    """A chart's table, growing; entries are ``state << CODE_BITS | code``."""

    behaviour: Behaviour
    states: list[State] = field(default_factory=list)
    numbers: dict[State, int] = field(default_factory=dict)
    is_over: list[bool] = field(default_factory=list)
    steps: dict[tuple[int, int], Step] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.activities: tuple[Activity | None, ...] = (None, *self.behaviour.activities)
        self.number_of = {a: i for i, a in enumerate(self.activities) if a is not None}
        self.number(self.behaviour.start)

    def number(self, state: State) -> int:
        """The number of a state, a new one when it is new."""
        found = self.numbers.get(state)
        if found is None:
            found = self.numbers[state] = len(self.states)
            self.states.append(state)
            self.is_over.append(may_be_over(self.behaviour, state))
        return found

    def step(self, state: int, activity: int) -> Step:
        """How an event stands at a state; by numbers, STRANGE for what is not in the chart."""
        found = self.steps.get((state, activity))
        if found is None:
            named = self.activities[activity] or ("", "")
            found = self.steps[state, activity] = step(self.behaviour, self.states[state], named)
        return found

    def entry(self, state: int, activity: int) -> int:
        """The same as one number, for look-ups by the million."""
        found = self.step(state, activity)
        return self.number(found.state) << CODE_BITS | found.code


def compiled(behaviour: Behaviour, states_max: int = STATES_MAX) -> Table:
    """The table of all that a chart allows. Raises TooManyStates beyond the budget."""
    table = Table(behaviour)
    state = 0
    while state < len(table.states):
        for number in range(1, len(table.activities)):
            activity = table.activities[number]
            assert activity is not None
            after = behaviour.after(table.states[state], activity)
            if after:
                table.steps[state, number] = Step(Code.FITS, after)
                table.number(after)
        state += 1
        if len(table.states) > states_max:
            raise TooManyStates(f"more than {states_max} states")
    return table


def told(table: Table) -> str:
    """What a chart allows as canonical JSON, for publication; of a table that is ``compiled``.

    ``allowed`` has rows of state, activity (counted from 1), state after it; a case begins at
    state 0 and may be over where ``is_over`` says so.
    """
    allowed = sorted(
        [state, number, table.numbers[found.state]]
        for (state, number), found in table.steps.items()
        if found.code is Code.FITS
    )
    whole = {"activities": table.activities[1:], "allowed": allowed, "is_over": table.is_over}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def digest(table: Table) -> str:
    """SHA-256 of what is told of a table, as hex."""
    return sha256(told(table).encode()).hexdigest()
