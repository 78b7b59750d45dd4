"""A simulated year as a folder: the log, the truth about it, and the packs it is held against."""

import csv
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, fields
from itertools import islice
from pathlib import Path

import pyarrow as pa
from pyarrow import compute, parquet

from guiju.formats.logs.schema import TOLD
from guiju.formats.packs import Pack
from guiju.simulation.told import Case, Row
from guiju.simulation.year import Truth

AT_ONCE = 5_000  # cases
NAMES = tuple(each.name for each in fields(Row))
Progress = Callable[[int], None]


def write_log(path: Path, cases: Iterable[Case], progress: Progress = lambda _: None) -> int:
    """Write all events as Parquet, in the order of their times; answers how many."""
    tables = []
    for done, batch in enumerate(_batches(iter(cases)), 1):
        tables.append(_table(batch))
        progress(done * AT_ONCE)
    whole = pa.concat_tables(tables) if tables else TOLD.empty_table()
    order = compute.sort_indices(whole, [("at", "ascending"), ("case", "ascending")])
    whole = whole.take(order)
    whole = whole.set_column(0, TOLD.field("row"), pa.array(range(1, len(whole) + 1), pa.int64()))
    parquet.write_table(whole, path)
    return len(whole)


def _batches(cases: Iterator[Case]) -> Iterator[list[Row]]:
    while batch := list(islice(cases, AT_ONCE)):
        yield [row for case in batch for row in case.rows]


def _table(rows: list[Row]) -> pa.Table:
    columns = {name: [getattr(row, name) or None for row in rows] for name in NAMES}
    columns |= {name: [getattr(row, name) for row in rows] for name in ("fee", "reason")}
    columns["row"] = [0] * len(rows)
    return pa.table([pa.array(columns[f.name], f.type) for f in TOLD], schema=TOLD)


def write_truth(path: Path, truth: Iterable[Truth]) -> None:
    """Write what was done, one deed a line."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, [each.name for each in fields(Truth)], lineterminator="\n")
        lines.writeheader()
        lines.writerows(asdict(each) for each in truth)


def write_packs(folder: Path, source: Path, below: Iterable[Path], pack: Pack) -> Path:
    """Copy a pack with those that it builds on, with the invented staff; answers where it is."""
    for each in (source, *below):
        shutil.copytree(each, folder / each.name, dirs_exist_ok=True)
    own = folder / source.name
    people = [("people", asdict(row)) for row in pack.people]
    held = [("assignments", asdict(row)) for row in pack.assignments]
    _write_rows(own / "people.toml", [*people, *held])
    for name, file, rows in (
        ("certificates", "certificates.toml", pack.certificates),
        ("listed", "list.toml", pack.listed),
        ("duties", "duties.toml", pack.duties),
    ):
        _write_rows(own / file, [(name, asdict(row)) for row in rows or ()])
    head = own / "pack.toml"
    kept = [line for line in head.read_text("utf-8").split("\n") if "=" in line]
    kept = [line for line in kept if line.split("=")[0].strip() in ("id", "name", "builds_on")]
    head.write_text("\n".join([*kept, 'note = "人员全部虚构。"', ""]), "utf-8")
    return own


def _write_rows(path: Path, rows: Iterable[tuple[str, dict[str, object]]]) -> None:
    lines = []
    for name, row in rows:
        lines.append(f"[[{name}]]")
        lines += [f"{key} = {_toml(value)}" for key, value in row.items() if value is not None]
        lines.append("")
    path.write_text("\n".join(lines), "utf-8")


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value)
