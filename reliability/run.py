"""What a test gets, and what it gives."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from reliability.databases import Sqlite


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    test: str
    database: str
    done: str
    must: str
    came: str
    holds: bool | None  # None: it cannot be tried here, and ``came`` says why


class Cannot(Exception):
    """The machine lacks what a test needs; the words say what."""


@dataclass(frozen=True, slots=True)
class Run:
    """One test on one database."""

    test: str
    database: Sqlite
    seed: int
    is_short: bool

    @property
    def home(self) -> Path:
        """A folder of its own, thrown away at the end."""
        return self.database.home

    def chance(self) -> Random:
        """What is random, the same for the same seed."""
        return Random(f"{self.seed}-{self.test}-{self.database.name}")

    def scale(self, full: int, short: int) -> int:
        """How many times, in the full form or in the short one."""
        return short if self.is_short else full

    def row(self, done: str, must: str, came: str, *, holds: bool, part: str = "") -> Row:
        """A line of the table."""
        return Row(f"{self.test}{part}", self.database.name, done, must, came, holds)
