"""Whether the parts of a chart fit together, told top to bottom with the place and the mend.

This is not yet proof: a chart that fits may still be unable to finish. A chart that does not
fit has no meaning at all.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from guiju.kernel.controls.amount_ceiling import AmountCeiling
from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.controls.one_notice import OneNotice
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.controls.promise import Promise
from guiju.kernel.controls.publicity_days import PublicityDays
from guiju.kernel.power import (
    APPLICANT,
    Chart,
    ClockEffect,
    Condition,
    Field,
    FieldKind,
    Operator,
    Outcome,
    Power,
    Step,
)
from guiju.kernel.rules import Rule, Unit
from guiju.kernel.unfold import OPINION, entry_of, source_of, unfold

ID = re.compile("[a-z][a-z0-9_-]{0,39}")
COUNTING = (
    AmountCeiling,
    OneNotice,
    PersonsMin,
    Promise,
    PublicityDays,
)  # controls that cannot do without a number
LEFT_TO_CHART = (  # what a calling step does not say: the steps of the chart do
    *("limit", "documents", "fields", "controls", "risk"),
    *("several", "reviewer", "may_hand_over"),
)
LEFT_TO_WAYS = ("post", "after", "when", "assigns", "aside")  # the same of its outcomes
ORDERED = (Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST)
VOTES_MAX = 2  # outcomes by which several posts sign
NUMBER_MAX = 36_500  # a hundred years of days: a calendar has an end, and a longer limit is a slip


class ChartError(ValueError):
    """A chart whose parts do not fit together, so that it means nothing.

    ``where`` is the path of the offending key, such as ``steps[2].outcomes[0].to``.
    """

    def __init__(self, where: str, problem: str, mend: str) -> None:
        super().__init__(f"{where}: {problem}。{mend}")
        self.where, self.problem, self.mend = where, problem, mend


@dataclass(frozen=True, slots=True)
class _Known:
    """What the parts of an unfolded chart may name."""

    steps: dict[str, Step]
    ends: frozenset[str]
    posts: dict[str, str]  # id → name
    fields: dict[str, Field]


def misfits(power: Power) -> Iterator[ChartError]:
    """Everything in a chart that does not fit together, top to bottom."""
    written = [*_misfits_as_written(power)]
    yield from written
    if not written:  # what is written short can be written out
        yield from _misfits_of_whole(power, unfold(power))


def fitting(power: Power) -> Power:
    """The power unfolded. Raises ChartError, the first one, where its parts do not fit."""
    for error in _misfits_as_written(power):
        raise error
    whole = unfold(power)
    for error in _misfits_of_whole(power, whole):
        raise error
    return whole


def _misfits_as_written(power: Power) -> Iterator[ChartError]:
    if not power.steps or not power.ends:
        yield ChartError("steps", "没有环节或没有终点", "至少写一个环节和一个终点")
        return
    yield from _misfits_of_names(power)
    yield from _misfits_of_calls(power)
    yield from _misfits_of_anytime(power)


def _misfits_of_whole(power: Power, whole: Power) -> Iterator[ChartError]:
    """What does not fit in an unfolded power, with the place where it was written."""
    yield from _misfits_of_limits(power)
    steps = {step.id: step for step in whole.steps}
    known = _Known(
        steps,
        frozenset(end.id for end in power.ends),
        {APPLICANT: "申请人", **{post.id: post.name for post in power.posts}},
        {field.id: field for step in whole.steps for field in step.fields},
    )
    if whole.steps[0].join:
        yield ChartError("steps[0].join", "第一个环节不能等待其他环节", "去掉 join")
    places = {step.id: f"steps[{i}]" for i, step in enumerate(power.steps)}
    for step in whole.steps:
        yield from _misfits_of_step(places[source_of(step.id)], step, known)


def _misfits_of_limits(power: Power) -> Iterator[ChartError]:
    limits = power.limits
    for key in ("statutory", "promised", "reminder"):
        yield from _misfits_of_number(f"limits.{key}", getattr(limits, key), is_days=True)
    for i, rule in enumerate(limits.others):
        yield from _misfits_of_number(f"limits.others[{i}]", rule)


def _misfits_of_number(
    where: str, rule: Rule, *, is_days: bool = False, is_needed: bool = True
) -> Iterator[ChartError]:
    """A rule's number that is not there, or cannot be counted with."""
    if rule.value is None:
        if is_needed:
            yield ChartError(where, f"规则“{rule.name}”没有数", "写明数,或换成有数的规则")
    elif rule.unit is None:
        yield ChartError(where, f"规则“{rule.name}”有数,没有单位", "选一个单位")
    elif is_days and not rule.is_days:
        yield ChartError(where, f"规则“{rule.name}”不是天数", "单位选工作日或自然日")
    elif rule.value < 0 or (rule.unit is not Unit.FEN and rule.value > NUMBER_MAX):
        mend = f"写不小于零、不超过{NUMBER_MAX}的整数"
        yield ChartError(where, f"规则“{rule.name}”的数是{rule.value}", mend)


def _charts(power: Power) -> Iterator[tuple[str, Power | Chart]]:
    """The power's own chart and those that it calls, with their places."""
    yield "", power
    yield from ((f"charts[{i}].", chart) for i, chart in enumerate(power.charts))


def _misfits_of_names(power: Power) -> Iterator[ChartError]:
    """Ids that are badly written or stand twice, of the power and of its charts."""
    for where, chart in _charts(power):
        steps = [step.id for step in chart.steps]
        ends = [end.id for end in chart.ends]
        for name, ids in (("steps", steps), ("ends", ends)):
            for id_, count in Counter(ids).items():
                if count > 1 or (name == "ends" and id_ in steps):
                    yield ChartError(f"{where}{name}", f"编号“{id_}”重复", "每个编号只能用一次")
        for i, step in enumerate(chart.steps):
            yield from _misfits_of_ids(f"{where}steps[{i}]", step)


def _misfits_of_ids(where: str, step: Step) -> Iterator[ChartError]:
    mend = "用小写字母开头,接字母、数字、下划线或横线,不超过40个"
    if not ID.fullmatch(step.id):
        yield ChartError(f"{where}.id", f"编号“{step.id}”不合写法", mend)
    for k, outcome in enumerate(step.outcomes):
        if not ID.fullmatch(outcome.id):
            place = f"{where}.outcomes[{k}].id"
            yield ChartError(place, f"编号“{outcome.id}”不合写法", mend)
    if not step.outcomes:
        yield ChartError(f"{where}.outcomes", f"环节“{step.name}”没有出口", "至少写一个出口")


def _misfits_of_calls(power: Power) -> Iterator[ChartError]:
    """Calls of charts that are not there, or that call one another in a circle."""
    charts = {chart.id: chart for chart in power.charts}
    for i, chart in enumerate(power.charts):
        if chart.id in _called_by(chart, charts, frozenset()):
            problem = f"子流程“{chart.name}”调用了自己"
            yield ChartError(f"charts[{i}].steps", problem, "子流程之间不能循环调用")
    for where, owner in _charts(power):
        for i, step in enumerate(owner.steps):
            if step.call:
                yield from _misfits_of_call(f"{where}steps[{i}]", step, charts)


def _misfits_of_anytime(power: Power) -> Iterator[ChartError]:
    ids = {step.id for step in power.steps}
    for i, each in enumerate(power.anytime):
        for id_ in each.during:
            if id_ not in ids:
                mend = f"可用:{'、'.join(sorted(ids))}"
                yield ChartError(f"anytime[{i}].during", f"没有环节“{id_}”", mend)


def _misfits_of_call(where: str, step: Step, charts: dict[str, Chart]) -> Iterator[ChartError]:
    if step.call not in charts:
        known = "、".join(charts) or "无"
        yield ChartError(f"{where}.call", f"没有子流程“{step.call}”", f"可用的子流程:{known}")
        return
    ends = sorted(end.id for end in charts[step.call].ends)
    if sorted(outcome.id for outcome in step.outcomes) != ends:
        problem = f"出口与子流程“{step.call}”的终点不一致"
        mend = f"写且只写这些出口:{'、'.join(ends)}"
        yield ChartError(f"{where}.outcomes", problem, mend)
    for key in (each for each in LEFT_TO_CHART if getattr(step, each)):
        yield ChartError(f"{where}.{key}", "调用子流程的环节不能写这一项", "写进子流程的环节")
    for k, outcome in enumerate(step.outcomes):
        for key in (each for each in LEFT_TO_WAYS if getattr(outcome, each)):
            problem = "调用子流程的环节的出口不能写这一项"
            yield ChartError(f"{where}.outcomes[{k}].{key}", problem, "写进子流程的出口")


def _called_by(chart: Chart, charts: dict[str, Chart], seen: frozenset[str]) -> frozenset[str]:
    for step in chart.steps:
        if step.call in charts and step.call not in seen:
            seen = _called_by(charts[step.call], charts, seen | {step.call})
    return seen


def _misfits_of_step(where: str, step: Step, known: _Known) -> Iterator[ChartError]:
    mend = "在 posts 中写明岗位"
    others = (outcome.post for outcome in step.outcomes if outcome.post)
    for post in (step.post, *others, *(step.several.posts if step.several else ())):
        if post not in known.posts:
            yield ChartError(f"{where}.post", f"岗位“{post}”没有列入 posts", mend)
    if len({outcome.id for outcome in step.outcomes}) < len(step.outcomes):
        yield ChartError(f"{where}.outcomes", "出口的编号重复", "每个编号只能用一次")
    for k, outcome in enumerate(step.outcomes):
        place = f"{where}.outcomes[{k}]"
        yield from _misfits_of_way(place, step, outcome, known)
        yield from _misfits_of_clock(place, step, outcome)
        yield from _misfits_of_silence(place, outcome)
        for condition in outcome.when:
            yield from _misfits_of_condition(f"{place}.when", condition, known)
    yield from _misfits_of_join(where, step, known)
    if step.limit is not None:
        yield from _misfits_of_number(f"{where}.limit", step.limit, is_days=True)
    yield from _misfits_of_several(where, step, known)
    yield from _misfits_of_parts(where, step)
    yield from _misfits_of_controls(where, step, known)


def _misfits_of_join(where: str, step: Step, known: _Known) -> Iterator[ChartError]:
    for branch in step.join:
        sources = (each for id_, each in known.steps.items() if entry_of((branch,), id_))
        if not any(step.id in outcome.to for each in sources for outcome in each.outcomes):
            mend = "join 只写有出口通向本环节的环节"
            yield ChartError(f"{where}.join", f"没有从“{branch}”通向本环节的出口", mend)


def _misfits_of_way(
    where: str, step: Step, outcome: Outcome, known: _Known
) -> Iterator[ChartError]:
    steps, ends = known.steps, known.ends
    listed = f"可用的环节和终点:{'、'.join((*steps, *sorted(ends)))}"
    for target in outcome.to:
        if target not in steps and target not in ends:
            yield ChartError(f"{where}.to", f"去向“{target}”既不是环节也不是终点", listed)
        elif not _comes_in(step, outcome, steps.get(target)):
            mend = f"把“{step.id}”写进“{target}”的 join;退回就写 cancels = true"
            yield ChartError(f"{where}.to", f"“{target}”等待各分支汇合,却没有等待本环节", mend)
    if len(set(outcome.to)) < len(outcome.to):
        yield ChartError(f"{where}.to", f"出口“{outcome.name}”的去向写重了", "每个去向写一次")
    if not outcome.to and not (outcome.assigns or outcome.clock is ClockEffect.EXTEND):
        mend = f"只有转办和延长可以停在原环节;{listed}"
        yield ChartError(f"{where}.to", f"出口“{outcome.name}”没有去向", mend)
    if len(outcome.to) > 1 and ends.intersection(outcome.to):
        mend = "终点只能单独写;分支先汇合,再到终点"
        yield ChartError(f"{where}.to", f"出口“{outcome.name}”同时通向终点和别处", mend)
    if outcome.choose and (len(outcome.to) == 1 or outcome.cancels):
        mend = "choose 用于几个分支中选适用的,不能与 cancels 同用"
        yield ChartError(f"{where}.choose", f"出口“{outcome.name}”没有可选的分支", mend)


def _comes_in(step: Step, outcome: Outcome, target: Step | None) -> bool:
    """Whether a token may come this way into a step that perhaps waits for others."""
    if target is None or not target.join or outcome.cancels or step.id == target.id + OPINION:
        return True
    return entry_of(target.join, step.id) is not None


def _misfits_of_clock(where: str, step: Step, outcome: Outcome) -> Iterator[ChartError]:
    if outcome.stop is not None:
        yield from _misfits_of_number(f"{where}.stop", outcome.stop, is_days=True, is_needed=False)
    if outcome.extend is not None:
        yield from _misfits_of_number(f"{where}.extend", outcome.extend, is_days=True)
    if outcome.clock is ClockEffect.STOP and outcome.stop is None:
        mend = "用 stop = 规则 写明依据"
        yield ChartError(f"{where}.clock", f"出口“{outcome.name}”停止计时却没有依据", mend)
    if outcome.clock is ClockEffect.EXTEND:
        if outcome.extend is None:
            mend = "用 extend = 规则 写明延长多少、依据什么"
            yield ChartError(f"{where}.clock", f"出口“{outcome.name}”延长时限却没有依据", mend)
        elif outcome.to:
            mend = "写 to = []:延长以后仍在原环节"
            yield ChartError(f"{where}.to", f"出口“{outcome.name}”延长时限又离开环节", mend)
    numbers = {field.id for field in step.fields if field.kind is FieldKind.NUMBER}
    if outcome.stop_days and outcome.stop_days not in numbers:
        mend = "写本环节 fields 中一个数字表单项的 id"
        yield ChartError(f"{where}.stop_days", f"没有数字表单项“{outcome.stop_days}”", mend)


def _misfits_of_silence(where: str, outcome: Outcome) -> Iterator[ChartError]:
    if outcome.after is None:
        return
    yield from _misfits_of_number(f"{where}.after", outcome.after, is_days=True)
    if outcome.post or outcome.when or outcome.choose or outcome.assigns or not outcome.to:
        mend = "去掉 post、when、choose、assigns,写明 to:期满由法律作出,没有人选择"
        yield ChartError(f"{where}.after", f"出口“{outcome.name}”期满自动发生", mend)


def _misfits_of_condition(where: str, condition: Condition, known: _Known) -> Iterator[ChartError]:
    field = known.fields.get(condition.field)
    if field is None:
        mend = f"可用的表单项:{'、'.join(known.fields) or '无'}"
        yield ChartError(where, f"没有表单项“{condition.field}”", mend)
        return
    is_number = field.kind in (FieldKind.NUMBER, FieldKind.MONEY)
    if condition.op in ORDERED and not is_number:
        mend = "大小只能比较数字和金额"
        yield ChartError(where, f"表单项“{field.name}”不能比较大小", mend)
    for text in _compared_with(condition):
        if not text or (is_number and not text.isdecimal()):
            mend = "写 value、values(op 为 in)或有数的 rule;金额以分计,只写整数"
            yield ChartError(where, f"条件里“{field.name}”的值“{text}”不合写法", mend)
        elif field.kind is FieldKind.CHOICE and text not in field.choices:
            yield ChartError(where, f"“{text}”不是选项", f"可选:{'、'.join(field.choices)}")


def _compared_with(condition: Condition) -> tuple[str, ...]:
    if condition.rule is not None:
        return ("",) if condition.rule.value is None else (str(condition.rule.value),)
    if condition.op is Operator.ONE_OF:
        return condition.values or ("",)
    return (condition.value,)


def _misfits_of_several(where: str, step: Step, known: _Known) -> Iterator[ChartError]:
    several = step.several
    if several is None:
        return
    own = [o for o in step.outcomes if not (o.aside or o.after)]
    if not several.posts or not 0 <= several.need <= len(several.posts):
        mend = "posts 列出会签岗位,need 不超过岗位数;全体同意写 0"
        yield ChartError(f"{where}.several", f"环节“{step.name}”的会签无法完成", mend)
    if len(own) > VOTES_MAX or any(o.choose or o.post for o in own):
        mend = "会签只有一个或两个出口:同意在前,不同意在后"
        yield ChartError(f"{where}.several", f"环节“{step.name}”的会签出口太多", mend)
    field = known.fields.get(several.field)
    names = {known.posts.get(post, post) for post in several.posts}
    is_fit = field is not None and field.kind is FieldKind.CHOICES and names == {*field.choices}
    if several.field and not is_fit:
        mend = f"写一个“多选”表单项,选项为会签岗位的名称:{'、'.join(sorted(names))}"
        yield ChartError(f"{where}.several.field", f"不能由“{several.field}”选定会签岗位", mend)


def _misfits_of_parts(where: str, step: Step) -> Iterator[ChartError]:
    """Fields and controls that name an outcome which the step does not have."""
    outcomes = [outcome.id for outcome in step.outcomes]
    mend = f"本环节的出口:{'、'.join(outcomes)}"
    for name, parts in (("fields", step.fields), ("controls", step.controls)):
        for k, part in enumerate(parts):
            for id_ in part.outcomes:
                if id_ not in outcomes:
                    yield ChartError(f"{where}.{name}[{k}].outcomes", f"没有出口“{id_}”", mend)


def _misfits_of_controls(where: str, step: Step, known: _Known) -> Iterator[ChartError]:
    for k, control in enumerate(step.controls):
        key = f"{where}.controls[{k}]"
        for id_ in control.steps if isinstance(control, Distinct) else ():
            if id_ not in known.steps:
                listed = "、".join(known.steps)
                yield ChartError(f"{key}.steps", f"没有环节“{id_}”", f"可用:{listed}")
        if isinstance(control, PersonsMin) and control.post not in known.posts:
            problem = f"岗位“{control.post}”没有列入 posts"
            yield ChartError(f"{key}.post", problem, "在 posts 中写明")
        is_needed = isinstance(control, COUNTING)
        yield from _misfits_of_number(f"{key}.rule", control.rule, is_needed=is_needed)
