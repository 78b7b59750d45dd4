"""The measures of the grid, and a way through it for every line.

Between two rows runs a level channel, between two lanes an upright one; lines run in the
channels and through empty cells only, so that none can ever pass through a box. Every line
is one of five ways, the first that is possible:

    straight  down through empty cells of its own lane
    drop      into the channel below, across, down through empty cells to the target
    carry     down through empty cells to the channel above the target, across, down
    lift      for a loop to the row just above: out of the top, across, up into the target
    side      into the channel below, across, up or down beside the target, into its side

Lines that share a channel get tracks of their own, put into the order that makes the fewest
crossings (the pairwise orders of channel routing; Hashimoto and Stevens 1971), and lines
that leave or reach the same gap between two boxes get places of their own, so that no two
lines ever lie upon each other. A label has its own width on its track.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from guiju.kernel.drawing.ink import Rect, balanced, width
from guiju.kernel.drawing.plan import NODE_WIDTH, Edge, Kind, Node, Plan

LABEL_SIZE = 12
LABEL_LINE = 15
LABEL_ROOM = 100
TRACK = 11  # between two tracks
CHANNEL = 26  # the width of an upright channel without tracks
ABOVE = 17  # from a box to the first track below it
BELOW = 17  # from the last track to the box below it, with room for the arrow
REACH = 44  # how far from the middle of a box lines may touch it
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
class Track:
    """The part of a line that lies in a channel, from ``lo`` to ``hi``.

    ``ends`` are the two places where it turns away, each with the side it turns to: -1
    towards the start of the channel's breadth (up, left), 1 towards its end (down, right).
    """

    lo: float
    hi: float
    ends: tuple[tuple[float, int], ...]
    breadth: float = TRACK
    at: float = 0  # its place across the channel, once that is known


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

    @property
    def is_first_shown(self) -> bool:
        """Whether it has a label."""
        return bool(self.words)


@dataclass(slots=True)
class Layout:
    """The measured drawing."""

    plan: Plan
    lines: list[Line]
    lane_edges: list[float] = field(default_factory=list)  # x of the borders between lanes
    middles: list[float] = field(default_factory=list)  # x of the middle of each lane's boxes
    tops: list[float] = field(default_factory=list)  # y of each row
    heights: list[float] = field(default_factory=list)  # of each row
    bottom: float = 0
    boxes: dict[str, Rect] = field(default_factory=dict)


def layout_of(plan: Plan, top: float, needs: Sequence[float]) -> Layout:
    """Measure a plan, from ``top`` down; ``needs[r]`` is the height that row r must have."""
    layout = Layout(plan, [_line(plan, edge) for edge in plan.edges])
    _share_gaps(layout)
    _share_sides(layout)
    _measure_across(layout)
    _measure_down(layout, top, needs)
    for line in layout.lines:
        line.points = _points(layout, line)
    _place_labels(layout)
    return layout


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


def _gap(plan: Plan, node: Node, is_below: bool) -> tuple[int, int]:
    """The gap above or below a box: its lane, and the row of the next box that closes it."""
    row = node.row + is_below
    while is_below and row < plan.rows and (node.lane, row) not in plan.cells:
        row += 1
    return node.lane, row


def _share_gaps(layout: Layout) -> None:
    """Give every line that ends at a top or a bottom a place of its own in its gap."""
    gaps: dict[tuple[int, int], list[tuple[tuple[int, ...], Line, bool]]] = {}
    for line in layout.lines:
        source, target = line.source, line.target
        turn = _turn(source.lane, line, target.lane)
        gap = _gap(layout.plan, source, line.way is not Way.LIFT)
        reach = abs(source.lane - target.lane) + abs(source.row - target.row) / 100
        near = int(reach * 100)
        gaps.setdefault(gap, []).append(((turn, 0, turn * near), line, True))
        if line.way not in (Way.SIDE, Way.STRAIGHT):
            gap = _gap(layout.plan, target, line.way is Way.LIFT)
            gaps.setdefault(gap, []).append(((-turn, 1, turn * near), line, False))
    for ends in gaps.values():
        ends.sort(key=lambda end: end[0])
        straight = [i for i, (_, line, _) in enumerate(ends) if line.way is Way.STRAIGHT]
        for (_, line, is_out), place in zip(ends, _places(len(ends), straight), strict=True):
            if is_out:
                line.out = place
            else:
                line.into = place


def _turn(lane: int, line: Line, other: int) -> int:
    """To which side a line turns when it has left its source."""
    if line.way is Way.SIDE:
        return 1 if line.upright > lane else -1
    return (other > lane) - (other < lane)


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
    for lane, channel in enumerate(channels):
        layout.lane_edges.append(x + 7 if lane else x)
        breadth = _set_tracks(channel, x + 18)
        x += max(CHANNEL, breadth + 30)
        layout.middles.append(x + NODE_WIDTH / 2)
        x += NODE_WIDTH
    layout.lane_edges[-1] = x - NODE_WIDTH
    layout.middles.pop()


def _measure_down(layout: Layout, top: float, needs: Sequence[float]) -> None:
    """Level channels get their tracks and thereby all rows their places."""
    plan = layout.plan
    channels: list[list[Track]] = [[] for _ in range(plan.rows + 1)]
    for line in layout.lines:
        if line.way is not Way.STRAIGHT or line.words:
            line.across = _track_across(layout, line)
            channels[line.level].append(line.across)
    y = top
    for row, channel in enumerate(channels):
        breadth = _set_tracks(channel, y + (ABOVE if row else 4))
        y += breadth + (ABOVE + BELOW - TRACK if row else 14)
        if row < plan.rows:
            inside = [node for node in plan.nodes.values() if node.row == row]
            layout.tops.append(y)
            layout.heights.append(max(node.height for node in inside))
            y += max(layout.heights[-1], needs[row] - ABOVE - BELOW)
            for node in inside:
                layout.boxes[node.key] = _rect(layout, node)
    layout.bottom = y


def _rect(layout: Layout, node: Node) -> Rect:
    x = layout.middles[node.lane] - NODE_WIDTH / 2
    spare = 0 if node.kind is Kind.STEP else (layout.heights[node.row] - node.height) / 2
    if node.kind is Kind.END:
        spare = 0
    return Rect(x, layout.tops[node.row] + spare, NODE_WIDTH, node.height)


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


def _set_tracks(tracks: list[Track], start: float) -> float:
    """Give every track its place from ``start`` on; how broad they are together."""
    order = _ordered(tracks)
    ranks: list[list[Track]] = []
    for i, track in enumerate(order):
        before = [rank for rank, group in enumerate(ranks) if _overlap(track, group, order[:i])]
        rank = max(before, default=-1) + 1
        if rank == len(ranks):
            ranks.append([])
        ranks[rank].append(track)
    breadth = 0.0
    for group in ranks:
        broad = max(track.breadth for track in group)
        for track in group:
            track.at = start + breadth + broad / 2 - TRACK / 2
        breadth += broad
    return breadth


def _overlap(track: Track, group: Iterable[Track], before: Sequence[Track]) -> bool:
    return any(
        other.lo <= track.hi + 4 and track.lo <= other.hi + 4 for other in group if other in before
    )


def _ordered(tracks: list[Track]) -> list[Track]:
    """Neighbours change places for as long as that saves a crossing."""
    order = sorted(tracks, key=lambda track: (track.lo, track.hi))
    is_better = True
    while is_better:
        is_better = False
        for i in range(len(order) - 1):
            one, two = order[i], order[i + 1]
            if _crossings(two, one) < _crossings(one, two):
                order[i], order[i + 1] = two, one
                is_better = True
    return order


def _crossings(first: Track, second: Track) -> int:
    """How often two tracks cross when the first lies before the second."""
    return sum(side > 0 and second.lo <= at <= second.hi for at, side in first.ends) + sum(
        side < 0 and first.lo <= at <= first.hi for at, side in second.ends
    )


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


def _place_labels(layout: Layout) -> None:
    """Every label on the level part of its line, where nothing else runs, near the source."""
    taken: list[Rect] = []
    for line in layout.lines:
        if not line.words:
            continue
        assert line.across is not None
        wide, high = label_width(line.words), LABEL_LINE * len(line.words) + 1.0
        x0, x1 = line.points[0][0], line.points[min(2, len(line.points) - 1)][0]
        y = line.across.at - high / 2
        others = [each for each in layout.lines if each is not line]
        rects = [Rect(x, y, wide, high) for x in _label_places(x0, x1, wide)]
        line.label = min(rects, key=lambda rect: _hits(rect, others, taken))
        taken.append(line.label)


def _label_places(x0: float, x1: float, wide: float) -> list[float]:
    """Where the left end of a label may be, the best first."""
    room = abs(x1 - x0) - wide - 12
    if room < 0:
        return [(x0 + x1 - wide) / 2]
    steps = [min(room, each * 12.0) for each in range(int(room / 12) + 2)]
    return [x0 + 6 + s if x1 > x0 else x0 - 6 - wide - s for s in steps]


def _hits(rect: Rect, lines: Iterable[Line], taken: Iterable[Rect]) -> int:
    """How many other lines and labels a label would lie on."""
    on_lines = sum(
        rect.meets(Rect(min(a, c), min(b, d), abs(c - a), abs(d - b)), 1)
        for line in lines
        for (a, b), (c, d) in zip(line.points, line.points[1:], strict=False)
    )
    return on_lines + sum(rect.meets(each, 1) for each in taken)
