"""What stands beside a chart: a step's risk points and controls; and the whole in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from guiju.kernel.drawing.ink import DARK, Rect, box, label, width, wrap
from guiju.kernel.drawing.plan import Progress
from guiju.kernel.drawing.trace import CounterExample, words_of
from guiju.kernel.drawing.words import (
    beside_words,
    join_words,
    joins_of,
    limit_words,
    lines_of,
    names_of,
    outcome_words,
    post_name,
    several_words,
)
from guiju.kernel.power import Power, Risk, Step

ENFORCED = "系统强制"
NOTE_SIZE = 12
NOTE_LINE = 17


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of text, the first one after a tag if there is one."""

    lines: tuple[str, ...]
    tag: str = ""

    @property
    def height(self) -> float:
        """How high it is drawn."""
        return NOTE_LINE * len(self.lines)


def risk_paragraphs(
    power: Power, step: Step, room: float, size: float = NOTE_SIZE
) -> tuple[Paragraph, ...]:
    """The risk points of a step and all that is done against them."""
    risk = step.risk
    assert risk is not None
    texts = [("", f"风险:{';'.join(risk.points)}"), *_control_texts(power, step, risk)]
    if risk.responsible and risk.responsible != step.post:
        texts.append(("", f"责任岗位:{post_name(power, risk.responsible)}"))
    return tuple(paragraph(text, room, tag, size) for tag, text in texts)


def beside_paragraphs(power: Power, room: float) -> tuple[Paragraph, ...]:
    """What is not drawn as a line, to stand below the chart."""
    return tuple(paragraph(text, room) for text in beside_words(power))


def paragraph(text: str, room: float, tag: str = "", size: float = NOTE_SIZE) -> Paragraph:
    """A text wrapped into so much room."""
    first = width(tag, tag_size(size)) + 10 if tag else 0
    return Paragraph(wrap(text, size, room, first), tag)


def tag_size(size: float) -> float:
    """The size of the tag before a text of this size."""
    return size - 1.5


def _control_texts(power: Power, step: Step, risk: Risk) -> Iterator[tuple[str, str]]:
    names = names_of(power)
    outcomes = {outcome.id: outcome.name for outcome in step.outcomes}
    for control in step.controls:
        when = "/".join(outcomes.get(each, each) for each in control.outcomes)
        words = control.words(names) + control.rule.mark
        yield ENFORCED, f"防控:{words}({when}时)" if when else f"防控:{words}"
    if risk.measures:
        yield "", f"防控:{';'.join(risk.measures)}"


def drawn(each: Paragraph, x: float, y: float, size: float = NOTE_SIZE, fill: str = DARK) -> str:
    """A paragraph as SVG, its upper left corner at x and y."""
    colour = {} if fill == DARK else {"fill": fill}
    parts = []
    for i, line in enumerate(each.lines):
        base = y + NOTE_LINE * i + size
        indent = 0.0
        if each.tag and i == 0:
            wide = width(each.tag, tag_size(size)) + 6
            parts.append(box(Rect(x, y + 0.5, wide, NOTE_LINE - 3), rx=2, fill=DARK))
            parts.append(label(each.tag, x + 3, base - 0.5, tag_size(size), fill="#fff"))
            indent = wide + 4
        parts.append(label(line, x + indent, base, size, **colour) if line else "")
    return "".join(parts)


def title_of(power: Power, risks: bool, path: CounterExample | None = None) -> str:
    """The title of a chart."""
    what = "权力运行流程图与廉政风险防控图" if risks else "权力运行流程图"
    return f"{power.name}{what}{'(反例)' if path else ''}"


def description(
    power: Power, progress: Progress | None, path: CounterExample | None = None
) -> str:
    """The whole chart in words, for screen readers."""
    joins = joins_of(power)
    steps = [
        _step_words(power, number, step, join_words(power, step, joins))
        for number, step in enumerate(power.steps, 1)
    ]
    beside = [f"{each}。" for each in beside_words(power)]
    now = progress.current if progress else ()
    current = "、".join(step.name for step in power.steps if step.id in now)
    wrong = [f"{each}。" for each in words_of(power, path)] if path else []
    told = f"{progress.word}:{current}。" if progress and current else ""
    return "".join([*wrong, told, *steps, *beside])


def _step_words(power: Power, number: int, step: Step, wait: str) -> str:
    limit, signers = limit_words(step), several_words(power, step)
    facts = [post_name(power, step.post)]
    facts += [f"限{limit}"] if limit else []
    facts += [signers] if signers else []
    facts += [f"{step.risk.grade}风险"] if step.risk else []
    ways = ";".join(outcome_words(power, outcome) for outcome in lines_of(step))
    return (
        f"第{number}步 {step.name}({','.join(facts)}):{f'{wait},再办。' if wait else ''}{ways}。"
    )
