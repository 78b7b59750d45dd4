"""The published log: whole after every crash, never forked, caught up with after a restore."""

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import LazySettings, settings
from django.db import connection
from tests.walk import CITY_TIME, MONDAY, Walk

from guiju.kernel.terms import Year
from guiju.powers.actions import load_calendar
from guiju.record import publisher
from guiju.record.append_only import install, remove
from guiju.record.keys import keys_of
from guiju.record.models import Act
from guiju.record.publisher import advance
from guiju.record.receipts import NotYetPublished, receipt
from guiju.record.recovery import LOST, lost_acts
from guiju.record.shards import Shard, Unsignable
from guiju.tlog.notes import BadNote, Verifier, decode64, key_id
from guiju.tlog.receipts import check, parse_receipt
from guiju.tlog.tiles import read_entry
from guiju.tlog.verification import check_extends, findings

pytestmark = pytest.mark.django_db
COUNTER = count()
SHARD = Shard(2026)
LATER = MONDAY + timedelta(days=20)


def wrong(shard: Shard = SHARD) -> list[str]:
    """All that is wrong with the published log."""
    files = (each for each in shard.folder.rglob("*") if each.is_file())
    names = [each.relative_to(shard.folder).as_posix() for each in files]
    return [str(each) for each in findings(shard.read, [shard.signer.verifier], names)[1]]


def publish(at: datetime = MONDAY) -> None:
    """An act that is published at once, as it is about no person: another calendar."""
    day = date(1999, 1, 1) + timedelta(days=next(COUNTER))
    load_calendar([Year(1999, "", "存疑", (day,), ())], by="tests", at=at)


def test_what_is_published_is_what_the_database_holds():
    walk = Walk.begin().to_publicity()

    assert advance(LATER) == Act.objects.count()

    assert wrong() == []
    signed = SHARD.last_signed()
    assert signed is not None
    for act in Act.objects.filter(shard=2026):
        assert act.idx is not None
        assert read_entry(SHARD.read, act.idx, signed.size) == act.entry.encode()
    assert walk.number not in "".join(
        each.read_text(errors="replace") for each in SHARD.folder.rglob("*") if each.is_file()
    )


def test_every_checkpoint_extends_the_one_before_and_old_partial_tiles_go_when_full():
    advance(LATER)
    first = SHARD.last_signed()
    for _ in range(260):
        publish()
    advance(LATER)
    second = SHARD.last_signed()

    assert first and second and second.size == first.size + 260
    assert check_extends(SHARD.read, first, second)
    assert wrong() == []
    assert not (SHARD.folder / "tile/0/000.p").exists()


def test_acts_of_two_years_are_in_two_logs():
    publish(datetime(2027, 1, 1, 0, 30, tzinfo=CITY_TIME))  # still the old year in UTC
    advance(LATER + timedelta(days=200))

    other = Shard(2027).last_signed()
    assert other and other.size == 1
    assert wrong(Shard(2027)) == []
    assert other.origin != SHARD.origin


def test_one_publisher_at_a_time():
    with (
        publisher.locked(Path(settings.SIGNED_ROOT) / "lock"),
        pytest.raises(BlockingIOError),
    ):
        advance(LATER)


def kept() -> dict[str, bytes]:
    """What the disk holds of the log and of checkpoints."""
    roots = (Path(settings.LOG_ROOT), Path(settings.SIGNED_ROOT))
    return {str(f): f.read_bytes() for root in roots for f in root.rglob("*") if f.is_file()}


def test_a_crash_at_any_write_leaves_a_log_that_verifies_and_goes_on(monkeypatch):
    write = publisher.write_durably
    advance(LATER)
    crashes = 0
    for nth in range(1, 20):
        publish()
        left = nth

        def failing(path: Path, data: bytes) -> None:
            nonlocal left
            left -= 1
            if not left:
                raise OSError("the power is gone")
            write(path, data)

        monkeypatch.setattr(publisher, "write_durably", failing)
        try:
            advance(LATER)
        except OSError:
            crashes += 1
        monkeypatch.setattr(publisher, "write_durably", write)
        assert wrong() == []
        advance(LATER)
        signed = SHARD.last_signed()
        assert signed and signed.size == Act.objects.filter(shard=2026).count()
        assert wrong() == []
    assert crashes > 3


def test_a_lost_folder_of_checkpoints_stops_signing():
    advance(LATER)
    shutil.rmtree(settings.SIGNED_ROOT)
    before = kept()
    publish()

    with pytest.raises(Unsignable, match="guiju log adopt"):
        advance(LATER)

    shutil.rmtree(settings.LOG_ROOT)  # not even then: the database knows that it was published
    with pytest.raises(Unsignable):
        advance(LATER)
    assert before


@pytest.mark.parametrize("damage", ["bundle", "tile", "missing"])
def test_a_damaged_log_stops_signing(damage: str):
    advance(LATER)
    publish()
    pattern = "tile/entries/000.p/*" if damage == "bundle" else "tile/0/000.p/*"
    file = next(SHARD.folder.glob(pattern))
    if damage == "missing":
        file.unlink()
    else:
        data = bytearray(file.read_bytes())
        data[-1] ^= 1
        file.write_bytes(bytes(data))

    with pytest.raises(Unsignable):
        advance(LATER)


def test_another_key_stops_signing(tmp_path: Path):
    advance(LATER)
    signed = SHARD.signed.read_text().replace("localhost/log/2026 ", "localhost/log/2027 ")
    SHARD.signed.write_text(signed)

    with pytest.raises(Unsignable):
        advance(LATER)


def without_triggers(run: Callable[[], None]) -> None:
    """Do what only a restore from a backup can do."""

    def execute(sql: str, params: object = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    editor = SimpleNamespace(connection=connection, execute=execute)
    remove(None, editor)
    run()
    install(None, editor)


@pytest.mark.django_db(transaction=False)
def test_after_a_restore_what_was_published_is_taken_back_and_the_log_goes_on():
    """The newest 40 acts are lost in the database, ten more have lost their index."""
    for _ in range(60):
        publish()
    advance(LATER)
    before = SHARD.last_signed()
    assert before
    texts = dict(Act.objects.values_list("idx", "entry"))
    size = before.size

    def older() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM record_act WHERE idx >= %s", [size - 40])
            cursor.execute("UPDATE record_act SET idx = NULL WHERE idx >= %s", [size - 50])

    without_triggers(older)
    publish()

    advance(LATER)

    after = SHARD.last_signed()
    assert after and after.size == size + 2  # the new act, and one that tells of the restore
    assert check_extends(SHARD.read, before, after)
    assert wrong() == []
    assert Act.objects.filter(kind=LOST).count() == len(lost_acts()) == 40
    assert {i: t for i, t in Act.objects.values_list("idx", "entry") if i < size} == texts
    told = json.loads(Act.objects.get(kind="restore").entry)["told"]
    assert told == {"size": size, "lost": 40}


def test_a_restore_after_a_crash_between_signing_and_publishing():
    """The public checkpoint is one behind what was signed, and the database is older still."""
    publish()
    advance(LATER)
    public = (SHARD.folder / "checkpoint").read_bytes()
    for _ in range(5):
        publish()
    advance(LATER)
    before = SHARD.last_signed()
    assert before
    (SHARD.folder / "checkpoint").write_bytes(public)

    def older() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM record_act WHERE idx >= %s", [before.size - 3])

    without_triggers(older)

    advance(LATER)

    after = SHARD.last_signed()
    assert after
    assert check_extends(SHARD.read, before, after)
    assert wrong() == []


def test_a_database_that_contradicts_the_log_stops_signing():
    advance(LATER)

    def forge() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT MAX(id) FROM record_act")
            cursor.execute("UPDATE record_act SET entry = '{}' WHERE id = %s", cursor.fetchone())

    without_triggers(forge)
    publish()
    with pytest.raises(Unsignable, match="矛盾"):
        advance(LATER)


def test_a_gap_in_the_indexes_stops_signing():
    advance(LATER)
    publish()
    Act.objects.filter(idx=None).update(idx=10**6)

    with pytest.raises(Unsignable, match="不连续"):
        advance(LATER)


def test_a_receipt_proves_an_act_offline_and_opens_what_is_the_partys():
    walk = Walk.begin()
    act = Act.objects.get(subject=walk.number)
    with pytest.raises(NotYetPublished):
        receipt(act, keys_of(walk.number))
    advance(LATER)
    act.refresh_from_db()

    text = receipt(act, keys_of(walk.number)).text

    parsed = parse_receipt(text)
    extra = json.loads(parsed.extra)
    assert extra["entry"] == act.entry
    assert check(parsed, act.entry.encode(), [SHARD.signer.verifier]) == SHARD.last_signed()
    assert "郭志强" in extra["opened"]["party"]["text"]
    assert "people" not in extra["opened"]
    with pytest.raises(BadNote):
        check(parsed, act.entry.replace("submit", "refuse").encode(), [SHARD.signer.verifier])


def test_a_program_outside_adds_a_second_signature(tmp_path: Path, settings: LazySettings):
    """SM2 with SM3 by OpenSSL; verifiers that do not know the key pass its line over."""
    key, text = tmp_path / "sm2.pem", tmp_path / "text"
    make = ["openssl", "genpkey", "-algorithm", "SM2", "-out", str(key)]
    made = shutil.which("openssl") and subprocess.run(make, capture_output=True, check=False)
    if not made or made.returncode:
        pytest.skip("needs an openssl that knows SM2")
    public = b"\xffSM2-SM3" + b"\x00" * 33  # verified by openssl below, so any will do here
    name = "city.example/sm2"
    settings.LOG_SECOND_SIGNER_KEY = Verifier(name, key_id(name, public), public).vkey
    settings.LOG_SECOND_SIGNER = f"openssl dgst -sm3 -sign {key}"

    advance(LATER)

    note = SHARD.read("checkpoint").decode()
    body, _, lines = note.rpartition("\n\n")
    assert wrong() == []
    assert [line.split()[1] for line in lines.splitlines()] == [SHARD.origin, name]
    text.write_text(f"{body}\n")
    signature = tmp_path / "signature"
    signature.write_bytes(decode64(lines.split()[-1])[4:])
    verify = ["openssl", "dgst", "-sm3", "-prverify", key, "-signature", signature, text]
    assert subprocess.run(verify, capture_output=True, check=False).returncode == 0


def test_where_the_second_signer_fails_nothing_is_signed(settings: LazySettings):
    advance(LATER)
    public = b"\xffSM2-SM3" + b"\x00" * 33
    settings.LOG_SECOND_SIGNER_KEY = Verifier("x", key_id("x", public), public).vkey
    settings.LOG_SECOND_SIGNER = "false"
    before = SHARD.last_signed()
    publish()

    with pytest.raises(Unsignable, match="第二个签名"):
        advance(LATER)
    assert SHARD.last_signed() == before

    settings.LOG_SECOND_SIGNER = ""
    assert advance(LATER) == 1
    assert wrong() == []
