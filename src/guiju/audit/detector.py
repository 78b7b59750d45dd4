"""A detector: one question to the log, asked in SQL over relations of integers.

A detector consists of parts that look at different columns, so that what can be checked is
checked although something else is not told. The SQL of a part is plain: joins on equality,
grouping, window functions with an explicit order; DuckDB runs it, and sqlglot can put it into
the words of other engines (``tests/audit/test_detectors.py`` does so for Spark). ``$name``
stands for a number: a threshold of the pack, or ``$today``.

Every query answers ``bucket, case, power, organ, step, day, row, other``; ``bucket`` is
``UNTOLD`` when it is about no one case, ``other`` is a second row of evidence, or ``UNTOLD``.
What else it answers is for the words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from guiju.audit.context import Context
from guiju.audit.finding import Group, Severity

EPOCH = date(1970, 1, 1)


def day_of(days: int) -> date:
    """The day that is so many days after 1970-01-01."""
    return EPOCH + timedelta(days=days)


class Scope(StrEnum):
    """Whether a question can be asked of each bucket alone, or only of all cases together."""

    BUCKET = "bucket"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class Seen:
    """One row that a query answered, with the words for its codes."""

    values: Mapping[str, int]
    context: Context
    limits: Mapping[str, str]  # the thresholds in words

    def __getitem__(self, column: str) -> int:
        return self.values[column]

    def text(self, column: str) -> str:
        """The word of a coded column."""
        return self.context.text(self.values[column])

    def date(self, column: str = "day") -> str:
        """The day of a column, in words."""
        return day_of(self.values[column]).isoformat()

    @property
    def step(self) -> str:
        """The name of the step, in quotation marks, or its word when no chart knows it."""
        return self.named("step")

    def named(self, column: str) -> str:
        """The name of the step whose code a column holds, in quotation marks."""
        return f"“{self.context.step_name(self.values['power'], self.values[column])}”"

    @property
    def power(self) -> str:
        """The name of the power, or its code when the pack does not know it."""
        return self.context.name(self.values["power"])

    @property
    def duty(self) -> str:
        """The name of the duty."""
        return self.context.name(self.values["duty"])

    def post(self, column: str = "post") -> str:
        """The name of the post whose code a column holds."""
        return self.context.post_name(self.values["power"], self.values[column])

    def organ(self, column: str = "organ") -> str:
        """The name of the organ whose code a column holds."""
        return self.context.organ_name(self.values[column])


Wording = Callable[[Seen], str]


@dataclass(frozen=True, slots=True)
class Part:
    """One query of a detector.

    ``needs`` are columns of the log, ``tables`` relations of the pack, without which it cannot
    be asked; ``meets`` pairs a column with ``relation.column``: when they have no word in
    common, log and pack speak of different things. ``key`` are coded columns that tell two
    findings of the same rows apart. ``blind`` counts what it cannot see, ``unseen`` says what.
    """

    name: str
    sql: str
    words: Wording
    needs: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    meets: tuple[tuple[str, str], ...] = ()
    key: tuple[str, ...] = ()
    blind: str = ""
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class Detector:
    """A detector 监察规则."""

    id: str
    group: Group
    name: str
    severity: Severity
    rule: str  # id of the pack's rule that is quoted where the row itself names none
    counter: str  # what could explain what it finds
    parts: tuple[Part, ...]
    scope: Scope = Scope.BUCKET
    thresholds: Mapping[str, str] = field(default_factory=dict)  # name in the SQL → rule id
