"""``unfold``: a power with its short forms written out, so that it consists of steps only.

- A step that calls a chart 子流程 becomes the chart's steps, ``call.step``; what leads to the
  chart's end goes on as the outcome of that name does.
- A step with a ``reviewer`` 加签 may first ask for an opinion: one more outcome, and one more
  step, ``step~opinion``, from which the case comes back. It is given in writing, by somebody
  else than who goes on, and within the step's own limit, which does not begin again; what
  silence brings about at the step it brings about there too.
- A step that may be handed over 转办 gets an outcome with which the case stays.
- An ``anytime`` outcome is added to each of its steps, with its own fields and controls.
- Whom ``distinct`` keeps out who did a step, it keeps out who did any part of it.

What is proven, run and drawn is the unfolded power; what is published is the short one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from guiju.kernel.controls import Control
from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.power import Anytime, Chart, Field, Outcome, Power, Step, StepKind
from guiju.kernel.rules import Certainty, Rule

ASK, OPINION, GIVE, HAND_OVER = "ask_opinion", "~opinion", "give_opinion", "hand_over"
PAPER = "加签意见"
ANOTHER = Rule("opinion", PAPER, "加签是请别人先提意见", Certainty.SAMPLE)


def unfold(power: Power) -> Power:
    """The same power without ``call``, ``reviewer``, ``may_hand_over`` and ``anytime``."""
    charts = {chart.id: chart for chart in power.charts}
    called = (one for step in power.steps for one in _called(step, charts))
    parts = [one for step in called for one in _with_opinion(_handed(step))]
    ids = [step.id for step in parts]
    anytime = tuple(map(_aside, power.anytime))
    is_first = (not i for i in range(len(parts)))
    whole = tuple(map(partial(_with_anytime, anytime), parts, is_first))
    if ids != [step.id for step in power.steps]:
        whole = tuple(map(partial(_led, _parts(ids)), whole))
    if whole == power.steps:
        return power
    return replace(power, steps=whole, anytime=(), charts=())


def is_opinion(step: Step) -> bool:
    """Whether a step is where an opinion is given 加签, as a part of another step."""
    return step.id.endswith(OPINION)


def source_of(step: str) -> str:
    """The id of the step as written that an unfolded step comes from."""
    return re.split("[.~]", step, maxsplit=1)[0]


def entry_of(join: Iterable[str], step: str) -> str | None:
    """Which of the steps that a join waits for ``step`` is, or is a part of."""
    return next(
        (each for each in join if step == each or step.startswith((f"{each}.", f"{each}~"))), None
    )


def _called(step: Step, charts: dict[str, Chart]) -> tuple[Step, ...]:
    """The steps of the chart in the place of the step that calls it, however deep."""
    if not step.call:
        return (step,)
    chart = charts[step.call]
    inner = [each.id for each in chart.steps]
    exits = {outcome.id: outcome for outcome in step.outcomes}

    def name(id_: str) -> str:
        return f"{step.id}.{id_}"

    def onward(outcome: Outcome) -> Outcome:
        if not outcome.to or outcome.to[0] not in exits:
            return replace(outcome, to=tuple(map(name, outcome.to)))
        after = exits[outcome.to[0]]
        clocked = after if after.clock else outcome
        return replace(
            outcome,
            to=after.to,
            choose=after.choose,
            cancels=after.cancels or outcome.cancels,
            tell=after.tell or outcome.tell,
            **{key: getattr(clocked, key) for key in CLOCK},
        )

    moved = []
    for i, each in enumerate(chart.steps):
        controls = tuple(
            replace(c, steps=tuple(name(id_) if id_ in inner else id_ for id_ in c.steps))
            if isinstance(c, Distinct)
            else c
            for c in each.controls
        )
        join = tuple(map(name, each.join)) if i else step.join
        outcomes = tuple(map(onward, each.outcomes))
        moved.append(
            replace(each, id=name(each.id), join=join, controls=controls, outcomes=outcomes)
        )
    return tuple(one for each in moved for one in _called(each, charts))


CLOCK = ("clock", "stop", "stop_days", "extend")


def _parts(ids: Iterable[str]) -> dict[str, list[str]]:
    """The steps that a written id stands for: itself with its opinion, or a chart's."""
    parts: dict[str, list[str]] = {}
    for id_ in ids:
        for end in (match.start() for match in re.finditer("[.~]|$", id_)):
            parts.setdefault(id_[:end], []).append(id_)
    return parts


def _led(parts: Mapping[str, list[str]], step: Step) -> Step:
    """Outcomes lead to the first part of a step; ``distinct`` means all of them."""

    def control(each: Control) -> Control:
        if not isinstance(each, Distinct):
            return each
        return replace(each, steps=tuple(p for id_ in each.steps for p in parts.get(id_, [id_])))

    def outcome(each: Outcome) -> Outcome:
        to = tuple(parts.get(id_, [id_])[0] for id_ in each.to)
        return each if to == each.to else replace(each, to=to)

    outcomes = tuple(map(outcome, step.outcomes))
    return replace(step, outcomes=outcomes, controls=tuple(map(control, step.controls)))


def _aside(each: Anytime) -> Anytime:
    """The same, with fields and controls for its own outcome only."""
    own = (each.outcome.id,)
    return Anytime(
        replace(each.outcome, aside=True),
        each.during,
        tuple(replace(field, outcomes=own) for field in each.fields),
        tuple(replace(control, outcomes=own) for control in each.controls),
    )


def _with_anytime(anytime: tuple[Anytime, ...], step: Step, is_first: bool) -> Step:
    added = [
        each
        for each in anytime
        if (entry_of(each.during, step.id) if each.during else not is_first)
    ]
    if not added:
        return step
    return replace(
        step,
        outcomes=(*step.outcomes, *(each.outcome for each in added)),
        fields=(*step.fields, *(field for each in added for field in each.fields)),
        controls=(*step.controls, *(control for each in added for control in each.controls)),
    )


def _handed(step: Step) -> Step:
    if not step.may_hand_over:
        return step
    outcome = Outcome(HAND_OVER, "转办", (), assigns=True, aside=True)
    return replace(step, outcomes=(*step.outcomes, outcome), may_hand_over=False)


def _with_opinion(step: Step) -> tuple[Step, ...]:
    if not step.reviewer:
        return (step,)
    id_ = step.id + OPINION
    silent = (outcome for outcome in step.outcomes if outcome.after)
    opinion = Step(
        id_,
        f"{step.name}·{PAPER}",
        StepKind.CONSULT,
        step.reviewer,
        (Outcome(GIVE, "提出意见", (step.id,)), *silent),
        limit=step.limit,
        documents=(PAPER,),
        fields=(Field(id_, "意见"),),
    )
    ask = Outcome(ASK, "加签", (id_,), aside=True)
    controls = (*step.controls, Distinct(ANOTHER, (id_,)))
    asking = replace(step, outcomes=(*step.outcomes, ask), controls=controls, reviewer="")
    return asking, opinion
