"""What each activity of a chart does to its stages and to the clock, as arrays.

Rows are the activities of all charts, numbered as their tables number them (``audit.replay``),
one chart after the other; row 0 of each is what the chart does not know, which does nothing. Where
a log tells only that a step was done, what all outcomes of the step have in common is done.
Steps are numbered from 1 within their chart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from guiju.kernel.behaviour import Activity
from guiju.kernel.net import END, Net, Transition
from guiju.kernel.power import ClockEffect, Step, StepKind
from guiju.kernel.rules import Rule, Unit

Ints = npt.NDArray[np.int32]
NO_CAP = -1


class Effect(IntEnum):
    """What becomes of the clock."""

    NONE = 0
    START = 1
    ARRIVED = 2
    RESTART = 3
    STOP = 4
    RESUME = 5
    EXTEND = 6
    END = 7


EFFECTS = dict(zip(ClockEffect, tuple(Effect)[1:], strict=True))


@dataclass(frozen=True, slots=True)
class Does:
    """What one activity does."""

    step: int
    leaves: bool = False  # the step is over, and those in ``to`` begin
    to: tuple[int, ...] = ()
    keeps_since: bool = False  # what is asked of others wins nobody time
    clears: tuple[int, ...] = ()
    is_end: bool = False
    effect: Effect = Effect.NONE
    cap: int = NO_CAP  # working days that a stop may last at most
    extension: tuple[int, int] = (0, 0)  # working days, natural days
    extends: str = ""  # the rule that allows it, as a citation
    lapse: tuple[int, bool] | None = None  # days of silence after which it comes, whether working
    is_lawful_silence: bool = False  # of somebody who may wait for the term to run out
    yes: int = 0  # a signature of several: 1 for, -1 against
    is_named: bool = False  # a field that records do not tell says who signs
    need: tuple[int, int] = (1, 1)  # so many for, or so many against, close the step


NOTHING = Does(0)


class Effects:
    """The arrays, for charts in the order in which they are numbered."""

    def __init__(
        self, nets: Sequence[Net], activities: Sequence[Sequence[Activity | None]]
    ) -> None:
        self.nets = nets
        self.base = np.cumsum([0, *map(len, activities)])[:-1].astype(np.int32)
        charts = zip(nets, activities, strict=True)
        self.rows = [does for net, told in charts for does in _of_chart(net, told)]
        self.steps_max = max((len(net.power.steps) for net in nets), default=0)
        self.step = self._column([row.step for row in self.rows])
        self.leaves = np.array([row.leaves for row in self.rows], bool)
        self.is_end = np.array([row.is_end for row in self.rows], bool)
        self.keeps_since = np.array([row.keeps_since for row in self.rows], bool)
        self.clears = np.array([bool(row.clears) for row in self.rows], bool)
        self.effect = self._column([row.effect for row in self.rows])
        self.cap = self._column([row.cap for row in self.rows])
        self.extension = self._column([row.extension for row in self.rows]).reshape(-1, 2)
        named = {rule: i for i, rule in enumerate(sorted({row.extends for row in self.rows}))}
        self.extends = self._column([named[row.extends] for row in self.rows])
        self.yes = self._column([row.yes for row in self.rows])
        self.is_lawful_silence = np.array([row.is_lawful_silence for row in self.rows], bool)
        self.is_named = np.array([row.is_named for row in self.rows], bool)
        joint = sorted({row.step for row in self.rows if row.yes})
        self.joints = len(joint)
        number = {step: i for i, step in enumerate(joint, 1)}
        self.joint = self._column([number.get(row.step, 0) for row in self.rows])
        self.need = self._column([row.need for row in self.rows]).reshape(-1, 2)
        width = max((len(row.to) for row in self.rows), default=0)
        self.to = self._column([(*row.to, *(0,) * (width - len(row.to))) for row in self.rows])
        self.to = self.to.reshape(len(self.rows), width)

    @staticmethod
    def _column(values: Sequence[object]) -> Ints:
        return np.array(values, np.int32)

    def limits(self) -> list[tuple[int, int, Rule]]:
        """Chart, step and the step's own limit."""
        return [
            (chart, number, step.limit)
            for chart, net in enumerate(self.nets)
            for number, step in enumerate(net.power.steps, 1)
            if step.limit is not None
        ]


def _of_chart(net: Net, activities: Sequence[Activity | None]) -> list[Does]:
    number = {step.id: i for i, step in enumerate(net.power.steps, 1)}
    moves = {(m.step.id, m.outcome.id): m for m in net.transitions if not m.is_silent}
    does = {key: _of_move(net, move, number) for key, move in moves.items()}
    rows = []
    for activity in activities:
        if activity is None:
            rows.append(NOTHING)
        elif activity[1]:
            rows.append(does[activity])
        else:
            own = [
                does[key]
                for key, move in moves.items()
                if key[0] == activity[0] and not (move.outcome.aside or move.outcome.after)
            ]
            rows.append(_common(number[activity[0]], own))
    return rows


def _of_move(net: Net, move: Transition, number: Mapping[str, int]) -> Does:
    step, outcome = move.step, move.outcome
    extension = (0, 0)
    if outcome.extend is not None:
        is_working = outcome.extend.unit is Unit.WORKING_DAY
        extension = (outcome.extend.number, 0) if is_working else (0, outcome.extend.number)
    yes, need = _signature(step, outcome.id)
    cleared = (net.places[bit] for bit in range(1, len(net.places)) if move.clear >> bit & 1)
    cap = outcome.stop.value if outcome.stop is not None else None
    return Does(
        number[step.id],
        leaves=bool(outcome.to),
        to=tuple(number[target] for target in outcome.to if target in number),
        keeps_since=move.is_opinion,
        clears=tuple(sorted({number[each] for each in cleared if each in number})),
        is_end=bool(move.put & END),
        effect=EFFECTS[outcome.clock] if outcome.clock else Effect.NONE,
        cap=NO_CAP if cap is None else cap,
        extension=extension,
        extends="" if outcome.extend is None else outcome.extend.citation(),
        lapse=_lapse(outcome.after),
        is_lawful_silence=outcome.after is not None and step.kind is not StepKind.ACCEPT,
        yes=0 if outcome.aside or outcome.after else yes,
        is_named=step.several is not None and bool(step.several.field),
        need=need,
    )


def _lapse(rule: Rule | None) -> tuple[int, bool] | None:
    return None if rule is None else (rule.number, rule.unit is Unit.WORKING_DAY)


def _signature(step: Step, outcome: str) -> tuple[int, tuple[int, int]]:
    """Whether this is a signature for or against, and how many of each close the step."""
    if step.several is None:
        return 0, (1, 1)
    outcomes = [o.id for o in step.outcomes if not (o.aside or o.after)]
    whole = len(step.several.posts)
    need = min(step.several.need or whole, whole)
    side = dict(zip(outcomes, (1, -1), strict=False))
    return side.get(outcome, 0), (need, whole - need + 1)


def _common(step: int, own: Sequence[Does]) -> Does:
    """What a step does whose outcome is not told."""
    effects = {each.effect for each in own}
    targets = tuple(dict.fromkeys(to for each in own for to in each.to))
    return Does(
        step,
        leaves=all(each.leaves for each in own),
        to=targets,
        is_end=all(each.is_end for each in own),
        effect=effects.pop() if len(effects) == 1 else Effect.NONE,
        cap=max((each.cap for each in own), default=NO_CAP),
    )
