"""Where the shapes of a power's model stand: lanes from top to bottom, time from left to right.

The same rule as in the power's own drawing (``kernel.drawing.plan``), turned on its side as
other tools expect: lanes in the order of posts, a node right of all that lead to it and come
before it; whatever leads back is a loop. But the nodes are those of BPMN, which needs gateways
that our own drawing does not show. A line leaves to the right, runs in the channel beside its
column and in the gap above the row of its target, and comes in from the left; so it crosses
lines, never shapes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

POOL_HEAD, LANE_HEAD = 30, 30
COLUMN, ROW = 190, 140
CHANNEL = 70  # between two columns, for lines that go up and down
GAP = 40  # between two rows, for lines that go far
APART = 7  # between two lines side by side
LEFT, TOP = 160, 80
SIZES = {"event": (36, 36), "gateway": (50, 50), "task": (110, 80)}


@dataclass(frozen=True, slots=True)
class Box:
    """A shape's place, in pixels, y downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """The height at which lines leave and come in."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Spot:
    """A node to be placed; what is ``on`` another stands on its lower border."""

    id: str
    size: str
    lane: int
    on: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A flow to be routed."""

    id: str
    source: str
    target: str


@dataclass(slots=True)
class Layout:
    """All places: of the pool, its lanes, its nodes, and the corners of its lines."""

    pool: Box
    lanes: tuple[Box, ...]
    boxes: dict[str, Box]
    lines: dict[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)


def layout_of(spots: Iterable[Spot], lines: Iterable[Line], lanes: int) -> Layout:
    """Place nodes, in the order in which they are to stand, and route lines."""
    spots, lines = list(spots), list(lines)
    columns = _columns(spots, lines)
    rows: dict[str, int] = {}
    heights = [1] * lanes
    used: dict[tuple[int, int], int] = {}
    for spot in spots:
        if not spot.on:
            row = used.get((spot.lane, columns[spot.id]), 0)
            used[spot.lane, columns[spot.id]] = row + 1
            rows[spot.id] = row
            heights[spot.lane] = max(heights[spot.lane], row + 1)
    tops = [TOP + ROW * sum(heights[:lane]) for lane in range(lanes)]
    boxes = _boxes(spots, columns, rows, tops)
    width = POOL_HEAD + LANE_HEAD + COLUMN * (1 + max(columns.values(), default=0))
    pool = Box(LEFT, TOP, width, ROW * sum(heights))
    bands = tuple(
        Box(LEFT + POOL_HEAD, top, width - POOL_HEAD, ROW * height)
        for top, height in zip(tops, heights, strict=True)
    )
    layout = Layout(pool, bands, boxes)
    router = _Router()
    for line in lines:
        layout.lines[line.id] = router.corners(boxes[line.source], boxes[line.target])
    return layout


def _columns(spots: list[Spot], lines: list[Line]) -> dict[str, int]:
    """How many columns from the left each node stands."""
    order = {spot.id: number for number, spot in enumerate(spots)}
    hosts = {spot.id: spot.on or spot.id for spot in spots}
    columns = dict.fromkeys(order, 0)
    for _ in spots:  # as often as the longest way may be long
        is_settled = True
        for line in lines:
            source, target = hosts[line.source], line.target
            is_forward = order[source] < order[target]
            if is_forward and columns[target] <= columns[source]:
                columns[target], is_settled = columns[source] + 1, False
        if is_settled:
            break
    return {id_: columns[hosts[id_]] for id_ in order}


def _boxes(
    spots: list[Spot], columns: dict[str, int], rows: dict[str, int], tops: list[int]
) -> dict[str, Box]:
    boxes: dict[str, Box] = {}
    beside: dict[str, int] = {}
    for spot in spots:
        width, height = SIZES[spot.size]
        if spot.on:
            host = boxes[spot.on]
            number = beside[spot.on] = beside.get(spot.on, 0) + 1
            x = host.x + host.width - number * (width + 2)
            boxes[spot.id] = Box(x, host.y + host.height - height / 2, width, height)
            continue
        x = LEFT + POOL_HEAD + LANE_HEAD + COLUMN * columns[spot.id]
        x += (COLUMN - CHANNEL - width) / 2
        y = tops[spot.lane] + ROW * rows[spot.id] + GAP / 2 + (ROW - GAP / 2 - height) / 2
        boxes[spot.id] = Box(x, y, width, height)
    return boxes


class _Router:
    """Lines being routed; no two run on top of each other where they go up, down or far."""

    def __init__(self) -> None:
        self.tracks: dict[tuple[str, float], list[list[tuple[float, float]]]] = {}

    def corners(self, source: Box, target: Box) -> tuple[tuple[float, float], ...]:
        """The corners of a line."""
        start, end = (source.x + source.width, source.middle), (target.x, target.middle)
        left = _channel(_column(target.x) - 1)
        if _column(target.x) == _column(source.x) + 1:
            if start[1] == end[1]:
                return start, end
            left = self.track("channel", left, start[1], end[1])
            return start, (left, start[1]), (left, end[1]), end
        right, row = _channel(_column(source.x)), _row_top(target.y)
        above = row + APART / 2 * self.free("row", row, right, left)
        right = self.track("channel", right, start[1], above)
        left = self.track("channel", left, above, end[1])
        return start, (right, start[1]), (right, above), (left, above), (left, end[1]), end

    def track(self, way: str, at: float, one: float, other: float) -> float:
        """A place beside the middle of a channel: 0, 1, -1, 2, -2 … tracks away from it."""
        number = self.free(way, at, one, other)
        aside = (number + 1) // 2 * (1 if number % 2 else -1)
        return at + max(-CHANNEL / 2 + 3, min(CHANNEL / 2 - 3, aside * APART))

    def free(self, way: str, at: float, one: float, other: float) -> int:
        """The first track of a way that is free between two points; it is taken."""
        span = min(one, other) - APART, max(one, other) + APART
        tracks = self.tracks.setdefault((way, at), [])
        for number, taken in enumerate(tracks):
            if all(span[1] <= start or end <= span[0] for start, end in taken):
                taken.append(span)
                return number
        tracks.append([span])
        return len(tracks) - 1


def _column(x: float) -> int:
    return int((x - LEFT - POOL_HEAD - LANE_HEAD) // COLUMN)


def _channel(column: int) -> float:
    """The middle of the channel right of a column."""
    return LEFT + POOL_HEAD + LANE_HEAD + COLUMN * (column + 1) - CHANNEL / 2


def _row_top(y: float) -> float:
    """Just below the upper edge of the row in which something stands."""
    return TOP + ROW * ((y - TOP) // ROW) + 4
