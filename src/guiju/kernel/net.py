"""A chart compiled to a workflow net that is held as integers.

Every place is one bit. A step without ``join`` has one place, "the case is at this step"; a
step with ``join`` has one place for each step it waits for. There is one more place for the
end. Every outcome of a step is one transition: it takes the tokens of its step and puts one
at each step that follows. A marking is one int; a transition may fire when
``marking & take == take``, and firing it is ``marking & ~take | put``. The same net is what
is proven (``soundness``), run (``run``) and drawn (``draw``).

Terms as in W. van der Aalst, "The Application of Petri Nets to Workflow Management" (1998).
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.controls.one_notice import OneNotice
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.controls.publicity_days import PublicityDays
from guiju.kernel.power import APPLICANT, ClockEffect, FieldKind, Outcome, Power, Step

ID = re.compile("[a-z][a-z0-9_-]{0,39}")
COUNTING = (OneNotice, PersonsMin, PublicityDays)  # controls that cannot do without a number
END = 1  # the bit of the place that ends every case


class ChartError(ValueError):
    """A chart whose parts do not fit together, so that it means nothing.

    ``where`` is the path of the offending key, such as ``steps[2].outcomes[0].to``.
    """

    def __init__(self, where: str, problem: str, mend: str) -> None:
        super().__init__(f"{where}: {problem}。{mend}")
        self.where, self.problem, self.mend = where, problem, mend


@dataclass(frozen=True, slots=True)
class Transition:
    """One outcome of one step."""

    step: Step
    outcome: Outcome
    take: int
    put: int
    end: str  # the id of the end that it leads to, or ""

    def is_enabled(self, marking: int) -> bool:
        """Whether all the tokens it takes are there."""
        return marking & self.take == self.take

    def doubles(self, marking: int) -> int:
        """The places where firing would put a second token."""
        return marking & ~self.take & self.put

    def fire(self, marking: int) -> int:
        """The marking after it."""
        return marking & ~self.take | self.put


@dataclass(frozen=True, slots=True)
class Net:
    """A chart's net; ``places[i]`` says which step waits at bit ``i``."""

    initial: int
    transitions: tuple[Transition, ...]
    places: tuple[str, ...]

    def waiting(self, marking: int) -> tuple[str, ...]:
        """The steps that hold a token, in chart order (a join may still wait for others)."""
        steps = (place for bit, place in enumerate(self.places) if bit and marking >> bit & 1)
        return tuple(dict.fromkeys(steps))


def compile_net(power: Power) -> Net:
    """Compile a chart. Raises ChartError where its parts do not fit together."""
    for error in misfits(power):
        raise error
    steps = {step.id: step for step in power.steps}
    bits: dict[tuple[str, str], int] = {}
    for step in power.steps:
        for branch in step.join or ("",):
            bits[step.id, branch] = 1 << (len(bits) + 1)
    transitions = []
    for step in power.steps:
        take = sum(bits[step.id, branch] for branch in step.join or ("",))
        for outcome in step.outcomes:
            put, end = 0, ""
            for target in outcome.to:
                if target in steps:
                    put |= bits[target, step.id if steps[target].join else ""]
                else:
                    put, end = put | END, target
            transitions.append(Transition(step, outcome, take, put, end))
    first = power.steps[0]
    places = ("", *(step for step, _ in bits))
    return Net(bits[first.id, ""], tuple(transitions), places)


def misfits(power: Power) -> Iterator[ChartError]:
    """Everything in a chart that does not fit together, top to bottom."""
    steps = {step.id: step for step in power.steps}
    ends = {end.id for end in power.ends}
    posts = {post.id for post in power.posts} | {APPLICANT}
    if not power.steps or not power.ends:
        yield ChartError("steps", "没有环节或没有终点", "至少写一个环节和一个终点")
        return
    for name, ids in (
        ("steps", [s.id for s in power.steps]),
        ("ends", [e.id for e in power.ends]),
    ):
        for id_, count in Counter(ids).items():
            if count > 1 or (name == "ends" and id_ in steps):
                yield ChartError(name, f"编号“{id_}”重复", "每个编号只能用一次")
    yield from _misfits_of_ids(power)
    if power.steps[0].join:
        yield ChartError("steps[0].join", "第一个环节不能等待其他环节", "去掉 join")
    for i, step in enumerate(power.steps):
        yield from _misfits_of_step(f"steps[{i}]", step, steps, ends, posts)


def _misfits_of_ids(power: Power) -> Iterator[ChartError]:
    for i, step in enumerate(power.steps):
        for k, id_ in enumerate((step.id, *(outcome.id for outcome in step.outcomes))):
            if not ID.fullmatch(id_):
                where = f"steps[{i}].outcomes[{k - 1}].id" if k else f"steps[{i}].id"
                mend = "用小写字母开头,接字母、数字、下划线或横线,不超过40个"
                yield ChartError(where, f"编号“{id_}”不合写法", mend)


def _misfits_of_step(
    where: str, step: Step, steps: dict[str, Step], ends: set[str], posts: set[str]
) -> Iterator[ChartError]:
    if step.post not in posts:
        yield ChartError(
            f"{where}.post", f"岗位“{step.post}”没有列入 posts", "在 posts 中写明岗位"
        )
    if not step.outcomes:
        yield ChartError(f"{where}.outcomes", f"环节“{step.name}”没有出口", "至少写一个出口")
    for k, outcome in enumerate(step.outcomes):
        yield from _misfits_of_outcome(f"{where}.outcomes[{k}]", step, outcome, steps, ends)
    for branch in step.join:
        targets = (o.to for o in steps[branch].outcomes) if branch in steps else ()
        if not any(step.id in to for to in targets):
            mend = "join 只写有出口通向本环节的环节"
            yield ChartError(f"{where}.join", f"没有从“{branch}”通向本环节的出口", mend)
    if step.limit is not None and step.limit.value is None:
        yield ChartError(f"{where}.limit", f"规则“{step.limit.id}”没有数", "换成有数的规则")
    yield from _misfits_of_parts(where, step)
    yield from _misfits_of_controls(where, step, steps, posts)


def _misfits_of_outcome(
    where: str, step: Step, outcome: Outcome, steps: dict[str, Step], ends: set[str]
) -> Iterator[ChartError]:
    known = f"可用的环节和终点:{'、'.join((*steps, *sorted(ends)))}"
    for target in outcome.to:
        if target not in steps and target not in ends:
            yield ChartError(f"{where}.to", f"去向“{target}”既不是环节也不是终点", known)
        elif target in steps and steps[target].join and step.id not in steps[target].join:
            mend = f"把“{step.id}”写进“{target}”的 join"
            yield ChartError(f"{where}.to", f"“{target}”等待各分支汇合,却没有等待本环节", mend)
    if len(set(outcome.to)) < len(outcome.to):
        yield ChartError(f"{where}.to", f"出口“{outcome.name}”的去向写重了", "每个去向写一次")
    if not outcome.to:
        yield ChartError(f"{where}.to", f"出口“{outcome.name}”没有去向", known)
    if len(outcome.to) > 1 and ends.intersection(outcome.to):
        mend = "终点只能单独写;分支先汇合,再到终点"
        yield ChartError(f"{where}.to", f"出口“{outcome.name}”同时通向终点和别处", mend)
    yield from _misfits_of_clock(where, step, outcome)


def _misfits_of_clock(where: str, step: Step, outcome: Outcome) -> Iterator[ChartError]:
    if outcome.clock is ClockEffect.STOP and outcome.stop is None:
        mend = "用 stop = 规则 写明依据"
        yield ChartError(f"{where}.clock", f"出口“{outcome.name}”停止计时却没有依据", mend)
    numbers = {field.id for field in step.fields if field.kind is FieldKind.NUMBER}
    if outcome.stop_days and outcome.stop_days not in numbers:
        mend = "写本环节 fields 中一个数字表单项的 id"
        yield ChartError(f"{where}.stop_days", f"没有数字表单项“{outcome.stop_days}”", mend)


def _misfits_of_parts(where: str, step: Step) -> Iterator[ChartError]:
    """Fields and controls that name an outcome which the step does not have."""
    outcomes = [outcome.id for outcome in step.outcomes]
    mend = f"本环节的出口:{'、'.join(outcomes)}"
    for name, parts in (("fields", step.fields), ("controls", step.controls)):
        for k, part in enumerate(parts):
            for id_ in part.outcomes:
                if id_ not in outcomes:
                    yield ChartError(f"{where}.{name}[{k}].outcomes", f"没有出口“{id_}”", mend)


def _misfits_of_controls(
    where: str, step: Step, steps: dict[str, Step], posts: set[str]
) -> Iterator[ChartError]:
    for k, control in enumerate(step.controls):
        key = f"{where}.controls[{k}]"
        for id_ in control.steps if isinstance(control, Distinct) else ():
            if id_ not in steps:
                yield ChartError(f"{key}.steps", f"没有环节“{id_}”", f"可用:{'、'.join(steps)}")
        if isinstance(control, PersonsMin) and control.post not in posts:
            yield ChartError(
                f"{key}.post", f"岗位“{control.post}”没有列入 posts", "在 posts 中写明"
            )
        if isinstance(control, COUNTING) and control.rule.value is None:
            yield ChartError(f"{key}.rule", f"规则“{control.rule.id}”没有数", "换成有数的规则")
