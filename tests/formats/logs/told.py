"""Rows of TOLD for tests, and reading a log whole."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from guiju.formats.logs.batch import Rejected
from guiju.formats.logs.mapping import Mapping, read_mapping
from guiju.formats.logs.reading import open_log
from guiju.formats.logs.schema import TOLD

EMPTY: dict[str, Any] = dict.fromkeys(TOLD.names)
WORDS = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" \n=+-@'\",;<&"), min_size=1
).map(str.strip).filter(bool)  # fmt: skip
TIMES = st.datetimes(
    min_value=pa.scalar(0, pa.timestamp("us")).as_py(),
    max_value=pa.scalar(4 * 10**15, pa.timestamp("us")).as_py(),
)
MAYBE = st.none() | WORDS
FEN = st.none() | st.integers(0, 2**63 - 1)
PERSON = st.fixed_dictionaries(
    {"person": WORDS, "post": MAYBE, "order": st.integers(0, 2**31 - 1)}
)
ROW = st.fixed_dictionaries(
    {
        "case": WORDS,
        "power": MAYBE,
        "step": WORDS,
        "outcome": MAYBE,
        "at": TIMES,
        "recorded_at": st.none() | TIMES,
        "organ": MAYBE,
        "post": MAYBE,
        "person": MAYBE,
        "present": st.none() | st.lists(PERSON, max_size=3),
        "certificate": MAYBE,
        "reason": st.none() | st.booleans(),
        "items": st.none() | st.lists(WORDS, max_size=3),
        "evidence": st.none() | st.lists(WORDS, max_size=3),
        "fee": FEN,
        "amount": FEN,
        "stop_days": st.none() | st.integers(0, 2**31 - 1),
        "applicant": MAYBE,
        "division": MAYBE,
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=6)


def wall(text: str) -> datetime:
    """A time without a zone, as logs have them."""
    return datetime.fromisoformat(text)


def batch(rows: list[dict[str, Any]]) -> pa.RecordBatch:
    """Rows as a batch, numbered from 1."""
    numbered = [EMPTY | row | {"row": i} for i, row in enumerate(rows, 1)]
    return pa.RecordBatch.from_pylist(numbered, TOLD)


def events(path: Path, mapping: Mapping | None = None, skip: int = 0) -> list[dict[str, Any]]:
    """All events of a file."""
    found = open_log(path, mapping).batches(skip)
    return [row for each in found for row in each.events.to_pylist()]


def rejected(path: Path, mapping: Mapping | None = None) -> list[tuple[int, str]]:
    """All rejected rows of a file."""
    found: list[Rejected] = [r for b in open_log(path, mapping).batches() for r in b.rejected]
    return [(each.row, each.reason) for each in found]


def ignored(path: Path, mapping: Mapping | None = None) -> int:
    """How many rows of a file are left out."""
    return sum(each.ignored for each in open_log(path, mapping).batches())


def remarks(path: Path, mapping: Mapping | None = None) -> dict[str, int]:
    """What is remarked of a file, once it was read."""
    log = open_log(path, mapping)
    for _ in log.batches():
        pass
    return {each.code: each.count for each in log.remarks}


def mapping_of(folder: Path, text: str) -> Mapping:
    """A mapping file with this text, read."""
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path)
