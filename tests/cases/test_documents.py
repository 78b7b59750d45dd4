"""Documents on disk: what is stored, under which name, how it is served, what is collected."""

import errno
import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from tests.cases.test_pages import MONDAY, Walk, accepted, staff, survey, url
from tests.files import jpeg, pdf, png

from guiju.cases import orphans
from guiju.cases.documents import Unacceptable, clean_name, name_to_serve, path_of, store
from guiju.cases.models import Document
from guiju.cases.orphans import collect_orphans
from guiju.site import middleware


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    moment: datetime = MONDAY + timedelta(days=2)
    monkeypatch.setattr(middleware.site_clock, "now", lambda: moment)


def stored(content: bytes, *, days: float = 0) -> Path:
    """Store a file as if that many days ago."""
    path = path_of(store("现场照片", "a.png", [content]).sha256)
    then = time.time() - days * 86_400
    os.utime(path, (then, then))
    return path


def now() -> datetime:
    return datetime.now(UTC)


def test_reading_stops_at_the_limit(settings: LazySettings):
    settings.UPLOAD_BYTES_MAX = 100_000
    read = []

    def endless() -> Iterator[bytes]:
        while True:
            read.append(1)
            yield bytes(10_000)

    with pytest.raises(Unacceptable, match="太大"):
        store("照片", "a.png", endless())

    assert len(read) == 11


def test_an_upload_is_kept_no_further_than_the_limit(
    client: Client, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, db: None
):
    settings.UPLOAD_BYTES_MAX = 3_000_000
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # so it goes to a file
    walk = accepted()
    seen: list[int] = []
    write = TemporaryFileUploadHandler.receive_data_chunk

    def written(self: TemporaryFileUploadHandler, raw: bytes, start: int) -> None:
        seen.append(len(raw))
        write(self, raw, start)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", written)
    sent = survey(walk, SimpleUploadedFile("a.png", png() + bytes(9_000_000)))
    answer = staff(client, "hbz-surveyor").post(url(walk), sent)

    assert answer.status_code == 409
    assert "太大" in answer.content.decode()
    assert sum(seen) == 3_000_001


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("a.png", "a.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\照片.jpg", "照片.jpg"),
        ("a\r\nSet-Cookie: x.png", "aSet-Cookie: x.png"),
        ("gpj.\u202egnp.exe", "gpj.gnp.exe"),
        ("\0\x1f\x7f\u200b", ""),
        ("..", ""),
        ("长" * 300 + ".jpeg", "长" * 195 + ".jpeg"),
        ("x" * 300, "x" * 200),
        ("\ud800x.png", "x.png"),
    ],
)
def test_names_are_without_folders_and_controls_and_not_long(name: str, clean: str):
    assert clean_name(name) == clean


@pytest.mark.parametrize(
    ("name", "kind", "served"),
    [
        ("a.JPG", "image/jpeg", "a.JPG"),
        ("a.html", "image/png", "a.html.png"),
        ("a.exe", "", "a.exe.bin"),
        ("回单", "application/pdf", "回单.pdf"),
    ],
)
def test_a_served_name_ends_as_its_content(name: str, kind: str, served: str):
    assert name_to_serve(name, kind) == served


def test_a_file_without_a_name_is_called_by_what_it_is_evidence_of():
    assert store("银行回单", "\n", [pdf()]).name == "银行回单"


def test_the_same_content_is_stored_once_and_counts_as_new():
    path = stored(png(), days=3)

    again = store("照片", "b.png", [png()])

    assert path_of(again.sha256) == path
    assert path.stat().st_mtime > time.time() - 60


def test_a_file_that_was_torn_by_something_else_is_written_anew():
    path = stored(png())
    path.write_bytes(png()[:20])

    store("照片", "b.png", [png()])

    assert path.read_bytes() == png()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_full_disk_stores_nothing(monkeypatch: pytest.MonkeyPatch, number: int, tmp_path: Path):
    def fails(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "write", fails)
    with pytest.raises(OSError, match=re.escape(os.strerror(number))):
        store("照片", "a.png", [png()])

    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ('a".png', png(), "image/png"),
        ("照 片.jpg", jpeg(), "image/jpeg"),
        ("x.html", pdf(), "application/pdf"),
    ],
)
def test_a_document_is_served_so_that_it_can_do_nothing(
    client: Client, name: str, content: bytes, kind: str
):
    walk = accepted()
    sent = survey(walk, SimpleUploadedFile(name, content))
    assert staff(client, "hbz-surveyor").post(url(walk), sent).status_code == 302
    document = walk.case.document_set.get()

    answer = client.get(f"{url(walk)}documents/{document.pk}/")

    assert b"".join(answer.streaming_content) == content
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline; filename")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert ("sandbox" in policy) == (kind != "application/pdf")
    assert "script" not in policy


@pytest.mark.django_db
def test_what_is_no_picture_or_pdf_is_only_handed_over_as_a_file(client: Client):
    walk = accepted()
    old = Document.objects.create(
        case=walk.case, seq=1, kind="现场照片", name="a.html", sha256="ab" * 32, size=9
    )
    path_of("ab" * 32).parent.mkdir(parents=True)
    path_of("ab" * 32).write_bytes(b"<script>x")

    answer = staff(client, "hbz-surveyor").get(f"{url(walk)}documents/{old.pk}/")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="a.html.bin"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_document_whose_file_is_gone_gets_a_page_that_says_so(client: Client):
    walk = Walk.begin()
    row = Document.objects.create(
        case=walk.case, seq=1, kind="照片", name="a.png", sha256="cd" * 32, size=9
    )

    answer = staff(client, "hbz-surveyor").get(f"{url(walk)}documents/{row.pk}/")

    assert answer.status_code == 500
    assert "材料打不开" in answer.content.decode()


@pytest.mark.django_db
def test_only_what_is_old_and_named_by_no_document_is_collected():
    named, old, fresh = stored(png(1, 1), days=3), stored(png(2, 2), days=3), stored(png(3, 3))
    name(named)

    assert collect_orphans(now()) == 1

    assert [named.exists(), old.exists(), fresh.exists()] == [True, False, True]
    assert collect_orphans(now()) == 0


def name(path: Path) -> None:
    """Let a document name the file, as an act does."""
    case = Walk.begin().case
    Document.objects.create(
        case=case, seq=1, kind="照片", name="a", sha256=path.name, size=path.stat().st_size
    )


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["before", "within", "after"])
def test_an_upload_of_the_same_content_meanwhile_keeps_the_file(
    monkeypatch: pytest.MonkeyPatch, moment: str
):
    """The upload comes just before, while, or after the file is taken aside."""
    path = stored(png(), days=3)
    real = orphans._collected

    def collected(file: Path, before: float) -> bool:
        if moment == "before":
            store("照片", "a", [png()])
        done = real(file, before)
        if moment == "after":
            store("照片", "a", [png()])
        return done

    def renamed(self: Path, target: Path) -> Path:
        made = rename(self, target)
        if moment == "within" and target.name.endswith(".aside"):
            store("照片", "a", [png()])
        return made

    rename = Path.rename
    monkeypatch.setattr(orphans, "_collected", collected)
    monkeypatch.setattr(Path, "rename", renamed)
    collect_orphans(now())

    assert path.read_bytes() == png()
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.django_db
def test_an_act_that_names_the_file_meanwhile_keeps_it(monkeypatch: pytest.MonkeyPatch):
    path = stored(png(), days=3)
    rename = Path.rename

    def renamed(self: Path, target: Path) -> Path:
        if target.name.endswith(".aside"):
            name(self)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", renamed)

    assert collect_orphans(now()) == 0
    assert path.exists()


@pytest.mark.django_db
def test_what_a_killed_process_left_is_tidied():
    path, wanted = stored(png(1, 1), days=3), stored(png(2, 2), days=3)
    name(wanted)
    wanted.rename(f"{wanted}.aside")
    half = path.with_name(f"{path.name}.0123456789abcdef.half")
    half.write_bytes(b"x")
    os.utime(half, (1, 1))

    assert collect_orphans(now()) == 1

    assert wanted.read_bytes() == png(2, 2)
    assert not half.exists()


@pytest.mark.django_db
def test_a_failing_database_leaves_the_file_where_it_was(monkeypatch: pytest.MonkeyPatch):
    path = stored(png(), days=3)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("gone")

    monkeypatch.setattr(orphans, "_unnamed", lambda files: files)
    monkeypatch.setattr(Document.objects, "filter", fails)
    with pytest.raises(RuntimeError):
        collect_orphans(now())

    assert path.read_bytes() == png()


@pytest.mark.django_db
def test_with_the_wrong_database_nothing_is_collected(caplog: pytest.LogCaptureFixture):
    files = [stored(png(1 + n % 20, 1 + n // 20), days=3) for n in range(150)]

    assert collect_orphans(now()) == 0

    assert all(each.exists() for each in files)
    assert "is this the database" in caplog.text


def test_without_a_folder_there_is_nothing_to_collect():
    assert collect_orphans(now()) == 0
