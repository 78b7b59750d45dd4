"""Feeds: what the systems that logs come from tell, each of its own events.

Sources with the same columns are of one system, as the exports of every day are. A question
that needs a column is put to the events of systems that tell it, of at least one event; the
others' events say nothing on it, neither for nor against anybody.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Protocol


class Source(Protocol):
    """What a store knows of a source."""

    @property
    def first(self) -> int:
        """The store's number of its row 0."""

    @property
    def read(self) -> int:
        """How many rows it has."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that its system has."""

    @property
    def told(self) -> tuple[str, ...]:
        """The columns that some row of it tells."""


Told = frozenset[str]


@dataclass(frozen=True)
class Feeds:
    """What each system tells, by its columns; and from which row on which of them speaks."""

    systems: Mapping[tuple[str, ...], Told]
    begins: tuple[int, ...]
    tells: tuple[Told, ...]

    @classmethod
    def of(cls, sources: Iterable[Source]) -> "Feeds":
        """The feeds of sources in the order in which they were taken in."""
        sources = tuple(sources)
        told: dict[tuple[str, ...], Told] = {}
        for each in sources:
            told[each.columns] = told.get(each.columns, Told()).union(each.told)
        spans = [(each.first + 1, told[each.columns]) for each in sources]
        spans = spans[:1] + [b for a, b in pairwise(spans) if a[1] != b[1]]
        return cls(told, tuple(a for a, _ in spans), tuple(tells for _, tells in spans))

    @classmethod
    def one(cls, told: Iterable[str]) -> "Feeds":
        """Those of a single system."""
        own = Told(told)
        return cls({(): own}, (0,), (own,))

    @cached_property
    def told(self) -> Told:
        """The columns that any system tells."""
        return Told().union(*self.tells)

    def is_told(self, row: int, columns: Sequence[str]) -> bool:
        """Whether the system that a row comes from tells all of these columns."""
        return self.tells[bisect_right(self.begins, row) - 1].issuperset(columns)

    def without(self, columns: Sequence[str]) -> tuple[tuple[int, int | None], ...]:
        """The spans of rows that lack one of these columns: first row, and the one after."""
        spans = zip(self.begins, self.tells, (*self.begins[1:], None), strict=True)
        return tuple((a, b) for a, tells, b in spans if not tells.issuperset(columns))
