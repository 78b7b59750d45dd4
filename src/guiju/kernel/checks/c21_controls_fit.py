"""防控措施指到的环节、出口、岗位、表单项都在流程图上,要数的有数。

A control that looks at a step that is not there, or a field that nobody fills, guards nothing.
Source: the software's own rule; a control that cannot refuse is a show-piece.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from guiju.kernel.checks.finding import Finding, Subject, going_on, holds_for
from guiju.kernel.controls import Control
from guiju.kernel.controls.amount_ceiling import AmountCeiling
from guiju.kernel.controls.certified import Certified
from guiju.kernel.controls.collective import Collective, fraction
from guiju.kernel.controls.hearing_offered import HearingOffered
from guiju.kernel.controls.legality_review import LegalityReview
from guiju.kernel.controls.random_draw import RandomDraw
from guiju.kernel.controls.seal_register import SealRegister
from guiju.kernel.power import APPLICANT, FieldKind, Step
from guiju.kernel.rules import Unit

ID = "C21"
TEXT = frozenset({FieldKind.TEXT})


@dataclass(frozen=True, slots=True)
class _Chart:
    outcomes: dict[str, set[str]]  # step → its outcomes
    posts: set[str]


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each part of a control that points nowhere."""
    power = subject.power
    chart = _Chart(
        {step.id: {outcome.id for outcome in step.outcomes} for step in power.steps},
        {post.id for post in power.posts} | {APPLICANT},
    )
    for step in power.steps:
        for control in step.controls:
            for problem in _problems(control, step, chart):
                message = f"“{step.name}”的防控措施 {control.kind}:{problem}"
                yield Finding(ID, message, (step.id,))


def _problems(control: Control, step: Step, chart: _Chart) -> Iterator[str]:
    match control:
        case LegalityReview() | HearingOffered():
            yield from _results(control, chart)
        case Collective():
            yield from _posts(chart, control.post)
            yield from _posts(chart, *filter(None, [control.principal]))
            yield from _asked(control, step, control.members, frozenset({FieldKind.NUMBER}))
            yield from (f"“{f}”不是分数" for f in _fractions(control) if fraction(f) is None)
        case Certified():
            yield from _posts(chart, control.post)
        case RandomDraw():
            yield from _posts(chart, control.post)
            yield from _asked(control, step, control.pool, TEXT)
            yield from _asked(control, step, control.seed, TEXT)
        case AmountCeiling():
            yield from _asked(control, step, control.field, frozenset({FieldKind.MONEY}))
            yield from _in_fen(control)
        case SealRegister():
            yield from _asked(control, step, control.field, frozenset(FieldKind))


def _results(control: LegalityReview | HearingOffered, chart: _Chart) -> Iterator[str]:
    unknown = set(control.results) - chart.outcomes.get(control.step, set())
    if control.step not in chart.outcomes:
        yield f"没有环节“{control.step}”"
    elif unknown or not control.results:
        yield f"环节“{control.step}”没有出口“{'、'.join(sorted(unknown))}”"


def _in_fen(control: AmountCeiling) -> Iterator[str]:
    if control.rule.unit is not Unit.FEN:
        yield "规则的数不以“分”为单位"


def _fractions(control: Collective) -> tuple[str, ...]:
    return (control.quorum, control.majority) if control.majority else (control.quorum,)


def _posts(chart: _Chart, *posts: str) -> Iterator[str]:
    for post in posts:
        if post not in chart.posts:
            yield f"岗位“{post}”没有列入 posts"


def _asked(control: Control, step: Step, id_: str, kinds: frozenset[FieldKind]) -> Iterator[str]:
    """The field is asked for, and must be filled, wherever the control looks at it."""
    fields = [f for f in step.fields if f.id == id_ and f.kind in kinds and f.is_required]
    for outcome in going_on(step):
        is_there = any(not f.outcomes or outcome.id in f.outcomes for f in fields)
        if holds_for(control, outcome) and not is_there:
            yield f"出口“{outcome.name}”没有要填的{'、'.join(sorted(kinds))}表单项“{id_}”"
