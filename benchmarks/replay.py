"""Replay of a large log against a net: ours, pm4py's and r4pm's, on one file, same verdicts.

    GUIJU_DATA=DIR benchmarks/.venv/bin/python benchmarks/replay.py [COPIES]

The log of traffic fines is written COPIES times (4: 2.2 M events) to one Parquet file, cases as
strings, rows in the order of time. Each contestant runs in a process of its own, reads that
file, and says of every case whether it is a run of the net; then times (CPU and wall), peak
memory above the bare interpreter, and verdicts are compared; of three rounds the one in the
middle counts. With ``size`` it prints cost against size for ours alone; with ``distinct`` a
third of all events have changed places first, so that hardly two traces are alike.
"""

import gzip
import importlib
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    import pyarrow as pa

    from guiju.audit.events import Events
    from guiju.audit.replay import Tables

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
DATA = Path(os.environ.get("GUIJU_DATA", ""))
LOG, NET = DATA / "Road_Traffic_Fine_Management_Process.xes.gz", DATA / "roadtraffic.pnml"


def events() -> Iterator[tuple[int, str, str]]:
    """Case, activity and time of every event, as the log has them."""
    case = 0
    with gzip.open(LOG) as file:
        for _, element in ElementTree.iterparse(file):  # noqa: S314 - a file of one's own
            tag = element.tag.rpartition("}")[2]
            if tag == "event":
                told = {each.get("key"): each.get("value") or "" for each in element}
                yield case, told["concept:name"], told["time:timestamp"]
            elif tag == "trace":
                case += 1
                element.clear()


def write(path: Path, copies: int, share: float) -> int:
    """Write the log so many times, by time; answers the number of events.

    So many events, as a share, have changed places with the next one in the file's own order.
    """
    import numpy as np
    import pyarrow as pa
    from pyarrow import compute, parquet

    case, act, at = (np.array(column) for column in zip(*events(), strict=True))
    when = np.array([each[:19] for each in at], "datetime64[us]")
    order = np.arange(len(case))
    with parquet.ParquetWriter(path, pa.schema(SCHEMA)) as out:
        for copy in range(copies):
            told = act.copy()
            chance = np.random.default_rng(copy)
            swapped = chance.integers(0, len(told) - 1, int(len(told) * share))
            told[swapped], told[swapped + 1] = told[swapped + 1], told[swapped].copy()
            by_time = np.lexsort((order, when))
            names = pa.array([f"{copy}-{each}" for each in case[by_time].tolist()])
            words = compute.cast(pa.array(told[by_time].tolist()), pa.string())
            # A microsecond for each place in its case: the others know no order in a tie.
            moments = when[by_time] + order[by_time].astype("timedelta64[us]")
            out.write_table(pa.table([names, words, pa.array(moments)], schema=pa.schema(SCHEMA)))
    return len(case) * copies


def _schema() -> list[tuple[str, object]]:
    import pyarrow as pa

    return [("case", pa.string()), ("step", pa.string()), ("at", pa.timestamp("us"))]


SCHEMA = _schema()


def coded(path: Path) -> "tuple[Events, Tables, pa.Array]":
    """The file's events as the store has them, the chart's table, and each case's name."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import compute, parquet

    from guiju.audit.events import Events, Words, by_case_and_time
    from guiju.audit.replay import Tables
    from guiju.formats.pnml import read_pnml
    from guiju.kernel.behaviour import behaviour_of_net

    words = Words()
    tables = Tables({"net": behaviour_of_net(read_pnml(NET).net)}, words)
    table = parquet.read_table(path, read_dictionary=["step"], pre_buffer=False)
    steps = table["step"].unify_dictionaries().combine_chunks()
    cases = table["case"].combine_chunks().dictionary_encode()
    codes = np.array([words.code(each) for each in steps.dictionary.to_pylist()], np.int32)
    step = codes[steps.indices.to_numpy()]
    case = cases.indices.to_numpy()
    at = table["at"].cast(pa.int64()).to_numpy()
    del table, steps
    pa.default_memory_pool().release_unused()
    order = by_case_and_time(case, at)
    case, step, at = case[order], step[order], at[order]
    order = order.astype(np.int32)
    power = np.full(len(case), words.find("net"), np.int32)
    columns = {"case": case, "row": order, "at": at, "power": power, "step": step}
    columns["outcome"] = np.zeros(len(case), np.int32)
    log = Events({name: pa.array(column) for name, column in columns.items()})
    return log, tables, compute.take(cases.dictionary, pa.array(case[log.starts[:-1]]))


def ours(path: Path) -> set[str]:
    """The cases that do not fit, by the chart's table."""
    import numpy as np
    import pyarrow as pa

    from guiju.audit.explanation import explained
    from guiju.audit.replay import replay

    log, tables, names = coded(path)
    answer = explained(log, replay(log, tables), tables, whole=True)
    return set(names.take(pa.array(np.flatnonzero(~answer.fits))).to_pylist())


def replay_alone(path: Path) -> float:
    """CPU seconds for the verdicts on events that are coded already, without explanations."""
    from guiju.audit.replay import replay

    log, tables, _ = coded(path)
    begun = time.process_time()
    replay(log, tables)
    return time.process_time() - begun


def pm4py_log(path: Path) -> object:
    """The file as pm4py takes it, with its net."""
    import pandas
    import pm4py

    frame = pandas.read_parquet(path)
    frame = frame.rename(columns={"step": "concept:name", "at": "time:timestamp"})
    frame["case:concept:name"] = frame.pop("case")
    return pm4py.format_dataframe(frame), pm4py.read_pnml(str(NET))


def _pm4py_cases(log: object) -> list[str]:
    return log["case:concept:name"].drop_duplicates().tolist()  # type: ignore[index]


def pm4py_tokens(path: Path) -> set[str]:
    """The cases that do not fit, by token-based replay."""
    import pm4py

    log, net = pm4py_log(path)
    told = pm4py.conformance_diagnostics_token_based_replay(log, *net)
    return {c for c, t in zip(_pm4py_cases(log), told, strict=True) if not t["trace_is_fit"]}


def pm4py_alignments(path: Path) -> set[str]:
    """The cases that do not fit, by alignments."""
    import pm4py

    log, net = pm4py_log(path)
    told = pm4py.conformance_diagnostics_alignments(log, *net)
    pairs = zip(_pm4py_cases(log), told, strict=True)
    return {c for c, t in pairs if t["cost"] >= 10_000}  # one change costs that much there


def r4pm_alignments(path: Path) -> set[str]:
    """The cases that do not fit, by r4pm's alignments of variants, joined back to the cases."""
    import polars
    import r4pm
    from r4pm import bindings

    frame = polars.read_parquet(path).sort("case", "at")
    names = {"case": "case:concept:name", "step": "concept:name", "at": "time:timestamp"}
    log = r4pm.import_item_from_df("EventLog", frame.rename(names))
    projection = bindings.log_to_activity_projection(log)
    told = bindings.align_variants(r4pm.petri_net.import_pnml(str(NET)), projection)
    wrong = {tuple(each["activities"]) for each in told if each["result"]["Ok"]["cost"]}
    traces = frame.group_by("case", maintain_order=True).agg("step")
    return {case for case, trace in traces.iter_rows() if tuple(trace) in wrong}


CONTESTANTS: dict[str, tuple[Callable[[Path], set[str]], str]] = {
    "ours": (ours, "numpy pyarrow.parquet guiju.audit.explanation guiju.formats.pnml"),
    "r4pm alignments": (r4pm_alignments, "polars r4pm"),
    "pm4py alignments": (pm4py_alignments, "pandas pm4py"),
    "pm4py token replay": (pm4py_tokens, "pandas pm4py"),
}


def _memory() -> int:
    """Megabytes that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // (1 << 20)


def _peak() -> int:
    """The most memory that this process had, in megabytes.

    Not ``ru_maxrss``, which a process begins with that of the one it came from.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


def _compete(name: str, path: Path, answers: Connection) -> None:
    work, libraries = CONTESTANTS[name]
    for library in libraries.split():
        importlib.import_module(library)
    before, wall, begun = _memory(), time.perf_counter(), time.process_time()
    wrong = work(path)
    spent = time.process_time() - begun, time.perf_counter() - wall
    answers.send((*spent, _peak() - before, wrong))


def compete(name: str, path: Path) -> tuple[float, float, int, set[str]]:
    """CPU seconds, wall seconds, megabytes more than before, and the cases that do not fit."""
    spawn = multiprocessing.get_context("spawn")
    ours_, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_compete, args=(name, path, theirs))
    process.start()
    theirs.close()
    answer = ours_.recv()
    process.join()
    return answer  # type: ignore[no-any-return]


def sizes(share: float) -> None:
    """What ours costs at three sizes, in all and for the verdicts alone."""
    print("| events | CPU s | wall s | MB | M events/CPU s | of it replay | do not fit |")
    print("|---|---|---|---|---|---|---|")
    for copies in (1, 4, 16):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "log.parquet"
            count = write(path, copies, share)
            cpu, wall, memory, wrong = compete("ours", path)
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
                alone = other.submit(replay_alone, path).result()
        rates = f"{count / cpu / 1e6:.2f} | {count / alone / 1e6:.1f}"
        print(f"| {count:,} | {cpu:.2f} | {wall:.2f} | {memory} | {rates} | {len(wrong):,} |")


def main() -> None:
    """Let all compete, or only us over several sizes."""
    words = sys.argv[1:]
    if "size" in words or "distinct" in words:
        sizes(1 / 3 if "distinct" in words else 0.001)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.parquet"
        count = write(path, int(words[0]) if words else 4, 0.001)
        print(f"{count:,} events")
        first: tuple[float, float, int, set[str]] | None = None
        print("| | CPU s | wall s | MB | CPU × ours | wall × ours | MB × ours | verdicts |")
        print("|---|---|---|---|---|---|---|---|")
        for name in CONTESTANTS:
            # Three rounds each, as seconds on a shared machine are noisy; the one in the middle.
            answer = sorted((compete(name, path) for _ in range(3)), key=lambda each: each[0])[1]
            first = first or answer
            cpu, wall, memory, wrong = answer
            differ = len(wrong ^ first[3])
            ratios = " | ".join(f"{a / b:.1f}" for a, b in zip(answer[:3], first[:3], strict=True))
            said = f"{len(wrong):,} do not fit, {differ} other than ours"
            print(
                f"| {name} | {cpu:.2f} | {wall:.2f} | {memory} | {ratios} | {said} |", flush=True
            )


if __name__ == "__main__":
    main()
