"""A line of the drawing, with all that is found out about it step by step."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from guiju.kernel.drawing.courses import Course, Way
from guiju.kernel.drawing.ink import Rect, balanced, width
from guiju.kernel.drawing.plan import Edge, Node
from guiju.kernel.drawing.tracks import Track

LABEL_SIZE = 12
LABEL_LINE = 15
LABEL_ROOM = 112

Point = tuple[float, float]


@dataclass(slots=True)
class Line:
    """An edge and its way."""

    edge: Edge
    source: Node
    target: Node
    course: Course
    words: tuple[str, ...]  # its label
    out: float = 0  # where it leaves its source, from the middle
    into: float = 0  # where it reaches its target: from the middle, or from the row's top
    across: Track | None = None
    beside: Track | None = None
    back: Track | None = None  # the second level part of a line that goes round
    points: tuple[Point, ...] = ()
    stretches: tuple[Rect, ...] = ()  # the straight ones between them, without breadth
    label: Rect | None = None

    @property
    def way(self) -> Way:
        """How it runs."""
        return self.course.way

    @property
    def is_folded(self) -> bool:
        """Whether it comes back to the side of its upright channel that it came from."""
        upright = self.course.upright
        return (self.source.lane < upright) == (self.target.lane < upright)

    @property
    def label_size(self) -> tuple[float, float]:
        """How wide and how high its label is."""
        wide = max((width(each, LABEL_SIZE) for each in self.words), default=0.0)
        return wide + 6, LABEL_LINE * len(self.words) + 1.0

    def run(self, points: tuple[Point, ...]) -> None:
        """Give the line its corners."""
        self.points = points
        self.stretches = tuple(
            [
                Rect(a if a < c else c, b if b < d else d, abs(c - a), abs(d - b))
                for (a, b), (c, d) in pairwise(points)
            ]
        )


def line_of(edge: Edge, source: Node, target: Node, course: Course) -> Line:
    """A line that is not measured yet."""
    return Line(edge, source, target, course, tuple(_label_lines(edge.label)))


def _label_lines(text: str) -> Iterator[str]:
    """The lines of a label; of several names, short ones share a line, long ones have theirs."""
    line = ""
    for name in re.findall("[^/]+/?", text):
        if width(line + name, LABEL_SIZE) > LABEL_ROOM:
            yield from balanced(line, LABEL_SIZE, LABEL_ROOM) if line else ()
            line = ""
        line += name
    yield from balanced(line, LABEL_SIZE, LABEL_ROOM) if line else ()
