"""The names of lanes once more, where a long chart would leave them off the screen."""

from collections.abc import Sequence
from math import ceil

from guiju.kernel.drawing.ink import LINE, Rect, box, label, width
from guiju.kernel.drawing.pieces import HEAD_FILL, MARGIN
from guiju.kernel.drawing.plan import LINE_HEIGHT
from guiju.kernel.drawing.route import Layout

EVERY = 800.0  # about a screen
SEARCH = 500.0  # how far down a free place is looked for
STEP = 16.0
SIZE = 12
CLEAR = 9.0
LONG = 2000.0  # shorter charts do without


def drawn_reminders(layout: Layout, heads: Sequence[tuple[str, ...]], top: float) -> str:
    """Names of lanes in free places, once a screen from the second on."""
    count = int((layout.bottom - top - SEARCH / 2) / EVERY)
    if layout.bottom - top < LONG:
        return ""
    filled = list(layout.boxes.values())
    for line in layout.lines:
        filled += [*line.stretches, *([line.label] if line.label else [])]
    parts = []
    filled.sort(key=lambda each: each.y)
    for lane, lines in enumerate(heads):
        wide, high = max(width(each, SIZE) for each in lines), LINE_HEIGHT * len(lines)
        left, right = layout.lane_edges[lane : lane + 2]
        mine = [each for each in filled if each.x <= right and left <= each.x + each.w]
        columns = [
            (x, _spans(mine, x - CLEAR, x + wide + CLEAR))
            for x in (layout.middles[lane] - wide / 2, left + 6, right - wide - 6)
        ]
        for number in range(1, count + 1):
            start = top + number * EVERY
            tried = [(_free_from(start, high, spans), x) for x, spans in columns]
            y, x = min(tried, key=lambda each: each[0])  # of two alike the first, the middle
            if y < start + SEARCH:
                parts += _drawn(Rect(x, y, wide, high), lines)
    return "".join(parts)


def _spans(filled: list[Rect], left: float, right: float) -> list[tuple[float, float]]:
    """The heights between which something stands in a column, from top to bottom."""
    return [
        (each.y - CLEAR, each.y + each.h + CLEAR)
        for each in filled
        if each.x < right and left < each.x + each.w
    ]


def _free_from(start: float, high: float, spans: list[tuple[float, float]]) -> float:
    """Where a column is free for so much height, some steps below ``start``."""
    y = start
    for top, bottom in spans:
        if top >= y + high:
            break
        if y < bottom:
            y = start + ceil((bottom - start) / STEP) * STEP
    return y


def _drawn(place: Rect, lines: tuple[str, ...]) -> list[str]:
    ground = Rect(place.x + MARGIN - 5, place.y - 2, place.w + 10, place.h + 3)
    return [box(ground, rx=3, fill=HEAD_FILL)] + [
        label(
            words,
            place.middle + MARGIN,
            place.y + LINE_HEIGHT * i + SIZE + 1,
            SIZE,
            fill=LINE,
            text_anchor="middle",
        )
        for i, words in enumerate(lines)
    ]
