"""The measures of the grid, and a way through it for every line.

Between two rows runs a level channel, between two lanes an upright one; lines run in the
channels and through empty cells only, so that none can ever pass through a box. Every line
is one of five ways, the first that is possible:

    straight  down through empty cells of its own lane
    drop      into the channel below, across, down through empty cells to the target
    carry     down through empty cells to the channel above the target, across, down
    lift      for a loop to the row just above: out of the top, across, up into the target
    side      into the channel below, across, up or down beside the target, into its side

Lines that share a channel get tracks of their own, and lines that leave or reach the same
gap between two boxes get places of their own, so that lines lie
upon each other only in a rare crowded gap. A label has its own width on its track.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise

from guiju.kernel.drawing.ink import Rect, balanced, width
from guiju.kernel.drawing.plan import NODE_WIDTH, Edge, Node, Plan
from guiju.kernel.drawing.tracks import TRACK, Track, set_tracks

LABEL_SIZE = 12
LABEL_LINE = 15
LABEL_ROOM = 100
CHANNEL = 24  # the width of an upright channel without tracks
ABOVE = 17  # from a box to the first track below it
BELOW = 17  # from the last track to the box below it, with room for the arrow
REACH = 44  # how far from the middle of a box lines may touch it
WIDENINGS_MAX = 4  # how often lanes are moved apart to make room for labels
FAR = 1000.0  # between two rows, as long as the measures are not known

Point = tuple[float, float]


class Way(Enum):
    """How a line runs."""

    STRAIGHT = auto()
    DROP = auto()
    CARRY = auto()
    LIFT = auto()
    SIDE = auto()


@dataclass(slots=True)
class Line:
    """An edge and its way."""

    edge: Edge
    source: Node
    target: Node
    way: Way
    words: tuple[str, ...]  # its label
    level: int = 0  # the level channel; channel r lies above row r
    upright: int = 0  # the upright channel; channel c lies left of lane c
    out: float = 0  # where it leaves its source, from the middle
    into: float = 0  # where it reaches its target, from the middle
    across: Track | None = None
    beside: Track | None = None
    points: tuple[Point, ...] = ()
    label: Rect | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """Where a line touches the top or the bottom of a box."""

    line: Line
    node: Node
    is_out: bool  # leaves the box
    is_below: bool  # at the bottom of the box
    is_long: bool  # runs on through the whole gap
    order: tuple[int, int, int]  # from left to right


@dataclass(slots=True)
class Layout:
    """The measured drawing."""

    plan: Plan
    lines: list[Line]
    rooms: dict[tuple[int, int], float] = field(default_factory=dict)  # for labels, see _lack
    lane_edges: list[float] = field(default_factory=list)  # x of the borders between lanes
    middles: list[float] = field(default_factory=list)  # x of the middle of each lane's boxes
    tops: list[float] = field(default_factory=list)  # y of each row
    levels: list[list[Track]] = field(default_factory=list)  # the tracks above each row
    breadths: list[float] = field(default_factory=list)  # of these tracks together
    begins: dict[int, float] = field(default_factory=dict)  # y of the first of these tracks
    bottom: float = 0
    boxes: dict[str, Rect] = field(default_factory=dict)


def layout_of(plan: Plan, top: float, least: float = 0) -> Layout:
    """Measure a plan, from ``top`` down; it is at least ``least`` high."""
    layout = Layout(plan, [_line(plan, edge) for edge in plan.edges])
    _share_gaps(layout)
    _share_sides(layout)
    for _ in range(WIDENINGS_MAX):
        _measure(layout, top, least)
        wider = _place_labels(layout)
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
        line.points = _points(layout, line)


def _line(plan: Plan, edge: Edge) -> Line:
    """Choose the way of an edge."""
    source, target = plan.nodes[edge.source], plan.nodes[edge.target]
    words = balanced(edge.label, LABEL_SIZE, LABEL_ROOM) if edge.label else ()
    line = Line(edge, source, target, Way.SIDE, words, level=source.row + 1)
    below = target.row > source.row
    between = range(source.row + 1, target.row)
    if below and not any((target.lane, row) in plan.cells for row in between):
        line.way = Way.STRAIGHT if source.lane == target.lane else Way.DROP
    elif below and not any((source.lane, row) in plan.cells for row in between):
        line.way, line.level = Way.CARRY, target.row
    elif target.row == source.row - 1 and source.lane != target.lane:
        line.way, line.level = Way.LIFT, source.row
    else:
        line.upright = target.lane + (source.lane >= target.lane)
    return line


def _share_gaps(layout: Layout) -> None:
    """Give every line that ends at a top or a bottom a place of its own there."""
    for touches in _gaps(layout).values():
        touches.sort(key=lambda touch: touch.order)
        straight = [i for i, each in enumerate(touches) if each.line.way is Way.STRAIGHT]
        for touch, place in zip(touches, _places(len(touches), straight), strict=True):
            if touch.is_out:
                touch.line.out = place
            else:
                touch.line.into = place


def _gaps(layout: Layout) -> dict[tuple[int, int, bool], list[Touch]]:
    """Where lines touch boxes from above or below, by gap between two boxes of a lane.

    In a gap of several rows the lines above and those below are far from each other and
    share their places only if one of them runs all the way.
    """
    gaps: dict[tuple[int, int, bool], list[Touch]] = {}
    for line in layout.lines:
        for touch in _touches(line):
            node, is_below = touch.node, touch.is_below
            row = _next_row(layout.plan, node) if is_below else node.row
            gaps.setdefault((node.lane, row, is_below), []).append(touch)
    for lane, row, is_below in [*gaps]:
        above, below = gaps.get((lane, row, True), ()), gaps.get((lane, row, False), ())
        is_low = any(row == touch.node.row + 1 for touch in above)
        if not is_below and (is_low or any(touch.is_long for touch in (*above, *below))):
            gaps[lane, row, False] += gaps.pop((lane, row, True), [])
    return gaps


def _touches(line: Line) -> Iterator[Touch]:
    """Both ends of a line, as far as they are at a top or a bottom."""
    source, target = line.source, line.target
    is_long = abs(target.row - source.row) > 1
    turn = (target.lane > source.lane) - (target.lane < source.lane)
    near = abs(target.lane - source.lane) * 100 + abs(target.row - source.row)
    is_lift = line.way is Way.LIFT
    if line.way is Way.SIDE:
        turn = 1 if line.upright > source.lane else -1
        near = 0 if target.row > source.row else 10_000  # what goes up goes outside
        yield Touch(line, source, True, True, False, (turn, 0, turn * near))
        return
    is_carry = is_long and line.way in (Way.CARRY, Way.STRAIGHT)
    yield Touch(line, source, True, not is_lift, is_carry, (turn, 0, turn * near))
    if line.way is not Way.STRAIGHT:
        is_drop = is_long and line.way is Way.DROP
        yield Touch(line, target, False, is_lift, is_drop, (-turn, 1, -turn * near))


def _next_row(plan: Plan, node: Node) -> int:
    """The row of the next box below."""
    row, rows = node.row + 1, plan.rows
    while row < rows and (node.lane, row) not in plan.cells:
        row += 1
    return row


def _places(count: int, straight: Sequence[int], reach: float = REACH) -> list[float]:
    """So many places around the middle, in which the straight line, if any, has the middle."""
    middle = straight[0] if straight else (count - 1) / 2
    widest = max(middle, count - 1 - middle, 1)
    step = min(18.0, reach / widest)
    return [(i - middle) * step for i in range(count)]


def _share_sides(layout: Layout) -> None:
    """Give every line that reaches a side a height of its own."""
    sides: dict[tuple[int, int], list[Line]] = {}
    for line in layout.lines:
        if line.way is Way.SIDE:
            sides.setdefault((line.target.row, line.upright), []).append(line)
    for lines in sides.values():
        lines.sort(key=lambda line: line.level)
        reach = min(line.target.height for line in lines) / 2 - 6
        for line, place in zip(lines, _places(len(lines), (), reach), strict=True):
            line.into = place


def _measure_across(layout: Layout) -> None:
    """Upright channels get their tracks and thereby all lanes their places."""
    channels: list[list[Track]] = [[] for _ in range(len(layout.plan.lanes) + 1)]
    for line in layout.lines:
        if line.way is Way.SIDE:
            start, end = (line.level - 0.5) * FAR, line.target.row * FAR + line.into
            side = -1 if line.upright > line.target.lane else 1
            turn = 1 if line.source.lane >= line.upright else -1
            line.beside = Track(min(start, end), max(start, end), ((start, turn), (end, side)))
            channels[line.upright].append(line.beside)
    x = 0.0
    layout.lane_edges, layout.middles = [], []
    for lane, channel in enumerate(channels):
        layout.lane_edges.append(x + 6 if lane else x)
        x += layout.rooms.get((lane, -1), 0)
        breadth = set_tracks(channel, x + 16)
        x += max(CHANNEL, breadth + 22) + layout.rooms.get((lane, 1), 0)
        layout.middles.append(x + NODE_WIDTH / 2)
        x += NODE_WIDTH
    layout.lane_edges[-1] = x - NODE_WIDTH
    layout.middles.pop()


def _set_levels(layout: Layout) -> None:
    """Level channels get their tracks."""
    layout.levels = [[] for _ in range(layout.plan.rows + 1)]
    for line in layout.lines:
        if line.way is not Way.STRAIGHT or line.words:
            line.across = _track_across(layout, line)
            layout.levels[line.level].append(line.across)
    layout.begins = {}
    layout.breadths = [set_tracks(level, 0) for level in layout.levels]


def _measure_down(layout: Layout, top: float, spare: float) -> None:
    """All rows get their places; ``spare`` is put below every row."""
    plan = layout.plan
    layout.tops = []
    y = top
    for row, breadth in enumerate(layout.breadths):
        begin = y + (ABOVE + spare / 2 if row else 4)
        for track in layout.levels[row]:
            track.at += begin - layout.begins.get(row, 0)
        layout.begins[row] = begin
        y += breadth + (ABOVE + BELOW - TRACK + spare if row else 14)
        layout.tops.append(y)
        inside = [node for node in plan.nodes.values() if node.row == row]
        y += max((node.height for node in inside), default=0)
        for node in inside:
            x = layout.middles[node.lane] - NODE_WIDTH / 2
            layout.boxes[node.key] = Rect(x, layout.tops[row], NODE_WIDTH, node.height)
    layout.bottom = y


def _track_across(layout: Layout, line: Line) -> Track:
    """The level part of a line, at least as long as its label."""
    start = layout.middles[line.source.lane] + line.out
    ends: tuple[tuple[float, int], ...]
    if line.beside is not None:
        is_up = line.target.row * FAR + line.into < (line.level - 0.5) * FAR
        ends = ((start, -1), (line.beside.at, -1 if is_up else 1))
    else:
        leave = 1 if line.way is Way.LIFT else -1
        ends = ((start, leave), (layout.middles[line.target.lane] + line.into, -leave))
    lo, hi = (pick(x for x, _ in ends) for pick in (min, max))
    room = label_width(line.words) + 12 if line.words else 0
    spare = max(0.0, room - (hi - lo)) / 2
    high = LABEL_LINE * len(line.words) + 3 if line.words else TRACK
    return Track(lo - spare, hi + spare, ends, high)


def label_width(words: tuple[str, ...]) -> float:
    """How wide a label is."""
    return max(width(each, LABEL_SIZE) for each in words) + 6


def _points(layout: Layout, line: Line) -> tuple[Point, ...]:
    """The corners of a line, from border to border."""
    source, target = layout.boxes[line.edge.source], layout.boxes[line.edge.target]
    start = source.middle + line.out
    if line.way is Way.STRAIGHT:
        return (start, source.y + source.h), (start, target.y)
    assert line.across is not None
    y = line.across.at
    if line.beside is not None:
        x, end = line.beside.at, target.centre + line.into
        side = target.x + (target.w if line.upright > line.target.lane else 0)
        return (start, source.y + source.h), (start, y), (x, y), (x, end), (side, end)
    x = target.middle + line.into
    if line.way is Way.LIFT:
        return (start, source.y), (start, y), (x, y), (x, target.y + target.h)
    return (start, source.y + source.h), (start, y), (x, y), (x, target.y)


def _place_labels(layout: Layout) -> dict[tuple[int, int], float]:
    """Put every label on the level part of its line, near the source; what room is lacking."""
    stretches = [(line, part) for line in layout.lines for part in _stretches(line)]
    taken: list[Rect] = []
    wider: dict[tuple[int, int], float] = {}
    for line in layout.lines:
        if line.words:
            others = [part for owner, part in stretches if owner is not line]
            line.label, lack = _label_place(line, [*others, *taken])
            taken.append(line.label)
            turn = 1 if line.points[2:] and line.points[2][0] > line.points[0][0] else -1
            if lack > 0:
                channel = line.source.lane + (turn > 0), -turn
                wider[channel] = max(lack, wider.get(channel, 0))
    return wider


def _stretches(line: Line) -> Iterator[Rect]:
    """The stretches of a line as rectangles without breadth."""
    for (a, b), (c, d) in pairwise(line.points):
        yield Rect(min(a, c), min(b, d), abs(c - a), abs(d - b))


def _label_place(line: Line, others: list[Rect]) -> tuple[Rect, float]:
    """The first place that is free, or the one with the fewest others and what it lacks."""
    assert line.across is not None
    wide, high = label_width(line.words), LABEL_LINE * len(line.words) + 1.0
    x0, x1 = line.points[0][0], line.points[min(2, len(line.points) - 1)][0]
    y = line.across.at - high / 2
    others = [each for each in others if each.y <= y + high + 1 and y - 1 <= each.y + each.h]
    best, fewest = Rect(0, 0, 0, 0), len(others) + 1
    for x in _label_starts(x0, x1, wide):
        rect = Rect(x, y, wide, high)
        hits = sum(rect.meets(each, 1) for each in others)
        if hits < fewest:
            best, fewest = rect, hits
        if hits == 0:
            break
    if fewest:
        return best, _lack(x0, x1, wide, others)
    # A label wider than the level part would hide both corners of a line that turns back.
    return best, wide + 9 - abs(x1 - x0) if line.beside else 0


def _lack(x0: float, x1: float, wide: float, others: list[Rect]) -> float:
    """How much farther the next line would have to be for a label beside x0."""
    if x0 < x1:
        free = [each.x - x0 for each in others if each.x > x0]
    else:
        free = [x0 - each.x - each.w for each in others if each.x + each.w < x0]
    return wide + 8 - min(free, default=wide + 8) if x0 != x1 else 0


def _label_starts(x0: float, x1: float, wide: float) -> list[float]:
    """Where the left end of a label may be, the best first."""
    room = abs(x1 - x0) - wide - 6
    if room < 0:
        return [(x0 + x1 - wide) / 2]
    steps = (min(3 + each * 5.0, 3 + room) for each in range(int(room / 5) + 2))
    return [x0 + step if x1 > x0 else x0 - wide - step for step in steps]
