"""A full disk, a locked or lost database: said plainly, nothing half done, nothing typed lost."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from html.parser import HTMLParser
from uuid import uuid4

import psycopg
import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from tests.cases.test_pages import MONDAY, accepted, staff, survey, url
from tests.files import png
from tests.portal.test_pages import answers, apply_url
from tests.walk import Walk

from guiju.cases.models import Case, Document, Message
from guiju.record import durable
from guiju.record.models import Act
from guiju.site import middleware, trouble
from guiju.site.trouble import is_certain, is_trouble, server_error

pytestmark = pytest.mark.django_db


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    error.__cause__ = cause
    return error


def lost() -> Exception:
    """What Django raises when PostgreSQL is gone."""
    return raised(OperationalError("server closed the connection"), psycopg.OperationalError())


DATABASE = {
    "full": OperationalError("database or disk is full"),
    "locked": OperationalError("database is locked"),
    "read only": OperationalError("attempt to write a readonly database"),
    "full PostgreSQL": raised(OperationalError("x"), psycopg.errors.DiskFull()),
}
UNCERTAIN = {
    "lost": lost(),
    "shut down": raised(OperationalError("x"), psycopg.errors.AdminShutdown()),
    "closed": InterfaceError("connection already closed"),
}


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware.site_clock, "now", lambda: MONDAY)


@pytest.fixture
def broken(request: pytest.FixtureRequest) -> Iterator[Exception]:
    """Every statement that writes fails with this error."""

    def refuse(execute, sql, params, many, context):
        if sql.lstrip().split(" ", 1)[0] in ("INSERT", "UPDATE", "DELETE"):
            raise request.param
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield request.param


class Inputs(HTMLParser):
    """The form on the page that is to be sent again."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.data: dict[str, list[str]] = {}
        self.action = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and given.get("method") == "post":
            self.action = given["action"] or ""
        if tag == "input" and given.get("type") == "hidden":
            self.data.setdefault(given["name"] or "", []).append(given["value"] or "")


@pytest.mark.parametrize("broken", DATABASE.values(), ids=DATABASE, indirect=True)
def test_an_application_that_cannot_be_stored_is_kept_on_the_page(
    client: Client, broken: Exception
):
    form = {**answers(), "confirmed": "1", "f-story": '<b>"学费"'}

    answer = client.post(apply_url(), form)
    page = answer.content.decode()

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "没有办成,什么也没有记录" in page
    assert (Case.objects.count(), Message.objects.count()) == (0, 0)
    again = Inputs(page)
    assert again.action == apply_url()
    assert again.data == {name: [value] for name, value in form.items()}


def test_sent_again_it_is_done_once(client: Client):
    form = {**answers(), "confirmed": "1"}

    def refuse(execute, sql, params, many, context):
        if "cases_message" in sql:  # the last statement
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        page = client.post(apply_url(), form).content.decode()
    assert (Case.objects.count(), Act.objects.filter(seq=1, kind="act").count()) == (0, 0)
    again = Inputs(page)
    first = client.post(again.action, again.data)
    second = client.post(again.action, again.data)

    assert first.status_code == 302
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


@pytest.mark.parametrize("broken", UNCERTAIN.values(), ids=UNCERTAIN, indirect=True)
def test_where_only_the_answer_may_be_lost_the_page_does_not_claim_more(
    client: Client, broken: Exception
):
    page = client.post(apply_url(), {**answers(), "confirmed": "1"}).content.decode()

    assert "不能确定办成没有" in page
    assert "什么也没有记录" not in page
    assert "也不会重复记录" in page


@pytest.mark.parametrize("broken", [DATABASE["full"]], indirect=True)
def test_reading_goes_on(client: Client, broken: Exception):
    staff_client = Client()
    for address in ("/", "/powers/", "/cases/", apply_url(), "/staff/login/"):
        assert staff_client.get(address).status_code == 200, address


@pytest.mark.parametrize("broken", [DATABASE["full"]], indirect=True)
def test_a_login_that_cannot_be_stored_tells_no_password(client: Client, broken: Exception):
    form = {"username": "hbz-window", "password": "guiju-demo-secret"}

    answer = client.post("/staff/login/", form)

    assert answer.status_code in (200, 503)
    assert "guiju-demo-secret" not in answer.content.decode()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_document_that_cannot_be_written_lets_nothing_happen(
    client: Client, monkeypatch: pytest.MonkeyPatch, number: int
):
    walk = accepted()

    def fails(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(durable.os, "write", fails)
        sent = survey(walk, SimpleUploadedFile("a.png", png()))
        answer = staff(client, "hbz-surveyor").post(url(walk), sent)

    assert answer.status_code == 503
    assert "照片和文件可能要重新选" in answer.content.decode()
    assert (walk.case.seq, Document.objects.count()) == (2, 0)
    sent = survey(walk, SimpleUploadedFile("a.png", png()))
    assert client.post(url(walk), sent).status_code == 302


def test_a_form_whose_file_cannot_be_received_is_answered_too(
    client: Client, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
):
    walk = accepted()
    staff(client, "hbz-surveyor")
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10

    def fails(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", fails)
    answer = client.post(url(walk), survey(walk, SimpleUploadedFile("a.png", png())))

    assert answer.status_code == 503
    assert "按浏览器的“返回”" in answer.content.decode()
    assert walk.case.seq == 2


def test_a_page_that_cannot_be_read_says_so_without_the_database(client: Client):
    walk = Walk.begin()

    def refuse(*_: object) -> None:
        raise lost()

    staff(client, "hbz-window")
    with connection.execute_wrapper(refuse):
        answer = client.get(f"/cases/{walk.number}/")

    assert answer.status_code == 503
    assert "暂时打不开" in answer.content.decode()
    assert f'href="/cases/{walk.number}/"' in answer.content.decode()


def test_a_database_that_is_locked_for_good(tmp_path, client: Client):
    """The error of SQLite itself, not one that we made up."""
    file = tmp_path / "x.db"
    with sqlite3.connect(file, timeout=0) as one, sqlite3.connect(file, timeout=0) as two:
        one.execute("CREATE TABLE t (x)")
        one.commit()
        one.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked") as found:
            two.execute("BEGIN IMMEDIATE")

    assert is_trouble(raised(OperationalError(*found.value.args), found.value))
    assert is_certain(raised(OperationalError(*found.value.args), found.value))


def test_what_is_our_own_fault_is_not_called_trouble(rf: RequestFactory):
    assert not any(map(is_trouble, (ValueError(), KeyError(), FileNotFoundError(2, ""), None)))
    assert not is_trouble(ConnectionResetError(errno.ECONNRESET, ""))
    assert b"\xe7\xb3\xbb\xe7\xbb\x9f\xe5\x87\xba\xe9\x94\x99" in server_error(rf.get("/")).content


def test_errors_outside_views_get_the_page_too(rf: RequestFactory):
    request: HttpRequest = rf.post("/x/", {"key": str(uuid4())})
    try:
        raise DATABASE["full"]
    except OperationalError:
        answer = server_error(request)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) == trouble.RETRY_SECONDS
