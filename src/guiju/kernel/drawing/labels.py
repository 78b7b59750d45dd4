"""Labels: each on the level part of its own line, near the source, and on nothing else."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from guiju.kernel.drawing.ink import Rect
from guiju.kernel.drawing.line import Line

APART = 1.0  # between a label and whatever is not its own line
STEP = 5.0  # between two places that are tried

# What a label may not lie on: whose it is, from and to across, from and to down.
Stretch = tuple[Line | None, float, float, float, float]


def place_labels(lines: Sequence[Line], begins: Sequence[float]) -> dict[tuple[int, int], float]:
    """Put every label on its line; the room that is lacking, by upright channel and side.

    ``begins`` are the heights at which the level channels begin; what lies in another
    channel than a label cannot meet it.
    """
    near = _by_channel(lines, begins)
    wider: dict[tuple[int, int], float] = {}
    for line in lines:
        if line.words:
            others = near[line.course.level]
            line.label, lack = _place(line, others)
            others.append(_stretch(None, line.label))
            turn = 1 if line.points[2:] and line.points[2][0] > line.points[0][0] else -1
            if lack > 0:
                channel = line.source.lane + (turn > 0), -turn
                wider[channel] = max(lack, wider.get(channel, 0))
    return wider


def _by_channel(lines: Sequence[Line], begins: Sequence[float]) -> dict[int, list[Stretch]]:
    """Every stretch of every line, by the level channels of labels that it comes near."""
    near: dict[int, list[Stretch]] = {line.course.level: [] for line in lines if line.words}
    for line in lines:
        for part in line.stretches:
            stretch = _stretch(line, part)
            first = max(bisect_right(begins, part.y) - 1, 0)
            for level in range(first, bisect_left(begins, part.y + part.h + 20)):
                if level in near:
                    near[level].append(stretch)
    return near


def _stretch(line: Line | None, part: Rect) -> Stretch:
    return line, part.x - APART, part.x + part.w + APART, part.y - APART, part.y + part.h + APART


def _place(line: Line, others: list[Stretch]) -> tuple[Rect, float]:
    """The first place that is free, or the one with the fewest others and what it lacks."""
    assert line.across is not None
    wide, high = line.label_size
    x0, x1 = line.points[0][0], line.points[min(2, len(line.points) - 1)][0]
    y = line.across.at - high / 2
    spans = [
        (lo, hi)
        for owner, lo, hi, top, foot in others
        if top < y + high and y < foot and owner is not line
    ]
    left, right = min(x0, x1) - wide, max(x0, x1) + wide
    near = [(lo, hi) for lo, hi in spans if lo < right and left < hi]
    best, fewest = x0, len(near) + 1
    for x in _starts(x0, x1, wide):
        hits = sum(lo < x + wide and x < hi for lo, hi in near)
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


def _starts(x0: float, x1: float, wide: float) -> Iterator[float]:
    """Where the left end of a label may be, the best first."""
    room = abs(x1 - x0) - wide - 6
    if room < 0:
        yield (x0 + x1 - wide) / 2
        return
    for each in range(int(room / STEP) + 2):
        step = 3 + min(each * STEP, room)
        yield x0 + step if x1 > x0 else x0 - wide - step
