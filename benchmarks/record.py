"""What the record costs; see README.md beside this file for the command and for what is compared.

Contestants take turns in every round; what is printed is the median over the rounds, and the median
of the ratios within each round.
"""

import os
import secrets
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guiju.site.settings")
os.environ.setdefault("GUIJU_VAR", tempfile.mkdtemp(prefix="guiju-bench-", dir=ROOT))

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from guiju.cases import actions  # noqa: E402
from guiju.formats.packs import read_pack  # noqa: E402
from guiju.kernel.power import APPLICANT  # noqa: E402
from guiju.organs.actions import load_organs  # noqa: E402
from guiju.organs.models import Division  # noqa: E402
from guiju.powers.actions import load_powers  # noqa: E402
from guiju.powers.models import Version  # noqa: E402
from guiju.record.durable import write_durably  # noqa: E402
from guiju.record.entries import Entry, entry_text  # noqa: E402
from guiju.record.keys import new_keys  # noqa: E402
from guiju.record.models import Act  # noqa: E402
from guiju.record.publisher import advance  # noqa: E402
from guiju.record.shards import Shard  # noqa: E402
from guiju.record.writer import _together, write  # noqa: E402
from guiju.site import background  # noqa: E402
from guiju.tlog.checkpoints import Checkpoint  # noqa: E402
from guiju.tlog.notes import Ed25519Signer, sign_note  # noqa: E402
from guiju.tlog.tiles import EMPTY, append  # noqa: E402
from guiju.tlog.verification import findings  # noqa: E402

AT = datetime(2026, 9, 7, 1, tzinfo=UTC)
ENTRY_BYTES = 600  # about what an act's line has
LEAVES = {1: 60, 16: 480, 256: 5_120}  # appended in one round, by batch
ROUNDS = 7
PACK = ROOT / "src/guiju/packs/changzhi"
PARTS = {part.words: part for part in background.PARTS}
SIMPLE = "临时救助"  # whose second act needs nothing but the act
PLAIN = "第三类医疗器械经营许可"  # a power whose acts are published at once
FACTS = {
    PLAIN: {"enterprise": "某公司", "mode": "零售", "scope": "三类"},
    SIMPLE: {"hardship": "子女上学", "story": "学费", "household": "3"},
}
ACTS, CASES, LARGE = 200, 40, 100_000


def appends(folder: Path) -> None:
    """Durable appends a second, against hashing alone and against syncing alone."""
    signer = Ed25519Signer("benchmark.example/log", bytes(32))
    print("durable appends: tiles, bundles and a signed checkpoint, all synced, for each batch")
    print(f"{'batch':>6}{'leaves/s':>12}{'÷ SHA-256':>12}{'fsyncs/batch':>14}{'× raw fsync':>13}")
    for batch, leaves in LEAVES.items():
        speeds, to_hash, to_sync = [], [], []
        for round_ in range(ROUNDS):
            entries = [secrets.token_bytes(ENTRY_BYTES) for _ in range(leaves)]
            hashing = timed(lambda entries=entries: [sha256(each).digest() for each in entries])
            place = folder / f"{batch}-{round_}"
            files = 0

            def work() -> None:
                nonlocal files
                edge = EMPTY
                for i in range(0, leaves, batch):
                    edge, written = append(edge, entries[i : i + batch])
                    note = sign_note(Checkpoint(signer.name, edge.size, edge.root()).text, signer)
                    signed = [("signed", note.encode()), ("checkpoint", note.encode())]
                    for path, data in [*written, *signed]:
                        write_durably(place / path, data)
                        files += 1

            ours = timed(work)
            syncing = timed(lambda files=files: sync(folder / "raw", files * 2))
            speeds.append(leaves / ours)
            to_hash.append(ours / hashing)
            to_sync.append(ours / syncing)
        per_batch = 2 * files * batch / leaves  # the file and its folder
        print(
            f"{batch:6}{statistics.median(speeds):12,.0f}{statistics.median(to_hash):12,.0f}"
            f"{per_batch:14.1f}{statistics.median(to_sync):13.1f}"
        )


def sync(path: Path, times: int) -> None:
    """Write a page and sync it, so many times, on one open file."""
    with path.open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(bytes(4_096))
            os.fsync(file.fileno())


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def prepare() -> None:
    """The sample city."""
    call_command("migrate", verbosity=0)
    pack = read_pack(PACK, date(2026, 9, 1))
    load_organs(pack)
    load_powers(pack=pack, by="bench", at=AT)


def entry_alone() -> None:
    """What the line of an act costs by itself, without the database."""
    keys = new_keys("benchmark")
    entry = Entry(
        subject="benchmark", seq=3, kind="act", power="123", version="ab" * 32, person="p", at=AT,
        key="k", step="survey", outcome="done", organ="某乡人民政府", post="民政经办",
        told={"present": ["town_surveyor", "village_representative"]},
        people={"post": "town_surveyor", "present": [{"id": "a", "post": "b"}] * 2},
        private={"facts": {"finding": "属实"}, "documents": [["照片", "ab" * 32]]},
    )  # fmt: skip
    rounds = [
        timed(lambda: [entry_text(entry, keys) for _ in range(2_000)]) for _ in range(ROUNDS)
    ]
    print(
        f"\nthe line of an act with three commitments: "
        f"{statistics.median(rounds) / 2_000 * 1e6:.0f} µs, no statement and no commit more"
    )


def latency() -> None:
    """From the answer of an act to the signed checkpoint that covers it, a publisher at work."""
    stop, shard = threading.Event(), Shard(AT.year)
    signed: list[tuple[float, int]] = []

    def publish() -> None:
        while not stop.is_set():
            advance(AT)
            stop.wait(PARTS["编入日志"].seconds)
        connection.close()

    def watch() -> None:
        while not stop.is_set():
            last = shard.last_signed()
            signed.append((time.perf_counter(), last.size if last else 0))
            stop.wait(0.01)

    threads = [threading.Thread(target=each) for each in (publish, watch)]
    for each in threads:
        each.start()
    answered = {}
    for i in range(ACTS):
        number = open_case(i)
        answered[number] = time.perf_counter()
        time.sleep(0.02)
    time.sleep(3)
    stop.set()
    for each in threads:
        each.join()
    places = dict(Act.objects.filter(subject__in=answered).values_list("subject", "idx"))
    waits = sorted(
        next(at for at, size in signed if size > places[number]) - begun
        for number, begun in answered.items()
    )
    under = sum(each < 2 for each in waits) / len(waits)
    print(
        f"\nfrom act to signed leaf, {ACTS} acts, a round every {PARTS['编入日志'].seconds} s: "
        f"median {statistics.median(waits):.2f} s, p99 {waits[int(len(waits) * 0.99)]:.2f} s, "
        f"max {waits[-1]:.2f} s; {under:.1%} under 2 s"
    )


def added() -> None:
    """What the record adds to an act: the same acts, and the same without their row."""
    ratios, ours = [], []
    for round_ in range(ROUNDS):
        numbers = [open_case(f"{round_}-{i}", SIMPLE) for i in range(2 * CASES)]
        whole = timed(lambda numbers=numbers: [accept(each) for each in numbers[:CASES]])
        actions.write = lambda entry, keys, *also: _together(*also)
        bare = timed(lambda numbers=numbers: [accept(each) for each in numbers[CASES:]])
        actions.write = write
        ratios.append(whole / bare)
        ours.append(whole / CASES)
    print(
        f"\none act {statistics.median(ours) * 1e3:.2f} ms; with the record "
        f"{statistics.median(ratios):.2f} × what it takes without its row"
    )


def open_case(key: object, power: str = PLAIN) -> str:
    """A new case."""
    request = actions.Request("apply", "submit", f"{power}-{key}", facts=FACTS[power])
    return actions.open_case(
        version=Version.objects.get(name=power, retired_at=None).sha256,
        division=Division.objects.get(name="神下村").code,
        applicant=actions.Applicant("某人", "13800000000"),
        request=request,
        by=APPLICANT,
        at=AT,
    )


def accept(number: str) -> None:
    """The window accepts it."""
    request = actions.Request("accept", "accept", f"accept-{number}")
    actions.perform_act(number=number, request=request, seq=1, by="hbz-window", at=AT)


def verification() -> None:
    """How fast a log is verified in memory."""
    signer = Ed25519Signer("benchmark.example/log", bytes(32))
    edge, files = append(EMPTY, [secrets.token_bytes(ENTRY_BYTES) for _ in range(LARGE)])
    note = sign_note(Checkpoint(signer.name, LARGE, edge.root()).text, signer)
    stored = {**dict(files), "checkpoint": note.encode()}
    seconds = statistics.median(
        timed(lambda: findings(stored.__getitem__, [signer.verifier], stored)) for _ in range(3)
    )
    print(f"\na log of {LARGE:,} entries verified in {seconds:.2f} s")


def main() -> None:
    """Everything."""
    with tempfile.TemporaryDirectory(prefix="guiju-bench-", dir=ROOT) as folder:
        appends(Path(folder))
    verification()
    prepare()
    entry_alone()
    advance(AT)
    added()
    latency()


if __name__ == "__main__":
    main()
