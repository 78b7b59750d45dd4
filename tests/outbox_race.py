"""Twenty processes write acts and send what waits, all at once; prints what came of it.

Some of those who send die between sending and marking. The mail server is a file to which each
appends the ids it sends; the database is one of its own, as in ``race.py``.
"""

import os
import random
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))  # noqa: PTH118, PTH120
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guiju.site.settings")

import django
from tests.race import AT, own_database

WRITERS, SENDERS, DYING, CASES = 8, 10, 2, 6


def sends(sent: Path, *, dies: bool) -> None:
    """What stands in for the mail server in this process: appends the message's id to a file."""
    from django.core.mail.backends import locmem  # noqa: PLC0415 - Django must be set up first

    def send(_: object, messages: list[object]) -> int:
        for each in messages:
            time.sleep(random.random() / 200)
            with sent.open("ab", buffering=0) as file:
                file.write(each.extra_headers["Message-ID"].encode() + b"\n")  # type: ignore[attr-defined]
        if dies:
            os._exit(9)
        return len(messages)

    locmem.EmailBackend.send_messages = send  # type: ignore[assignment,method-assign]


def write(job: int) -> None:
    """Open cases and let the window accept them."""
    django.setup()
    from tests.walk import Walk  # noqa: PLC0415

    for _ in range(CASES):
        Walk.begin(AT + timedelta(seconds=job)).act("hbz-window", "accept", "accept")


def send(sent: str, ended: str, dies: bool) -> None:
    """Deliver again and again until all is written and nothing waits; or die after one."""
    django.setup()
    from django.test.utils import override_settings  # noqa: PLC0415

    from guiju.cases.outbox import deliver  # noqa: PLC0415

    sends(Path(sent), dies=dies)
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        while not (deliver(datetime.now(UTC)) == 0 and Path(ended).exists()):
            time.sleep(random.random() / 100)


def main(folder: Path) -> None:
    """Prepare, race, count."""
    own_database()
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import override_settings  # noqa: PLC0415

    from guiju.cases.models import Message  # noqa: PLC0415
    from guiju.cases.outbox import deliver  # noqa: PLC0415
    from guiju.formats.packs import read_pack  # noqa: PLC0415
    from guiju.organs.actions import load_organs  # noqa: PLC0415
    from guiju.powers.actions import load_powers  # noqa: PLC0415
    from guiju.site import settings  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    pack = read_pack(settings.PACKS / "changzhi", date(2026, 9, 1))
    load_organs(pack)
    load_powers(pack=pack, by="race", at=AT)
    connection.close()
    sent, ended = folder / "sent", folder / "ended"
    context = get_context("spawn")
    writers = [context.Process(target=write, args=(job,)) for job in range(WRITERS)]
    dying, senders = (
        [context.Process(target=send, args=(str(sent), str(ended), dies)) for _ in range(number)]
        for number, dies in ((DYING, True), (SENDERS, False))
    )
    for process in writers + dying:
        process.start()
    for process in dying:  # each finds something to send, as nobody else sends yet
        process.join()
    for process in senders:
        process.start()
    for process in writers:
        process.join()
    ended.touch()
    for process in senders:
        process.join()
    codes = sorted({process.exitcode for process in writers + dying + senders})
    in_time = Counter(sent.read_text().split())
    sends(sent, dies=False)
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        again = deliver(datetime.now(UTC) + timedelta(minutes=6))  # the claims of the dead lapse
    all_sent = Counter(sent.read_text().split())
    written = Message.objects.count()
    print("written", written, "twice", sum(n - 1 for n in in_time.values()), "again", again)
    print(
        "missed", written - len(all_sent), "unmarked", Message.objects.filter(sent_at=None).count()
    )
    print("codes", *codes)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
