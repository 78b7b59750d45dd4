"""Sending what waits in the outbox: at least once, and told apart when it comes twice.

A round claims a message by one UPDATE that only one round can win, sends it while it holds no
lock, and marks it. A crash in between leaves the claim, which lapses; then the message goes again
under the same ``Message-ID``, by which relays and mail programs know it. It is never not sent at
all. What the server refuses is put off and does not hold up the others; what it has refused
for good several times is given up, is in the log and stands on the page of the case for staff.
"""

import logging
import smtplib
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F, Q, QuerySet

from guiju.cases.models import Message

BATCH = 100
LEASE = timedelta(minutes=5)  # longer than one message takes, see EMAIL_TIMEOUT
PAUSE = timedelta(minutes=1)  # after the server could not be reached
PUT_OFF = timedelta(minutes=10)  # after the server asked to be tried later
REFUSALS_MAX = 5  # after 5, 25, 125 and 625 minutes
SUBJECT = "办件进展告知"
log = logging.getLogger(__name__)


def deliver(at: datetime) -> int:
    """Send up to ``BATCH`` waiting messages; answers how many went.

    When the server cannot be reached the batch ends with its error, an SMTPException or an
    OSError; what was not sent waits for the next round.
    """
    begun, sent = time.monotonic(), 0

    def now() -> datetime:  # a batch may take longer than a claim lasts
        return at + timedelta(seconds=time.monotonic() - begun)

    waiting = list(_due(at).order_by("id").values_list("id", flat=True)[:BATCH])
    if not waiting:
        return 0
    with get_connection() as server:
        for id_ in waiting:
            if not _due(now()).filter(id=id_).update(not_before=now() + LEASE):
                continue  # another round has it
            message = Message.objects.get(id=id_)
            try:
                server.send_messages([as_mail(message)])
            except (smtplib.SMTPException, OSError, ValueError) as error:
                if _put_off(message, error, now()):
                    raise
            else:
                Message.objects.filter(id=id_).update(sent_at=now(), failure="")
                sent += 1
    return sent


def as_mail(message: Message) -> EmailMessage:
    """The message as mail; the same message has the same Message-ID however often it is sent."""
    name = f"{message.case_id}.{message.seq}.{message.id}@{settings.SITE_HOST}"
    headers = {"Message-ID": f"<{name}>"}
    return EmailMessage(SUBJECT, message.body, None, [message.address], headers=headers)


def undelivered(number: str) -> QuerySet[Message]:
    """The messages of a case that could not be sent so far, and those given up."""
    return Message.objects.filter(case=number, sent_at__isnull=True).exclude(failure="")


def _due(at: datetime) -> QuerySet[Message]:
    may_go = Q(not_before__isnull=True) | Q(not_before__lte=at)
    return Message.objects.filter(may_go, sent_at__isnull=True, given_up_at__isnull=True)


def _put_off(message: Message, error: Exception, at: datetime) -> bool:
    """Try a message later, or never again; whether it was the server's trouble and not its own."""
    code, words = _answer(error)
    is_refused, is_asked_to_wait = code >= 500, 400 <= code < 500 and code != 421
    refusals = message.refusals + int(is_refused)
    pause = PUT_OFF if is_asked_to_wait else PAUSE
    row = Message.objects.filter(id=message.id)
    row.update(
        not_before=at + (timedelta(minutes=5**refusals) if is_refused else pause),
        refusals=F("refusals") + int(is_refused),
        failure=words[:200],
    )
    if refusals >= REFUSALS_MAX:
        row.update(given_up_at=at)
        log.error("message %s of case %s is given up: %s", message.id, message.case_id, words)
    elif is_refused:
        log.warning("message %s of case %s is refused: %s", message.id, message.case_id, words)
    return not is_refused and not is_asked_to_wait


def _answer(error: Exception) -> tuple[int, str]:
    """What the server said of this one message; 0 when it is not about the message."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, told = next(iter(error.recipients.values()))
            return code, f"{code} {_text(told)}"
        case smtplib.SMTPDataError():
            return error.smtp_code, f"{error.smtp_code} {_text(error.smtp_error)}"
        case ValueError() | smtplib.SMTPNotSupportedError():  # the address is none
            return 553, str(error)
    return 0, str(error) or type(error).__name__


def _text(told: bytes | str) -> str:
    return told.decode(errors="replace") if isinstance(told, bytes) else told
