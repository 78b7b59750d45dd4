"""A power made ready to run, and what its chart offers to whom at a state.

A program is unfolded: it has steps only. ``run`` performs acts on it; everything here only
looks.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from guiju.kernel.acts import State
from guiju.kernel.controls import Control
from guiju.kernel.forms import LIST_MARK
from guiju.kernel.net import Net, Transition, compile_net
from guiju.kernel.power import LAW, Field, Outcome, Post, Power, Step

Part = TypeVar("Part", Field, Control)


@dataclass(frozen=True, slots=True)
class Program:
    """A power made ready to run: unfolded, with its net and look-ups by id."""

    power: Power
    net: Net
    steps: Mapping[str, Step]
    moves: Mapping[tuple[str, str], Transition]
    names: Mapping[str, str]  # ids of steps and posts → their words
    fields: Mapping[str, Field]
    kept: frozenset[str]  # fields that later acts ask about
    told: frozenset[str]  # fields on which clock and course depend: days of a stop, who signs
    silences: tuple[Transition, ...]


def compile_power(power: Power) -> Program:
    """Make a power ready to run. Raises ChartError for a chart that means nothing."""
    net = compile_net(power)
    whole = net.power
    named: tuple[Post | Step, ...] = (*whole.posts, *whole.steps)
    conditions = (c.field for s in whole.steps for o in s.outcomes for c in o.when)
    signers = [step.several.field for step in whole.steps if step.several]
    stops = (outcome.stop_days for step in whole.steps for outcome in step.outcomes)
    return Program(
        whole,
        net,
        {step.id: step for step in whole.steps},
        {(m.step.id, m.outcome.id): m for m in net.transitions if not m.is_silent},
        {LAW: "法律规定", **{each.id: each.name for each in named}},
        {field.id: field for step in whole.steps for field in step.fields},
        frozenset((*conditions, *signers)) - {""},
        frozenset((*stops, *signers)) - {""},
        tuple(move for move in net.transitions if move.outcome.after is not None),
    )


def offered(program: Program, state: State) -> tuple[Transition, ...]:
    """The outcomes that the chart offers now, in chart order."""
    moves = program.net.transitions
    return tuple(m for m in moves if not m.is_silent and m.is_enabled(state.marking))


def open_steps(program: Program, state: State) -> tuple[Step, ...]:
    """The steps that somebody can work on now, in chart order."""
    ids = dict.fromkeys(move.step.id for move in offered(program, state))
    return tuple(program.steps[id_] for id_ in ids)


def posts_for(program: Program, state: State, step: Step, outcome: Outcome) -> tuple[str, ...]:
    """The posts that may choose an outcome now; of several signers, those who have not yet."""
    if outcome.after is not None:
        return (LAW,)
    if outcome.post or step.several is None:
        return (outcome.post or step.post,)
    if outcome.aside:
        return (step.post,)
    signed = {post for post, _ in state.signed.get(step.id, ())}
    return tuple(post for post in signers(program, step, state.facts) if post not in signed)


def open_to(
    program: Program, state: State, posts: Collection[str]
) -> tuple[tuple[Step, tuple[Outcome, ...]], ...]:
    """The steps that holders of these posts may act on now, with the outcomes they may choose."""
    found: dict[str, list[Outcome]] = {}
    for move in offered(program, state):
        if any(post in posts for post in posts_for(program, state, move.step, move.outcome)):
            found.setdefault(move.step.id, []).append(move.outcome)
    return tuple((program.steps[id_], tuple(outcomes)) for id_, outcomes in found.items())


def waiting_posts(program: Program, state: State) -> tuple[str, ...]:
    """The posts that the case waits for, in chart order: not those that may act beside it."""
    posts = (
        post
        for move in offered(program, state)
        if not (move.outcome.aside or move.outcome.after)
        for post in posts_for(program, state, move.step, move.outcome)
    )
    return tuple(dict.fromkeys(posts))


def signers(program: Program, step: Step, facts: Mapping[str, str]) -> tuple[str, ...]:
    """The posts that sign a step together; the field, if it was filled in, names some."""
    several = step.several
    assert several is not None
    if not several.field:
        return several.posts
    named = facts.get(several.field, "").split(LIST_MARK)
    return tuple(p for p in several.posts if program.names[p] in named) or several.posts


def asked(parts: tuple[Part, ...], outcome: Outcome) -> tuple[Part, ...]:
    """The fields or controls of a step that one of its outcomes asks for.

    What names no outcome is asked for by all, but for those beside the step's own work.
    """
    if not parts:
        return ()
    return tuple(
        p for p in parts if (outcome.id in p.outcomes or not (p.outcomes or outcome.aside))
    )
