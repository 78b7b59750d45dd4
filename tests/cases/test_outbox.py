"""The outbox: nothing is missed, nothing goes twice but after a crash, under its old id."""

import os
import smtplib
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from tests.walk import MONDAY, Walk

from guiju.cases import outbox
from guiju.cases.models import Message
from guiju.cases.outbox import LEASE, deliver
from guiju.organs.models import Person

RACE = Path(__file__).parent.parent / "outbox_race.py"
REFUSED = smtplib.SMTPRecipientsRefused({"x": (550, b"no such number")})
Answer = Callable[[mail.EmailMessage], None]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Let the mail server answer each message by a function that may raise."""
    real = EmailBackend.send_messages

    def install(answer: Answer) -> None:
        def send(self: EmailBackend, messages: list[mail.EmailMessage]) -> int:
            for each in messages:
                answer(each)
            return real(self, messages)

        monkeypatch.setattr(EmailBackend, "send_messages", send)

    return install


def refusing(number: str, error: Exception) -> Answer:
    def answer(message: mail.EmailMessage) -> None:
        if number in message.body:
            raise error

    return answer


@pytest.mark.django_db
def test_twenty_at_once_miss_nothing_and_send_nothing_twice(tmp_path: Path):
    """The marker makes this run again on PostgreSQL; the race makes its own database there."""
    environment = {**os.environ, "GUIJU_VAR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(RACE), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    told = done.stdout.split("\n")
    assert told[0] == "written 96 twice 0 again 2", done.stdout + done.stderr[-2000:]
    assert told[1] == "missed 0 unmarked 0"
    assert told[2] == "codes 0 9"


@pytest.mark.django_db
def test_a_message_is_sent_once_and_marked():
    Walk.begin()

    assert deliver(MONDAY) == 1
    assert deliver(MONDAY) == 0
    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == ["13800000000@sms.localhost"]


@pytest.mark.django_db
def test_after_a_crash_between_sending_and_marking_it_goes_again_under_its_old_id(
    answers: Callable[[Answer], None],
):
    walk = Walk.begin()
    sent: list[str] = []

    def crash(message: mail.EmailMessage) -> None:
        sent.append(message.message()["Message-ID"])
        if len(sent) == 1:
            raise KeyboardInterrupt  # the end of the process; nothing of ours catches it

    answers(crash)
    with pytest.raises(KeyboardInterrupt):
        deliver(MONDAY)
    assert deliver(MONDAY + LEASE / 2) == 0  # it may still be on its way
    assert deliver(MONDAY + LEASE + timedelta(seconds=5)) == 1

    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert walk.number in sent[0]


@pytest.mark.django_db
def test_ids_differ_from_message_to_message():
    Walk.begin().to_end()
    Walk.begin()
    deliver(MONDAY)

    ids = [each.message()["Message-ID"] for each in mail.outbox]
    assert len(set(ids)) == len(ids) == 9
    assert all(each.endswith("@localhost>") for each in ids)


@pytest.mark.django_db
def test_what_is_refused_holds_up_no_other_and_is_given_up_in_the_end(
    answers: Callable[[Answer], None], client: Client, caplog: pytest.LogCaptureFixture
):
    bad, good = Walk.begin(), Walk.begin()
    answers(refusing(bad.number, REFUSED))

    assert deliver(MONDAY) == 1
    assert good.number in mail.outbox[0].body
    tries, at = 1, MONDAY
    for _ in range(24 * 6):
        at += timedelta(minutes=10)
        before = Message.objects.get(case=bad.number).refusals
        deliver(at)
        tries += Message.objects.get(case=bad.number).refusals - before
    row = Message.objects.get(case=bad.number)

    assert tries == row.refusals == outbox.REFUSALS_MAX
    assert row.given_up_at is not None
    assert row.failure == "550 no such number"
    assert "is given up: 550 no such number" in caplog.text
    client.force_login(Person.objects.get(pk="hbz-window"))
    page = client.get(f"/staff/cases/{bad.number}/").content.decode()
    assert "没有送达" in page
    assert "请打电话告知" in page
    assert "没有送达" not in client.get(f"/staff/cases/{good.number}/").content.decode()


@pytest.mark.django_db
def test_what_is_to_be_tried_later_is_and_never_given_up(answers: Callable[[Answer], None]):
    walk = Walk.begin()
    answers(refusing(walk.number, smtplib.SMTPDataError(451, b"try later")))
    for hour in range(100):
        assert deliver(MONDAY + timedelta(hours=hour)) == 0

    row = Message.objects.get()
    assert (row.given_up_at, row.failure, row.refusals) == (None, "451 try later", 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError("no"),
        TimeoutError("slow"),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPDataError(421, b"closing"),
        smtplib.SMTPSenderRefused(550, b"who are you", "us"),
    ],
)
def test_trouble_of_the_server_ends_the_batch_and_costs_no_message(
    answers: Callable[[Answer], None], error: Exception
):
    first, second = Walk.begin(), Walk.begin()
    answers(refusing(first.number, error))
    with pytest.raises(type(error)):
        deliver(MONDAY)
    assert mail.outbox == []

    assert deliver(MONDAY + timedelta(seconds=1)) == 1  # the next round begins with the other
    assert second.number in mail.outbox[0].body
    assert Message.objects.filter(given_up_at=None, refusals=0).count() == 2


@pytest.mark.django_db
def test_an_address_that_is_none_is_refused_and_nothing_else(client: Client):
    bad, good = Walk.begin(), Walk.begin()
    Message.objects.filter(case=bad.number).update(address="a\nb@x")

    assert deliver(MONDAY) == 1
    assert good.number in mail.outbox[0].body
    assert Message.objects.get(case=bad.number).failure


@pytest.mark.django_db
def test_no_lock_of_the_database_is_held_while_mail_is_sent(answers: Callable[[Answer], None]):
    """Whatever stands open is the test's own transaction, and nothing inside it."""
    Walk.begin()
    depth: list[int] = []
    answers(lambda _: depth.append(len(connection.savepoint_ids)))

    before = len(connection.savepoint_ids)
    deliver(MONDAY)

    assert depth == [before]
