"""The courses that a line may take through the grid, and the choice that crosses least.

Between two rows runs a level channel, between two lanes an upright one; lines run in the
channels and through empty cells only, so that none can ever pass through a box:

    straight  down through empty cells of its own lane
    cross     down through empty cells to a level channel, across, down to the target
    lift      for a loop to a row just above: out of the top, across, up into the target
    side      into the channel below, across, up or down beside the target, into its side
    round     into the channel below, across, up or down, across above the target, down

Into the empty drawing comes one line after the other, the shortest first, each on the course
that reads best, or where that crosses another line, on the one with the fewest crossings. Then
each line that crosses another is moved likewise, until no single line could do better. What is
counted is what the grid decides: a line through a channel that another fills, and two lines in
one channel that cross whichever of them goes first. ``ports`` and ``tracks`` see to it that
nothing else crosses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from itertools import pairwise
from math import inf

from guiju.kernel.drawing.plan import Plan

ROUNDS_MAX = 10  # of the search; two or three are usual
LIFT_MAX = 3  # rows that a line may climb straight up
LEVELS_MAX = 6  # level channels that are tried for one line
OUT = 0.2  # how far from the middle of a lane lines leave a box
INTO = 0.4  # and how far they reach it; what comes in stands outside of what goes out
UP = 0.4  # how far below the middle of a row lines from below reach a side
HEIGHT = 0.0001  # between two lines that reach a side
BEND = 2  # what a bend weighs against a lane of length

Cell = tuple[int, int]  # lane and row


class Way(Enum):
    """How a line runs."""

    STRAIGHT = auto()
    CROSS = auto()
    LIFT = auto()
    SIDE = auto()
    ROUND = auto()


@dataclass(frozen=True, slots=True)
class Grid:
    """All that courses depend on."""

    lanes: int
    rows: int
    taken: frozenset[Cell]


@dataclass(frozen=True, slots=True)
class Course:
    """A way with its channels; level channel r lies above row r, upright c left of lane c."""

    way: Way
    level: int
    upright: int = -1
    last: int = -1  # the level channel above the target of a line that goes round


# What a line takes of a channel: from, to, and its ends with the side they turn to.
Part = tuple[float, float, tuple[tuple[float, int], tuple[float, int]]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a course takes of the grid."""

    uprights: list[tuple[int, int, int]]  # x, and the y that it passes: from, up to
    levels: list[tuple[int, int, int]]  # y, and the x that it passes
    channels: list[tuple[int, Part]]  # what it takes of each channel; upright ones are negative


class Traced:
    """A course on a grid where lane n is 2n+1, row n is 2n+1, and channel n is 2n."""

    def __init__(self, course: Course, points: list[tuple[int, int]], entry: float) -> None:
        self.course, self.points, self.entry = course, points, entry
        long = sum(abs(a - c) + abs(b - d) / 2 for (a, b), (c, d) in pairwise(points))
        self.weight = long + BEND * len(points)

    @cached_property
    def parts(self) -> Parts:
        """Found when it is tried: most courses never are."""
        return _parts(self.points, self.entry)


@dataclass(slots=True)
class Board:
    """Where lines are, so that the crossings of one more are counted quickly."""

    through: list[list[int]]  # [y][x]: how many upright lines pass level channel y at x
    over: list[list[int]]  # [x][y]: how many level lines in channel y pass over x
    channels: dict[int, list[Part]] = field(default_factory=dict)

    def put(self, line: Traced, count: int) -> None:
        """Add a line, or with -1 take it away."""
        for x, lo, hi in line.parts.uprights:
            for y in range(lo, hi):
                self.through[y][x] += count
        for y, lo, hi in line.parts.levels:
            for x in range(lo, hi):
                self.over[x][y] += count
        for channel, part in line.parts.channels:
            parts = self.channels.setdefault(channel, [])
            if count > 0:
                parts.append(part)
            else:
                parts.remove(part)

    def crossings(self, line: Traced, enough: float = inf) -> int:
        """How many lines this one crosses, itself never; nobody counts beyond ``enough``."""
        found = 0
        for y, lo, hi in line.parts.levels:
            found += sum(self.through[y][lo:hi])
        for x, lo, hi in line.parts.uprights:
            found += sum(self.over[x][lo:hi])
        for channel, part in line.parts.channels:
            if found >= enough:
                break
            lo_, hi_, _ = part
            for other in self.channels.get(channel, ()):
                if lo_ < other[1] and other[0] < hi_:
                    one = _conflict(part, other)
                    found += one and min(one, _conflict(other, part))
        return found


def _conflict(first: Part, second: Part) -> int:
    """How often two lines in a channel cross when the first lies before the second.

    Where both turn away at one corner, the first onwards and the second back, they cross.
    """
    lo, hi, ((a, a_side), (b, b_side)) = first
    low, high, ((c, c_side), (d, d_side)) = second
    found = (a_side > 0 and low < a < high) + (b_side > 0 and low < b < high)
    found += (c_side < 0 and lo < c < hi) + (d_side < 0 and lo < d < hi)
    if lo == low:
        found += (a_side if a < b else b_side) > 0 and (c_side if c < d else d_side) < 0
    if hi == high:
        found += (b_side if a < b else a_side) > 0 and (d_side if c < d else c_side) < 0
    return found


def grid_of(plan: Plan) -> Grid:
    """The grid of a plan, without what stands on it."""
    return Grid(len(plan.lanes), plan.rows, frozenset(plan.cells))


def chosen(plan: Plan, ends: Sequence[tuple[Cell, Cell]]) -> tuple[Course, ...]:
    """One course for each pair of source and target."""
    grid = grid_of(plan)
    options = [_Options(grid, *each) for each in ends]
    return tuple(each.course for each in _Search(grid, options).now)


class _Options:
    """The courses of one line, found and put on the grid when they are asked for."""

    def __init__(self, grid: Grid, source: Cell, target: Cell) -> None:
        self.ends = source, target
        self.others = courses(grid, source, target)
        self.first = _traced(next(self.others), source, target)

    @cached_property
    def all(self) -> list[Traced]:
        """Every course, the lightest first."""
        others = [_traced(course, *self.ends) for course in self.others]
        return sorted([self.first, *others], key=lambda each: each.weight)


class _Search:
    """A descent from an empty drawing, the shortest line first: the long ones see them all."""

    def __init__(self, grid: Grid, options: list[_Options]) -> None:
        width, height = 2 * grid.lanes + 2, 2 * grid.rows + 2
        self.board = Board(
            [[0] * width for _ in range(height)], [[0] * height for _ in range(width)]
        )
        self.options = options
        self.now = [each.first for each in options]
        order = sorted(range(len(options)), key=lambda i: options[i].first.weight)
        for i in order:
            self.now[i] = self._best(i, self.board.crossings(self.now[i]))
            self.board.put(self.now[i], 1)
        self.moves = 0
        self.seen = [-1] * len(options)  # how many moves there had been when a line was tried
        for _ in range(ROUNDS_MAX):
            before = self.moves
            for i in order:
                if self.seen[i] != self.moves:
                    self._move(i)
            if self.moves == before:
                break

    def _best(self, i: int, crossings: int) -> Traced:
        """The lightest of the courses that cross least; the line's own crosses so often."""
        best, fewest = self.now[i], crossings + 1
        for each in self.options[i].all if crossings else ():
            found = self.board.crossings(each, fewest)
            if found < fewest:
                best, fewest = each, found
            if not found:
                break
        return best

    def _move(self, i: int) -> None:
        """Move a line that crosses others to its best course."""
        before = self.now[i]
        crossings = self.board.crossings(before)
        if crossings:
            self.board.put(before, -1)
            self.now[i] = self._best(i, crossings)
            self.board.put(self.now[i], 1)
        self.moves += self.now[i] is not before
        self.seen[i] = self.moves


def courses(grid: Grid, source: Cell, target: Cell) -> Iterator[Course]:
    """All courses from cell to cell, the one that reads best first."""
    (lane, row), (to, to_row) = source, target
    near = to + (lane >= to)
    below = row + 1
    if lane == to and to_row >= below and _is_free(grid, to, below, to_row):
        yield Course(Way.STRAIGHT, below)
        return
    yield from _direct(grid, source, target)
    yield from (Course(Way.SIDE, below, upright) for upright in (near, 2 * to + 1 - near))
    if to_row != below:
        for upright in dict.fromkeys((near, to, to + 1, lane, lane + 1, 0, grid.lanes)):
            yield Course(Way.ROUND, below, upright, to_row)


def _is_free(grid: Grid, lane: int, start: int, end: int) -> bool:
    """Whether no node of a lane stands in rows from start up to but not including end."""
    return not any((lane, row) in grid.taken for row in range(start, end))


def _direct(grid: Grid, source: Cell, target: Cell) -> Iterator[Course]:
    """The courses through one level channel: at once, as late as possible, between."""
    if source[0] == target[0] or source[1] == target[1]:
        return
    is_up = target[1] < source[1]
    if is_up and source[1] - target[1] > LIFT_MAX:
        return
    way = Way.LIFT if is_up else Way.CROSS
    (over, top), (under, foot) = (target, source) if is_up else (source, target)
    levels = range(top + 1, foot + 1)
    for level in list(dict.fromkeys((levels[0], levels[-1], *levels)))[:LEVELS_MAX]:
        if _is_free(grid, over, top + 1, level) and _is_free(grid, under, level, foot):
            yield Course(way, level)


def _traced(course: Course, source: Cell, target: Cell) -> Traced:
    """Put a course on the grid of lanes, rows and channels."""
    start, end = (
        (2 * source[0] + 1, 2 * source[1] + 1),
        (2 * target[0] + 1, 2 * target[1] + 1),
    )
    y, x, last = 2 * course.level, 2 * course.upright, 2 * course.last
    entry = 0.0
    match course.way:
        case Way.STRAIGHT:
            points = [start, end]
        case Way.CROSS | Way.LIFT:
            points = [start, (start[0], y), (end[0], y), end]
        case Way.SIDE:
            points = [start, (start[0], y), (x, y), (x, end[1]), end]
            is_up, place = height_order(course, source, target)
            entry = is_up * UP + place * HEIGHT
        case Way.ROUND:
            points = [start, (start[0], y), (x, y), (x, last), (end[0], last), end]
    return Traced(course, points, entry)


def height_order(course: Course, source: Cell, target: Cell) -> tuple[bool, int]:
    """Where in its row a line reaches a side: the smaller, the higher.

    Lines from above come in above those from below, and the shortest of each is innermost.
    """
    is_folded = (source[0] < course.upright) == (target[0] < course.upright)
    return course.level > target[1], -course.level if is_folded else course.level


def _parts(points: list[tuple[int, int]], entry: float) -> Parts:
    parts = Parts([], [], [])
    for i, ((a, b), (c, d)) in enumerate(pairwise(points)):
        if a == c:
            lo, hi = (b, d) if b < d else (d, b)
            if hi - lo > 1:
                parts.uprights.append((a, lo + 1, hi))
            if a % 2 == 0:
                begin, side = _sign(points[i - 1][0] - a), _sign(points[i + 2][0] - c)
                foot = d + entry
                part = min(b, foot), max(b, foot), ((b, begin), (foot, side))
                parts.channels.append((-1 - a, part))
        elif b % 2 == 0:
            lo, hi = (a, c) if a < c else (c, a)
            if hi - lo > 1:
                parts.levels.append((b, lo + 1, hi))
            to = _sign(c - a)
            start = a + to * OUT if a % 2 else a
            end = c - to * INTO if c % 2 else c
            ends = (start, _sign(points[i - 1][1] - b)), (end, _sign(points[i + 2][1] - d))
            parts.channels.append((b, (min(start, end), max(start, end), ends)))
    return parts


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
