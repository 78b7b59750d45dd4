"""Labels: each on the level part of its own line, near the source, and on nothing else."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from guiju.kernel.drawing.ink import Rect
from guiju.kernel.drawing.line import Line

APART = 1.0  # between a label and whatever is not its own line
STEP = 5.0  # between two places that are tried


def place_labels(lines: Sequence[Line], begins: Sequence[float]) -> dict[tuple[int, int], float]:
    """Put every label on its line; the room that is lacking, by upright channel and side.

    ``begins`` are the heights at which the level channels begin; what lies in another
    channel than a label cannot meet it.
    """
    near = _by_channel(lines, begins)
    taken: dict[int, list[Rect]] = {}
    wider: dict[tuple[int, int], float] = {}
    for line in lines:
        if line.words:
            level = line.course.level
            others = [part for owner, part in near[level] if owner is not line]
            labels = taken.setdefault(level, [])
            line.label, lack = _place(line, [*others, *labels])
            labels.append(line.label)
            turn = 1 if line.points[2:] and line.points[2][0] > line.points[0][0] else -1
            if lack > 0:
                channel = line.source.lane + (turn > 0), -turn
                wider[channel] = max(lack, wider.get(channel, 0))
    return wider


def _by_channel(lines: Sequence[Line], begins: Sequence[float]) -> list[list[tuple[Line, Rect]]]:
    """Every stretch of every line, in each level channel that it touches or stands next to."""
    near: list[list[tuple[Line, Rect]]] = [[] for _ in begins]
    for line in lines:
        for part in line.stretches():
            first = max(bisect_right(begins, part.y) - 1, 0)
            last = bisect_left(begins, part.y + part.h + 20)
            for level in range(first, last):
                near[level].append((line, part))
    return near


def _place(line: Line, others: list[Rect]) -> tuple[Rect, float]:
    """The first place that is free, or the one with the fewest others and what it lacks."""
    assert line.across is not None
    wide, high = line.label_size
    x0, x1 = line.points[0][0], line.points[min(2, len(line.points) - 1)][0]
    y = line.across.at - high / 2
    low, top = y + high + APART, y - APART
    spans = [(o.x - APART, o.x + o.w + APART) for o in others if o.y < low and top < o.y + o.h]
    best, fewest = x0, len(spans) + 1
    for x in _starts(x0, x1, wide):
        hits = sum(lo < x + wide and x < hi for lo, hi in spans)
        if hits < fewest:
            best, fewest = x, hits
        if hits == 0:
            break
    rect = Rect(best, y, wide, high)
    if fewest:
        return rect, _lack(x0, x1, wide, spans)
    # A label wider than the level part would hide both corners of a line that turns back.
    return rect, wide + 9 - abs(x1 - x0) if line.beside else 0


def _lack(x0: float, x1: float, wide: float, spans: list[tuple[float, float]]) -> float:
    """How much farther the next line would have to be for a label beside x0."""
    if x0 < x1:
        free = [lo + APART - x0 for lo, _ in spans if lo + APART > x0]
    else:
        free = [x0 - hi + APART for _, hi in spans if hi - APART < x0]
    return wide + 8 - min(free, default=wide + 8) if x0 != x1 else 0


def _starts(x0: float, x1: float, wide: float) -> list[float]:
    """Where the left end of a label may be, the best first."""
    room = abs(x1 - x0) - wide - 6
    if room < 0:
        return [(x0 + x1 - wide) / 2]
    steps = (min(3 + each * STEP, 3 + room) for each in range(int(room / STEP) + 2))
    return [x0 + step if x1 > x0 else x0 - wide - step for step in steps]
