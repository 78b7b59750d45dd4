"""Logs in XES (IEEE 1849-2016), read leniently: hardly any log in the world is valid.

A row is an event, numbered through the file. Its columns are the keys of the event's attributes,
and those of its trace as ``case:KEY``. What the standard asks for and the file does not have is
remarked; only what leaves no case, step or time costs the row.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import compute

from guiju.formats.logs.batch import BATCH_ROWS, Chunk, LogError, Remark
from guiju.formats.logs.mapping import Mapping
from guiju.formats.logs.stream import Stream
from guiju.formats.logs.translation import columns_of, with_own
from guiju.formats.logs.xml_pieces import DEPTH_MAX, pieces, root_of

KEYS_MAX = 10_000  # so many are looked at for remarks
CASE = "case:"
NAME = "concept:name"
LIFECYCLE = "lifecycle:transition"
KNOWN = with_own(
    {
        "case": CASE + NAME,
        "step": NAME,
        "at": "time:timestamp",
        "person": "org:resource",
        "post": "org:role",
        "organ": "org:group",
    }
)
STANDARD = ("concept", "time", "org", "lifecycle", "cost", "semantic", "micro", "identity")
DATE_TIME = r"^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$"
WORDS = {
    "trace_unnamed": "轨迹没有 concept:name,以序号为编号",
    "trace_empty": "轨迹没有事件",
    "trace_late": "轨迹的属性写在事件之后,没有用于前面的事件",
    "event_outside": "事件不在任何轨迹之内",
    "lifecycle_left_out": "事件的生命周期不在对照表所取之列,没有计入",
    "nested": "属性之内还有属性,没有读",
    "date_format": "时间不是 XML 的日期时间写法",
    "extension_undeclared": "用了没有声明的扩展",
    "version_missing": "没有写 xes.version",
    "column_unseen": "对照表所说的列一次也没有出现",
}


class XesLog:
    """An XES file as a source of rows."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        self.path, self.counts = path, Counter[str]()
        root = root_of(path)
        if root != "log":
            problem = f"不是 XES:根元素是 <{root}>,应为 <log>"
            raise LogError(str(path), problem, "检查文件")
        self.columns = columns_of(mapping, KNOWN)
        self.lifecycle = frozenset(each.lower() for each in mapping.xes.lifecycle)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What is odd about the file, as far as it was read."""
        counts = self.counts
        return tuple(Remark(code, WORDS[code], counts[code]) for code in WORDS if counts[code])

    def chunks(self, skip: int) -> Iterator[Chunk]:
        """The rows after the first ``skip``; then raises LogError if the file breaks off."""
        error: LogError | None = None
        with Stream(self.path) as stream:
            walk = _Walk(self, skip)
            steps = pieces(self.path, stream, walk.start, walk.end)
            try:
                for _ in steps:
                    if len(walk.rows) >= BATCH_ROWS:
                        yield self._chunk(walk, stream)
            except LogError as found:
                error = found
            if walk.read > max(skip, walk.given):
                yield self._chunk(walk, stream)
        self.counts = walk.counts
        if error:
            raise error
        self._conclude(walk)

    def _chunk(self, walk: "_Walk", stream: Stream) -> Chunk:
        columns = {name: pa.array(each, pa.string()) for name, each in walk.columns.items()}
        at = columns[self.columns["at"]]
        is_iso = compute.match_substring_regex(at, DATE_TIME)
        walk.counts["date_format"] += len(at) - at.null_count - (compute.sum(is_iso).as_py() or 0)
        rows = np.array(walk.rows, np.int64)
        chunk = Chunk(columns, rows, walk.read, stream.done, stream.total, (), walk.ignored)
        walk.clear()
        self.counts = walk.counts
        return chunk

    def _conclude(self, walk: "_Walk") -> None:
        """Remark what can be said at the end only."""
        keys = walk.seen | {CASE + key for key in walk.seen_of_traces}
        prefixes = {key.removeprefix(CASE).partition(":")[0] for key in keys if ":" in key}
        undeclared = prefixes & set(STANDARD) - walk.extensions
        walk.counts["extension_undeclared"] = len(undeclared)
        unseen = [c for n, c in self.columns.items() if c not in keys and KNOWN.get(n) != c]
        walk.counts["column_unseen"] = len(unseen)


class _Walk:
    """The way through a file: where it is, and the rows since the last chunk.

    ``start`` and ``end`` are called millions of times and therefore are written for speed.
    """

    def __init__(self, log: XesLog, skip: int) -> None:
        self.path, self.skip, self.lifecycle = log.path, skip, log.lifecycle
        wanted = dict.fromkeys(log.columns.values())
        self.of_trace = {each: each.removeprefix(CASE) for each in wanted if each[:5] == CASE}
        self.of_event = [each for each in wanted if each[:5] != CASE]
        self.columns: dict[str, list[str | None]] = {each: [] for each in wanted}
        self.counts = Counter[str]()
        self.extensions: set[str] = set()
        self.seen: set[str] = set()  # keys of events
        self.seen_of_traces: set[str] = set()
        self.prefix, self.depth = "", 0
        self.inside = -1  # the depth at which attributes of the open event or trace stand
        self.until = -1  # the depth at which it is closed
        self.open: dict[str, str] = {}  # the attributes of the open event or trace
        self.is_event = False
        self.trace: dict[str, str] | None = None
        self.traces = self.read = self.given = self.ignored = self.first = 0
        self.rows: list[int] = []

    def clear(self) -> None:
        """Forget the rows, which were given."""
        self.columns = {name: [] for name in self.columns}
        self.rows, self.ignored, self.given = [], 0, self.read

    def start(self, tag: str, told: dict[str, str]) -> None:
        """An element begins; most are attributes of an event."""
        self.depth += 1
        if self.depth == self.inside and "key" in told:
            self.open[told["key"]] = told.get("value", "")
        else:
            self._element(tag, told)

    def end(self, _: str) -> None:
        """An element ends."""
        self.depth -= 1
        if self.depth == self.until:
            self._close()

    def _element(self, tag: str, told: dict[str, str]) -> None:
        """Something else than an attribute of what is open begins."""
        name = tag.removeprefix(self.prefix)
        if self.depth == 1:
            self.prefix = tag[: -len("log")]
            self.counts["version_missing"] += "xes.version" not in told
        elif name == "event" and not self.is_event and self.depth <= 3:
            self.open, self.is_event = {}, True
            self.inside, self.until = self.depth + 1, self.depth - 1
        elif name == "trace" and self.depth == 2:
            self.open = self.trace = {}
            self.inside, self.until, self.first = 3, 1, self.read
            self.traces += 1
        elif name == "extension":
            self.extensions.add(told.get("prefix", ""))
        elif self.inside > 0:
            self.counts["nested"] += 1
        elif self.trace is not None and self.depth == 3 and "key" in told:
            self.trace[told["key"]] = told.get("value", "")
            self.counts["trace_late"] += 1
        if self.depth > DEPTH_MAX:
            raise LogError(str(self.path), f"嵌套超过{DEPTH_MAX}层", "不像日志,确认来源")

    def _close(self) -> None:
        """The open event ends, or the open trace."""
        if self.is_event:
            self._take(self.open)
            self.is_event = False
        elif self.trace is not None:
            self.counts["trace_empty"] += self.first == self.read
            if len(self.seen_of_traces) < KEYS_MAX:
                self.seen_of_traces.update(self.trace)
            self.trace = None
        self.inside, self.until = -1, -1 if self.trace is None else 1

    def _take(self, event: dict[str, str]) -> None:
        """Append an event to the columns, if it counts."""
        trace = self.trace
        if len(self.seen) < KEYS_MAX:
            self.seen.update(event)
        if trace is None:
            self.counts["event_outside"] += 1
            trace = {}
        elif NAME not in trace:
            self.counts["trace_unnamed"] += 1
            trace[NAME] = f"#{self.traces}"
        self.read += 1
        transition = event.get(LIFECYCLE)
        if transition and self.lifecycle and transition.lower() not in self.lifecycle:
            self.counts["lifecycle_left_out"] += 1
            self.ignored += self.read > self.skip
        elif self.read > self.skip:
            self.rows.append(self.read)
            for name in self.of_event:
                self.columns[name].append(event.get(name))
            for name, key in self.of_trace.items():
                self.columns[name].append(trace.get(key))
