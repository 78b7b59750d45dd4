"""What a run of ``oversee`` leaves beside the events, so that the next one need not ask again.

Of each bucket its cases (``kase``) and findings (``found``); of the whole store what was done
when by whom (``done``), which only grows; and up to where all this was examined (``State``).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
from pyarrow import compute

from guiju.audit.detection import Checked
from guiju.audit.durable import write
from guiju.audit.finding import Finding, Group, Severity
from guiju.audit.intake import buckets_of
from guiju.audit.store import Store

STATE = "overseen.json"
FOUND = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "detector", "group", "severity", "power")),
        *((name, pa.string()) for name in ("case", "organ")),
        ("rows", pa.list_(pa.int64())),
        ("day", pa.date32()),
        *((name, pa.string()) for name in ("words", "rule", "counter")),
    ]
)


@dataclass(frozen=True)
class State:
    """How far the store was examined, by which pack and questions (``digest``)."""

    digest: str = ""
    row: int = 0  # the last one
    day: str = ""
    checked: tuple[Checked, ...] = ()


def read_state(store: Store) -> State:
    """The state of a store; an empty one before the first run."""
    path = store.folder / STATE
    if not path.exists():
        return State()
    told = json.loads(path.read_text("utf-8"))
    checked = tuple(
        Checked(**{**row, "blind": tuple(map(tuple, row["blind"]))}) for row in told.pop("checked")
    )
    return State(**told, checked=checked)


def write_state(store: Store, state: State) -> None:
    """Commit: what was put before it counts from now on."""
    text = json.dumps(asdict(state), ensure_ascii=False)
    write(store.folder / STATE, text.encode())


def put_cases(store: Store, bucket: int, kase: pa.Table, *, is_anew: bool) -> None:
    """Keep examined cases in the place of what was known of them."""
    before = None if is_anew else store.get(bucket, "kase")
    store.put(bucket, "kase", _replaced(before, kase, "case", kase["case"]))


def put_findings(
    store: Store, bucket: int, found: pa.Table, names: pa.Array, *, is_anew: bool
) -> None:
    """Keep findings in the place of all that were known about these cases, by name."""
    before = None if is_anew else store.get(bucket, "found")
    store.put(bucket, "found", _replaced(before, found, "case", names))


def put_done(store: Store, done: pa.Table, *, is_anew: bool) -> None:
    """Keep what was done, each once."""
    before = None if is_anew else store.get(0, "done")
    whole = pa.concat_tables([done] if before is None else [before, done])
    store.put(0, "done", whole.group_by(whole.column_names).aggregate([]))


def _replaced(before: pa.Table | None, now: pa.Table, key: str, keys: pa.Array) -> pa.Table:
    if before is None:
        return now
    values = keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys
    is_old = compute.is_in(before[key], value_set=values)
    return pa.concat_tables([before.filter(compute.invert(is_old)), now])


def told(findings: Sequence[Finding]) -> pa.Table:
    """Findings as a table of ``FOUND``."""
    columns = {name: [getattr(each, name) for each in findings] for name in FOUND.names}
    columns |= {name: [each.value for each in columns[name]] for name in ("group", "severity")}
    return pa.table(columns, schema=FOUND)


def by_bucket(found: pa.Table, buckets: int) -> Iterable[tuple[int, pa.Table]]:
    """The findings of each bucket that has some."""
    of = buckets_of(found["case"], buckets)
    return ((bucket, found.filter(pa.array(of == bucket))) for bucket in sorted(set(of.tolist())))


def findings(store: Store) -> list[Finding]:
    """All findings that are kept."""
    kept = (store.get(bucket, "found") for bucket in range(store.buckets))
    return [_finding(row) for table in kept if table is not None for row in table.to_pylist()]


def _finding(row: dict[str, Any]) -> Finding:
    group, severity = Group(row.pop("group")), Severity(row.pop("severity"))
    return Finding(**{**row, "rows": tuple(row["rows"])}, group=group, severity=severity)
