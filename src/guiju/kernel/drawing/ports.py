"""Ports: the places where lines leave and reach boxes.

Lines that touch the same gap between two boxes of a lane get places of their own, in the
order in which they turn away, so that lines out of one box do not cross each other. Lines
into the same side of a row get heights of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guiju.kernel.drawing.courses import Way, height_order
from guiju.kernel.drawing.line import Line
from guiju.kernel.drawing.plan import Node, Plan

REACH = 44  # how far from the middle of a box lines may touch it
STEP = 18.0  # between two ports, if there is room
LANE = 1000  # more than there are rows
OUTSIDE = 1000 * LANE  # beyond all that goes the other way up or down


@dataclass(frozen=True, slots=True)
class Touch:
    """Where a line touches the top or the bottom of a box."""

    line: Line
    node: Node
    is_out: bool  # leaves the box
    is_below: bool  # at the bottom of the box
    reach: tuple[int, int]  # the level channels that it runs through in this lane
    order: tuple[int, int, int, int]  # from left to right


def share_gaps(plan: Plan, lines: Sequence[Line]) -> None:
    """Give every line that ends at a top or a bottom a place of its own there."""
    for touches in _gaps(plan, lines).values():
        touches.sort(key=lambda touch: touch.order)
        straight = [i for i, each in enumerate(touches) if each.line.way is Way.STRAIGHT]
        for touch, place in zip(touches, _places(len(touches), straight), strict=True):
            if touch.is_out:
                touch.line.out = place
            else:
                touch.line.into = place


def share_sides(lines: Sequence[Line]) -> None:
    """Give every line that reaches a side a height of its own, from the top of the row."""
    sides: dict[tuple[int, int], list[Line]] = {}
    for line in lines:
        if line.way is Way.SIDE:
            sides.setdefault((line.target.row, line.course.upright), []).append(line)
    for group in sides.values():
        group.sort(key=lambda line: height_order(line.course, line.source.cell, line.target.cell))
        half = min(line.target.height for line in group) / 2
        for line, place in zip(group, _places(len(group), (), half - 6), strict=True):
            line.into = half + place


def _gaps(plan: Plan, lines: Sequence[Line]) -> dict[tuple[int, int, bool], list[Touch]]:
    """Where lines touch boxes from above or below, by gap between two boxes of a lane.

    Those at the upper box and those at the lower one share their places only if two of
    them run through the same channel.
    """
    gaps: dict[tuple[int, int, bool], list[Touch]] = {}
    for line in lines:
        for touch in _touches(line):
            row = _next_row(plan, touch.node) if touch.is_below else touch.node.row
            gaps.setdefault((touch.node.lane, row, touch.is_below), []).append(touch)
    for lane, row, is_below in [*gaps]:
        above, below = gaps.get((lane, row, True)), gaps.get((lane, row, False))
        if not is_below and above and below and _meet(above, below):
            below += gaps.pop((lane, row, True))
    return gaps


def _meet(above: list[Touch], below: list[Touch]) -> bool:
    return max(each.reach[1] for each in above) >= min(each.reach[0] for each in below)


def _touches(line: Line) -> Iterator[Touch]:
    """Both ends of a line, as far as they are at a top or a bottom.

    What turns soonest stands outermost, and of two that turn in one channel the one that
    goes farther; what goes back up goes outside everything else.
    """
    source, target, level = line.source, line.target, line.course.level
    if line.way is Way.STRAIGHT:
        reach = source.row + 1, target.row
        yield Touch(line, source, True, True, reach, (0, 0, 0, 0))
        return
    turn, far = _turn(line, source)
    if line.way is Way.LIFT:
        order = (turn, turn, turn * level, turn * far)
        yield Touch(line, source, True, False, (level, source.row), order)
        order = (-turn, 0, turn * level, -turn * far)
        yield Touch(line, target, False, True, (target.row + 1, level), order)
        return
    order = (turn, 0, -turn * level, turn * far)
    yield Touch(line, source, True, True, (source.row + 1, level), order)
    if line.way is Way.SIDE:
        return
    last = level
    side, near = -turn, far
    if line.way is Way.ROUND:
        last = line.course.last
        side, near = _turn(line, target)
    yield Touch(
        line, target, False, False, (last, target.row), (side, side, side * last, side * near)
    )


def _turn(line: Line, node: Node) -> tuple[int, int]:
    """To which side of a node a line lies, and how far outside its port belongs."""
    source, target, course = line.source, line.target, line.course
    if line.way in (Way.CROSS, Way.LIFT):
        lanes = target.lane - source.lane
        return (1 if lanes > 0 else -1), abs(lanes) * LANE + abs(target.row - source.row)
    turn = 1 if course.upright > node.lane else -1
    far = abs(2 * course.upright - 2 * node.lane - 1) * LANE // 2
    end = target.row if line.way is Way.SIDE else course.last - 1
    fold = end if node is source else -course.level  # of two in one channel, which is outside
    if not line.is_folded:
        fold = -fold
    is_down = end >= course.level
    return turn, far + fold if is_down else OUTSIDE - far + fold


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
    step = min(STEP, reach / widest)
    return [(i - middle) * step for i in range(count)]
