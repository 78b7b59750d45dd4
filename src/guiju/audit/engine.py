"""What answers the queries of detectors: an engine that holds the relations.

``Duck`` is the engine of one machine, DuckDB inside this process. ``audit.spark`` has the other.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

import duckdb
import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that a query answered, in no order."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Engine(Protocol):
    """Answers queries in the SQL of DuckDB."""

    def ask(self, sql: str) -> Answer:
        """All rows that a query answers."""


class Duck:
    """DuckDB, with tables of its own that go when it is closed."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.close()

    def put(self, name: str, table: pa.Table) -> None:
        """Make a table, in the place of an earlier one.

        It is a table of the database and not a view of the arrays, because the planner needs to
        know how many different values a column has: without that it joins by the bucket first.
        """
        self.connection.register("arriving", table)
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM arriving")  # noqa: S608
        self.connection.unregister("arriving")

    def show(self, name: str, table: pa.Table, where: str) -> None:
        """Let those rows of a table be asked for which a condition holds, without copying them.

        It is for millions of rows that are not joined.
        """
        self.connection.register(f"all_{name}", table)
        self.connection.execute(f"CREATE VIEW {name} AS SELECT * FROM all_{name} WHERE {where}")  # noqa: S608

    def table(self, sql: str) -> pa.Table:
        """What a query answers, as a table."""
        return self.connection.sql(sql).to_arrow_table()

    def ask(self, sql: str) -> Answer:
        """All rows that a query answers."""
        asked = self.connection.execute(sql)
        return Answer(tuple(each[0] for each in asked.description or ()), asked.fetchall())
