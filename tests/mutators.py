"""The ways in which ``tests/mutation.py`` breaks a power: each changes one thing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.controls.publicity_days import PublicityDays
from guiju.kernel.law import Category, LawLevel
from guiju.kernel.power import APPLICANT, Grade, Material, Outcome, Power, Step

ON = date(2026, 9, 1)
Change = tuple[str, Power]  # what was changed, and the power then


def drop_control(power: Power) -> Iterator[Change]:
    """A control is gone."""
    for step in power.steps:
        for i, control in enumerate(step.controls):
            rest = step.controls[:i] + step.controls[i + 1 :]
            where = f"{step.id}.{control.kind}{'/'.join(('', *control.outcomes))}"
            yield where, _with(power, replace(step, controls=rest))


def narrow_control(power: Power) -> Iterator[Change]:
    """A control for all outcomes holds for the first alone."""
    for step in power.steps:
        for i, control in enumerate(step.controls):
            if not control.outcomes and len(step.outcomes) > 1:
                narrow = replace(control, outcomes=(step.outcomes[0].id,))
                controls = (*step.controls[:i], narrow, *step.controls[i + 1 :])
                yield f"{step.id}.{control.kind}", _with(power, replace(step, controls=controls))


def weaken_distinct(power: Power) -> Iterator[Change]:
    """A separation forgets one step."""
    for step in power.steps:
        for i, control in enumerate(step.controls):
            for id_ in control.steps if isinstance(control, Distinct) else ():
                weak = replace(control, steps=tuple(s for s in control.steps if s != id_))
                controls = (*step.controls[:i], weak, *step.controls[i + 1 :])
                yield f"{step.id}≠{id_}", _with(power, replace(step, controls=controls))


def lower_number(power: Power) -> Iterator[Change]:
    """One person instead of two, one day of publicity instead of seven."""
    for step in power.steps:
        for i, control in enumerate(step.controls):
            is_counted = isinstance(control, PersonsMin | PublicityDays)
            if is_counted and control.rule.number > 1:
                weak = replace(control, rule=replace(control.rule, value=1))
                controls = (*step.controls[:i], weak, *step.controls[i + 1 :])
                yield f"{step.id}.{control.kind}", _with(power, replace(step, controls=controls))


def drop_limit(power: Power) -> Iterator[Change]:
    """A step without a limit."""
    for step in power.steps:
        if step.limit is not None:
            yield step.id, _with(power, replace(step, limit=None))


def raise_limit(power: Power) -> Iterator[Change]:
    """A step's limit ten times as long."""
    for step in power.steps:
        if step.limit is not None:
            longer = replace(step.limit, value=step.limit.number * 10)
            yield step.id, _with(power, replace(step, limit=longer))


def change_promise(power: Power) -> Iterator[Change]:
    """A promise of one day, and one longer than the law."""
    limits = power.limits
    for value in (1, limits.statutory.number * 2):
        promised = replace(limits.promised, value=value)
        yield f"{value}", replace(power, limits=replace(limits, promised=promised))


def drop_document(power: Power) -> Iterator[Change]:
    """A step that leaves no document."""
    for step in power.steps:
        if step.documents and step.post != APPLICANT:
            yield step.id, _with(power, replace(step, documents=()))


def drop_risk(power: Power) -> Iterator[Change]:
    """A step without its risk point."""
    for step in power.steps:
        if step.risk:
            yield step.id, _with(power, replace(step, risk=None))


def raise_risk(power: Power) -> Iterator[Change]:
    """A risk becomes red and loses its controls, which is what the colours are for."""
    for step in power.steps:
        if step.risk and step.controls:
            red = replace(step.risk, grade=Grade.HIGH)
            yield step.id, _with(power, replace(step, risk=red, controls=()))


def lower_risk(power: Power) -> Iterator[Change]:
    """A red risk becomes yellow."""
    for step in power.steps:
        if step.risk and step.risk.grade is Grade.HIGH:
            yield step.id, _with(power, replace(step, risk=replace(step.risk, grade=Grade.LOW)))


def swap_steps(power: Power) -> Iterator[Change]:
    """Two steps that follow each other change places."""
    steps = {step.id: step for step in power.steps}
    for first in power.steps[1:]:
        for outcome in first.outcomes:
            second = steps.get(outcome.to[0]) if len(outcome.to) == 1 else None
            if second is not None and second is not first:
                yield f"{first.id}⇄{second.id}", _swapped(power, first, second)


def drop_branch(power: Power) -> Iterator[Change]:
    """One branch of several is not begun."""
    for step, outcome in _outcomes(power):
        for id_ in outcome.to if len(outcome.to) > 1 else ():
            to = tuple(each for each in outcome.to if each != id_)
            yield (
                f"{step.id}.{outcome.id}-{id_}",
                _with_outcome(power, step, replace(outcome, to=to)),
            )


def drop_join(power: Power) -> Iterator[Change]:
    """A step does not wait, or not for one of the branches."""
    for step in power.steps:
        if step.join:
            yield step.id, _with(power, replace(step, join=()))
        for id_ in step.join:
            join = tuple(each for each in step.join if each != id_)
            yield f"{step.id}-{id_}", _with(power, replace(step, join=join))


def redirect(power: Power) -> Iterator[Change]:
    """An outcome leads past its next step, to the end of success, or back to the second step."""
    good = next(end.id for end in power.ends if not end.is_refusal)
    steps = {step.id: step for step in power.steps}
    for step, outcome in _outcomes(power):
        target = steps.get(outcome.to[0])
        beyond = target.outcomes[0].to if target else outcome.to
        for to in dict.fromkeys(((good,), beyond, (power.steps[1].id,))):
            if to not in (outcome.to, (step.id,)):
                moved = replace(outcome, to=to)
                yield f"{step.id}.{outcome.id}→{'+'.join(to)}", _with_outcome(power, step, moved)


def drop_outcome(power: Power) -> Iterator[Change]:
    """A step has one way less."""
    for step, outcome in _outcomes(power):
        if len(step.outcomes) > 1:
            rest = tuple(each for each in step.outcomes if each is not outcome)
            named = tuple(
                replace(p, outcomes=_less(p.outcomes, outcome.id)) for p in step.controls
            )
            fields = tuple(replace(p, outcomes=_less(p.outcomes, outcome.id)) for p in step.fields)
            keep = [
                not p.outcomes or bool(q.outcomes)
                for p, q in zip(step.controls, named, strict=True)
            ]
            asks = [
                not p.outcomes or bool(q.outcomes)
                for p, q in zip(step.fields, fields, strict=True)
            ]
            changed = replace(
                step,
                outcomes=rest,
                controls=tuple(c for c, k in zip(named, keep, strict=True) if k),
                fields=tuple(f for f, k in zip(fields, asks, strict=True) if k),
            )
            yield f"{step.id}.{outcome.id}", _with(power, changed)


def drop_clock(power: Power) -> Iterator[Change]:
    """The clock is not started, stopped, resumed or ended."""
    for step, outcome in _outcomes(power):
        if outcome.clock is not None:
            changed = replace(outcome, clock=None, stop=None, stop_days="")
            where = f"{step.id}.{outcome.id}:{outcome.clock}"
            yield where, _with_outcome(power, step, changed)


def change_category(power: Power) -> Iterator[Change]:
    """Another category, as if other laws held."""
    for category in Category:
        if category is not power.category:
            yield category, replace(power, category=category)


def change_level(power: Power) -> Iterator[Change]:
    """All bases are of one lower level."""
    for level in (LawLevel.DOCUMENT, LawLevel.AUTONOMY):
        if any(basis.level is not level for basis in power.bases):
            bases = tuple(replace(basis, level=level) for basis in power.bases)
            yield level, replace(power, bases=bases)


def expire_basis(power: Power) -> Iterator[Change]:
    """All bases have ended, or not begun."""
    day = timedelta(days=1)
    ended = tuple(replace(basis, valid_to=ON - day) for basis in power.bases)
    later = tuple(replace(basis, valid_from=ON + day) for basis in power.bases)
    yield "ended", replace(power, bases=ended)
    yield "not begun", replace(power, bases=later)


def repeat_material(power: Power) -> Iterator[Change]:
    """A material is asked for twice, or anything at all is."""
    for material in power.materials:
        yield f"{material.name} twice", replace(power, materials=(*power.materials, material))
    other = Material("窗口要求的其他材料", "本单位规定")
    yield other.name, replace(power, materials=(*power.materials, other))


def charge_fee(power: Power) -> Iterator[Change]:
    """A fee that nothing allows."""
    guide = replace(power.guide, fee="工本费20元", fee_basis="本单位规定")
    yield guide.fee, replace(power, guide=guide)


OPERATORS: tuple[Callable[[Power], Iterator[Change]], ...] = (
    *(drop_control, narrow_control, weaken_distinct, lower_number),
    *(drop_limit, raise_limit, change_promise, drop_clock),
    *(drop_document, drop_risk, raise_risk, lower_risk),
    *(swap_steps, drop_branch, drop_join, redirect, drop_outcome),
    *(change_category, change_level, expire_basis, repeat_material, charge_fee),
)


def _outcomes(power: Power) -> Iterator[tuple[Step, Outcome]]:
    for step in power.steps:
        for outcome in step.outcomes:
            yield step, outcome


def _less(ids: tuple[str, ...], id_: str) -> tuple[str, ...]:
    return tuple(each for each in ids if each != id_)


def _with(power: Power, *changed: Step) -> Power:
    new = {step.id: step for step in changed}
    return replace(power, steps=tuple(new.get(step.id, step) for step in power.steps))


def _with_outcome(power: Power, step: Step, changed: Outcome) -> Power:
    outcomes = tuple(changed if each.id == changed.id else each for each in step.outcomes)
    return _with(power, replace(step, outcomes=outcomes))


def _swapped(power: Power, first: Step, second: Step) -> Power:
    """Whoever led to the first leads to the second, which leads to the first."""
    after = second.outcomes[0].to
    steps = []
    for step in power.steps:
        outcomes = []
        for outcome in step.outcomes:
            to = outcome.to
            if step is first:
                to = tuple(e for id_ in to for e in (after if id_ == second.id else (id_,)))
            elif step is second and outcome is step.outcomes[0]:
                to = (first.id,)
            else:
                to = tuple(second.id if id_ == first.id else id_ for id_ in to)
            outcomes.append(replace(outcome, to=to))
        steps.append(replace(step, outcomes=tuple(outcomes)))
    return replace(power, steps=tuple(steps))
