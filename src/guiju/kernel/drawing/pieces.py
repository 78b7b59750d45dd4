"""The pieces of a chart on lanes: legend, lanes, lines, labels, boxes and notes on risks."""

from collections.abc import Sequence
from dataclasses import dataclass

from guiju.kernel.drawing import trace
from guiju.kernel.drawing.ink import (
    BLUE,
    DARK,
    FAINT,
    GREEN,
    LINE,
    LOOKS,
    RED,
    Rect,
    box,
    grade_mark,
    group,
    label,
    tag,
    width,
    wrap,
)
from guiju.kernel.drawing.line import LABEL_LINE, LABEL_SIZE, Line, Point
from guiju.kernel.drawing.notes import (
    ENFORCED,
    Paragraph,
    drawn,
    risk_paragraphs,
)
from guiju.kernel.drawing.plan import (
    FACT_LINE,
    FACT_SIZE,
    HEADER_HEIGHT,
    LINE_HEIGHT,
    NAME_SIZE,
    Kind,
    Node,
    Plan,
    Progress,
)
from guiju.kernel.drawing.route import Layout
from guiju.kernel.drawing.trace import WRONG, CounterExample
from guiju.kernel.drawing.words import limit_words
from guiju.kernel.power import Grade, Power, Risk, Step

MARGIN = 8
LEGEND_HEIGHT = 30
HEAD_SIZE = 13
HEAD_FILL = "#e4eaf2"
NUMBER_SIZE = 11  # the smallest text but the tags of notes
NOTE_WIDTH = 310
NOTE_GAP = 10
NOTE_HEAD = 24
NOTE_LEFT = 45  # where the title begins, right of number and grade
NOWHERE = Progress(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Note:
    """What stands beside the chart about one step's risk."""

    node: Node
    step: Step
    risk: Risk
    titles: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    height: float  # how high it is drawn


def prefix(risks: bool) -> str:
    """What goes before the ids of a chart."""
    return "risk" if risks else "flow"


def notes_of(power: Power, plan: Plan) -> list[Note]:
    """The notes from top to bottom."""
    nodes = sorted(plan.nodes.values(), key=lambda node: (node.row, node.number))
    return [
        _note_of(power, node, node.step, node.step.risk)
        for node in nodes
        if node.step is not None and node.step.risk is not None
    ]


def _note_of(power: Power, node: Node, step: Step, risk: Risk) -> Note:
    title = f"{step.name} · {risk.grade}风险({LOOKS[risk.grade].word})"
    titles = wrap(title, HEAD_SIZE, NOTE_WIDTH - NOTE_LEFT - 8)
    texts = risk_paragraphs(power, step, NOTE_WIDTH - 20)
    high = NOTE_HEAD + LINE_HEIGHT * (len(titles) - 1) + sum(each.height for each in texts) + 8
    return Note(node, step, risk, titles, texts, high)


def note_places(layout: Layout, notes: list[Note], top: float) -> list[Rect]:
    """Every note as near to the height of its step as the other notes allow.

    Notes that would overlap form a block, which stands where its notes are together nearest
    to their steps (the pool-adjacent-violators algorithm, Ayer and others 1955).
    """
    blocks: list[tuple[float, list[Note]]] = []
    for note in notes:
        blocks.append((layout.boxes[note.node.key].y, [note]))
        while len(blocks) > 1 and blocks[-2][0] + stacked(blocks[-2][1]) > blocks[-1][0]:
            joined = blocks[-2][1] + blocks[-1][1]
            blocks[-2:] = [(max(top, _best(layout, joined)), joined)]
    x = layout.lane_edges[-1] + NOTE_GAP
    places = []
    for start, block in blocks:
        for i, note in enumerate(block):
            places.append(Rect(x, start + stacked(block[:i]), NOTE_WIDTH, note.height))
    return places


def stacked(block: list[Note]) -> float:
    """How high notes are one below the other."""
    return sum(note.height + NOTE_GAP for note in block)


def _best(layout: Layout, block: list[Note]) -> float:
    """Where a block begins best: the mean of where its notes want it to begin."""
    starts = [layout.boxes[note.node.key].y - stacked(block[:i]) for i, note in enumerate(block)]
    return sum(starts) / len(starts)


def drawn_legend(risks: bool, progress: Progress | None) -> str:
    """One line that explains the signs."""
    x, y = float(MARGIN), MARGIN + 10.0
    parts = []
    for grade in Grade if risks else ():
        word = f"{grade}风险({LOOKS[grade].word})"
        parts += [grade_mark(grade, x + 7, y), label(word, x + 18, y + 4)]
        x += width(word, 12) + 34
    if progress:
        parts += [_done_mark(x + 8, y), label("已办", x + 20, y + 4)]
        x += 60
    words = "数字是顺序,框内右上角是时限;※非法条原文"
    if risks:
        words += f";标“{ENFORCED}”的不满足就办不下去"
    return "".join([*parts, label(words, x, y + 4, fill=LINE)])


def drawn_lanes(
    layout: Layout, heads: list[tuple[str, ...]], frame: Rect, head: float
) -> list[str]:
    """The lanes with their names."""
    parts = []
    for i, lines in enumerate(heads):
        x0, x1 = (each + MARGIN for each in layout.lane_edges[i : i + 2])
        lane = Rect(x0, frame.y, x1 - x0, frame.h)
        parts.append(box(lane, fill="#f6f8fb" if i % 2 else "#fff", stroke=FAINT))
        parts.append(box(Rect(x0, frame.y, x1 - x0, head), fill=HEAD_FILL, stroke=FAINT))
        y = frame.y + head / 2 - LINE_HEIGHT * (len(lines) / 2 - 0.5) + 4.5
        for k, words in enumerate(lines):
            parts.append(
                label(
                    words,
                    lane.middle,
                    y + k * LINE_HEIGHT,
                    HEAD_SIZE,
                    font_weight="bold",
                    text_anchor="middle",
                )
            )
    return parts


def drawn_line(
    corners: Sequence[Point], kind: str, is_run: bool = False, has_tip: bool = True
) -> str:
    """A line or a piece of one; red and dashed where a counter-example runs."""
    extra = {"stroke_dasharray": trace.DASH} if is_run else {}
    if has_tip:
        extra["marker_end"] = f"url(#{kind}-{'red' if is_run else 'arrow'})"
    return tag(
        "polyline",
        points=" ".join(f"{x + MARGIN:.1f},{y:.1f}" for x, y in corners),
        fill="none",
        stroke=RED if is_run else LINE,
        stroke_width=2.5 if is_run else 1.5,
        stroke_linejoin="round",
        **extra,
    )


def drawn_label(line: Line) -> str:
    """A label on its own ground, so that its line does not run through the words."""
    if line.label is None:
        return ""
    rect = Rect(line.label.x + MARGIN, line.label.y, line.label.w, line.label.h)
    parts = [box(rect, fill="#fff", rx=2)]
    for i, words in enumerate(line.words):
        y = rect.y + LABEL_LINE * (i + 1) - 3
        parts.append(label(words, rect.middle, y, LABEL_SIZE, text_anchor="middle"))
    return "".join(parts)


def drawn_node(
    node: Node,
    place: Rect,
    risks: bool,
    progress: Progress | None,
    path: CounterExample | None,
) -> str:
    """A step, an end or a bar."""
    rect = Rect(place.x + MARGIN, place.y, place.w, place.h)
    if node.step is not None:
        body = _step(node, node.step, rect, risks, progress or NOWHERE)
        if path:
            body += _fault(node.step, rect, path, node.number == 1)
        return group(f"第{node.number}步 {node.step.name}", body)
    if node.kind is Kind.END:
        fill, stroke = ("#e3e7eb", "#78848f") if node.is_refusal else ("#fff", DARK)
        pill = box(rect, rx=15, fill=fill, stroke=stroke, stroke_width=2)
        return tag("g", pill + _name(node, rect, 6, NAME_SIZE - 1))
    bar = box(rect, rx=3, fill=LINE)
    words = "".join(node.lines)
    text = label(words, rect.middle, rect.y + 14, 12, fill="#fff", text_anchor="middle")
    return tag("g", bar + text)


def _name(node: Node, rect: Rect, top: float, size: float) -> str:
    return "".join(
        label(
            words,
            rect.middle,
            rect.y + top + LINE_HEIGHT * i + size,
            size,
            text_anchor="middle",
            font_weight="bold" if node.step else "normal",
        )
        for i, words in enumerate(node.lines)
    )


def _step(node: Node, step: Step, rect: Rect, risks: bool, progress: Progress) -> str:
    """A step's box with number, grade, limit and name."""
    is_current, is_done = step.id in progress.current, step.id in progress.done
    look = LOOKS[step.risk.grade] if risks and step.risk else None
    fill = "#f4f6f8" if is_done and not is_current else look.tint if look else "#fff"
    frame = box(
        rect,
        rx=16 if node.number == 1 else 4,
        fill=fill,
        stroke=BLUE if is_current else look.line if look else LINE,
        stroke_width=4 if is_current else 1.6,
    )
    left = rect.x + (3 if node.number == 1 else 0)  # clear of the round corner
    limit, y = limit_words(step), rect.y + 18
    parts = [frame, _number(node.number, left + 13, rect.y + 14)]
    if look and step.risk:
        parts.append(grade_mark(step.risk.grade, left + 30, rect.y + 14))
        if width(limit, FACT_SIZE) < rect.w - 54:  # the mark says it too
            parts.append(label(step.risk.grade, left + 38, y, FACT_SIZE, fill=look.text))
    if limit:
        edge = rect.x + rect.w - 4
        parts.append(label(limit, edge, y, FACT_SIZE, text_anchor="end", fill=LINE))
    parts.append(_name(node, rect, HEADER_HEIGHT, NAME_SIZE))
    y = rect.y + HEADER_HEIGHT + LINE_HEIGHT * len(node.lines) + FACT_SIZE + 4
    for i, words in enumerate(node.facts):
        middle = {"text_anchor": "middle", "fill": LINE}
        parts.append(label(words, rect.middle, y + FACT_LINE * i, FACT_SIZE, **middle))
    if is_current:
        parts.append(_current_mark(rect, progress.word))
    if is_done:
        parts.append(_done_mark(rect.x + rect.w - 2, rect.y))
    return "".join(parts)


def _number(number: int, x: float, y: float) -> str:
    disc = tag("circle", cx=x, cy=y, r=9, fill=DARK)
    text = label(str(number), x, y + 4, NUMBER_SIZE, fill="#fff", text_anchor="middle")
    return disc + text


def _current_mark(rect: Rect, word: str) -> str:
    pill = box(trace.mark_place(rect), rx=8, fill=BLUE)
    y = rect.y + rect.h + 6
    return pill + label(f"▲{word}", rect.middle, y, 11.5, fill="#fff", text_anchor="middle")


def _fault(step: Step, rect: Rect, path: CounterExample, is_first: bool) -> str:
    """The red frame of a step that a counter-example does, and the mark where it shows."""
    is_wrong = step.id in path.steps
    if not is_wrong and not path.turns(step.id):
        return ""
    wide = 4 if is_wrong else 2.5
    frame = box(
        rect, rx=4, fill="none", stroke=RED, stroke_width=wide, stroke_dasharray=trace.DASH
    )
    if not is_wrong:
        return frame
    pill = box(trace.mark_place(rect), rx=8, fill=RED)
    y = rect.y + rect.h + 6
    return frame + pill + label(WRONG, rect.middle, y, 11.5, fill="#fff", text_anchor="middle")


def _done_mark(x: float, y: float) -> str:
    disc = tag("circle", cx=x, cy=y, r=8, fill=GREEN)
    path = f"M{x - 4:.1f} {y:.1f}l3 3l5 -6"
    return disc + tag("path", d=path, fill="none", stroke="#fff", stroke_width=2)


def drawn_note(note: Note, place: Rect) -> str:
    """What stands beside the chart about one step's risk."""
    rect = Rect(place.x + MARGIN, place.y, place.w, place.h)
    look = LOOKS[note.risk.grade]
    parts = [
        box(rect, rx=3, fill=look.tint, stroke=look.line),
        _number(note.node.number, rect.x + 16, rect.y + 14),
        grade_mark(note.risk.grade, rect.x + 35, rect.y + 14),
    ]
    y = rect.y + 18.5
    for title in note.titles:
        x = rect.x + NOTE_LEFT
        parts.append(label(title, x, y, HEAD_SIZE, fill=look.text, font_weight="bold"))
        y += LINE_HEIGHT
    y += NOTE_HEAD - LINE_HEIGHT - 15.5
    for each in note.paragraphs:
        parts.append(drawn(each, rect.x + 10, y))
        y += each.height
    return tag("g", "".join(parts))
