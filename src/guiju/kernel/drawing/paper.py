"""Charts on paper, one SVG for each page, measured in millimetres.

A chart is drawn on lanes where they fit at a size that can be read, upright or across,
whichever takes fewer pages; what is too high is cut between rows, and a line that is cut
ends in a number that the next page takes up. Where the lanes are too wide, the cards of the
narrow drawing are set in columns: they say the same in words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from guiju.kernel.drawing.ink import DARK, LINE, Rect, document, label, tag
from guiju.kernel.drawing.line import Point
from guiju.kernel.drawing.narrow import (
    LEGEND,
    SMALLEST,
    TEXT_SIZE,
    Card,
    cards_of,
    drawn_column,
    stack_height,
)
from guiju.kernel.drawing.narrow import WIDTH as CARD_WIDTH
from guiju.kernel.drawing.notes import NOTE_SIZE, description, drawn, tag_size, title_of
from guiju.kernel.drawing.pieces import (
    LEGEND_HEIGHT,
    MARGIN,
    NOTE_WIDTH,
    NUMBER_SIZE,
    Note,
    drawn_label,
    drawn_lanes,
    drawn_legend,
    drawn_line,
    drawn_node,
    drawn_note,
    note_places,
    prefix,
    stacked,
)
from guiju.kernel.drawing.wide import Picture, drawn_foot, picture_of
from guiju.kernel.power import Power

MM = 25.4 / 72  # of a point
TITLE = 30.0  # the height of a page's title
BAND = 62.0  # the height of the numbers of cut lines, with the words that go with them
CLEAR = 10.0  # from the boxes of a row to the cut below them
COLUMN_GAP = 18.0
CARD_TOP = 18.0  # room for the legend above cards
SCALES = 8  # that are tried between the largest and the smallest that can be read
LARGEST = 0.36  # millimetres to a unit; more looks coarse


class Paper(Enum):
    """A size of paper: its sides and margin in millimetres, its smallest text in points."""

    A4 = (210, 297, 10, 7.0)
    A5 = (148, 210, 8, 6.5)

    def scale_min(self, smallest: float) -> float:
        """Millimetres to a unit at which the smallest text of a drawing can be read."""
        return float(self.value[3]) * MM / smallest * 1.01


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page with its margins, and how many millimetres go to a unit of the drawing."""

    wide: float
    high: float
    margin: float
    scale: float

    @property
    def room(self) -> tuple[float, float]:
        """How wide and high it is within its margins, in units."""
        return (
            (self.wide - 2 * self.margin) / self.scale,
            (self.high - 2 * self.margin) / self.scale,
        )


@dataclass(frozen=True, slots=True)
class Stretch:
    """The rows of one page, with the heights between which the picture is cut."""

    rows: range
    start: float
    end: float


def pages_svg(power: Power, paper: Paper, *, risks: bool) -> tuple[str, ...]:
    """The pages of a chart."""
    picture = picture_of(power, risks, is_stretched=False)
    smallest = tag_size(NOTE_SIZE) if risks else NUMBER_SIZE
    tried = list(_lane_pages(picture, paper, paper.scale_min(smallest)))
    if tried:
        sheet, stretches = min(tried, key=lambda each: (len(each[1]), -each[0].scale))
        bodies = [_body(picture, sheet, stretches, i) for i in range(len(stretches))]
    else:
        cards = cards_of(power, risks)
        sheet, columns = _columns(cards, paper)
        bodies = [_card_body(each, risks) for each in columns]
    return tuple(
        _page(power, risks, sheet, body, (number, len(bodies)), paper)
        for number, body in enumerate(bodies, 1)
    )


def _page(
    power: Power, risks: bool, sheet: Sheet, body: str, number: tuple[int, int], paper: Paper
) -> str:
    """A page around its body, with title and page number."""
    title = title_of(power, risks)
    place = f"第{number[0]}页,共{number[1]}页"
    edge = sheet.margin / sheet.scale
    wide, high = sheet.room
    head = label(title, 0, 16, 15, font_weight="bold")
    head += label(place, wide, 16, 12, text_anchor="end", fill=DARK)
    kind = _kind(risks, paper, number[0])
    moved = tag(
        "g", head + body.replace("KIND", kind), transform=f"translate({edge:.2f} {edge:.2f})"
    )
    size = wide + 2 * edge, high + 2 * edge
    words = f"{title}({place})", description(power, None)
    return document(kind, size, words, moved, (sheet.wide, sheet.high))


def _kind(risks: bool, paper: Paper, page: int) -> str:
    return f"{prefix(risks)}-{paper.name.lower()}-{page}"


def _sheets(paper: Paper, wide: float, scale_min: float) -> Iterator[Sheet]:
    """The page upright and across, at every scale at which so much breadth fits."""
    short, long, margin, _ = paper.value
    for breadth, height in ((short, long), (long, short)):
        fits = min((breadth - 2 * margin) / wide, LARGEST)
        for i in range(SCALES + 1):
            scale = fits + (scale_min - fits) * i / SCALES
            if fits >= scale_min:
                yield Sheet(breadth, height, margin, scale)


def _lane_pages(
    picture: Picture, paper: Paper, scale_min: float
) -> Iterator[tuple[Sheet, list[Stretch]]]:
    """Every way to put a chart on pages that can be read."""
    for sheet in _sheets(paper, picture.right, scale_min):
        stretches = _cut(picture, sheet.room[1] - TITLE - LEGEND_HEIGHT - picture.head)
        if stretches:
            yield sheet, stretches


def _cut(picture: Picture, room: float) -> list[Stretch]:
    """As many rows on every page as there is room for; [] if a row does not fit."""
    layout = picture.layout
    ends = [0.0] * layout.plan.rows
    notes = [0.0] * layout.plan.rows
    for key, node in layout.plan.nodes.items():
        place = layout.boxes[key]
        ends[node.row] = max(ends[node.row], place.y + place.h + CLEAR)
    for note, _ in picture.notes:
        notes[note.node.row] += stacked([note])
    found: list[Stretch] = []
    row, start = 0, picture.top + picture.head
    while row < len(ends):
        last = row
        free = room - (BAND if row else 0)
        for end in range(row, len(ends)):
            band = BAND if end < len(ends) - 1 else picture.foot_height
            if max(ends[end] - start + band, sum(notes[row : end + 1]) + band) <= free:
                last = end + 1
        if last == row:
            return []
        found.append(Stretch(range(row, last), start, ends[last - 1]))
        row, start = last, ends[last - 1]
    return found


def _body(picture: Picture, sheet: Sheet, stretches: list[Stretch], index: int) -> str:
    """What stands on one page of a chart on lanes, but for its title."""
    layout, stretch = picture.layout, stretches[index]
    is_first, is_last = index == 0, index == len(stretches) - 1
    top = TITLE + LEGEND_HEIGHT
    begin = top + picture.head + (0 if is_first else BAND)
    notes = [note for note, _ in picture.notes if note.node.row in stretch.rows]
    below = picture.foot_height if is_last else 0
    places = _note_places(picture, notes, stretch, sheet.room[1] - begin - below)
    end = begin + stretch.end - stretch.start
    ends = [place.y + place.h - stretch.start + begin for place in places]
    foot = max([end + (0 if is_last else BAND), *ends])
    shift = begin - stretch.start
    lines, cuts = _lines(picture, stretch)
    inside = [
        *lines,
        *(
            drawn_label(line)
            for line in layout.lines
            if line.label and stretch.start <= line.label.y < stretch.end
        ),
        *(
            drawn_node(node, layout.boxes[key], picture.risks, None, None)
            for key, node in layout.plan.nodes.items()
            if node.row in stretch.rows
        ),
        *(drawn_note(note, place) for note, place in zip(notes, places, strict=True)),
    ]
    frame = Rect(0, top, 0, foot - top)
    body = "".join(
        [
            tag(
                "g", drawn_legend(picture.risks, None), transform=f"translate(0 {TITLE - MARGIN})"
            ),
            *drawn_lanes(layout, picture.heads, frame, picture.head),
            tag("g", "".join(inside), transform=f"translate(0 {shift:.2f})"),
            "" if is_first else _connectors(cuts[0], begin, -1, index),
            drawn_foot(picture, foot) if is_last else _connectors(cuts[1], end, 1, index + 2),
        ]
    )
    return tag("g", body, transform=f"translate({(sheet.room[0] - picture.right) / 2:.2f} 0)")


def _note_places(picture: Picture, notes: list[Note], stretch: Stretch, room: float) -> list[Rect]:
    """Notes beside their steps, or one below the other where that would run off the page."""
    places = note_places(picture.layout, notes, stretch.start)
    if places and places[-1].y + places[-1].h > stretch.start + room:
        x, y = places[0].x, stretch.start
        places = []
        for note in notes:
            places.append(Rect(x, y, NOTE_WIDTH, note.height))
            y += stacked([note])
    return places


def _lines(
    picture: Picture, stretch: Stretch
) -> tuple[list[str], tuple[list[float], list[float]]]:
    """The pieces of lines on a page, and where they are cut at its start and at its end."""
    drawn: list[str] = []
    cuts: tuple[list[float], list[float]] = ([], [])
    for line in picture.layout.lines:
        for piece in cut_pieces(line.points, stretch.start, stretch.end):
            has_tip = piece[-1] == line.points[-1]
            drawn.append(drawn_line(piece, "KIND", has_tip=has_tip))
            cuts[0].extend(x for x, y in (piece[0], piece[-1]) if y == stretch.start)
            cuts[1].extend(x for x, y in (piece[0], piece[-1]) if y == stretch.end)
    return drawn, (sorted(cuts[0]), sorted(cuts[1]))


def cut_pieces(points: tuple[Point, ...], start: float, end: float) -> Iterator[list[Point]]:
    """The pieces of a line between two heights."""
    piece: list[Point] = []
    for (a, b), (c, d) in pairwise(points):
        one, two = (min(max(each, start), end) for each in (b, d))
        is_in = (b == d and start <= b < end) or one != two
        if is_in and not piece:
            piece = [(a, one)]
        if is_in:
            piece.append((c, two))
        if piece and (not is_in or two != d):
            yield piece
            piece = []
    if piece:
        yield piece


def _connectors(cuts: list[float], y: float, turn: int, page: int) -> str:
    """The numbers in which cut lines end, above or below the page's rows."""
    parts = []
    for number, x in enumerate(cuts, 1):
        far = y + turn * (12 + 19 * (number % 2))
        at = x + MARGIN
        parts.append(tag("path", d=f"M{at:.1f} {y:.1f}V{far:.1f}", stroke=LINE, stroke_width=1.5))
        parts.append(tag("circle", cx=at, cy=far, r=9, fill="#fff", stroke=DARK))
        parts.append(label(str(number), at, far + 4, NUMBER_SIZE, text_anchor="middle"))
    words = f"接第{page}页,数字相同的线相连" if cuts else f"接第{page}页"
    foot = y + BAND - 6 if turn > 0 else y - BAND + 16
    return tag("g", "".join(parts) + label(words, MARGIN + 6, foot, 12, font_weight="bold"))


def _columns(cards: list[Card], paper: Paper) -> tuple[Sheet, list[list[list[Card]]]]:
    """Cards in columns, columns on pages: pages of columns of cards."""
    tried = []
    scale_min = paper.scale_min(SMALLEST)
    highest = max(stack_height([card]) for card in cards)
    for count in (1, 2, 3):
        wide = count * (CARD_WIDTH + COLUMN_GAP) - COLUMN_GAP
        sheets = list(_sheets(paper, wide, scale_min))
        for turn in (sheets[: SCALES + 1], sheets[SCALES + 1 :]):  # upright, across
            fitting = (each for each in turn if each.room[1] - TITLE - CARD_TOP >= highest)
            for sheet in list(fitting)[:1]:  # as broad as fits
                columns = _packed(cards, sheet.room[1] - TITLE - CARD_TOP)
                pages = [columns[i : i + count] for i in range(0, len(columns), count)]
                tried.append((sheet, pages))
    return min(tried, key=lambda each: (len(each[1]), -each[0].scale))


def _packed(cards: list[Card], room: float) -> list[list[Card]]:
    columns: list[list[Card]] = [[]]
    for card in cards:
        if columns[-1] and stack_height([*columns[-1], card]) > room:
            columns.append([])
        columns[-1].append(card)
    return columns


def _card_body(columns: list[list[Card]], risks: bool) -> str:
    """What stands on one page of cards, but for its title."""
    parts = [drawn(LEGEND, 0, TITLE - 6, TEXT_SIZE)] if risks else []
    for i, column in enumerate(columns):
        body = drawn_column(column, 0, "KIND", risks)
        x = i * (CARD_WIDTH + COLUMN_GAP)
        parts.append(tag("g", body, transform=f"translate({x:.1f} {TITLE + CARD_TOP:.1f})"))
    return "".join(parts)
