"""Eight processes act on the same case at the same moment, ten times over; prints what came of it.

On SQLite the database is a file in GUIJU_VAR; on PostgreSQL it is one made for the race.
"""

import os
import sys
from datetime import date, datetime, timedelta
from multiprocessing import Barrier, Pool
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))  # noqa: PTH118, PTH120
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guiju.site.settings")

import django

ROUNDS, CLERKS = 10, 8
AT = datetime(2026, 9, 7, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
barrier = Barrier(CLERKS)


def own_database() -> None:
    """On PostgreSQL, make a database for the race and point DATABASE_URL at it."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        os.environ.pop("DATABASE_URL", None)
        return
    import psycopg  # noqa: PLC0415 - not there, and not needed, without PostgreSQL

    name = f"race_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def try_to_act(job: tuple[str, int]) -> bool:
    """Wait for the others, then act; whether it happened."""
    from guiju.cases import actions  # noqa: PLC0415 - Django must be set up first

    number, seq = job
    request = actions.Request("accept", "accept", str(uuid4()))
    barrier.wait(30)
    try:
        actions.perform_act(number=number, request=request, seq=seq, by="hbz-window", at=AT)
    except actions.StalePage:
        return False
    return True


def main() -> None:
    """Prepare, race, count."""
    own_database()
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from tests.walk import Walk  # noqa: PLC0415

    from guiju.formats.packs import read_pack  # noqa: PLC0415
    from guiju.organs.actions import load_organs  # noqa: PLC0415
    from guiju.powers.actions import load_powers  # noqa: PLC0415
    from guiju.record.models import Act  # noqa: PLC0415
    from guiju.record.publisher import advance  # noqa: PLC0415
    from guiju.site import settings  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    pack = read_pack(settings.PACKS / "changzhi", date(2026, 9, 1))
    load_organs(pack)
    load_powers(pack=pack, by="race", at=AT)
    numbers = [Walk.begin(AT).number for _ in range(ROUNDS)]
    connection.close()
    acted = told = 0
    with Pool(CLERKS) as pool:
        for number in numbers:
            results = pool.map(try_to_act, [(number, 1)] * CLERKS, chunksize=1)
            acted += sum(results)
            told += CLERKS - sum(results)
    advance(AT + timedelta(days=1))
    recorded = Act.objects.filter(subject__in=numbers, seq=2).count()
    indexes = sorted(Act.objects.values_list("idx", flat=True))
    gaps = sum(1 for expected, idx in enumerate(indexes) if idx != expected)
    print("acted", acted, "told", told, "recorded", recorded, "gaps", gaps)


if __name__ == "__main__":
    main()
