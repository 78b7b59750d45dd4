"""The log's files as programs ask for them: what is served, how long it may be kept, what is not.

Apart from where it makes a log, nothing here may touch the database: a test without its mark
fails when it does.
"""

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.walk import MONDAY, Walk

from guiju.powers.models import CalendarYear, Version
from guiju.record.models import Act
from guiju.record.publisher import advance
from guiju.record.shards import Shard, publish_key
from guiju.tlog.notes import CosignatureSigner, Verifier
from guiju.tlog.tiles import EMPTY, append
from guiju.tlog.verification import findings

YEAR = 2026
SHARD = Shard(YEAR)
LATER = MONDAY + timedelta(days=20)


def written(size: int) -> None:
    """The files of a log of so many entries, with an unsigned checkpoint, without the database."""
    _, files = append(EMPTY, [b"{}"] * size)
    for path, data in [*files, ("checkpoint", f"x\n{size}\nAA==\n\n— x AA==\n".encode())]:
        (SHARD.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (SHARD.folder / path).write_bytes(data)
    publish_key(SHARD)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/44",
    ],
)
def test_tiles_are_served_as_they_are_and_may_be_kept_for_ever(client: Client, path: str):
    written(300)
    answer = client.get(f"/log/{YEAR}/{path}")

    assert answer.content == (SHARD.folder / path).read_bytes()
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Vary" not in answer.headers
    assert not answer.cookies


def test_a_checkpoint_is_text_and_soon_asked_for_again(client: Client):
    written(3)
    answer = client.get(f"/log/{YEAR}/checkpoint")

    assert answer.content.startswith(b"x\n3\n")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=2, must-revalidate"


def test_head_tells_the_length_and_sends_nothing(client: Client):
    written(3)
    answer = client.head(f"/log/{YEAR}/tile/0/000.p/3")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == "96"


def test_nothing_else_than_reading_is_allowed(client: Client):
    assert client.post(f"/log/{YEAR}/checkpoint").status_code == 405


def test_a_partial_tile_is_gone_when_its_full_one_is_there(client: Client):
    written(300)

    assert client.get(f"/log/{YEAR}/tile/0/000").status_code == 200
    assert client.get(f"/log/{YEAR}/tile/0/000.p/5").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "2026/../2026/checkpoint",
        "2026/tile/../checkpoint",
        "2026/tile/0/../../../../secret",
        "2026/tile/%2e%2e/%2e%2e/%2e%2e/secret",
        "2026/tile/0/..%2f..%2f..%2f..%2fsecret",
        "2026/tile//0/000",
        "2026/tile/0/000/",
        "2026/tile/0/000%00",
        "2026/tile/0/000%0a",
        "2026/checkpoint%0a",
        "2026/checkpoint/",
        "2026/tile/0/0",
        "2026/tile/0/000.p/256",
        "2026/tile/0/000.p/0",
        "2026/tile/0/x000/000",
        "2026/tile/64/000",
        "2026/tile/0/000.half",
        "2026/tile/0/secret",
        "2026/tile/0/" + "x001/" * 3000 + "000",
        "2026/tile/0/%D9%A1%D9%A1%D9%A1",
        "1999/checkpoint",
        "../secret",
    ],
)
def test_nothing_but_files_of_the_log_can_be_read(
    client: Client, settings: LazySettings, path: str
):
    written(300)
    for folder in (SHARD.folder.parent.parent, SHARD.folder.parent, SHARD.folder / "tile/0"):
        (folder / "secret").write_text("secret")
        (folder / "000.half").write_text("secret")
    settings.DEBUG = False
    answer = client.get(f"/log/{path}")

    assert answer.status_code in (301, 404)
    assert b"secret" not in answer.content.replace(path.encode(), b"")


def test_an_encoded_slash_names_the_same_file(client: Client):
    written(3)
    assert client.get(f"/log/{YEAR}/tile%2F0%2F000.p%2F3").status_code == 200


def test_links_that_lead_elsewhere_are_not_followed(client: Client, tmp_path: Path):
    written(300)
    secret = tmp_path / "secret"
    secret.write_text("secret")
    tile = SHARD.folder / "tile/0/000"
    tile.unlink()
    tile.symlink_to(secret)
    (SHARD.folder / "tile/2").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "000").write_text("secret")
    (SHARD.folder / "tile/3").symlink_to(SHARD.folder / "tile/3")

    for path in ("tile/0/000", "tile/2/000", "tile/3/000"):
        assert client.get(f"/log/{YEAR}/{path}").status_code == 404
    assert client.get(f"/log/{YEAR}/tile/0/001.p/44").status_code == 200


def test_the_root_of_the_log_may_lie_behind_a_link(
    client: Client, settings: LazySettings, tmp_path: Path
):
    written(3)
    link = tmp_path / "link"
    link.symlink_to(settings.LOG_ROOT, target_is_directory=True)
    settings.LOG_ROOT = link

    assert client.get(f"/log/{YEAR}/tile/0/000.p/3").status_code == 200


def test_the_keys_are_one_a_line_with_those_of_others(
    client: Client, settings: LazySettings, tmp_path: Path
):
    written(3)
    witness = CosignatureSigner("witness.example", b"\x02" * 32, 0).verifier.vkey
    policy = tmp_path / "policy"
    policy.write_text(f"witness one {witness}\nquorum none\n")
    settings.LOG_WITNESSES = str(policy)
    settings.LOG_SECOND_SIGNER_KEY = Verifier("sm2.example", *_own_type("sm2.example")).vkey

    lines = client.get("/log/keys").content.decode().splitlines()

    assert lines == [SHARD.signer.verifier.vkey, settings.LOG_SECOND_SIGNER_KEY, witness]


def _own_type(name: str) -> tuple[bytes, bytes]:
    public = b"\xff" + b"SM2" + b"\x00" * 33
    return sha256(name.encode() + b"\n" + public).digest()[:4], public


def test_the_page_tells_of_every_year_without_the_database(client: Client):
    assert "还没有公布过日志" in client.get("/log/").content.decode()


@pytest.mark.django_db
def test_the_page_shows_checkpoint_key_and_size(client: Client):
    Walk.begin()
    advance(LATER)
    page = client.get("/log/").content.decode()
    signed = SHARD.last_signed()

    assert signed is not None
    assert f"<dd>{signed.size}</dd>" in page
    assert SHARD.signer.verifier.vkey in page
    assert SHARD.read("checkpoint").decode() in page
    assert "敏感事项只公布到日" in page  # the newest act is one


@pytest.mark.django_db
def test_a_log_fetched_from_its_addresses_is_whole(client: Client):
    Walk.begin().to_publicity()
    advance(LATER)

    def read(path: str) -> bytes:
        answer = client.get(f"/log/{YEAR}/{path}")
        if answer.status_code == 404:
            raise FileNotFoundError(path)
        return answer.content

    keys = [Verifier.parse(line) for line in client.get("/log/keys").content.decode().split()]
    checkpoint, found = findings(read, keys)
    assert found == []
    assert checkpoint and checkpoint.size == Act.objects.count()


@pytest.mark.django_db
def test_what_leaves_name_by_a_hash_is_published_byte_for_byte(client: Client):
    told = {
        kind: [
            json.loads(e) for e in Act.objects.filter(kind=kind).values_list("entry", flat=True)
        ]
        for kind in ("list", "publish", "calendar")
    }
    assert len(told["publish"]) == Version.objects.count() > 0
    assert len(told["calendar"]) == CalendarYear.objects.count() > 0

    addresses = [("/powers/list.json", told["list"][-1])]
    addresses += [(f"/powers/versions/{e['version']}.json", e) for e in told["publish"]]
    addresses += [
        (f"/powers/calendar/{e['subject'].partition(':')[2]}.json", e) for e in told["calendar"]
    ]
    for address, entry in addresses:
        answer = client.get(address)
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert sha256(answer.content).hexdigest() == entry["version"], address


@pytest.mark.django_db
def test_the_record_page_leads_to_the_bundle_and_to_the_check(client: Client):
    walk = Walk.begin()
    advance(LATER)
    act = Act.objects.get(subject=walk.number)
    page = client.get(f"/cases/{walk.number}/record/")
    row = page.context["rows"][0]

    assert act.entry.encode() in client.get(row["bundle"]).content
    address = f"/verify/?year=2026&amp;index={act.idx}&amp;leaf={row['leaf']}"
    assert f'href="{address}"' in page.content.decode()
    verdict = client.get(address.replace("&amp;", "&")).content.decode()
    assert "verdict-ok" in verdict
