"""All that this suite knows of the product: its columns, its names, its sample city.

Everything else here speaks of cases, acts, documents and messages as this file hands them out,
so a change of the product is followed here and nowhere else. The course is that of 临时救助: an
application, its acceptance, then round and round through survey (with a photo), opinion and
objection, for as long as a test likes, and perhaps a withdrawal at the end.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import Error, close_old_connections, connection, transaction
from django.utils import timezone
from tests.files import chunk, png
from tests.postgres import binaries
from tests.walk import HARDSHIP, MONDAY, SURVEYORS, VILLAGE

from guiju.cases import actions, documents, outbox
from guiju.cases.actions import Applicant, Request, StalePage
from guiju.cases.erasure import GROUNDS, erase
from guiju.cases.models import Case, Document, Message
from guiju.cases.trace import act_told
from guiju.formats.packs import read_pack
from guiju.kernel.acts import state_to_json
from guiju.kernel.power import APPLICANT
from guiju.kernel.run import perform, start
from guiju.organs.actions import load_organs
from guiju.organs.models import Division
from guiju.powers.actions import load_powers
from guiju.powers.models import Version
from guiju.powers.queries import calendar, program
from guiju.record.durable import locked
from guiju.record.entries import canonical, is_intact
from guiju.record.keys import FILE, keys_of, make_secret
from guiju.record.models import Act, Key
from guiju.record.publisher import advance
from guiju.record.recovery import LOST
from guiju.record.shards import KEY_FILE, Shard, Unsignable
from guiju.site.archive import pack, unpack
from guiju.site.log_reader import reader_of
from guiju.tlog.checkpoints import Checkpoint
from guiju.tlog.tiles import read_entry
from guiju.tlog.verification import check_extends, findings

CITY, POWER = "changzhi", "临时救助"
ROUND = (
    ("hbz-surveyor", "survey", "done"),
    ("hbz-reviewer", "opinion", "support"),
    ("sx-committee", "publicity", "objection"),
)
PHOTO_SIDE = 1_000
LONG_AFTER = timedelta(days=100)  # when the days of all acts are over, so that all are published
SHARD = Shard(MONDAY.year)
ERRORS = (Error, OSError, Unsignable)  # what a broken disk may lead to
STALE = StalePage  # somebody else was faster; nothing has happened


@dataclass(frozen=True, slots=True)
class Errand:
    """One act as somebody asks for it: on which case, with how many acts already, and the key."""

    number: str  # "": the case is yet to be opened
    seen: int
    key: str
    is_last: bool = False  # the applicant withdraws, and the case ends


@dataclass(frozen=True, slots=True)
class Done:
    """An act that has been acknowledged; ``sha256`` of the document that came with it, or ""."""

    number: str
    seq: int
    key: str
    sha256: str = ""


# ── doing ─────────────────────────────────────────────────────────────────────────────────────


def prepare() -> None:
    """Make all tables and load the sample city."""
    for name in (FILE, KEY_FILE):
        if not (settings.KEYS_ROOT / name).exists():
            make_secret(settings.KEYS_ROOT, name)
    call_command("migrate", verbosity=0)
    pack = read_pack(settings.PACKS / CITY, date(2026, 9, 1))
    load_organs(pack)
    load_powers(pack=pack, by="reliability", at=MONDAY)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS amcheck")  # It looks into indexes.


def weaken() -> None:
    """Let SQLite acknowledge before the disk does: for controls, which must lose something."""
    options = settings.DATABASES["default"]["OPTIONS"]
    strict = options["init_command"]
    options["init_command"] = strict.replace("synchronous=FULL", "synchronous=NORMAL")
    assert options["init_command"] != strict


def do(errand: Errand) -> Done:
    """Open a case, or perform the next act of its course, by the product's own door."""
    seq = errand.seen + 1
    at = MONDAY + timedelta(seconds=seq)
    if not errand.number:
        request = Request("apply", "submit", errand.key, facts=HARDSHIP)
        version, division = _place()
        number = actions.open_case(
            version=version,
            division=division,
            applicant=Applicant("郭志强", "13800000000", helper_name="李帮办"),
            request=request,
            by=APPLICANT,
            at=at,
        )
        return Done(number, 1, errand.key)
    by, request = _asked(errand, seq)
    written = actions.perform_act(
        number=errand.number, request=request, seq=errand.seen, by=by, at=at
    )
    digest = request.documents[0].sha256 if request.documents else ""
    return Done(errand.number, written, errand.key, digest)


def do_slowly(errand: Errand, seconds: float) -> Done:
    """The same, with a pause between the last statement and the commit."""
    with transaction.atomic():
        done = do(errand)
        time.sleep(seconds)
    return done


def _asked(errand: Errand, seq: int) -> tuple[str, Request]:
    if seq == 2:
        return "hbz-window", Request("accept", "accept", errand.key)
    by, step, outcome = ROUND[seq % 3]
    if errand.is_last:
        return APPLICANT, Request(step, "withdraw", errand.key)
    if step == "survey":
        photo = documents.store("现场照片", "photo.jpg", [photo_for(errand.key)])
        return by, Request(
            *(step, outcome, errand.key),
            present=SURVEYORS,
            documents=(photo,),
            facts={"finding": "属实"},
        )
    if step == "opinion":
        return by, Request(step, outcome, errand.key, facts={"amount_proposed": "250000"})
    return by, Request(step, outcome, errand.key, reason="有人不同意")


def photo_for(key: str) -> bytes:
    """A picture that belongs to this key alone."""
    return png(PHOTO_SIDE, PHOTO_SIDE, extra=[chunk(b"tEXt", b"key\0" + key.encode())])


@lru_cache
def _place() -> tuple[str, str]:
    version = Version.objects.get(name=POWER, retired_at=None)
    return version.sha256, Division.objects.get(name=VILLAGE).code


def index_all() -> int:
    """A round of the publisher; how many acts it brought into the log, 0 when another is at it.

    Raises OSError, Unsignable and the database's errors.
    """
    try:
        return advance(MONDAY + LONG_AFTER)
    except BlockingIOError:
        return 0


def signed() -> dict[str, object] | None:
    """The checkpoint that was signed last, as it is told on a pipe."""
    last = SHARD.last_signed()
    return None if last is None else {"size": last.size, "root": last.root.hex()}


def send_all(folder: Path, *, is_late: bool = False) -> int:
    """Rounds of the outbox until nothing waits, into files; how many messages went.

    Late, the claims of senders that were killed have lapsed.
    """
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(folder)
    total = 0
    at = MONDAY + LONG_AFTER if is_late else MONDAY
    while batch := outbox.deliver(at):
        total += batch
    return total


def next_page() -> None:
    """What Django does before each request: let go of a connection that has gone bad."""
    close_old_connections()


def hang_up() -> None:
    """Close the connection, as a process does that ends; SQLite then tidies its files."""
    connection.close()


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody invented."""

    name: str
    identity: str
    phone: str


def apply(who: Citizen) -> Done:
    """Somebody applies for themselves, and says who they are wherever they can."""
    version, division = _place()
    story = f"我是{who.name},身份证号{who.identity},电话{who.phone},孩子上学有困难"
    request = Request("apply", "submit", who.identity, facts={**HARDSHIP, "story": story})
    number = actions.open_case(
        version=version,
        division=division,
        applicant=Applicant(who.name, who.phone),
        request=request,
        by=APPLICANT,
        at=MONDAY,
    )
    return Done(number, 1, who.identity)


def told(done: Done) -> dict[str, Any]:
    """As it goes through a pipe."""
    return asdict(done)


def withdraw_and_erase(number: str) -> None:
    """The applicant withdraws, and then the data go."""
    at = MONDAY + timedelta(hours=1)
    request = Request("accept", "withdraw", f"{number}-withdraw")
    actions.perform_act(number=number, request=request, seq=1, by=APPLICANT, at=at)
    erase(number=number, ground=GROUNDS[0], by="reliability", at=at)


def back_up(target: Path) -> None:
    """A backup of the database with documents and log, while others work; and, apart, what nobody
    should ever put back: the last signed checkpoints."""
    target.mkdir()
    if connection.vendor == "postgresql":
        _pg("pg_dump", "--format=custom", f"--file={target / 'dump'}")
    pack(target / "archive.tar", MONDAY)
    with locked(Path(settings.SIGNED_ROOT) / "lock"):
        shutil.copytree(settings.LOG_ROOT, target / "log")
        shutil.copytree(settings.SIGNED_ROOT, target / "signed")


def restore(backup: Path) -> None:
    """Put the database of a backup in place of the one that is there."""
    connection.close()
    if connection.vendor == "postgresql":
        _pg("pg_restore", "--clean", "--if-exists", "--exit-on-error", str(backup / "dump"))
    else:
        for each in Path(settings.VAR).glob("guiju.db*"):
            each.unlink()
    unpack(backup / "archive.tar")


def forget_what_was_signed(backup: Path) -> None:
    """What nobody should ever do: log and last signed checkpoints go back in time as well."""
    for root, name in ((settings.LOG_ROOT, "log"), (settings.SIGNED_ROOT, "signed")):
        shutil.rmtree(root)
        shutil.copytree(backup / name, root)


def _pg(program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs on the database of the settings."""
    folder = binaries()
    assert folder is not None
    url = os.environ["DATABASE_URL"]
    done = subprocess.run(
        [folder / program, f"--dbname={url}", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr[:500]}")


# ── looking ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ActSeen:
    """An act as it lies in the database."""

    subject: str
    seq: int
    key: str
    idx: int | None
    is_of_case: bool
    is_intact: bool
    documents: tuple[tuple[str, str], ...]  # kind and SHA-256, as the act itself tells


@dataclass(frozen=True, slots=True)
class CaseSeen:
    """A case as it lies in the database, beside the state that its acts lead to."""

    number: str
    seq: int
    state: str
    replayed: str
    is_told: bool  # each of its acts puts a message in the outbox


@dataclass(frozen=True, slots=True)
class Seen:
    """The whole database at one moment."""

    acts: list[ActSeen]
    cases: list[CaseSeen]
    documents: list[tuple[str, int, str, str, int]]  # number, seq, kind, SHA-256, size
    messages: list[tuple[str, int]]  # number, seq


def seen() -> Seen:
    """Read everything, at one moment."""
    with _one_moment():
        rows = list(Act.objects.order_by("subject", "seq"))
        cases = list(Case.objects.order_by("number"))
        kept = Document.objects.values_list("case_id", "seq", "kind", "sha256", "size")
        told = Message.objects.values_list("case_id", "seq")
        return Seen(
            [_act_seen(row) for row in rows],
            [_case_seen(case, rows_of) for case, rows_of in _with_acts(cases, rows)],
            list(kept),
            list(told),
        )


@contextmanager
def _one_moment() -> Iterator[None]:
    if connection.in_atomic_block or connection.vendor == "sqlite":
        with transaction.atomic():
            yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _with_acts(cases: list[Case], rows: list[Act]) -> Iterator[tuple[Case, list[Act]]]:
    by_subject: dict[str, list[Act]] = {}
    for row in rows:
        by_subject.setdefault(row.subject, []).append(row)
    return ((case, by_subject.get(case.number, [])) for case in cases)


def _act_seen(row: Act) -> ActSeen:
    is_of_case = row.kind == "act"
    brought = json.loads(row.private).get("documents", ()) if is_of_case else ()
    named = tuple((kind, digest) for kind, digest in brought)
    intact = row.kind == LOST or _is_intact(row)
    return ActSeen(row.subject, row.seq, row.key, row.idx, is_of_case, intact, named)


def _is_intact(row: Act) -> bool:
    try:
        return is_intact(row, keys_of(row.subject.removeprefix("erase:")))
    except Key.DoesNotExist:
        return False


def _case_seen(case: Case, rows: list[Act]) -> CaseSeen:
    address = case.applicant_email or case.applicant_phone
    return CaseSeen(case.number, case.seq, case.state, _replayed(case, rows), bool(address))


def _replayed(case: Case, rows: Iterable[Act]) -> str:
    """The state that the kernel comes to, with nothing but the acts; or why it does not."""
    begun = program(case.version_id)
    state = start(begun, timezone.localtime(case.opened_at))
    try:
        for row in rows:
            row.at = timezone.localtime(row.at)
            state = perform(begun, state, act_told(row), calendar)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return canonical(state_to_json(state))


def await_quiet() -> None:
    """Until PostgreSQL has finished what a killed client had sent: it may still commit."""
    until = time.monotonic() + QUIET_SECONDS_MAX
    while connection.vendor == "postgresql" and time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(OTHERS)
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.005)


def acts_of(number: str) -> int:
    """How many acts a case says that it has."""
    return Case.objects.values_list("seq", flat=True).get(number=number)


def is_written(key: str) -> bool:
    """Whether there is an act with this key."""
    return Act.objects.filter(key=key).exists()


def ids_after(last: int) -> list[int]:
    """The naive way to follow a table: rows with a greater id than the last one seen."""
    return list(Act.objects.filter(id__gt=last).order_by("id").values_list("id", flat=True))


def ids() -> list[int]:
    """The ids of all acts."""
    return ids_after(0)


def index_bounds() -> tuple[int, int]:
    """How many acts have an index, and the greatest index plus one, at one moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(idx), COALESCE(MAX(idx) + 1, 0) FROM record_act")
        count, above = cursor.fetchone()
    return count, above


def messages() -> list[str]:
    """The texts of all messages; each differs, while a case goes round only once."""
    return list(Message.objects.values_list("body", flat=True))


def unsent() -> int:
    """How many messages wait."""
    return Message.objects.filter(sent_at__isnull=True).count()


def lost_rows() -> int:
    """How many published acts were taken back from the log alone."""
    return Act.objects.filter(kind=LOST).count()


def log_folder() -> str:
    """Where the published log lies."""
    return str(SHARD.folder)


def signed_folder() -> str:
    """Where the last signed checkpoints lie."""
    return str(settings.SIGNED_ROOT)


def why_unsigned() -> str:
    """Why the publisher signs nothing; "" when it does."""
    try:
        index_all()
    except Unsignable as error:
        return str(error)
    return ""


def commitments() -> set[bytes]:
    """All commitments of all entries."""
    entries = Act.objects.filter(idx__isnull=False).values_list("entry", flat=True)
    return {
        bytes.fromhex(each) for text in entries for each in json.loads(text)["committed"].values()
    }


def stories(numbers: list[str]) -> list[str]:
    """What these applicants told, as the database holds it."""
    acts = Act.objects.filter(subject__in=numbers, seq=1)
    return [json.loads(act.private)["facts"]["story"] for act in acts]


def log_faults(promised: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is wrong with the published log, and checkpoints that were signed and no longer hold.

    Every file is held against the signature, every indexed act against its entry.
    """
    if not (SHARD.folder / "checkpoint").exists():
        return [f"{each} was signed and no log is there" for each in promised]
    read, names = reader_of(str(SHARD.folder))
    checkpoint, found = findings(read, [SHARD.signer.verifier], names)
    if checkpoint is None or found:
        return [f"the log: {each}" for each in found]
    gone = [
        f"{each} was signed, and the log is not its continuation"
        for each in promised
        if not check_extends(
            read,
            Checkpoint(SHARD.origin, each["size"], bytes.fromhex(each["root"])),
            checkpoint,
        )
    ]
    rows = dict(Act.objects.filter(idx__isnull=False).values_list("idx", "entry"))
    other = [
        f"entry {index} of the log is not what the database holds"
        for index in range(checkpoint.size)
        if rows.get(index, "").encode() != read_entry(read, index, checkpoint.size)
    ]
    return gone + other[:3]


def file_of(digest: str) -> Path:
    """Where the document with this hash lies."""
    return documents.path_of(digest)


def half_files() -> int:
    """Files in the folder of documents that a write left behind, half or whole, under no name."""
    return sum(1 for each in Path(settings.MEDIA_ROOT).glob("*/*.*"))


def structure_faults() -> list[str]:
    """What the database itself finds wrong with its files, its indexes and its references."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check")
            found = [row[0] for row in cursor.fetchall() if row[0] != "ok"]
            cursor.execute("PRAGMA foreign_key_check")
            return found + [f"reference to nothing: {row}" for row in cursor.fetchall()]
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'")
        if not cursor.fetchone():
            return []
        cursor.execute(AMCHECK)
        return []


OTHERS = """
SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND xact_start IS NOT NULL"""
QUIET_SECONDS_MAX = 10
AMCHECK = """
SELECT bt_index_check(c.oid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.amname = 'btree' AND n.nspname = 'public' AND i.indisvalid"""
"""Raises when an index and its table do not tell the same; as slow as reading both."""
