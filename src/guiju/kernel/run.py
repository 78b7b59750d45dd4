"""A case is a marking on its chart: ``start``, ``offered``, ``refusals``, ``perform``.

Pure functions. An act that the chart, a control or a form forbids is refused whole, with
every reason at once and the rule of each; nothing of it happens.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from guiju.kernel.acts import Act, State
from guiju.kernel.controls import Control
from guiju.kernel.net import END, Net, Transition, compile_net
from guiju.kernel.power import ClockEffect, Field, FieldKind, Post, Power, Step
from guiju.kernel.rules import Rule
from guiju.kernel.terms import Clock

NUMBER = re.compile("[0-9]{1,15}")  # as fen: up to ten thousand billion yuan
Part = TypeVar("Part", Field, Control)


@dataclass(frozen=True, slots=True)
class Program:
    """A power made ready to run: its net, and look-ups by id."""

    power: Power
    net: Net
    steps: Mapping[str, Step]
    moves: Mapping[tuple[str, str], Transition]
    names: Mapping[str, str]  # ids of steps and posts → their words


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why an act may not happen, and the rule that says so."""

    kind: str  # a control's name, or chart, post, form, time
    message: str
    rule: Rule | None = None

    def __str__(self) -> str:
        if self.rule is None:
            return self.message
        return f"{self.message}(依据:{self.rule.citation()})"


class Refused(Exception):
    """The act is refused; nothing has happened."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(";".join(map(str, refusals)))
        self.refusals = refusals


def compile_power(power: Power) -> Program:
    """Make a power ready to run. Raises ChartError for a chart that means nothing."""
    net = compile_net(power)
    named: tuple[Post | Step, ...] = (*power.posts, *power.steps)
    return Program(
        power,
        net,
        {step.id: step for step in power.steps},
        {(move.step.id, move.outcome.id): move for move in net.transitions},
        {each.id: each.name for each in named},
    )


def start(program: Program, at: datetime) -> State:
    """The state of a new case: one token at the first step."""
    return State(program.net.initial, {program.power.steps[0].id: at})


def offered(program: Program, state: State) -> tuple[Transition, ...]:
    """The outcomes that the chart offers now, in chart order."""
    return tuple(m for m in program.net.transitions if m.is_enabled(state.marking))


def open_steps(program: Program, state: State) -> tuple[Step, ...]:
    """The steps that somebody can work on now, in chart order."""
    ids = dict.fromkeys(move.step.id for move in offered(program, state))
    return tuple(program.steps[id_] for id_ in ids)


def refusals(program: Program, state: State, act: Act) -> tuple[Refusal, ...]:
    """Every reason why the act may not happen; empty when it may."""
    move = program.moves.get((act.step, act.outcome))
    if move is None:
        return (Refusal("chart", f"流程图中没有“{act.step}”的出口“{act.outcome}”"),)
    if not move.is_enabled(state.marking):
        return (Refusal("chart", f"本件现在不在“{move.step.name}”环节,不能办理"),)
    return tuple(_refusals(program, state, act, move))


def _refusals(program: Program, state: State, act: Act, move: Transition) -> Iterator[Refusal]:
    step = move.step
    if act.post != step.post:
        yield Refusal("post", f"“{step.name}”由{program.names.get(step.post, step.post)}办理")
    if act.at < state.since[step.id]:
        yield Refusal("time", "办理时间早于到达本环节的时间")
    for field in asked(step.fields, act.outcome):
        message = _misfit(field, act.facts.get(field.id, ""))
        if message:
            yield Refusal("form", f"“{field.name}”{message}")
    for control in asked(step.controls, act.outcome):
        message = control.refusal(act, state, program.names) or ""
        if message:
            yield Refusal(control.kind, message, control.rule)


def asked(parts: tuple[Part, ...], outcome: str) -> tuple[Part, ...]:
    """The fields or controls of a step that one of its outcomes asks for."""
    return tuple(part for part in parts if not part.outcomes or outcome in part.outcomes)


def _misfit(field: Field, text: str) -> str:
    """What is wrong with a field's text, or ""; money is a whole number of fen."""
    if not text:
        return "没有填写" if field.is_required else ""
    match field.kind:
        case FieldKind.CHOICE if text not in field.choices:
            return f"只能是{'、'.join(field.choices)}"
        case FieldKind.NUMBER | FieldKind.MONEY if not NUMBER.fullmatch(text):
            return "应为不小于零的数字"
        case FieldKind.DATE:
            try:
                date.fromisoformat(text)
            except ValueError:
                return "应为日期,如 2026-01-31"
    return ""


def perform(program: Program, state: State, act: Act) -> State:
    """The state after the act. Raises Refused, with every reason, when it may not happen."""
    reasons = refusals(program, state, act)
    if reasons:
        raise Refused(reasons)
    move = program.moves[act.step, act.outcome]
    key = f"{act.step}.{act.outcome}"
    since = {step: at for step, at in state.since.items() if step != act.step}
    if not move.end:
        since.update(dict.fromkeys(move.outcome.to, act.at))
    done = act.people().union(state.doers.get(act.step, ()))
    return State(
        marking=move.fire(state.marking),
        since=since,
        doers={**state.doers, act.step: tuple(sorted(done))},
        counts={**state.counts, key: state.counts.get(key, 0) + 1},
        clock=_clock_after(state.clock, move, act),
        ended=move.end,
    )


def _clock_after(clock: Clock, move: Transition, act: Act) -> Clock:
    day = act.at.date()
    outcome = move.outcome
    match outcome.clock:
        case ClockEffect.START if clock.start is None:
            clock = replace(clock, start=day)
        case ClockEffect.STOP:
            assert outcome.stop is not None
            applied = act.facts.get(outcome.stop_days, "")
            caps = [
                cap
                for cap in (outcome.stop.value, int(applied or -1))
                if cap is not None and cap >= 0
            ]
            clock = clock.stopped(day, outcome.stop.citation(), min(caps, default=None))
        case ClockEffect.RESUME:
            clock = clock.resumed(day)
        case ClockEffect.END if clock.start is not None:
            clock = clock.ended(day)
    return clock.ended(day) if move.put & END and clock.start is not None else clock
