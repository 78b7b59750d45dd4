"""What changes from one version of a power to the next, in words, and for whom.

Steps, outcomes, fields are told apart by their ids; so a step that keeps its id and gets
another name was renamed, and one with another id is another step. Cases that run keep the
version they began under: what is told here holds for new ones.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from guiju.kernel.forms import condition_words
from guiju.kernel.power import APPLICANT, End, Outcome, Post, Power, Step
from guiju.kernel.rules import Rule
from guiju.kernel.unfold import unfold

EVERYBODY = "申请人和公众"
GUIDE = (
    ("summary", "办什么"),
    ("place", "在哪里办"),
    ("hours", "办公时间"),
    ("phone", "咨询电话"),
    ("fee", "收费"),
    ("fee_basis", "收费依据"),
    ("complaint", "监督投诉"),
    ("remedies", "救济途径"),
    ("result", "办理结果"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change, for everybody or for one post."""

    whom: str
    what: str

    def __str__(self) -> str:
        return f"{self.whom}:{self.what}"


def changes(old: Power, new: Power) -> tuple[Change, ...]:
    """All that changes, what concerns everybody first, then post by post in official order."""
    old, new = unfold(old), unfold(new)
    whole = [*(Change(EVERYBODY, what) for what in _for_everybody(old, new))]
    whole += chain.from_iterable(_of_steps(old, new))
    posts = [EVERYBODY, *(post.name for post in (*new.posts, *old.posts))]
    return tuple(sorted(dict.fromkeys(whole), key=lambda change: posts.index(change.whom)))


def _in_log(power: Power) -> str:
    return "次日按天公布,不显示钟点" if power.is_sensitive else "随办随公布"


def _for_everybody(old: Power, new: Power) -> Iterator[str]:
    yield from _text("名称", old.name, new.name)
    yield from _text("行使机关", old.organ, new.organ)
    yield from _text("类别", old.category, new.category)
    yield from _text("日志", _in_log(old), _in_log(new))
    yield from _limit("法定时限", old.limits.statutory, new.limits.statutory)
    yield from _limit("承诺时限", old.limits.promised, new.limits.promised)
    for key, words in GUIDE:
        yield from _text(words, getattr(old.guide, key), getattr(new.guide, key))
    yield from _lists("申请条件", old.guide.who, new.guide.who)
    materials = [[m.name for m in power.materials] for power in (old, new)]
    yield from _lists("申请材料", *materials)
    bases = [[f"{b.law}{b.article}" for b in power.bases] for power in (old, new)]
    yield from _lists("依据", *bases)
    yield from _lists("可以作出的措施", old.measures, new.measures)
    yield from _lists("终点", [e.name for e in old.ends], [e.name for e in new.ends])


def _of_steps(old: Power, new: Power) -> Iterator[Iterable[Change]]:
    before = {step.id: step for step in old.steps}
    after = {step.id: step for step in new.steps}
    for id_, step in before.items():
        if id_ not in after:
            yield [Change(_post(old, step.post), f"不再有“{step.name}”环节")]
    for id_, step in after.items():
        if id_ not in before:
            yield [Change(_post(new, step.post), f"新增“{step.name}”环节")]
            continue
        was, whom = before[id_], _post(new, step.post)
        yield (Change(whom, f"“{step.name}”{what}") for what in _of_step(old, new, was, step))
        if was.post != step.post:
            moved = f"“{step.name}”改由{whom}办理"
            yield [Change(_post(old, was.post), moved), Change(whom, moved)]


def _of_step(old: Power, new: Power, was: Step, now: Step) -> Iterator[str]:
    if was.name != now.name:
        yield f"原名“{was.name}”"
    if was.limit or now.limit:
        yield from _limit("的时限", was.limit, now.limit)
    yield from _lists("的文书", was.documents, now.documents)
    yield from _lists("的表单项", [f.name for f in was.fields], [f.name for f in now.fields])
    yield from _lists("的防控措施", _controls(old, was), _controls(new, now))
    yield from _lists("等待的环节", _names(old, was.join), _names(new, now.join))
    grades = [step.risk.grade if step.risk else "无" for step in (was, now)]
    yield from _text("的风险等级", *grades)
    signers = [
        _names(p, s.several.posts) if s.several else [] for p, s in ((old, was), (new, now))
    ]
    yield from _lists("的会签岗位", *signers)
    ways = {o.id: o for o in was.outcomes}
    yield from _lists("的出口", [o.name for o in was.outcomes], [o.name for o in now.outcomes])
    for outcome in now.outcomes:
        if outcome.id in ways:
            yield from _of_outcome(old, new, ways[outcome.id], outcome)


def _of_outcome(old: Power, new: Power, was: Outcome, now: Outcome) -> Iterator[str]:
    words = f"的出口“{now.name}”"
    ways = ["、".join(_names(power, o.to)) or "原环节" for power, o in ((old, was), (new, now))]
    yield from _text(f"{words}去向", *ways)
    yield from _text(f"{words}对计时", was.clock or "没有影响", now.clock or "没有影响")
    yield from _limit(f"{words}默示期限", was.after, now.after)
    yield from _lists(f"{words}的条件", _conditions(old, was), _conditions(new, now))
    if was.cancels != now.cancels:
        yield f"{words}{'现在' if now.cancels else '不再'}收回其他在办的分支"
    if was.post != now.post:
        yield f"{words}改由{_post(new, now.post) if now.post else '本环节岗位'}选择"


def _text(words: str, was: str, now: str) -> Iterator[str]:
    if was != now:
        yield f"{words}由“{was}”改为“{now}”"


def _limit(words: str, was: Rule | None, now: Rule | None) -> Iterator[str]:
    before, after = (each.words() if each else "不限" for each in (was, now))
    if before != after:
        same = was is not None and now is not None and was.unit is now.unit
        is_less = same and was is not None and now is not None and now.number < was.number
        way = ("缩短" if is_less else "延长") if same else "改"
        yield f"{words}由{before}{way}为{after}"
    elif was is not None and now is not None and was.source != now.source:
        yield f"{words}的依据改为{now.citation()}"


def _lists(words: str, was: Iterable[str], now: Iterable[str]) -> Iterator[str]:
    was, now = list(was), list(now)
    gone, come = [w for w in was if w not in now], [n for n in now if n not in was]
    if come:
        yield f"{words}增加:{'、'.join(come)}"
    if gone:
        yield f"{words}减少:{'、'.join(gone)}"


def _names(power: Power, ids: Iterable[str]) -> list[str]:
    parts: tuple[Post | Step | End, ...] = (*power.posts, *power.steps, *power.ends)
    known = {each.id: each.name for each in parts}
    return [known.get(id_, id_) for id_ in ids]


def _post(power: Power, post: str) -> str:
    return EVERYBODY if post == APPLICANT else power.post_name(post)


def _controls(power: Power, step: Step) -> list[str]:
    names = {post.id: post.name for post in power.posts}
    names |= {each.id: each.name for each in power.steps}
    return [control.words(names) for control in step.controls]


def _conditions(power: Power, outcome: Outcome) -> list[str]:
    fields = {field.id: field for step in power.steps for field in step.fields}
    return [condition_words(each, fields[each.field]) for each in outcome.when]
