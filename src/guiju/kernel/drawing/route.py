"""The measures of the grid, and with them the corners of every line.

``courses`` has chosen the channels of every line, ``ports`` where it leaves and reaches
boxes. Here lines that share a channel get tracks of their own, channels grow as broad as
their tracks, and rows and lanes take their places around them. A label has its own height
on its track; where it lacks breadth, lanes are moved apart and everything is measured anew.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache

from guiju.kernel.drawing.courses import Way, chosen
from guiju.kernel.drawing.ink import Rect
from guiju.kernel.drawing.labels import place_labels
from guiju.kernel.drawing.line import LABEL_LINE, Line, Point, line_of
from guiju.kernel.drawing.plan import NODE_WIDTH, Plan
from guiju.kernel.drawing.ports import share_gaps, share_sides
from guiju.kernel.drawing.tracks import TRACK, Track, set_tracks

CHANNEL = 24  # the width of an upright channel without tracks
ABOVE = 17  # from a box to the first track below it
BELOW = 17  # from the last track to the box below it, with room for the arrow
WIDENINGS_MAX = 4  # how often lanes are moved apart to make room for labels
FAR = 1000.0  # between two rows, as long as the measures are not known


@dataclass(slots=True)
class Layout:
    """The measured drawing."""

    plan: Plan
    lines: list[Line]
    rooms: dict[tuple[int, int], float] = field(default_factory=dict)  # for labels, by channel
    lane_edges: list[float] = field(default_factory=list)  # x of the borders between lanes
    middles: list[float] = field(default_factory=list)  # x of the middle of each lane's boxes
    tops: list[float] = field(default_factory=list)  # y of each row
    uprights: list[list[Track]] = field(default_factory=list)  # the tracks left of each lane
    broads: list[float] = field(default_factory=list)  # of these tracks together
    edges: list[float] = field(default_factory=list)  # x of the first of these tracks
    levels: list[list[Track]] = field(default_factory=list)  # the tracks above each row
    breadths: list[float] = field(default_factory=list)  # of these tracks together
    begins: list[float] = field(default_factory=list)  # y of the first of these tracks
    bottom: float = 0
    boxes: dict[str, Rect] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a layout depends on; two plans that differ in nothing else share one."""

    parts: tuple[object, ...]
    plan: Plan = field(compare=False)


def layout_of(plan: Plan, top: float, least: float = 0) -> Layout:
    """Measure a plan, from ``top`` down; it is at least ``least`` high."""
    nodes = (
        (each.key, each.kind, each.cell, each.lines, each.facts) for each in plan.nodes.values()
    )
    shape = _Shape((plan.lanes, plan.edges, *nodes), plan)
    return replace(laid_out(shape, top, least), plan=plan)


@lru_cache(maxsize=256)  # a chart is drawn anew for every case that runs along it
def laid_out(shape: _Shape, top: float, least: float) -> Layout:
    """The layout of all plans of a shape; nobody may change it."""
    plan = shape.plan
    ends = [(plan.nodes[edge.source], plan.nodes[edge.target]) for edge in plan.edges]
    found = chosen(plan, [(source.cell, target.cell) for source, target in ends])
    lines = [
        line_of(edge, *each, course)
        for edge, each, course in zip(plan.edges, ends, found, strict=True)
    ]
    share_gaps(plan, lines)
    share_sides(lines)
    layout = Layout(plan, lines)
    _set_uprights(layout)
    for _ in range(WIDENINGS_MAX):
        _measure(layout, top, least)
        wider = place_labels(layout.lines, layout.begins)
        if not wider:
            break
        for channel, room in wider.items():
            layout.rooms[channel] = layout.rooms.get(channel, 0) + room
    return layout


def _measure(layout: Layout, top: float, least: float) -> None:
    """Give everything its place but the labels."""
    _measure_across(layout)
    _set_levels(layout)
    _measure_down(layout, top, 0)
    if layout.bottom < top + least:
        _measure_down(layout, top, (top + least - layout.bottom) / layout.plan.rows)
    for line in layout.lines:
        line.run(_points(layout, line))


def _set_uprights(layout: Layout) -> None:
    """Upright channels get their tracks; they keep them when lanes are moved apart."""
    layout.uprights = [[] for _ in range(len(layout.plan.lanes) + 1)]
    for line in layout.lines:
        if line.way in (Way.SIDE, Way.ROUND):
            line.beside = _track_beside(line)
            layout.uprights[line.course.upright].append(line.beside)
    layout.broads = [set_tracks(channel, 0) for channel in layout.uprights]
    layout.edges = [0.0] * len(layout.uprights)


def _measure_across(layout: Layout) -> None:
    """Lanes get their places, and the upright tracks between them theirs."""
    x = 0.0
    layout.lane_edges, layout.middles = [], []
    for lane, breadth in enumerate(layout.broads):
        layout.lane_edges.append(x + 6 if lane else x)
        x += layout.rooms.get((lane, -1), 0)
        for track in layout.uprights[lane]:
            track.at += x + 16 - layout.edges[lane]
        layout.edges[lane] = x + 16
        x += max(CHANNEL, breadth + 22) + layout.rooms.get((lane, 1), 0)
        layout.middles.append(x + NODE_WIDTH / 2)
        x += NODE_WIDTH
    layout.lane_edges[-1] = x - NODE_WIDTH
    layout.middles.pop()


def _track_beside(line: Line) -> Track:
    """The upright part of a line, in heights that only say what is above what.

    What comes down into a level channel lies above what goes down from it.
    """
    upright = line.course.upright
    start = (line.course.level - 0.5) * FAR - 1
    if line.way is Way.SIDE:
        end, side = line.target.row * FAR + line.into, line.target.lane - upright
    else:
        end, side = (line.course.last - 0.5) * FAR + 1, line.target.lane - upright
    turn = 1 if line.source.lane >= upright else -1
    ends = (start, turn), (end, 1 if side >= 0 else -1)
    return Track(min(start, end), max(start, end), ends)


def _set_levels(layout: Layout) -> None:
    """Level channels get their tracks."""
    layout.levels = [[] for _ in range(layout.plan.rows + 1)]
    for line in layout.lines:
        if line.way is not Way.STRAIGHT or line.words:
            line.across = _track_across(layout, line)
            layout.levels[line.course.level].append(line.across)
        if line.way is Way.ROUND:
            line.back = _track_back(layout, line)
            layout.levels[line.course.last].append(line.back)
    layout.breadths = [set_tracks(level, 0) for level in layout.levels]
    layout.begins = [0.0] * len(layout.levels)


def _track_across(layout: Layout, line: Line) -> Track:
    """The level part of a line, at least as long as its label."""
    start = layout.middles[line.source.lane] + line.out
    leave = 1 if line.way is Way.LIFT else -1
    if line.beside is None:
        end = (layout.middles[line.target.lane] + line.into, -leave)
    else:
        (begin, _), (stop, _) = line.beside.ends
        end = (line.beside.at, -1 if stop < begin else 1)
    lo, hi = min(start, end[0]), max(start, end[0])
    spare = max(0.0, line.label_size[0] + 12 - (hi - lo)) / 2 if line.words else 0.0
    high = LABEL_LINE * len(line.words) + 3 if line.words else TRACK
    return Track(lo - spare, hi + spare, ((start, leave), end), high)


def _track_back(layout: Layout, line: Line) -> Track:
    """The second level part of a line that goes round, down into its target."""
    assert line.beside is not None
    (begin, _), (stop, _) = line.beside.ends
    start, end = line.beside.at, layout.middles[line.target.lane] + line.into
    ends = (start, 1 if stop < begin else -1), (end, 1)
    return Track(min(start, end), max(start, end), ends)


def _measure_down(layout: Layout, top: float, spare: float) -> None:
    """All rows get their places; ``spare`` is put below every row."""
    inside: list[list[tuple[str, int, float]]] = [[] for _ in range(layout.plan.rows)]
    for node in layout.plan.nodes.values():
        inside[node.row].append((node.key, node.lane, node.height))
    layout.tops = []
    y = top
    for row, breadth in enumerate(layout.breadths):
        begin = y + (ABOVE + spare / 2 if row else 4)
        for track in layout.levels[row]:
            track.at += begin - layout.begins[row]
        layout.begins[row] = begin
        y += breadth + (ABOVE + BELOW - TRACK + spare if row else 14)
        layout.tops.append(y)
        if row < len(inside):
            for key, lane, height in inside[row]:
                x = layout.middles[lane] - NODE_WIDTH / 2
                layout.boxes[key] = Rect(x, y, NODE_WIDTH, height)
            y += max((height for _, _, height in inside[row]), default=0)
    layout.bottom = y


def _points(layout: Layout, line: Line) -> tuple[Point, ...]:
    """The corners of a line, from border to border."""
    source, target = layout.boxes[line.edge.source], layout.boxes[line.edge.target]
    start, end = source.middle + line.out, target.middle + line.into
    foot = source.y + source.h
    if line.way is Way.STRAIGHT:
        return (start, foot), (start, target.y)
    assert line.across is not None
    y = line.across.at
    if line.beside is None:
        if line.way is Way.LIFT:
            return (start, source.y), (start, y), (end, y), (end, target.y + target.h)
        return (start, foot), (start, y), (end, y), (end, target.y)
    x = line.beside.at
    if line.back is not None:
        last = line.back.at
        return (start, foot), (start, y), (x, y), (x, last), (end, last), (end, target.y)
    side = target.x + (target.w if line.course.upright > line.target.lane else 0)
    height = target.y + line.into
    return (start, foot), (start, y), (x, y), (x, height), (side, height)
