"""A case is a marking on its chart: ``start``, ``refusals``, ``perform``.

Pure functions. An act that the chart, a control or a form forbids is refused whole, with
every reason at once and the rule of each; nothing of it happens. What silence has brought
about comes before any other act (``silence``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guiju.kernel.acts import Act, State
from guiju.kernel.controls.amount_ceiling import AmountCeiling
from guiju.kernel.controls.seal_register import SealRegister
from guiju.kernel.forms import holds, misfit
from guiju.kernel.net import END, Transition
from guiju.kernel.power import ClockEffect, Outcome, Step
from guiju.kernel.program import Program, asked, posts_for, signers
from guiju.kernel.rules import Rule
from guiju.kernel.silence import Days, next_silence, no_calendar
from guiju.kernel.terms import Clock, left


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why an act may not happen, and the rule that says so."""

    kind: str  # a control's name, or chart, post, form, time, silence, condition, branch, clock
    message: str
    rule: Rule | None = None
    field: str = ""  # the form field that it is about

    def __str__(self) -> str:
        if self.rule is None:
            return self.message
        return f"{self.message}(依据:{self.rule.citation()})"


class Refused(Exception):
    """The act is refused; nothing has happened."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(";".join(map(str, refusals)))
        self.refusals = refusals


def start(program: Program, at: datetime) -> State:
    """The state of a new case: one token at the first step."""
    return State(program.net.initial, {program.power.steps[0].id: at})


def refusals(
    program: Program, state: State, act: Act, days: Days = no_calendar
) -> tuple[Refusal, ...]:
    """Every reason why the act may not happen; empty when it may."""
    move = program.moves.get((act.step, act.outcome))
    if move is None:
        return (Refusal("chart", f"流程图中没有“{act.step}”的出口“{act.outcome}”"),)
    if not move.is_enabled(state.marking):
        return (Refusal("chart", f"本件现在不在“{move.step.name}”环节,不能办理"),)
    silence = next_silence(program, state, days, act.at) if program.silences else None
    if silence is not None and silence != act:
        return (_silent(program, silence),)
    if move.outcome.after is not None:
        return () if silence else (_too_early(move.outcome),)
    return tuple(_refusals(program, state, act, move, days))


def _refusals(
    program: Program, state: State, act: Act, move: Transition, days: Days
) -> Iterator[Refusal]:
    step, outcome = move.step, move.outcome
    yield from _not_theirs(program, state, act, move)
    if move.routes or act.branches:
        yield from _misrouted(move, act)
    if outcome.clock is ClockEffect.EXTEND:
        yield from _too_late_to_extend(program, state, act, outcome, days)
    if outcome.when:
        yield from _unmet(program, outcome, {**state.facts, **act.facts})
    for field in asked(step.fields, outcome):
        message = misfit(field, act.facts.get(field.id, ""))
        if message:
            yield Refusal("form", f"“{field.name}”{message}", field=field.id)
    for control in asked(step.controls, outcome):
        message = control.refusal(act, state, program.names) or ""
        if message:
            about = control.field if isinstance(control, AmountCeiling | SealRegister) else ""
            yield Refusal(control.kind, message, control.rule, about)


def _not_theirs(program: Program, state: State, act: Act, move: Transition) -> Iterator[Refusal]:
    """Somebody else's step, or not yet theirs."""
    step, outcome = move.step, move.outcome
    posts = posts_for(program, state, step, outcome)
    if act.post not in posts:
        names = "、".join(program.names.get(post, post) for post in posts) or "其他岗位"
        yield Refusal("post", f"“{step.name}”由{names}办理")
    holder = state.holders.get(step.id)
    if holder and act.by != holder and not outcome.post:
        yield Refusal("post", f"“{step.name}”已经转给别人办理")
    if outcome.assigns and act.assignee in ("", act.by):
        yield Refusal("form", "转办须写明转给谁,且不能转给自己")
    if act.at < state.since[step.id]:
        yield Refusal("time", "办理时间早于到达本环节的时间")


def _misrouted(move: Transition, act: Act) -> Iterator[Refusal]:
    known = [route.branch for route in move.routes]
    strange = [branch for branch in act.branches if branch not in known]
    if strange or (known and not act.branches):
        names = "、".join(route.into.step.name for route in move.routes)
        words = f"须从{names}中至少选一个适用的分支" if known else "没有可选的分支"
        yield Refusal("branch", f"“{move.outcome.name}”{words}")


def _unmet(program: Program, outcome: Outcome, facts: Mapping[str, str]) -> Iterator[Refusal]:
    for condition in outcome.when:
        message = holds(condition, program.fields[condition.field], facts)
        if message:
            words = f"“{outcome.name}”须{message}"
            yield Refusal("condition", words, condition.rule, condition.field)


def _too_late_to_extend(
    program: Program, state: State, act: Act, outcome: Outcome, days: Days
) -> Iterator[Refusal]:
    """An extension comes before the term has passed, and once for each rule."""
    rule, clock = outcome.extend, state.clock
    assert rule is not None
    if clock.start is None or clock.end is not None:
        yield Refusal("clock", "时限没有在计算,不能延长", rule)
    elif any(each.reason == rule.citation() for each in clock.extensions):
        yield Refusal("clock", f"已经依{rule.citation()}延长过,不能再延长", rule)
    elif left(clock, program.power.limits.statutory, days(), act.at.date()) < 0:
        yield Refusal("clock", "法定时限已过,不能再延长", rule)


def _silent(program: Program, silence: Act) -> Refusal:
    move = program.moves[silence.step, silence.outcome]
    ended = silence.at.date() - timedelta(days=1)
    message = f"“{move.step.name}”的期限已于{ended}届满,依法“{move.outcome.name}”"
    return Refusal("silence", message, move.outcome.after)


def _too_early(outcome: Outcome) -> Refusal:
    assert outcome.after is not None
    words = f"“{outcome.name}”只在{outcome.after.words()}届满时由法律作出"
    return Refusal("silence", words, outcome.after)


def perform(program: Program, state: State, act: Act, days: Days = no_calendar) -> State:
    """The state after the act. Raises Refused, with every reason, when it may not happen."""
    reasons = refusals(program, state, act, days)
    if reasons:
        raise Refused(reasons)
    return followed(program, state, act)


def followed(program: Program, state: State, act: Act) -> State:
    """The state after an act that has happened, whether or not it was allowed.

    For acts read back from a record. Raises KeyError for an act that is not on the chart.
    """
    step, key = act.step, f"{act.step}.{act.outcome}"
    facts = state.facts
    if not program.kept.isdisjoint(act.facts):
        told = {id_: value for id_, value in act.facts.items() if id_ in program.kept}
        facts = {**facts, **told}
    move, votes = _decided(program, state, act, facts)
    signed = {**state.signed, step: votes} if votes else state.signed
    holders = state.holders
    if move is not None and move.outcome.assigns:
        holders = {**holders, step: act.assignee}
    marking, since = state.marking, state.since
    if move is not None and move.outcome.to:
        marking, since = _moved(program, state, move, act)
        signed = {each: signed[each] for each in signed if each in since and each != step}
        holders = {each: holders[each] for each in holders if each in since and each != step}
    doers = state.doers
    if not program.moves[step, act.outcome].outcome.aside:
        done = act.people().union(doers.get(step, ()))
        doers = {**doers, step: tuple(sorted(done))}
    return State(
        marking=marking,
        since=since,
        doers=doers,
        counts={**state.counts, key: state.counts.get(key, 0) + 1},
        clock=state.clock if move is None else _clock_after(state, move, act),
        ended="" if move is None else move.end,
        signed=signed,
        holders=holders,
        facts=facts,
    )


def _decided(
    program: Program, state: State, act: Act, facts: Mapping[str, str]
) -> tuple[Transition | None, tuple[tuple[str, str], ...]]:
    """The transition that the act fires, None while other signers are awaited; and the votes."""
    move = program.moves[act.step, act.outcome]
    several = move.step.several
    if several is None or move.outcome.aside or move.outcome.after is not None:
        return move, ()
    votes = (*state.signed.get(act.step, ()), (act.post, act.outcome))
    closing = _closing(program, move.step, votes, facts)
    return (program.moves[act.step, closing], ()) if closing else (None, votes)


def _moved(
    program: Program, state: State, move: Transition, act: Act
) -> tuple[int, Mapping[str, datetime]]:
    """The marking with the tokens moved, and since when each open step has its own."""
    marking, arrived = move.fire(state.marking), dict.fromkeys(move.outcome.to, act.at)
    for route in move.routes:
        applies = route.branch in act.branches
        marking = (route.into if applies else route.past).fire(marking)
        if not applies:
            arrived[route.joins] = arrived.pop(route.branch)
    if move.is_opinion:  # to ask for one, or to give it, wins nobody time
        arrived = dict.fromkeys(arrived, state.since[act.step])
    since = {step: at for step, at in state.since.items() if step != act.step}
    if not move.end:
        since.update(arrived)
    if move.clear:
        waiting = program.net.waiting(marking)
        since = {step: at for step, at in since.items() if step in waiting}
    return marking, since


def _closing(
    program: Program, step: Step, votes: tuple[tuple[str, str], ...], facts: Mapping[str, str]
) -> str | None:
    """The outcome with which several signers close their step; None while others are awaited."""
    assert step.several is not None
    outcomes = [o.id for o in step.outcomes if not (o.aside or o.after)]
    whole = len(signers(program, step, facts))
    need = min(step.several.need or whole, whole)
    first = sum(outcome == outcomes[0] for _, outcome in votes)
    if first >= need:
        return outcomes[0]
    return outcomes[1] if first + whole - len(votes) < need else None


def _clock_after(state: State, move: Transition, act: Act) -> Clock:
    clock, outcome, day = state.clock, move.outcome, act.at.date()
    match outcome.clock:
        case ClockEffect.START if clock.start is None:
            clock = replace(clock, start=day)
        case ClockEffect.ARRIVED if clock.start is None:
            clock = replace(clock, start=state.since[act.step].date())
        case ClockEffect.RESTART:
            clock = Clock(day)
        case ClockEffect.STOP:
            clock = _stopped(clock, outcome, act)
        case ClockEffect.RESUME:
            clock = clock.resumed(day)
        case ClockEffect.EXTEND:
            assert outcome.extend is not None
            clock = clock.extended(day, outcome.extend)
        case ClockEffect.END if clock.start is not None:
            clock = clock.ended(day)
    return clock.ended(day) if move.put & END and clock.start is not None else clock


def _stopped(clock: Clock, outcome: Outcome, act: Act) -> Clock:
    """Stopped for no more days than the law allows and than were applied for."""
    assert outcome.stop is not None
    applied = int(act.facts.get(outcome.stop_days, "") or -1)
    caps = [cap for cap in (outcome.stop.value, applied) if cap is not None and cap >= 0]
    return clock.stopped(act.at.date(), outcome.stop.citation(), min(caps, default=None))
