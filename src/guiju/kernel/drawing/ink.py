"""Text that is measured without a font, and SVG elements as strings.

A Chinese character is as wide as the font is high; that is exact in every font of the
stack. Everything else counts as 0.6 of that, which is a little too much for digits and most
letters. There is no ``style``, neither as element nor as attribute: the
pages' content security policy would drop it.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import accumulate
from math import ceil
from string import ascii_letters, digits
from typing import NamedTuple
from unicodedata import east_asian_width

from guiju.kernel.power import Grade

FONTS = "'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"
DARK = "#1f2a37"
LINE = "#44546a"
FAINT = "#c9d2de"
BLUE = "#1d4ed8"
GREEN = "#15703a"
RED = "#b3161b"
NO_START = frozenset("、,。;:!?)”》」』】%,.;:!?)]}…/")  # no line begins with these
NO_END = frozenset("(“《「『【([{")  # no line ends with these
WORD = frozenset(ascii_letters + digits + ".-_@+")  # what is not broken between
PHRASE = re.compile(r"(?<=[、,;:/,;:])|(?=[((])")  # where a short text breaks best
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # not in XML


@dataclass(frozen=True, slots=True)
class Look:
    """How a grade of risk looks; word, colour and shape all say it, never colour alone."""

    word: str
    tint: str
    line: str
    text: str  # dark enough to be read on the tint


LOOKS = {
    Grade.HIGH: Look("红色", "#fde7e5", "#c62828", "#a31515"),
    Grade.MIDDLE: Look("橙色", "#fff0dc", "#d86a00", "#8f4400"),
    Grade.LOW: Look("黄色", "#fff9d6", "#b59400", "#665300"),
}


class Rect(NamedTuple):
    """A rectangle in the units of the drawing, y growing downwards."""

    x: float
    y: float
    w: float
    h: float

    @property
    def middle(self) -> float:
        """The x of its middle."""
        return self.x + self.w / 2

    @property
    def centre(self) -> float:
        """The y of its middle."""
        return self.y + self.h / 2

    def meets(self, other: "Rect", clear: float = 0) -> bool:
        """Whether the two overlap or come closer than ``clear``."""
        return (
            self.x < other.x + other.w + clear
            and other.x < self.x + self.w + clear
            and self.y < other.y + other.h + clear
            and other.y < self.y + self.h + clear
        )


def width(text: str, size: float) -> float:
    """How wide a text is at most."""
    return sum(map(_tenths, text)) * size / 10


@lru_cache(maxsize=8192)
def _tenths(character: str) -> int:
    """How wide a character is, in tenths of the height of the font."""
    return 10 if east_asian_width(character) in "WFA" else 6


@lru_cache(maxsize=2048)
def wrap(text: str, size: float, room: float, first: float = 0) -> tuple[str, ...]:
    """The lines of a text in so much room; the first line is indented by ``first``."""
    text = CONTROL.sub("", text).strip()
    ends = list(accumulate(map(_tenths, text), initial=0))
    lines: list[str] = []
    start = 0
    free = (room - first) * 10 / size + 0.001
    while start < len(text):
        fits = bisect_right(ends, ends[start] + free, start) - 1
        end = _break(text, start, fits) if fits < len(text) else fits
        if end == start and (lines or not first):  # a word longer than a line
            end = max(fits, start + 1)
        lines.append(text[start:end].rstrip())
        while end < len(text) and text[end].isspace():
            end += 1
        start, free = end, room * 10 / size + 0.001
    return tuple(lines) or ("",)


def _break(text: str, start: int, end: int) -> int:
    """The last place up to ``end`` where a line may be broken; ``start`` if there is none."""
    while end > start and not _may_break(text[end - 1], text[end]):
        end -= 1
    return end


def _may_break(before: str, after: str) -> bool:
    if after in NO_START or before in NO_END:
        return False
    return before not in WORD or after not in WORD


def balanced(text: str, size: float, room: float) -> tuple[str, ...]:
    """As few lines as ``wrap``, broken at a mark if one is there, else about equally long."""
    lines = wrap(text, size, room)
    if len(lines) == 1:
        return lines
    phrases = _packed(PHRASE.split(text), size, room)
    if len(phrases) <= len(lines) and all(width(each, size) <= room for each in phrases):
        return phrases
    even = ceil(width(text, size) / len(lines) / size) * size
    while even < room and len(wrap(text, size, even)) > len(lines):
        even += size
    return wrap(text, size, min(even, room))


def _packed(phrases: list[str], size: float, room: float) -> tuple[str, ...]:
    """Phrases put into lines, whole ones only."""
    lines = [""]
    for phrase in phrases:
        if lines[-1] and width(lines[-1] + phrase, size) > room:
            lines.append("")
        lines[-1] += phrase
    return tuple(lines)


def tag(name: str, content: str = "", /, **attributes: str | float) -> str:
    """An element; ``font_size=12`` becomes ``font-size="12"``, floats lose their tails."""
    start = f"<{name}{_pairs(attributes)}"
    return f"{start}>{content}</{name}>" if content else f"{start}/>"


def _pairs(attributes: Mapping[str, str | float]) -> str:
    return "".join([f' {_key(key)}="{_value(value)}"' for key, value in attributes.items()])


@lru_cache(maxsize=256)
def _key(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return _text(value)
    return _short(value)


def _short(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:.1f}".removesuffix(".0")


@lru_cache(maxsize=4096)
def _text(value: str) -> str:
    return escape(value)


def label(text: str, x: float, y: float, size: float = 12, **attributes: str) -> str:
    """One line of text, its baseline at y."""
    words = escape(CONTROL.sub("", text), quote=False)
    place = f'x="{_short(x)}" y="{_short(y)}" font-size="{_short(size)}"'
    return f"<text {place}{_pairs(attributes)}>{words}</text>"


def box(rect: Rect, **attributes: str | float) -> str:
    """A rectangle."""
    place = f'x="{_short(rect.x)}" y="{_short(rect.y)}"'
    size = f'width="{_short(rect.w)}" height="{_short(rect.h)}"'
    return f"<rect {place} {size}{_pairs(attributes)}/>"


def grade_mark(grade: Grade, x: float, y: float, r: float = 6) -> str:
    """The shape of a grade around a point: diamond, triangle, circle."""
    colour = LOOKS[grade].line
    match grade:
        case Grade.HIGH:
            path = f"M{x:.1f} {y - r:.1f}l{r} {r}l-{r} {r}l-{r} -{r}z"
        case Grade.MIDDLE:
            path = f"M{x:.1f} {y - r:.1f}l{r} {2 * r - 1}h-{2 * r}z"
        case Grade.LOW:
            return tag("circle", cx=x, cy=y, r=r - 1, fill=colour)
    return tag("path", d=path, fill=colour)


def arrow_marker(id_: str, colour: str) -> str:
    """The tip of a line."""
    return tag(
        "marker",
        tag("path", d="M0 1L9 5L0 9z", fill=colour),
        id=id_,
        viewBox="0 0 10 10",
        refX=9,
        refY=5,
        markerWidth=10,
        markerHeight=10,
        markerUnits="userSpaceOnUse",
        orient="auto",
    )


def group(name: str, body: str) -> str:
    """Elements that belong together, under a name for pointers and screen readers."""
    return tag("g", tag("title", escape(CONTROL.sub("", name), quote=False)) + body)


def document(
    kind: str,
    size: tuple[float, float],
    words: tuple[str, str],
    body: str,
    paper: tuple[float, float] | None = None,
) -> str:
    """The whole SVG with its title and description; ``kind`` goes before every id.

    ``paper`` is a size in millimetres for print; without it a unit is a pixel.
    """
    wide, high = (ceil(each) for each in size)
    title, description = (escape(CONTROL.sub("", each), quote=False) for each in words)
    markers = arrow_marker(f"{kind}-arrow", LINE) + arrow_marker(f"{kind}-red", RED)
    return tag(
        "svg",
        tag("title", title, id=f"{kind}-title")
        + tag("desc", description, id=f"{kind}-desc")
        + tag("defs", markers)
        + tag("rect", width=wide, height=high, fill="#fff")
        + body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {wide} {high}",
        width=f"{paper[0]:g}mm" if paper else wide,
        height=f"{paper[1]:g}mm" if paper else high,
        role="img",
        aria_labelledby=f"{kind}-title {kind}-desc",
        font_family=FONTS,
        fill=DARK,
    )
