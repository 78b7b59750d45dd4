"""A store of events: a folder to which logs are added, never changed; integers in Parquet.

    store.json                  format, number of buckets, what has been taken in (``Manifest``)
    words.json                  the dictionary of all words but cases and applicants
    rejected/SOURCE-PART.json   rows that could not be read, with their reasons
    bucket-07/raw-PART.parquet      rows as they came: words coded, cases still by name
    bucket-07/cases.arrow           names of the bucket's cases; the place is the number
    bucket-07/events-N.parquet      coded events (``events.CODED``), by case, time and row

A case lies in bucket crc32(name) mod the number of buckets, with all its events. Taking a log
in has two phases. Rows are first written in parts, each of which is complete once the manifest
names it: killed at any moment, the same log taken in again goes on after the last part. At the
end each bucket with new rows is sealed: cases get numbers, rows are sorted, one file is added;
several are merged into one when there are many. The last part goes there at once, and so does a
log that is no larger than a part. Memory is bounded by a part and by two
buckets.

``row`` is a running number over all sources; ``source_of`` leads back to the source's own row.
Applicants are told by 63 bits of a SHA-256: two are taken for one with a chance of less than
one in a hundred thousand among ten million.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute, parquet

from guiju.audit.durable import read_mapped, write, write_mapped, write_table
from guiju.audit.events import CODED, UNTOLD, Events, Words, in_order
from guiju.audit.intake import buckets_of, coded, told

FORMAT = 3
PART_ROWS = 1_000_000  # so many rows are committed at once
AT_ONCE = 2  # buckets are sealed at a time
FILES_MAX = 6  # of one bucket; then they are merged
EVERY_ROW = (0, np.iinfo(np.int64).max)
Numbers = npt.NDArray[np.int64]


class StoreError(Exception):
    """A folder that is no store, or a source that cannot be taken in; in words."""


class Rejected(Protocol):
    """A row that a reader could not read."""

    row: int
    reason: str


class Batch(Protocol):
    """Some rows of a source, as readers give them (``formats.logs``)."""

    @property
    def events(self) -> pa.RecordBatch:
        """Of ``formats.logs.schema.TOLD``."""

    @property
    def rejected(self) -> Sequence[Any]:
        """Rows that could not be read."""

    @property
    def read(self) -> int:
        """Rows of the source read so far, rejected and ignored ones too."""


@dataclass(frozen=True, slots=True)
class Source:
    """A log that was taken in, or is being."""

    name: str
    sha256: str
    first: int  # the store's number of its row 0
    read: int = 0  # rows read so far
    taken: int = 0  # of these, events
    rejected: int = 0
    parts: int = 0
    is_whole: bool = False
    columns: tuple[str, ...] = ()  # what its system has, as ``formats.logs.schema.TOLD`` names it
    told: tuple[str, ...] = ()  # of these, what some row tells


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a store holds; whatever it does not name is not there."""

    buckets: int
    sources: tuple[Source, ...] = ()
    raw: tuple[str, ...] = ()  # parts not yet sealed
    files: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # bucket → its files
    first: int = 0  # earliest and latest time, microseconds since 1970
    last: int = 0
    format: int = FORMAT

    @property
    def told(self) -> frozenset[str]:
        """The columns that some row tells."""
        return frozenset[str]().union(*(each.told for each in self.sources))


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking a log in."""

    source: Source
    is_known: bool = False  # it was there already, and nothing was done


class Store:
    """A folder of events. One process at a time may write to it."""

    def __init__(self, folder: Path, manifest: Manifest, words: Words) -> None:
        self.folder, self.manifest, self.words = folder, manifest, words

    @classmethod
    def create(cls, folder: Path, buckets: int = 32) -> "Store":
        """A new store. Raises StoreError when the folder holds something already."""
        if folder.exists() and any(folder.iterdir()):
            raise StoreError(f"{folder} 里已经有东西,换一个空文件夹")
        folder.mkdir(parents=True, exist_ok=True)
        store = cls(folder, Manifest(buckets), Words())
        store._commit(store.manifest)
        return store

    @classmethod
    def open(cls, folder: Path) -> "Store":
        """The store in a folder. Raises StoreError."""
        try:
            manifest = json.loads((folder / "store.json").read_text("utf-8"))
            texts = json.loads((folder / "words.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise StoreError(f"{folder} 不是事件库,或者已经损坏({error})") from error
        if manifest.get("format") != FORMAT:
            raise StoreError(f"{folder} 的格式是{manifest.get('format')},本程序只认{FORMAT}")
        return cls(folder, _manifest(manifest), Words(texts))

    @property
    def buckets(self) -> int:
        """How many buckets there are."""
        return self.manifest.buckets

    # Taking in

    def append(
        self,
        name: str,
        digest: str,
        batches: Callable[[int], Iterable[Batch]],
        columns: Iterable[str] = (),
    ) -> Taken:
        """Take a source in, all or, if it was begun before, the rest of it.

        ``batches`` is asked once, with the number of rows to pass over; ``columns`` are what the
        source's system has (``audit.feeds``). Raises whatever it raises; what was committed
        before stays, and is gone on from the next time.
        """
        source = next((s for s in self.manifest.sources if s.sha256 == digest), None)
        if source is not None and source.is_whole:
            return Taken(source, is_known=True)
        if any(not each.is_whole for each in self.manifest.sources if each is not source):
            raise StoreError("上一份日志还没有收完,先把它收完")
        if source is None:
            first = max((each.first + each.read for each in self.manifest.sources), default=0)
            source = Source(name, digest, first, columns=tuple(sorted(columns)))
            self._commit(replace(self.manifest, sources=(*self.manifest.sources, source)))
        waiting: list[Batch] = []
        for batch in batches(source.read):
            waiting.append(batch)
            if sum(each.events.num_rows for each in waiting) >= PART_ROWS:
                source = self._part(source, waiting)
                waiting = []
        return Taken(self._seal(source, waiting))

    def _part(self, source: Source, batches: Sequence[Batch]) -> Source:
        """Write some rows to all buckets, and commit them."""
        part = _part_name(self.manifest, source)
        source, manifest, rows = self._coded(source, batches)
        for bucket, table in rows.items():
            write_table(self._bucket(bucket) / f"raw-{part}.parquet", table, "lz4")
        self._commit(replace(manifest, raw=(*manifest.raw, part)))
        return source

    def _coded(
        self, source: Source, batches: Sequence[Batch]
    ) -> tuple[Source, Manifest, dict[int, pa.Table]]:
        """Some rows as integers, bucket by bucket; the source and manifest that have them."""
        table = pa.Table.from_batches([each.events for each in batches])
        new = coded(table, self.words, source.first)
        rejected = [row for each in batches for row in each.rejected]
        if rejected:
            lines = [{"row": row.row, "reason": row.reason} for row in rejected]
            text = json.dumps(lines, ensure_ascii=False)
            name = f"{_part_name(self.manifest, source)}.json"
            write(self.folder / "rejected" / name, text.encode())
        source = replace(
            source,
            read=batches[-1].read,
            taken=source.taken + table.num_rows,
            rejected=source.rejected + len(rejected),
            parts=source.parts + 1,
            told=tuple(sorted({*source.told, *told(new)})),
        )
        sources = (*self.manifest.sources[:-1], source)
        manifest = replace(_with_times(self.manifest, new["at"]), sources=sources)
        bucket = buckets_of(new["case"], self.buckets)
        new = new.take(pa.array(np.argsort(bucket.astype(np.int16), kind="stable")))
        edges = np.cumsum([0, *np.bincount(bucket, minlength=self.buckets)]).tolist()
        parts = enumerate(pairwise(edges))
        return source, manifest, {n: new.slice(i, j - i) for n, (i, j) in parts if i < j}

    def _seal(self, source: Source, batches: Sequence[Batch]) -> Source:
        """Number the cases of new rows and sort them in, bucket by bucket; commit all at once.

        ``batches`` are the last ones, which need not be written as a part before.
        """
        manifest, last = self.manifest, dict[int, pa.Table]()
        if batches:
            source, manifest, last = self._coded(source, batches)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            buckets = range(self.buckets)
            sealed = threads.map(lambda n: self._sealed(n, manifest, last.get(n)), buckets)
            done = dict(zip(buckets, sealed, strict=True))
        whole = replace(source, is_whole=True)
        sources = (*manifest.sources[:-1], whole)
        files = {str(bucket): files for bucket, (files, _) in done.items() if files}
        self._commit(replace(manifest, sources=sources, raw=(), files=files))
        for _, gone in done.values():
            for each in gone:
                each.unlink(missing_ok=True)
        return whole

    def _sealed(
        self, bucket: int, manifest: Manifest, last: pa.Table | None
    ) -> tuple[tuple[int, ...], list[Path]]:
        """Sort the new rows of a bucket in; answers its files, and what is no longer needed."""
        folder, files = self._bucket(bucket), manifest.files.get(str(bucket), ())
        gone = [folder / f"raw-{part}.parquet" for part in manifest.raw]
        gone = [each for each in gone if each.exists()]
        new = [*map(parquet.read_table, gone), *([] if last is None else [last])]
        if not new:
            return files, []
        rows = self._numbered(bucket, pa.concat_tables(new))
        number = max(files, default=0) + 1
        if len(files) >= FILES_MAX:
            rows = pa.concat_tables([*(_read(folder, each) for each in files), rows])
            gone += [folder / f"events-{each}.parquet" for each in files]
            files = ()
        write_table(folder / f"events-{number}.parquet", in_order(rows))
        return (*files, number), gone

    def _numbered(self, bucket: int, rows: pa.Table) -> pa.Table:
        """The rows with the numbers of their cases; new names are added to the bucket's.

        Names that were added for rows which were never committed do no harm.
        """
        known = self.case_names(bucket)
        names = rows["case"].combine_chunks().dictionary_encode()
        # The few new names are made into a table and the many known ones looked up in it.
        told = compute.index_in(known, value_set=names.dictionary)
        number = np.full(len(names.dictionary), UNTOLD, np.int32)
        number[told.drop_null().to_numpy()] = np.flatnonzero(told.is_valid())
        is_strange = number == UNTOLD
        if is_strange.any():
            number[is_strange] = len(known) + np.arange(int(is_strange.sum()))
            known = pa.concat_arrays([known, names.dictionary.filter(pa.array(is_strange))])
            write_mapped(self._bucket(bucket) / NAMES, pa.table({"name": known}))
        case = number[names.indices.to_numpy()]
        return rows.set_column(0, "case", pa.array(case.astype(np.int32)))

    def _commit(self, manifest: Manifest) -> None:
        texts = json.dumps(self.words.texts[1:], ensure_ascii=False)
        write(self.folder / "words.json", texts.encode())
        write(self.folder / "store.json", json.dumps(asdict(manifest)).encode())
        self.manifest = manifest

    # Reading

    def events(
        self,
        bucket: int,
        cases: Numbers | None = None,
        columns: Iterable[str] = CODED.names,
        rows: tuple[int, int] = EVERY_ROW,
    ) -> Events:
        """The events of a bucket, or of some of its cases, sorted; only these columns.

        Of ``rows`` the first and the last are told.
        """
        wanted = list(dict.fromkeys(("case", "at", "row", *columns)))
        folder, files = self._bucket(bucket), self.manifest.files.get(str(bucket), ())
        mask = None
        if cases is not None:
            mask = np.zeros(self.case_count(bucket), np.bool_)
            mask[cases] = True
        tables = [_read(folder, each, wanted, mask, rows) for each in files]
        whole = pa.concat_tables(tables) if tables else CODED.empty_table().select(wanted)
        if len(tables) > 1:
            whole = in_order(whole)
        return Events({name: whole[name].combine_chunks() for name in wanted}, bucket)

    def case_count(self, bucket: int) -> int:
        """How many cases a bucket has."""
        return len(self.case_names(bucket))

    def case_names(self, bucket: int) -> pa.Array:
        """The names of a bucket's cases, by number; of the file only what is looked at is read."""
        path = self._bucket(bucket) / NAMES
        return read_mapped(path)["name"].chunk(0) if path.exists() else NO_NAMES

    def source_of(self, row: int) -> tuple[str, int]:
        """The source of a row, and which row it was there."""
        source = next(each for each in reversed(self.manifest.sources) if each.first < row)
        return source.name, row - source.first

    def rejected(self) -> Iterator[tuple[str, int, str]]:
        """Rows that could not be read: source, row there, reason."""
        for path in sorted((self.folder / "rejected").glob("*.json")):
            source = self.manifest.sources[int(path.stem.split("-")[0])]
            for each in json.loads(path.read_text("utf-8")):
                yield source.name, each["row"], each["reason"]

    def _bucket(self, number: int) -> Path:
        return self.folder / f"bucket-{number:02}"


NAMES = "cases.arrow"
NO_NAMES = pa.array([], pa.string())


def _manifest(told: dict[str, Any]) -> Manifest:
    """A manifest from JSON."""
    return Manifest(
        **{name: told[name] for name in ("buckets", "first", "last", "format")},
        sources=tuple(
            Source(**{**each, "columns": tuple(each["columns"]), "told": tuple(each["told"])})
            for each in told["sources"]
        ),
        raw=tuple(told["raw"]),
        files={bucket: tuple(numbers) for bucket, numbers in told["files"].items()},
    )


def _part_name(manifest: Manifest, source: Source) -> str:
    """The name of the part that a source is to have next."""
    return f"{len(manifest.sources) - 1:04}-{source.parts:05}"


def _with_times(manifest: Manifest, at: pa.ChunkedArray) -> Manifest:
    """The manifest with the span of its times wide enough for these."""
    low, high = compute.min_max(at).as_py().values()
    if low is None:
        return manifest
    if manifest.raw or manifest.files:
        low, high = min(low, manifest.first), max(high, manifest.last)
    return replace(manifest, first=low, last=high)


def _read(
    folder: Path,
    number: int,
    columns: Sequence[str] = tuple(CODED.names),
    mask: npt.NDArray[np.bool_] | None = None,
    rows: tuple[int, int] = EVERY_ROW,
) -> pa.Table:
    """The rows of a file, of the cases that a mask holds; groups without any are not read."""
    first, last = rows
    with parquet.ParquetFile(folder / f"events-{number}.parquet") as file:
        spans = zip(_spans(file, "case"), _spans(file, "row"), strict=True)
        groups = [
            i
            for i, (case, row) in enumerate(spans)
            if row[1] >= first
            and row[0] <= last
            and (mask is None or mask[case[0] : case[1] + 1].any())
        ]
        found = file.read_row_groups(groups, list(columns))
    if mask is None and rows == EVERY_ROW:
        return found
    row = found["row"].to_numpy()
    is_asked = (row >= first) & (row <= last)
    if mask is not None:
        is_asked &= mask[found["case"].to_numpy()]
    return found if is_asked.all() else found.filter(pa.array(is_asked))


def _spans(file: parquet.ParquetFile, column: str) -> Iterator[tuple[int, int]]:
    """The least and the most of a column in each group of rows."""
    place, told = file.schema_arrow.get_field_index(column), file.metadata
    for group in range(told.num_row_groups):
        span = told.row_group(group).column(place).statistics
        yield span.min, span.max
