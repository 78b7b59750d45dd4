"""The chart on lanes, with notes on its risks beside it; for paper and wide screens."""

from dataclasses import dataclass

from guiju.kernel.drawing import trace
from guiju.kernel.drawing.ink import (
    Rect,
    balanced,
    document,
)
from guiju.kernel.drawing.notes import (
    Paragraph,
    beside_paragraphs,
    description,
    drawn,
    title_of,
)
from guiju.kernel.drawing.pieces import (
    HEAD_SIZE,
    LEGEND_HEIGHT,
    MARGIN,
    NOTE_GAP,
    NOTE_WIDTH,
    Note,
    drawn_label,
    drawn_lanes,
    drawn_legend,
    drawn_line,
    drawn_node,
    drawn_note,
    note_places,
    notes_of,
    prefix,
    stacked,
)
from guiju.kernel.drawing.plan import (
    LINE_HEIGHT,
    NODE_WIDTH,
    Progress,
    plan_of,
)
from guiju.kernel.drawing.reminders import drawn_reminders
from guiju.kernel.drawing.route import Layout, layout_of
from guiju.kernel.drawing.trace import CounterExample
from guiju.kernel.power import Power

FOOT = 8.0  # between a chart and the words below it


def chart_svg(
    power: Power,
    *,
    risks: bool,
    progress: Progress | None = None,
    path: CounterExample | None = None,
) -> str:
    """The chart on lanes in the official order of posts, best at 700 px and more.

    A counter-example ``path`` is drawn over it in red, its message below.
    """
    picture = picture_of(power, risks)
    below = trace.words_of(power, path) if path else []
    foot = picture.bottom + picture.foot_height
    high = foot + MARGIN + trace.words_height(below, picture.right - 2 * MARGIN)
    body = drawn_picture(picture, progress, path) + drawn_foot(picture, picture.bottom)
    if path:
        body += trace.drawn_words(below, MARGIN, foot, picture.right - 2 * MARGIN)
    words = title_of(power, risks, path), description(power, progress, path)
    return document(prefix(risks), (picture.right, high), words, body)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart with everything in its place."""

    layout: Layout
    heads: list[tuple[str, ...]]
    head: float  # how high the names of the lanes are
    top: float
    bottom: float
    right: float
    notes: list[tuple[Note, Rect]]
    foot: tuple[Paragraph, ...]  # below the chart
    risks: bool

    @property
    def foot_height(self) -> float:
        """How high the words below the chart are."""
        return sum(each.height for each in self.foot) + FOOT if self.foot else 0


def picture_of(power: Power, risks: bool, is_stretched: bool = True) -> Picture:
    """Give a chart and its notes their places; the chart may be as high as all its notes."""
    plan = plan_of(power)
    heads = [balanced(name, HEAD_SIZE, NODE_WIDTH + 16) for name in plan.lanes]
    head = 12 + LINE_HEIGHT * max(map(len, heads))
    top = MARGIN + LEGEND_HEIGHT
    notes = notes_of(power, plan) if risks else []
    layout = layout_of(plan, top + head, stacked(notes) - head if is_stretched else 0)
    places = note_places(layout, notes, top)
    bottom = max([layout.bottom + 14, *(place.y + place.h for place in places)])
    right = layout.lane_edges[-1] + 2 * MARGIN + (NOTE_WIDTH + NOTE_GAP if notes else 0.0)
    placed = list(zip(notes, places, strict=True))
    foot = beside_paragraphs(power, right - 2 * MARGIN)
    return Picture(layout, heads, head, top, bottom, right, placed, foot, risks)


def drawn_foot(picture: Picture, y: float) -> str:
    """The words below a chart."""
    parts = []
    y += FOOT
    for each in picture.foot:
        parts.append(drawn(each, MARGIN, y))
        y += each.height
    return "".join(parts)


def drawn_picture(
    picture: Picture, progress: Progress | None, path: CounterExample | None = None
) -> str:
    """A chart as SVG."""
    layout, risks = picture.layout, picture.risks
    frame = Rect(0, picture.top, 0, picture.bottom - picture.top)
    run = {line.edge for line in layout.lines if path and trace.is_run(line.edge, path)}
    lines = sorted(layout.lines, key=lambda line: line.edge in run)  # the red ones on top
    nodes = layout.plan.nodes.items()
    body = [
        drawn_legend(risks, progress),
        *drawn_lanes(layout, picture.heads, frame, picture.head),
        drawn_reminders(layout, picture.heads, picture.top),
        *(drawn_line(line.points, prefix(risks), line.edge in run) for line in lines),
        *(drawn_label(line) for line in layout.lines),
        *(drawn_node(node, layout.boxes[key], risks, progress, path) for key, node in nodes),
        *(drawn_note(note, place) for note, place in picture.notes),
    ]
    if path:
        body += [trace.drawn_number(*each, MARGIN) for each in trace.numbers(layout, path)]
    return "".join(body)
