"""Graphs as SVG: bars by light, lines of a trend, a spark; pure, and read without colour.

Every light has its own hatching and shape beside its colour, every line its own dash and mark,
so that a black-and-white print says the same. Text is text. A graph never stands alone: the page
puts the same numbers in a table beside it; a graph names itself in one sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from math import ceil

from guiju.kernel.drawing.ink import DARK, FAINT, FONTS, Rect, box, label, tag, width
from guiju.kernel.lights import Light


@dataclass(frozen=True, slots=True)
class Ink:
    """How a light is drawn: tint, lines on it, and its shape; the word is the light's own."""

    tint: str
    line: str
    hatch: str  # path in a tile of 8 × 8; "" leaves the tint plain
    shape: str
    word: str
    name: str


INKS = {
    Light.RED: Ink("#b3261e", "#b3261e", "", "■", "红·超期", "red"),
    Light.YELLOW: Ink(
        "#ffe58a", "#8a6d00", "M-2 2l4 -4M0 8l8 -8M6 10l4 -4", "▲", "黄·提醒", "yellow"
    ),
    Light.BLUE: Ink("#d6e4ff", "#1d4ed8", "", "●", "蓝·办理中", "blue"),
    Light.GREY: Ink("#eceff3", "#55606e", "M4 0v8", "‖", "灰·停止计时", "grey"),
    Light.GREEN: Ink("#d5efdc", "#1d6b35", "M2 4h1M6 0h1M6 8h1", "✔", "绿·按时", "green"),
}
ROW, BAR, SIZE, SMALL = 34, 22, 14, 12
LEAST = 3  # pixels of a bar that counts at least one
TICKS = (1, 2, 5, 10)
STROKES = ("#17456b", "#a84f00", "#1d6b35", "#b3261e", "#55606e")
MARKS = (
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "m-4 -4h8v8h-8z",
    "m0 -5l5 9h-10z",
    "m0 -6l5 6l-5 6l-5 -6z",
    "m0 5l5 -9h-10z",
)
DASHES = ("", "7 4", "2 3", "10 3 2 3", "1 5")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is of, and how many of each light."""

    label: str
    counts: tuple[tuple[Light, int], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a trend; None leaves a gap."""

    name: str
    values: tuple[int | None, ...]


def bars(name: str, title: str, rows: Sequence[Bar], wide: int = 720) -> str:
    """Bars from left to right, one for each row; ``name`` goes before every id of the page."""
    lights = [light for light in INKS if any(dict(row.counts).get(light) for row in rows)]
    room = min(wide * 0.36, max((width(row.label, SIZE) for row in rows), default=0) + 12)
    most = max((sum(n for _, n in row.counts) for row in rows), default=0) or 1
    span = wide - room - width(str(most), SIZE) - 16
    legend, top = _legend(name, lights, wide)
    body = [legend]
    for at, row in enumerate(rows):
        y = top + at * ROW
        shown = _shortened(row.label, room - 8)
        middle = y + ROW / 2 + SIZE * 0.36
        body.append(label(shown, room - 8, middle, SIZE, text_anchor="end"))
        body.append(_stack(name, row, Rect(room, y + (ROW - BAR) / 2, span, BAR), most))
    body.append(_rule(room, top, room, top + len(rows) * ROW))
    return _svg(name, title, (wide, top + len(rows) * ROW + 6), _hatches(name) + "".join(body))


def trend(
    name: str, title: str, days: Sequence[str], lines: Sequence[Line], size: tuple[int, int]
) -> str:
    """Lines over periods; ``days`` names the periods, each line ends with its own name.

    ``size`` is the width of the drawing and the height of its lines, without the days below.
    """
    (wide, high), left, top = size, 46, 14
    right = max(width(f"{line.name} 0000", SMALL) for line in lines) + 16
    top_value, step = scale(max((v for line in lines for v in line.values if v), default=0))
    plot = Rect(left, top, wide - left - right, high)
    across = plot.w / max(len(days) - 1, 1)
    body = []
    for value in range(0, top_value + 1, step):
        y = plot.y + plot.h * (1 - value / top_value)
        body.append(_rule(plot.x, y, plot.x + plot.w, y, faint=value > 0))
        body.append(label(str(value), plot.x - 6, y + 4, SMALL, text_anchor="end"))
    every = ceil(max((width(day, SMALL) for day in days), default=0) * 1.25 / across)
    for at, day in enumerate(days):
        if (len(days) - 1 - at) % every == 0:
            x = plot.x + at * across
            body.append(label(day, x, plot.y + plot.h + 20, SMALL, text_anchor="middle"))
    ends = [plot.y + plot.h * (1 - (_last(line) / top_value)) for line in lines]
    ends = _apart(ends, plot.y + plot.h)
    for at, line in enumerate(lines):
        body.append(_course(line, plot, (across, top_value), at))
        words = f"{line.name} {_last(line)}"
        body.append(label(words, plot.x + plot.w + 14, ends[at] + 4, SMALL, fill=STROKES[at]))
    return _svg(name, title, (wide, top + high + 30), "".join(body))


def spark(name: str, title: str, values: Sequence[int], wide: int = 120, high: int = 28) -> str:
    """A small line without axes; its last value has a dot."""
    most = max(values, default=0) or 1
    across = (wide - 10) / max(len(values) - 1, 1)
    points = [(4 + i * across, high - 4 - (high - 8) * v / most) for i, v in enumerate(values)]
    path = "".join(f"{'L' if i else 'M'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(points))
    body = tag("path", d=path, fill="none", stroke=STROKES[0], stroke_width=2)
    if points:
        body += tag("circle", cx=points[-1][0], cy=points[-1][1], r=3.5, fill=STROKES[0])
    return _svg(name, title, (wide, high), body)


def scale(most: int) -> tuple[int, int]:
    """The top of an axis and its step: at most five steps of 1, 2 or 5 times a power of ten."""
    size = 1
    while True:
        for tick in TICKS[:3]:
            step = tick * size
            if most <= 5 * step:
                return max(ceil(most / step), 1) * step, step
        size *= 10


def _stack(name: str, row: Bar, place: Rect, most: int) -> str:
    """One bar and its sum; a light that counts at least one is seen."""
    counts = dict(row.counts)
    shown = [(light, counts[light]) for light in INKS if counts.get(light)]
    sizes = [max(place.w * n / most, LEAST) for _, n in shown]
    too_long = sum(sizes) / place.w
    sizes = [size / too_long for size in sizes] if too_long > 1 else sizes
    parts = []
    for (light, n), size, x in zip(shown, sizes, accumulate(sizes, initial=place.x), strict=False):
        ink, part = INKS[light], Rect(x, place.y, size, place.h)
        parts.append(box(part, fill=ink.tint, stroke=ink.line, stroke_width=1))
        if ink.hatch:
            parts.append(box(part, fill=f"url(#{name}-{ink.name})"))
        words = str(n)
        if width(words, SMALL) + 8 < size:
            parts.append(_number(words, part, light))
    end = place.x + sum(sizes) + 6
    sum_ = str(sum(n for _, n in shown))
    return "".join(parts) + label(sum_, end, place.centre + 5, SIZE, font_weight="bold")


def _number(words: str, part: Rect, light: Light) -> str:
    """A count within its part; on hatching it has a ground of its own."""
    ink = INKS[light]
    long = width(words, SMALL)
    ground = ""
    if ink.hatch:
        ground = box(
            Rect(part.middle - long / 2 - 2, part.centre - 7, long + 4, 14), fill=ink.tint
        )
    colour = "#fff" if light is Light.RED else DARK
    return ground + label(
        words, part.middle, part.centre + 4, SMALL, text_anchor="middle", fill=colour
    )


def _course(line: Line, plot: Rect, scales: tuple[float, int], at: int) -> str:
    """A line with its marks; a gap begins it anew."""
    across, top_value = scales
    path, marks, pen = "", "", "M"
    for i, value in enumerate(line.values):
        if value is None:
            pen = "M"
            continue
        x, y = plot.x + i * across, plot.y + plot.h * (1 - value / top_value)
        path += f"{pen}{x:.1f} {y:.1f}"
        marks += _mark(at, x, y)
        pen = "L"
    drawn = tag("path", d=path, fill="none", stroke=STROKES[at], stroke_width=2.2)
    if DASHES[at]:
        drawn = drawn.replace("/>", f' stroke-dasharray="{DASHES[at]}"/>')
    return drawn + marks


def _mark(at: int, x: float, y: float) -> str:
    """The mark of a line, each of another shape."""
    return tag("path", d=f"M{x:.1f} {y:.1f}{MARKS[at]}", fill=STROKES[at], stroke="#fff")


def _apart(heights: Sequence[float], bottom: float) -> list[float]:
    """Heights of labels, moved until no two overlap, none below ``bottom``; order is kept."""
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    placed, lowest = list(heights), float("-inf")
    for i in order:
        placed[i] = lowest = max(heights[i], lowest + SMALL + 4)
    highest = bottom + SMALL + 4
    for i in reversed(order):
        placed[i] = highest = min(placed[i], highest - SMALL - 4)
    return placed


def _last(line: Line) -> int:
    return next((value for value in reversed(line.values) if value is not None), 0)


def _legend(name: str, lights: Sequence[Light], wide: int) -> tuple[str, float]:
    """Swatches with shape and word, and where what follows may begin."""
    x, y, parts = 2.0, 6.0, []
    for light in lights:
        ink = INKS[light]
        words = f"{ink.shape} {ink.word}"
        long = 24 + width(words, SMALL) + 16
        if x + long > wide:
            x, y = 2.0, y + 22
        swatch = Rect(x, y, 18, 14)
        parts.append(box(swatch, fill=ink.tint, stroke=ink.line))
        if ink.hatch:
            parts.append(box(swatch, fill=f"url(#{name}-{ink.name})"))
        parts.append(label(words, x + 24, y + 12, SMALL))
        x += long
    return "".join(parts), y + 26


def _hatches(name: str) -> str:
    patterns = [
        tag(
            "pattern",
            tag("path", d=ink.hatch, stroke=ink.line, stroke_width=1.4, fill="none"),
            id=f"{name}-{ink.name}",
            width=8,
            height=8,
            patternUnits="userSpaceOnUse",
        )
        for ink in INKS.values()
        if ink.hatch
    ]
    return tag("defs", "".join(patterns))


def _rule(x: float, y: float, to_x: float, to_y: float, *, faint: bool = False) -> str:
    stroke = FAINT if faint else DARK
    return tag("path", d=f"M{x:.1f} {y:.1f}L{to_x:.1f} {to_y:.1f}", stroke=stroke)


def _shortened(text: str, room: float) -> str:
    """The text, or as much of it as there is room for."""
    if width(text, SIZE) <= room:
        return text
    kept = text
    while kept and width(f"{kept}…", SIZE) > room:
        kept = kept[:-1]
    return f"{kept}…"


def _svg(name: str, title: str, size: tuple[float, float], body: str) -> str:
    wide, high = map(ceil, size)
    return tag(
        "svg",
        tag("title", escape(title, quote=False), id=f"{name}-title") + body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {wide} {high}",
        width=wide,
        height=high,
        role="img",
        aria_labelledby=f"{name}-title",
        font_family=FONTS,
        fill=DARK,
    )
