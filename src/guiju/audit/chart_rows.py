"""What charts and their controls ask, as rows of integers.

A log may tell only that a step was done. Under outcome 0 therefore stands what all outcomes of
the step ask for: those of its own work, not those beside it, and none that come by silence.
"""

from collections.abc import Iterator

from guiju.audit.coding import Coder
from guiju.kernel.controls import Control
from guiju.kernel.controls.amount_ceiling import AmountCeiling
from guiju.kernel.controls.certified import Certified
from guiju.kernel.controls.collective import Collective
from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.controls.evidence import Evidence
from guiju.kernel.controls.one_notice import OneNotice
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.controls.promise import Promise
from guiju.kernel.controls.random_draw import RandomDraw
from guiju.kernel.controls.reason_required import ReasonRequired
from guiju.kernel.power import (
    APPLICANT,
    LAW,
    ClockEffect,
    FieldKind,
    Operator,
    Outcome,
    Power,
    Step,
    StepKind,
)
from guiju.kernel.program import asked
from guiju.kernel.rules import Unit

Row = tuple[int, ...]
Named = tuple[str, Row]  # the relation's name, and a row of it

CONTROLLED = {
    "ceiling": ("power", "step", "outcome", "fen", "rule"),
    "apart": ("power", "step", "outcome", "other_step", "rule"),
    "persons_min": ("power", "step", "outcome", "post", "number", "rule"),
    "needs_document": ("power", "step", "outcome", "kind", "rule"),
    "certified": ("power", "step", "outcome", "post", "rule"),
    "reasons": ("power", "step", "outcome", "is_refusal", "rule"),
    "principal": ("power", "step", "outcome", "post", "member", "rule"),
    "notice": ("power", "step", "outcome", "times", "rule"),
}
CHARTED = {
    "chart_step": ("power", "step", "is_acceptance", "is_applicants"),
    "chart_outcome": (
        *("power", "step", "outcome", "is_end", "is_joint", "is_failure", "is_aside"),
        *("is_transfer", "is_extension", "extend_days", "extend_is_working", "clock_rule"),
    ),
    "allowed": ("power", "step", "outcome", "post"),
}


def chart_rows(power: Power, coder: Coder) -> Iterator[Named]:
    """The rows of ``CHARTED`` and ``CONTROLLED`` for an unfolded power."""
    code = coder.code(power.code)
    refusals = {end.id for end in power.ends if end.is_refusal}
    ends = {end.id for end in power.ends}
    for step in power.steps:
        at = (code, coder.code(step.id))
        is_acceptance = step.kind is StepKind.ACCEPT
        yield "chart_step", (*at, is_acceptance, step.post == APPLICANT)
        for outcome in step.outcomes:
            here = (*at, coder.code(outcome.id))
            clock_rule = coder.code(_clock_rule(outcome))
            yield "chart_outcome", (*here, *_marks(step, outcome, ends, refusals), clock_rule)
            for most, citation in _ceilings(step, outcome):
                yield "ceiling", (*here, most, coder.code(citation))
        yield from _allowed(step, at, coder)
        yield from _controlled(step, at, coder, refusals)


def _marks(step: Step, outcome: Outcome, ends: set[str], refusals: set[str]) -> Row:
    is_end = bool(ends.intersection(outcome.to))
    by_applicant = (outcome.post or step.post) == APPLICANT
    is_failure = is_end and (
        bool(refusals.intersection(outcome.to)) or by_applicant or outcome.cancels
    )
    is_transfer = outcome.assigns or (outcome.cancels and not is_end)
    is_extension = outcome.clock is ClockEffect.EXTEND and outcome.extend is not None
    more = outcome.extend if is_extension else None
    return (
        *(is_end, step.several is not None, is_failure, outcome.aside),
        *(is_transfer, is_extension),
        (more.value or 0) if more else 0,
        bool(more) and more.unit is Unit.WORKING_DAY if more else False,
    )


def _clock_rule(outcome: Outcome) -> str:
    """What allows an outcome to stop or to extend the clock, as a citation; else ""."""
    rule = outcome.extend or outcome.stop
    return rule.citation() if rule is not None else ""


def _ceilings(step: Step, outcome: Outcome) -> Iterator[tuple[int, str]]:
    """The sums, in fen, that conditions of an outcome let it decide at most."""
    money = {field.id for field in step.fields if field.kind is FieldKind.MONEY}
    for asked_for in outcome.when:
        if asked_for.field in money and asked_for.op in (Operator.AT_MOST, Operator.LESS):
            most = asked_for.rule.number if asked_for.rule else int(asked_for.value)
            citation = asked_for.rule.citation() if asked_for.rule else ""
            yield most - (asked_for.op is Operator.LESS), citation


def _allowed(step: Step, at: Row, coder: Coder) -> Iterator[Named]:
    """Which posts may choose what; none for what is the applicant's or the law's."""
    signers = step.several.posts if step.several else (step.post,)
    every: set[str] = set()
    for outcome in step.outcomes:
        own = signers if not outcome.aside else (step.post,)
        posts = (LAW,) if outcome.after else (outcome.post,) if outcome.post else own
        every.update(posts)
        if not {APPLICANT, LAW}.intersection(posts):
            for post in posts:
                yield "allowed", (*at, coder.code(outcome.id), coder.code(post))
    if not {APPLICANT, LAW}.intersection(every):
        for post in sorted(every):
            yield "allowed", (*at, 0, coder.code(post))


def _controlled(step: Step, at: Row, coder: Coder, refusals: set[str]) -> Iterator[Named]:
    own = [outcome for outcome in step.outcomes if not (outcome.after or outcome.aside)]
    for control in step.controls:
        rule = coder.code(control.rule.citation())
        for outcome in step.outcomes:
            if outcome.after is None and asked((control,), outcome):
                is_refusal = bool(refusals.intersection(outcome.to))
                here = (*at, coder.code(outcome.id))
                for name, row in _rows(control, coder, is_refusal=is_refusal):
                    yield name, (*here, *row, rule)
        if own and all(asked((control,), outcome) for outcome in own):
            for name, row in _rows(control, coder, is_refusal=False):
                yield name, (*at, 0, *row, rule)


def _rows(control: Control, coder: Coder, *, is_refusal: bool) -> Iterator[Named]:
    """What a control asks for; nothing for those whose question is not one of SQL."""
    match control:
        case PersonsMin():
            yield "persons_min", (coder.code(control.post), control.rule.number)
        case AmountCeiling():
            yield "ceiling", (control.rule.number,)
        case OneNotice():
            yield "notice", (control.rule.number,)
        case ReasonRequired():
            yield "reasons", (is_refusal,)
        case _:
            yield from _of_people(control, coder)


def _of_people(control: Control, coder: Coder) -> Iterator[Named]:
    match control:
        case Certified():
            yield "certified", (coder.code(control.post),)
        case Distinct():
            for other in control.steps:
                yield "apart", (coder.code(other),)
        case Collective() if control.principal:
            yield "principal", (coder.code(control.principal), coder.code(control.post))
        case _:
            for kind in _papers(control):
                yield "needs_document", (coder.code(kind),)


def _papers(control: Control) -> tuple[str, ...]:
    """The kinds of documents that a control asks for."""
    match control:
        case Evidence():
            return control.kinds
        case Promise():
            return (control.document,)
        case RandomDraw():
            return (control.evidence,)
        case _:
            return ()
