"""``guiju oversee LOG… --charts DIR [--mapping FILE] [--json OUT] [--html OUT]``

Holds the records of any system against the charts, limits and posts of a pack. LOG is a CSV,
Excel, Parquet, XES or OCEL file; --mapping says which of its columns is what. What was taken in
stays in a store (--store, beside the first LOG unless told; --own adds the acts of this
installation), so that the next LOG costs only what is new in it, and what was interrupted
goes on. --spark lets a cluster do it (docs/scale.md); --register puts what is found on this
installation's record as leads, for a named person to judge.

Exit status: 0 nothing found, 1 findings, 2 cannot.
"""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from guiju.audit.oversee import Overseen, oversee
from guiju.audit.report import as_json, asked
from guiju.audit.spark import SparkError, oversee_on_spark, session
from guiju.audit.store import Store, StoreError
from guiju.audit.truth import read_truth, scores
from guiju.formats.logs.batch import Batch, LogError
from guiju.formats.logs.mapping import read_mapping
from guiju.formats.logs.reading import Log, open_log
from guiju.formats.packs import Pack, PackError, digest, read_pack
from guiju.oversight.leads import Register
from guiju.oversight.log_report import as_leads, report
from guiju.oversight.own_record import NAME, OwnRecord
from guiju.site import clock


class Command(BaseCommand):
    """Oversee logs."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Logs, what they are held against, and where to write."""
        parser.add_argument("logs", type=Path, nargs="*", metavar="LOG")
        parser.add_argument("--own", action="store_true", help="this installation's own record")
        parser.add_argument("--charts", type=Path, required=True, help="the folder of a pack")
        parser.add_argument("--mapping", type=Path, help="which column is what")
        parser.add_argument("--store", type=Path, help="where the events are kept")
        parser.add_argument("--buckets", type=int, default=32, help="of a new store")
        parser.add_argument("--on", type=date.fromisoformat, help="the day; today unless told")
        parser.add_argument("--json", type=Path, help="write all findings there")
        parser.add_argument("--html", type=Path, help="write a report there")
        parser.add_argument("--spark", metavar="MASTER", help="examine all anew on a cluster")
        parser.add_argument("--register", action="store_true", help="findings become leads")
        parser.add_argument("--truth", type=Path, help="of a simulated log: how well it was found")

    def handle(self, *args: object, **options: Any) -> None:
        """Take in, oversee, report."""
        on = options["on"] or clock.now().date()
        if not options["logs"] and not (options["own"] and options["store"]):
            self.stderr.write("写明日志文件;核对本系统的痕迹写 --own --store 文件夹")
            sys.exit(2)
        folder = options["store"] or _beside(options["logs"][0])
        try:
            pack = read_pack(options["charts"], on)
            mapping = read_mapping(options["mapping"]) if options["mapping"] else None
            logs = [open_log(path, mapping) for path in options["logs"]]
            buckets = options["buckets"]
            store = Store.open(folder) if folder.exists() else Store.create(folder, buckets)
            for log in logs:
                self._take(store, log, options["mapping"])
            if options["own"]:
                own = [each for each in store.manifest.sources if each.name == NAME]
                self._take(store, OwnRecord(sum(each.read for each in own)), None)
            found = self._oversee(store, pack, options, on)
        except (PackError, LogError, StoreError, SparkError, OSError) as error:
            self.stderr.write(str(error))
            sys.exit(2)
        self._tell(found, pack)
        self._report(found, store, pack, options, on)
        if options["register"]:
            register = Register(pack, clock.now())
            count = register.all(as_leads(found, store, pack), self._registering)
            self.stdout.write(f"{count}条疑点列入线索,由值班岗判断")
        sys.exit(1 if found.found.num_rows else 0)

    def _report(
        self, found: Overseen, store: Store, pack: Pack, options: dict[str, Any], on: date
    ) -> None:
        if options["json"]:
            _write_json(options["json"], found, store, on)
        if options["html"]:
            page = report(found, store, pack, on, clock.now())
            options["html"].write_text(page, encoding="utf-8")
        if options["truth"]:
            self._score(found, options["truth"])

    def _oversee(self, store: Store, pack: Pack, options: dict[str, Any], on: date) -> Overseen:
        if options["spark"]:
            with session(options["spark"]) as started:
                return oversee_on_spark(started, store, options["charts"], on)
        return oversee(store, pack, digest(options["charts"]), on, self._examining)

    def _take(self, store: Store, log: Log | OwnRecord, mapping: Path | None) -> None:
        """Take a log in, or the rest of it."""
        told = sha256(mapping.read_bytes()).hexdigest() if mapping else ""
        key = sha256(f"{log.sha256} {told}".encode()).hexdigest()

        def batches(skip: int) -> Iterator[Batch]:
            return map(self._reading, log.batches(skip))

        taken = store.append(log.name, key, batches, log.columns)
        source = taken.source
        words = "已经收过" if taken.is_known else "收进"
        self.stdout.write(f"{log.name}:{words}{source.taken}条记录,退回{source.rejected}行")
        self._remarks(log)

    def _remarks(self, log: Log | OwnRecord) -> None:
        for remark in log.remarks:
            self.stdout.write(f"  {remark.words}({remark.count}处)")

    def _reading(self, batch: Batch) -> Batch:
        done = f"{100 * batch.done // batch.total}%" if batch.total else f"{batch.read}行"
        self._progress(f"读 {done}")
        return batch

    def _examining(self, done: int, whole: int) -> None:
        self._progress(f"核对 {100 * done // whole}%")

    def _registering(self, done: int) -> None:
        self._progress(f"列入线索 {done}条")

    def _progress(self, words: str) -> None:
        """One line that is written over, on a terminal only."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{words}  ", ending="")
            self.stderr.flush()

    def _tell(self, found: Overseen, pack: Pack) -> None:
        """The totals, detector by detector."""
        self._progress("")
        self.stdout.write(
            f"{found.cases}件,{found.events}条记录;本次核对{found.examined.cases}件,"
            f"其中{found.examined.unfit}件没有照图走,{found.examined.chartless}件没有流程图;"
            f"疑点{found.found.num_rows}条,由人判断"
        )
        for row in asked(found):
            count = row.count if row.is_asked else "—"
            self.stdout.write(f"  {row.id} {row.group.value} {row.name}:{count}")
            for words in row.unseen:
                self.stdout.write(f"     不可核对 {words}")
        for reason, count in Counter(found.examined.unknown).items():
            self.stdout.write(f"  {count}处期限没有算:{reason}")
        names = {power.code: power.name for power in pack.powers}
        for code in found.too_free:
            self.stdout.write(f"  “{names[code]}”的图太自由,不能拿记录核对")

    def _score(self, found: Overseen, truth: Path) -> None:
        """How well what was done was found, detector by detector."""
        deeds = read_truth(truth)
        self.stdout.write("\n编号  做了  查出  查出率  误报  名称")
        rows = scores(deeds, found.findings)
        for row in rows:
            share = "—" if row.recall is None else f"{row.recall:.1%}"
            numbers = f"{row.done:>5} {row.found:>5} {share:>7} {row.false:>5}"
            self.stdout.write(f"{row.detector:<4} {numbers}  {row.name}")
        false = sum(row.false for row in rows)
        clean = found.cases - len({each.case for each in deeds})
        self.stdout.write(f"没有违规的{clean}件里误报{false}条({false / max(clean, 1):.3%})")
        unseen = Counter(each.words for each in deeds if not each.leaves_trace)
        for words, count in unseen.items():
            self.stdout.write(f"日志里看不见的 {count}处:{words}")


def _beside(log: Path) -> Path:
    """Where the events of a log are kept unless told."""
    return log.with_name(f"{log.name}.oversight")


def _write_json(path: Path, found: Overseen, store: Store, on: date) -> None:
    """Write the report as one JSON object, its findings one a line."""
    with path.open("w", encoding="utf-8") as file:
        file.write("{")
        for nth, (name, value) in enumerate(as_json(found, store, on)):
            file.write(f"{',' if nth else ''}\n{json.dumps(name)}: ")
            if name != "findings":
                file.write(json.dumps(value, ensure_ascii=False))
                continue
            file.write("[")
            for number, each in enumerate(value):
                file.write(f"{',' if number else ''}\n{json.dumps(each, ensure_ascii=False)}")
            file.write("]")
        file.write("\n}\n")
