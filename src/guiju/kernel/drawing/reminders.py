"""The names of lanes once more, where a long chart would leave them off the screen."""

from collections.abc import Iterator, Sequence

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
        filled += [*line.stretches(), *([line.label] if line.label else [])]
    parts = []
    for number in range(1, count + 1):
        start = top + number * EVERY
        near = [each for each in filled if start - 60 < each.y + each.h and each.y < start + 600]
        for lane, lines in enumerate(heads):
            left, right = layout.lane_edges[lane : lane + 2]
            mine = [each for each in near if each.x <= right and left <= each.x + each.w]
            place = next(
                (p for p in _places(layout, lane, lines, start) if _is_free(p, mine)), None
            )
            parts += _drawn(place, lines) if place else []
    return "".join(parts)


def _places(layout: Layout, lane: int, lines: tuple[str, ...], start: float) -> Iterator[Rect]:
    """Where a name may stand: in the middle of its lane, else at its edges."""
    wide, high = max(width(each, SIZE) for each in lines), LINE_HEIGHT * len(lines)
    left, right = layout.lane_edges[lane], layout.lane_edges[lane + 1]
    middle = layout.middles[lane] - wide / 2
    for i in range(int(SEARCH / STEP)):
        for x in (middle, left + 6, right - wide - 6):
            yield Rect(x, start + i * STEP, wide, high)


def _is_free(place: Rect, filled: list[Rect]) -> bool:
    return not any(place.meets(each, CLEAR) for each in filled)


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
