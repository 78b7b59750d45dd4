"""What a chart says in words, wherever it is said: names, ways, what is waited for."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from guiju.kernel.power import APPLICANT, Outcome, Power, Step
from guiju.kernel.rules import Rule
from guiju.kernel.unfold import entry_of

ALSO = "还可以:"  # before an outcome that is not drawn as a line

Place = tuple[str, str]  # a step, and the branch that it waits for there


def post_name(power: Power, post: str) -> str:
    """The words for a post; a chart need not list the applicant."""
    name = power.post_name(post)
    return "申请人" if name == APPLICANT else name


def names_of(power: Power) -> dict[str, str]:
    """Ids of posts and steps → their words, as controls want them."""
    posts = {post.id: post.name for post in power.posts}
    return posts | {step.id: step.name for step in power.steps}


def limit_words(step: Step) -> str:
    """The limit of a step as its badge shows it, such as 3工作日."""
    return _days(step.limit)


def _days(rule: Rule | None) -> str:
    return (
        "" if rule is None or rule.value is None else f"{rule.value}{rule.unit or ''}{rule.mark}"
    )


def lines_of(step: Step) -> tuple[Outcome, ...]:
    """The outcomes that are drawn as lines."""
    return tuple(filter(_is_line, step.outcomes))


def _is_line(outcome: Outcome) -> bool:
    """Whether it leads on, and is the step's own work."""
    return bool(outcome.to) and not outcome.aside


def outcome_name(outcome: Outcome) -> str:
    """An outcome's name, marked if it is what the law says of silence."""
    return f"{outcome.name}(到期自动)" if outcome.after else outcome.name


def way_name(step: Step, shared: Iterable[Outcome]) -> str:
    """What stands beside a line; the only one of a step needs no name, unless it is silence."""
    ways = lines_of(step)
    if len(ways) == 1 and ways[0].after is None:
        return ""
    return "/".join(map(outcome_name, shared))


def way_words(power: Power, outcome: Outcome) -> str:
    """Where an outcome leads, such as “第8步 发放救助金”; "" if the case stays."""
    if not outcome.to:
        return "本岗位另一人" if outcome.assigns else ""
    end = next((end for end in power.ends if end.id == outcome.to[0]), None)
    if end:
        return f"终点:{end.name}"
    ids = [step.id for step in power.steps]
    numbers = [ids.index(target) + 1 for target in outcome.to]
    if len(numbers) > 1:
        return f"第{'、'.join(map(str, numbers))}步({fork_words(outcome)})"
    return f"第{numbers[0]}步 {power.steps[numbers[0] - 1].name}"


def outcome_words(power: Power, outcome: Outcome) -> str:
    """An outcome with all that is to be said of it, such as “批准 → 第8步 发放救助金”."""
    after = f"(满{_days(outcome.after)}自动)" if outcome.after else ""
    who = f"({post_name(power, outcome.post)})" if outcome.aside and outcome.post else ""
    way = way_words(power, outcome)
    return f"{outcome.name}{after}{who}{' → ' if way else ''}{way}"


def beside_words(power: Power) -> Iterator[str]:
    """What is not drawn as a line, with the steps at which it can happen."""
    steps: dict[str, list[int]] = {}
    for number, step in enumerate(power.steps, 1):
        for outcome in step.outcomes:
            if not _is_line(outcome):
                steps.setdefault(outcome_words(power, outcome), []).append(number)
    return (f"{_listed(numbers)}{ALSO}{words}" for words, numbers in steps.items())


def _listed(numbers: Iterable[int]) -> str:
    """Steps by number, such as “第2、4至7步”."""
    found = list(numbers)
    runs = [[each] for each in found[:1]]
    for before, each in pairwise(found):
        if each == before + 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    words = (f"{r[0]}至{r[-1]}" if len(r) > 2 else "、".join(map(str, r)) for r in runs)
    return f"第{'、'.join(words)}步"


def fork_words(outcome: Outcome) -> str:
    """What stands on the bar below an outcome that leads to several steps."""
    return "适用的同时进行" if outcome.choose else "同时进行"


def join_words(power: Power, step: Step, joins: Mapping[str, bool]) -> str:
    """What a step waits for, or ""."""
    if step.id not in joins:
        return ""
    numbers = [
        str(number)
        for number, each in enumerate(power.steps, 1)
        if entry_of(step.join, each.id) and any(step.id in o.to for o in each.outcomes)
    ]
    return f"等第{'、'.join(numbers)}步{'中适用的' if joins[step.id] else ''}都办完"


def joins_of(power: Power) -> dict[str, bool]:
    """The steps that wait for several → whether only for those that apply."""
    chosen = {
        _joining(power, step, outcome)
        for step in power.steps
        for outcome in step.outcomes
        if outcome.choose
    }
    return {step.id: step.id in chosen for step in power.steps if len(step.join) > 1}


def _joining(power: Power, source: Step, choice: Outcome) -> str:
    """The step where the branches of a choice join, as ``net`` finds it; "" if none does."""
    filled = [_filled(power, source, choice, branch) for branch in choice.to]
    for step in power.steps:
        entries = [[each for each in step.join if (step.id, each) in found] for found in filled]
        came = [each for found in entries for each in found]
        if all(len(found) == 1 for found in entries) and sorted(came) == sorted(step.join):
            return step.id
    return ""


def _filled(power: Power, source: Step, choice: Outcome, branch: str) -> set[Place]:
    """The places that one branch of a choice can fill, with nobody else's help."""
    joins = {step.id: step.join for step in power.steps}
    found = {(branch, entry_of(joins[branch], source.id) or "")}
    before = 0
    while len(found) > before:
        before = len(found)
        for step in power.steps:
            if all((step.id, each) in found for each in step.join or ("",)):
                ways = [o for o in step.outcomes if o is not choice and not o.cancels]
                targets = [target for outcome in ways for target in outcome.to]
                found |= {(to, entry_of(joins.get(to, ()), step.id) or "") for to in targets}
    return found


def several_words(power: Power, step: Step) -> str:
    """Who signs a step together, and how many it takes to close it; or ""."""
    several = step.several
    if several is None:
        return ""
    posts = "、".join(post_name(power, post) for post in several.posts)
    fields = (field for each in power.steps for field in each.fields)
    named = next((field.name for field in fields if field.id == several.field), "")
    chosen = f"(按“{named}”选定)" if named else ""
    count = f"中{several.need}个" if several.need else "都"
    first = next((o.name for o in step.outcomes if not (o.aside or o.after)), "")
    return f"会签:{posts}{chosen}{count}选“{first}”"
