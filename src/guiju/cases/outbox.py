"""Sending what waits in the outbox: at least once, each message marked when it has gone."""

from datetime import datetime

from django.core.mail import send_mail

from guiju.cases.models import Message

BATCH = 100


def deliver(at: datetime) -> int:
    """Send up to ``BATCH`` waiting messages; answers how many went.

    A message is marked after it was sent: a crash in between sends it twice, never not at
    all. An error of the mail server ends the batch; what was not sent waits for the next.
    """
    sent = 0
    for message in Message.objects.filter(sent_at__isnull=True).order_by("id")[:BATCH]:
        send_mail("办件进展告知", message.body, None, [message.address])
        Message.objects.filter(id=message.id).update(sent_at=at)
        sent += 1
    return sent
