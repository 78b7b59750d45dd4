"""A counter-example 反例 on the chart: its lines in red, dashed and numbered, its words below."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from guiju.kernel.drawing.ink import RED, Rect, box, label, tag, width, wrap
from guiju.kernel.drawing.line import Line
from guiju.kernel.drawing.plan import Edge, fork_key, join_key
from guiju.kernel.drawing.route import Layout
from guiju.kernel.drawing.words import outcome_name
from guiju.kernel.power import Power

DASH = "7 4"
WRONG = "✗ 问题在此"
NUMBER_SIZE = 11
NUMBER_HEIGHT = 16.0
STEP = 6  # between two places that are tried for a number
TIP = 14  # the end of a line that its arrow takes
WORDS_SIZE = 13
WORDS_LINE = 19


@dataclass(frozen=True, slots=True)
class CounterExample:
    """How a case could go wrong: the moves, where it ends, and what is wrong with that."""

    message: str
    moves: tuple[tuple[str, str], ...] = ()  # step and outcome, as ids
    steps: tuple[str, ...] = ()  # the steps at which it shows

    def turns(self, step: str, outcome: str = "") -> list[int]:
        """The numbers of the moves that do a step, with this outcome if one is named."""
        return [
            number
            for number, (who, what) in enumerate(self.moves, 1)
            if who == step and outcome in ("", what)
        ]


def turns_of(edge: Edge, path: CounterExample) -> tuple[int, ...]:
    """The numbers of the moves that run along a line; those of bars have none of their own."""
    return tuple(sorted(n for each in edge.outcomes for n in path.turns(edge.source, each)))


def is_run(edge: Edge, path: CounterExample) -> bool:
    """Whether a counter-example runs along a line."""
    if turns_of(edge, path):
        return True
    ends = {fork_key(*move) for move in path.moves} | {join_key(step) for step, _ in path.moves}
    return edge.source in ends


def numbers(layout: Layout, path: CounterExample) -> list[tuple[Rect, str]]:
    """Where the numbers of the moves stand: on their line, and on nothing else."""
    taken = [each.label for each in layout.lines if each.label] + list(layout.boxes.values())
    taken += [mark_place(layout.boxes[step]) for step in path.steps]
    stretches = [(line, part) for line in layout.lines for part in line.stretches]
    found = []
    for line in layout.lines:
        words = "、".join(map(str, turns_of(line.edge, path)))
        if words:
            others = [part for owner, part in stretches if owner is not line]
            places = list(_places(line, width(words, NUMBER_SIZE) + 10))
            rect = min(places, key=lambda place: sum(place.meets(o) for o in (*taken, *others)))
            taken.append(rect)
            found.append((rect, words))
    return found


def mark_place(box: Rect) -> Rect:
    """Where the mark of a step stands: on the lower edge of its box."""
    return Rect(box.middle - 36, box.y + box.h - 6, 72, 16)


def _places(line: Line, wide: float) -> Iterator[Rect]:
    """Places for a number on a line, those near its source first, then its middle as it is."""
    parts = list(line.points)
    for i, ((a, b), (c, d)) in enumerate(pairwise(parts)):
        long = abs(c - a) + abs(d - b)
        half = wide / 2 if b == d else NUMBER_HEIGHT / 2
        end = TIP if i == len(parts) - 2 else 2
        at = half + 2
        while at <= long - half - end:
            x, y = a + (c - a) * at / long, b + (d - b) * at / long
            yield Rect(x - wide / 2, y - NUMBER_HEIGHT / 2, wide, NUMBER_HEIGHT)
            at += STEP
    (a, b), (c, d) = parts[0], parts[1]
    x, y = (a + c) / 2, (b + d) / 2
    yield Rect(x - wide / 2, y - NUMBER_HEIGHT / 2, wide, NUMBER_HEIGHT)


def drawn_number(rect: Rect, words: str, left: float) -> str:
    """A number on its red ground; everything is drawn ``left`` farther to the right."""
    place = Rect(rect.x + left, rect.y, rect.w, rect.h)
    y = rect.y + NUMBER_HEIGHT - 4
    text = label(words, place.middle, y, NUMBER_SIZE, fill="#fff", text_anchor="middle")
    return box(place, rx=NUMBER_HEIGHT / 2, fill=RED) + text


def words_of(power: Power, path: CounterExample) -> list[str]:
    """What is wrong, and how a case comes there, in words."""
    names = {
        (step.id, outcome.id): f"{step.name}({outcome_name(outcome)})"
        for step in power.steps
        for outcome in step.outcomes
    }
    moves = [f"{n}. {names[move]}" for n, move in enumerate(path.moves, 1)]
    words = [f"✗ {path.message}"]
    if moves:
        words.append(f"红色虚线按数字走:{' → '.join(moves)}")
    return words


def words_height(words: list[str], room: float) -> float:
    """How high the words under a chart are."""
    return 8.0 + WORDS_LINE * sum(len(wrap(each, WORDS_SIZE, room)) for each in words)


def drawn_words(words: list[str], x: float, y: float, room: float) -> str:
    """The words under a chart; the first paragraph says what is wrong."""
    parts = []
    y += 8
    for i, each in enumerate(words):
        weight = "normal" if i else "bold"
        for line in wrap(each, WORDS_SIZE, room):
            y += WORDS_LINE
            parts.append(label(line, x, y - 5, WORDS_SIZE, fill=RED, font_weight=weight))
    return tag("g", "".join(parts))
