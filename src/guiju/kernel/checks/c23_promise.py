"""容缺受理只缺指南写明可以后补的材料,补齐了才能决定;告知承诺只用在准许的事项,事后必须核查。

Materials may follow only where the guide says so of each. After an acceptance with something
owed, no run decides before the applicant has brought it, and not bringing it has an effect of
its own. To decide on a promise, the power names what allows it (``on_promise``); the promise is
offered, not forced, so that the step has a way without it; and on every run the promise is
checked before the case ends well, within the span of rule ``gz.promise.check``.
Source: 安阳市政务服务条例第二十四条至第二十九条, 浙江省保障“最多跑一次”改革规定第十一条、第十四条,
广东省优化营商环境条例第三十二条; rules of other places, so the span is a number of the pack.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject, going_on, holds_for, ids, words
from guiju.kernel.controls.promise import Promise
from guiju.kernel.paths import Moves, Watch, broken, moves
from guiju.kernel.power import APPLICANT, FieldKind, Power, Step, StepKind
from guiju.kernel.templates import DECIDE, GOOD

ID = "C23"
CHECK_WITHIN = "gz.promise.check"


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each promise that is not allowed, or that nobody holds to."""
    for step in subject.power.steps:
        for control in step.controls:
            if isinstance(control, Promise):
                problems = _of_owed if control.owed else _of_checked
                said = (*problems(control, step, subject), *_of_term(control, subject))
                yield from (Finding(ID, f"“{step.name}”{each}", (step.id,)) for each in said)
                yield from _course(control, step, subject)


def _of_owed(control: Promise, step: Step, subject: Subject) -> Iterator[str]:
    allowed = {each.name for each in subject.power.materials if each.may_follow}
    for field in step.fields:
        if field.id == control.owed and field.kind is FieldKind.CHOICES:
            others = [each for each in field.choices if each not in allowed]
            if others:
                yield f"容缺的{'、'.join(others)}没有在申请材料里写明可以后补"
            return
    yield f"没有列出可以后补材料的多选表单项“{control.owed}”"


def _of_checked(control: Promise, step: Step, subject: Subject) -> Iterator[str]:
    if subject.power.on_promise is None:
        yield "实行告知承诺,却没有写明哪里准许本项这样办(on_promise)"
    if all(holds_for(control, outcome) for outcome in going_on(step)):
        yield "只能凭承诺办理,申请人没有不承诺的办法"


def _of_term(control: Promise, subject: Subject) -> Iterator[str]:
    span = subject.rules.get(CHECK_WITHIN)
    if not control.rule.is_days:
        yield "的承诺没有写明几天内补齐或者核查"
    elif control.owed or span is None or span.unit is not control.rule.unit:
        return
    elif control.rule.number > span.number:
        yield f"的承诺要在{span.words()}内核查({span.citation()})"


def _course(control: Promise, step: Step, subject: Subject) -> Iterator[Finding]:
    """What must follow a promise on every run."""
    if not subject.can_ask_paths:
        return
    power, net = subject.power, subject.net
    promised = moves(
        net,
        lambda m: m.step.id == step.id and bool(m.outcome.to) and holds_for(control, m.outcome),
    )
    if control.owed:
        bad, settled, problem = (
            DECIDE.moves(power, net),
            _brought(subject),
            "缺的材料没补齐就可能作出决定",
        )
    else:
        bad, settled, problem = (
            GOOD.moves(power, net),
            _checked(subject),
            "承诺的事项可能一直没有核查",
        )
    run = broken(subject.graph, Watch(bad=bad, settles=settled, owes=promised))
    if run is not None:
        yield Finding(ID, problem, (step.id,), words(run), ids(run))
    if control.owed and not _lapses(power):
        yield Finding(ID, "缺的材料逾期不补没有后果(没有到期的出口)", (step.id,))


def _brought(subject: Subject) -> Moves:
    """The applicant brings what was owed."""
    return moves(
        subject.net,
        lambda m: (
            m.step.kind is StepKind.SUPPLEMENT
            and m.step.post == APPLICANT
            and m.outcome.after is None
        ),
    )


def _checked(subject: Subject) -> Moves:
    return moves(subject.net, lambda m: m.step.kind is StepKind.INVESTIGATE)


def _lapses(power: Power) -> bool:
    return any(
        outcome.after is not None
        for step in power.steps
        if step.kind is StepKind.SUPPLEMENT
        for outcome in step.outcomes
    )
