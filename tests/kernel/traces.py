"""Runs of charts by the kernel's own ``perform``, and damaged copies of them, as records."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from guiju.formats.packs import read_pack
from guiju.kernel.acts import Act, State
from guiju.kernel.behaviour import Activity
from guiju.kernel.net import Transition
from guiju.kernel.power import Step
from guiju.kernel.program import Program, compile_power, offered, posts_for
from guiju.kernel.run import Refused, perform, start

PACKS = Path(__file__).parents[2] / "src/guiju/packs"
MONDAY = datetime(2026, 9, 7, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
STRANGE = ("nowhere", "nothing")


@cache
def programs(*, clocked: bool = False) -> tuple[Program, ...]:
    """The sample city's charts as order alone: no controls, forms, conditions, no silence.

    With ``clocked`` outcomes do to the clock what they do.
    """
    pack = read_pack(PACKS / "changzhi", date(2026, 11, 1))
    return tuple(_bare(compile_power(power), clocked) for power in pack.powers)


def _bare(program: Program, clocked: bool) -> Program:
    steps = {step.id: _bare_step(step, clocked) for step in program.power.steps}
    moves = tuple(
        replace(
            move,
            step=steps[move.step.id],
            outcome=next(
                (o for o in steps[move.step.id].outcomes if o.id == move.outcome.id), move.outcome
            ),
        )
        for move in program.net.transitions
    )
    power = replace(program.power, steps=tuple(steps.values()))
    return replace(
        program,
        power=power,
        net=replace(program.net, power=power, transitions=moves),
        steps=steps,
        moves={(m.step.id, m.outcome.id): m for m in moves if not m.is_silent},
        fields={},
        silences=(),
    )


def _bare_step(step: Step, clocked: bool) -> Step:
    outcomes = (
        replace(
            outcome,
            when=(),
            after=None,
            clock=outcome.clock if clocked else None,
            post="" if outcome.after else outcome.post,
        )
        for outcome in step.outcomes
    )
    return replace(step, controls=(), fields=(), outcomes=tuple(outcomes))


def acts(program: Program, state: State, move: Transition, at: datetime) -> Iterator[Act]:
    """All the ways in which an outcome can be taken: by whom, with which branches."""
    step, outcome = move.step, move.outcome
    routes = [route.branch for route in move.routes]
    subsets = [
        chosen
        for size in range(1, len(routes) + 1)
        for chosen in itertools.combinations(routes, size)
    ] or [()]
    named = [{}]
    if step.several and step.several.field and not outcome.aside:
        posts = step.several.posts
        names = [program.names[post] for post in posts]
        if state.signed.get(step.id) or step.several.field in state.facts:
            named = [{}]
        else:
            named = [
                {step.several.field: "、".join(chosen)}
                for size in range(1, len(names) + 1)
                for chosen in itertools.combinations(names, size)
            ]
    assignee = "other" if outcome.assigns else ""
    for branches, facts in itertools.product(subsets, named):
        before = replace(state, facts={**state.facts, **facts})
        for post in posts_for(program, before, step, outcome):
            by = state.holders.get(step.id, post) if not outcome.post else post
            if assignee == by:
                continue
            yield Act(
                step.id,
                outcome.id,
                by,
                post,
                at,
                facts=facts,
                branches=branches,
                assignee=assignee,
            )


def run_of(program: Program, chance: random.Random, length: int = 60) -> list[Activity] | None:
    """The record of a random run from start to end; None when it takes too long."""
    state, at = start(program, MONDAY), MONDAY
    told: list[Activity] = []
    while not state.ended:
        move = chance.choice(offered(program, state))
        ways = list(acts(program, state, move, at))
        if not ways or len(told) > length:
            return None
        act = chance.choice(ways)
        state = perform(program, state, act)
        told.append((act.step, act.outcome))
        at += timedelta(minutes=1)
    return told


def is_run(program: Program, trace: Sequence[Activity]) -> bool:
    """Whether some choice of people and branches makes a record a run, by trying all of them."""
    states, at = {_key(start(program, MONDAY)): start(program, MONDAY)}, MONDAY
    for activity in trace:
        at += timedelta(minutes=1)
        after: dict[object, State] = {}
        move = program.moves.get(activity)
        if move is None:
            return False
        for state in states.values():
            for act in acts(program, state, move, at):
                try:
                    new = perform(program, state, act)
                except Refused:
                    continue
                after[_key(new)] = new
        states = after
    return any(state.ended for state in states.values())


def _key(state: State) -> object:
    facts = tuple(sorted(state.facts.items()))
    return state.marking, tuple(sorted(state.signed.items())), state.ended, facts


def damaged(
    trace: Sequence[Activity], activities: Sequence[Activity], chance: random.Random
) -> list[Activity]:
    """A record with up to three changes: left out, put in, repeated, swapped, cut off."""
    told = list(trace)
    for _ in range(chance.randint(0, 3)):
        at = chance.randrange(len(told) + 1)
        match chance.randrange(5):
            case 0 if at < len(told):
                del told[at]
            case 1:
                told.insert(at, chance.choice([*activities, STRANGE]))
            case 2 if at < len(told):
                told.insert(at, told[at])
            case 3 if at + 1 < len(told):
                told[at], told[at + 1] = told[at + 1], told[at]
            case 4:
                told = told[:at]
    return told
