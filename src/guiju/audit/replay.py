"""Replay in bulk: every event is one look-up in its chart's table, for all cases at once.

All cases go in lock-step: first the first event of each, then the second of those that have one,
and so on, so that numpy does the work. The tables of all charts lie in one array, and grow when
an event asks for an entry that is not there yet (``kernel.table``). What deviates, seldom more
than a few distinct traces, is then explained by ``kernel.alignment`` (``explanation``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from guiju.audit.events import Events, Words
from guiju.kernel.behaviour import Behaviour
from guiju.kernel.replay import Code
from guiju.kernel.table import CODE_BITS, STRANGE, Table

NO_CHART = -1
UNKNOWN = -1  # an entry that nobody has asked for yet
CODE_MASK = (1 << CODE_BITS) - 1
Array = npt.NDArray[np.int32]


class Tables:
    """The tables of several charts in one array; states are numbered over all charts."""

    def __init__(self, behaviours: Mapping[str, Behaviour], words: Words) -> None:
        """One chart for each code of a power; the words of the charts get codes."""
        self.words = words
        self.powers = tuple(behaviours)
        self.charts = [Table(behaviour) for behaviour in behaviours.values()]
        self.width = max((len(table.activities) for table in self.charts), default=1)
        self.owners: list[tuple[int, int]] = []  # of each state: its chart, its number there
        self.numbers: dict[tuple[int, int], int] = {}
        self.entries = np.full(0, UNKNOWN, np.int32)
        self.starts = np.array([self._state(i, 0) for i in range(len(self.charts))], np.int32)
        self._number_words(behaviours)

    def _number_words(self, behaviours: Mapping[str, Behaviour]) -> None:
        """Small numbers for the words of charts, and from them to a chart's activities."""
        told = {activity for behaviour in behaviours.values() for activity in behaviour.activities}
        steps, outcomes = sorted({s for s, _ in told}), sorted({o for _, o in told} - {""})
        self.step_words = np.array([self.words.code(step) for step in steps], np.int32)
        self.outcome_words = np.array([self.words.code(each) for each in outcomes], np.int32)
        self.power_words = np.array([self.words.code(power) for power in self.powers], np.int32)
        step_at = {step: i + 1 for i, step in enumerate(steps)}
        outcome_at = {"": 0, **{outcome: i + 1 for i, outcome in enumerate(outcomes)}}
        self.activities = np.full(
            (len(self.charts), len(steps) + 1, len(outcomes) + 2), STRANGE, np.int16
        )
        for i, table in enumerate(self.charts):
            for (step, outcome), number in table.number_of.items():
                self.activities[i, step_at[step], outcome_at[outcome]] = number

    def chart_of(self, events: Events) -> Array:
        """The chart of each case, by the first power that is told; NO_CHART: there is none."""
        lookup = np.full(len(self.words.texts), NO_CHART, np.int32)
        lookup[self.power_words] = np.arange(len(self.powers))
        power, first = events.array("power"), events.starts[:-1]
        if not power[first].all():
            place = np.where(power != 0, np.arange(len(power)), len(power))
            told = np.minimum.reduceat(place, first)
            first = np.where(told < events.starts[1:], told, first)
        return lookup[power[first]]

    def activities_of(self, events: Events, chart: Array) -> npt.NDArray[np.int16]:
        """The activity of each event in the chart of its case; STRANGE: it is not there."""
        steps = np.zeros(len(self.words.texts), np.int16)
        steps[self.step_words] = np.arange(1, len(self.step_words) + 1)
        outcomes = np.full(len(self.words.texts), len(self.outcome_words) + 1, np.int16)
        outcomes[0] = 0
        outcomes[self.outcome_words] = np.arange(1, len(self.outcome_words) + 1)
        own = np.repeat(chart, np.diff(events.starts))
        step = steps[events.array("step")]
        outcome = outcomes[events.array("outcome")]
        return self.activities[own, step, outcome]

    def is_over(self, states: Array) -> npt.NDArray[np.bool_]:
        """Whether a case may be over at each of these states."""
        over = np.array([self.charts[c].is_over[n] for c, n in self.owners], np.bool_)
        return over[states]

    def _state(self, chart: int, number: int) -> int:
        """The number over all charts of a chart's state."""
        found = self.numbers.get((chart, number))
        if found is None:
            found = self.numbers[chart, number] = len(self.owners)
            self.owners.append((chart, number))
            if len(self.owners) * self.width > len(self.entries):
                room = np.full(max(len(self.entries), 64 * self.width), UNKNOWN, np.int32)
                self.entries = np.concatenate([self.entries, room])
        return found

    def look_up(self, state: Array, activity: npt.NDArray[np.int16]) -> Array:
        """Entries for states and activities; those not asked for before are made."""
        key = state * np.int32(self.width) + activity
        found: Array = self.entries[key]
        if found.size and found.min() < 0:
            for each in np.unique(key[found < 0]).tolist():
                at, number = divmod(each, self.width)
                chart, own = self.owners[at]
                entry = self.charts[chart].entry(own, number)
                after = self._state(chart, entry >> CODE_BITS)
                self.entries[each] = after << CODE_BITS | entry & CODE_MASK
            found = self.entries[key]
        return found


@dataclass(frozen=True, slots=True)
class Replayed:
    """How events stand, and where cases do; cases in the order of ``Events.starts``."""

    chart: Array  # of each case; NO_CHART: nothing can be said
    activity: npt.NDArray[np.int16]  # of each event
    code: npt.NDArray[np.int8]  # of each event, see kernel.replay.Code
    state: Array  # of each case after its last event
    deviates: npt.NDArray[np.bool_]  # of each case: some event needs an explanation
    is_over: npt.NDArray[np.bool_]  # of each case: it may be over


def replay(events: Events, tables: Tables) -> Replayed:
    """Hold all events against their charts. Raises TooManyStates, for a chart that is too free."""
    starts = events.starts
    chart = tables.chart_of(events)
    activity = tables.activities_of(events, chart)
    code = np.zeros(len(activity), np.int8)
    lengths = np.diff(starts).astype(np.int32)
    lengths[chart == NO_CHART] = 0
    order = np.argsort(-lengths, kind="stable")
    at = starts[:-1][order]
    state = np.zeros(len(chart), np.int32)
    if len(tables.starts):
        state = tables.starts[np.maximum(chart, 0)][order]
    # How many cases have more than k events: the active ones are the first of the order.
    active = len(lengths) - np.searchsorted(
        np.sort(lengths), np.arange(lengths.max(initial=0)), "right"
    )
    for k, count in enumerate(active.tolist()):
        index = at[:count] + k
        entry = tables.look_up(state[:count], activity[index])
        state[:count] = entry >> CODE_BITS
        code[index] = entry & CODE_MASK
    whole = np.empty_like(state)
    whole[order] = state
    has_chart = chart != NO_CHART
    deviates = np.zeros(len(chart), np.bool_)
    if len(code):
        deviates = np.add.reduceat(code != Code.FITS, starts[:-1], dtype=np.int32) > 0
    is_over = np.zeros(len(chart), np.bool_)
    is_over[has_chart] = tables.is_over(whole[has_chart])
    return Replayed(chart, activity, code, whole, deviates & has_chart, is_over)
