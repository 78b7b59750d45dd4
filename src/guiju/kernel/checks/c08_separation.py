"""决定的人不是受理、调查、审查的人;听证、法制审核、收缴、用印的人不是前面办事的人。

Each step of the left kind carries, for all its outcomes, a ``distinct`` that names every step
of the right kinds that can lead to it. In a penalty, who executes the decision must hold
another post than who made it, or be kept apart by ``distinct``.

    决定      受理 调查 审查      一审一核;未见全国规定的条文
              法制审核 听证       由行政处罚法第五十八条、第六十五条推出
    听证      调查 告知          行政处罚法第六十四条第四项(本案调查人员)
              审查(许可)        行政许可法第四十八条第一款第三项
    法制审核   调查              由行政处罚法第五十八条推出
    支付      决定              会计通行做法;救助、村账各有规定
    用印      决定              多地村级印章管理制度
    执行(处罚) 决定              行政处罚法第六十七条

Source: as in the table; 行政许可法第四十八条, 行政处罚法第五十八条、第六十四条、第六十七条.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from guiju.kernel.checks.finding import Finding, Subject
from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.law import Category
from guiju.kernel.power import APPLICANT, Power, Step, StepKind

ID = "C08"
K = StepKind
APART: dict[StepKind, frozenset[StepKind]] = {
    K.DECIDE: frozenset({K.ACCEPT, K.INVESTIGATE, K.REVIEW, K.LEGAL_REVIEW, K.HEARING}),
    K.LEGAL_REVIEW: frozenset({K.INVESTIGATE}),
    K.PAY: frozenset({K.DECIDE}),
    K.SEAL: frozenset({K.DECIDE}),
}
HEARING = {Category.LICENCE: frozenset({K.INVESTIGATE, K.REVIEW})}
OFFICERS = frozenset({K.INVESTIGATE, K.INFORM})


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each step that lets an earlier hand in."""
    power = subject.power
    ways = _ways(power)
    for step in power.steps:
        kinds = APART.get(step.kind, frozenset())
        if step.kind is K.HEARING:
            kinds = HEARING.get(power.category, OFFICERS)
        apart = [e for e in power.steps if e.kind in kinds and e.post != APPLICANT]
        if power.category is Category.PENALTY and step.kind is K.EXECUTE:
            apart = [e for e in power.steps if e.kind is K.DECIDE and e.post == step.post]
        before = _earlier(ways, step.id) - _kept_out(step) if apart else ()
        missing = [each.name for each in apart if each.id in before]
        if missing and step.post != APPLICANT:
            yield Finding(ID, f"“{step.name}”没有与{'、'.join(missing)}分离", (step.id,))


def _kept_out(step: Step) -> set[str]:
    """The steps whose people may not do this one, whatever its outcome."""
    return {
        earlier
        for control in step.controls
        if isinstance(control, Distinct) and not control.outcomes
        for earlier in control.steps
    }


def _ways(power: Power) -> dict[str, set[str]]:
    """From which steps the ways lead to each step or end."""
    ways: dict[str, set[str]] = defaultdict(set)
    for step in power.steps:
        for outcome in step.outcomes:
            for id_ in outcome.to:
                ways[id_].add(step.id)
    return ways


def _earlier(ways: Mapping[str, set[str]], target: str) -> set[str]:
    """The steps from which ``target`` can be reached."""
    found, todo = {target}, [target]
    while todo:
        more = ways.get(todo.pop(), set()) - found
        found |= more
        todo += more
    return found - {target}
