"""A city full of cases, made quickly: states that the kernel reached on the powers' own examples,
moved to other days, written without the record around them.

    python tests/oversight/city_of_cases.py [OPEN ENDED POWERS]     what each page costs
    python tests/oversight/city_of_cases.py --served DAY            cases for a site that is served

The first makes a database of its own, as ``tests/race.py`` does: SQLite in GUIJU_VAR, or
PostgreSQL through ``tests/postgres.py``.
"""

import json
import os
import random
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import django

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guiju.site.settings")
    if sys.argv[1:2] != ["--served"]:
        from tests.race import own_database

        own_database()
    django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guiju.cases.models import Case
from guiju.formats.packs import read_pack
from guiju.kernel.acts import state_to_json
from guiju.kernel.examples import act_of
from guiju.kernel.power import APPLICANT, LAW
from guiju.kernel.program import waiting_posts
from guiju.kernel.run import Refused, perform, start
from guiju.organs.actions import load_organs
from guiju.organs.models import Assignment, Organ, Person, Post
from guiju.oversight.closings import close_books
from guiju.oversight.standings import Places
from guiju.powers.actions import load_powers
from guiju.powers.models import Version
from guiju.powers.queries import calendar, current_versions, program
from guiju.record.entries import canonical
from guiju.record.models import Act
from guiju.site import middleware

CITY_TIME = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 9, 9)
DAY = re.compile(r"\d{4}-\d\d-\d\d")
AT_ONCE = 2_000


@dataclass(frozen=True)
class Reached:
    """A state that an example of a power reaches, and the act that led there."""

    version: str
    text: str
    roles: str
    ended: str
    first: date
    last: date
    step: str
    outcome: str
    post: str


def reached(sha256: str) -> Iterator[Reached]:
    """All states on the examples of a power."""
    begun, days = program(sha256), calendar()
    for example in begun.power.examples:
        acts = (*example.given, example.when)
        state = start(begun, datetime.combine(acts[0].on, datetime.min.time(), CITY_TIME))
        for each in acts:
            try:
                act = act_of(begun, state, each, days)
                state = perform(begun, state, act, lambda: days)
            except Refused:
                break
            waiting = waiting_posts(begun, state)
            yield Reached(
                sha256,
                canonical(state_to_json(state)),
                f"|{'|'.join(waiting)}|" if waiting else "",
                state.ended,
                acts[0].on,
                each.on,
                each.step,
                each.outcome,
                act.post,
            )


def all_reached() -> Iterator[Reached]:
    """All states on the examples of the powers in force; copies reach what their model does."""
    models: dict[str, list[Reached]] = {}
    for version in current_versions():
        if version.text not in models:
            models[version.text] = list(reached(version.sha256))
        yield from (replace(each, version=version.sha256) for each in models[version.text])


def moved(text: str, days: int, known: dict[tuple[str, int], str]) -> str:
    """A text with all its days moved."""

    def later(found: re.Match[str]) -> str:
        key = found[0], days
        if key not in known:
            known[key] = (date.fromisoformat(found[0]) + timedelta(days=days)).isoformat()
        return known[key]

    return DAY.sub(later, text)


def fill(running: int, ended: int, today: date = TODAY, seed: int = 1) -> None:
    """So many open and ended cases of the powers in force; the same for the same seed."""
    chance, places = random.Random(seed), Places.load()
    states = list(all_reached())
    villages = sorted(code for code in places.divisions if len(code) == 12)
    known: dict[tuple[str, int], str] = {}
    cases: list[Case] = []
    acts: list[Act] = []
    pools = {
        True: [each for each in states if each.ended],
        False: [each for each in states if not each.ended],
    }
    for n in range(running + ended):
        is_ended = n >= running
        kind = chance.choice(pools[is_ended])
        age = chance.randrange(240) if is_ended else min(int(chance.expovariate(1 / 9)), 120)
        days = (today - timedelta(days=age) - kind.last).days
        text = moved(kind.text, days, known)
        if is_ended and chance.random() < 0.08:
            text = _late(text, chance.randrange(5, 60))
        division = chance.choice(villages)
        number = f"{kind.first + timedelta(days=days):%Y%m%d}-{seed}-{n:06}"
        opened = datetime.combine(kind.first, datetime.min.time(), CITY_TIME)
        opened += timedelta(days=days, hours=9)
        cases.append(
            Case(
                number=number,
                version_id=kind.version,
                division_id=division,
                state=text,
                seq=1,
                roles=kind.roles,
                applicant_name="某人",
                applicant_phone="13800000000",
                opened_at=opened,
                ended=kind.ended,
            )
        )
        by_nobody = kind.post in (APPLICANT, LAW)
        organ = "" if by_nobody else places.organ_for(kind.post, division)
        acts.append(_act(kind, number, organ, (today - timedelta(days=age), n)))
        if len(cases) == AT_ONCE or n == running + ended - 1:
            Case.objects.bulk_create(cases)
            Act.objects.bulk_create(acts)
            cases, acts = [], []


def _late(text: str, days: int) -> str:
    """A state whose clock began so many days earlier."""
    plain = json.loads(text)
    if plain["start"]:
        plain["start"] = (date.fromisoformat(plain["start"]) - timedelta(days=days)).isoformat()
    return canonical(plain)


def _act(kind: Reached, number: str, organ: str, day_n: tuple[date, int]) -> Act:
    day, n = day_n
    at = datetime.combine(day, datetime.min.time(), CITY_TIME)
    return Act(
        shard=day.year,
        subject=number,
        seq=1,
        kind="act",
        power=program(kind.version).power.code,
        version=kind.version,
        step=kind.step,
        outcome=kind.outcome,
        organ=organ,
        post=program(kind.version).names.get(kind.post, kind.post),
        person="somebody",
        at=at + timedelta(hours=9, minutes=n % 480),
        entry="",
        people="{}",
        private="",
        key=f"key-{number}",
    )


def more_powers(count: int) -> None:
    """As many powers in force as a city has: copies of those there are, under other names."""
    models = list(current_versions())
    for n in range(count - len(models)):
        model = models[n % len(models)]
        Version.objects.create(
            sha256=f"{n:064x}",
            code=f"copy-{n}",
            name=f"{model.name}({n})",
            category=model.category,
            level=model.level,
            organ=model.organ,
            text=model.text,
            published_at=model.published_at,
        )


OVERSEES = {"monitor": "全部", "organ_supervisor": "本机关", "discipline_duty": "线索"}


def seat(person: str, role: str, organ: str) -> Person:
    """Somebody who can log in, on a post of oversight."""
    who = Person.objects.create(id=person, name=person, is_invented=True)
    where = Organ.objects.get(name=organ)
    post = Post.objects.create(
        id=f"p-{person}", role=role, name=role, organ=where, oversees=OVERSEES.get(role, "")
    )
    Assignment.objects.create(person=who, post=post, valid_from=date(2020, 1, 1))
    return who


PAGES = {
    "看板·公开": ("/oversight/board/", False),
    "看板·监察": ("/oversight/board/", True),
    "看板·一个机关": ("/oversight/board/?by=power&organ={organ}", True),
    "趋势·周": ("/oversight/board/trend/", True),
    "趋势·月": ("/oversight/board/trend/?span=month", True),
    "黄灯红灯": ("/oversight/board/cases/", True),
    "黄灯红灯 CSV": ("/oversight/board/cases/?format=csv", True),
    "一件": ("/oversight/board/cases/{number}/", True),
    "数字": ("/figures/", False),
    "大屏": ("/screen/", False),
}


def main(running: int = 10_000, ended: int = 232_000, powers: int = 300) -> None:
    """Fill, close the books, and time each page three times; the first time counts too."""
    call_command("migrate", verbosity=0)
    pack = read_pack(settings.PACKS / "changzhi", date(2026, 9, 1))
    at = datetime.combine(date(2026, 9, 1), datetime.min.time(), CITY_TIME)
    load_organs(pack)
    load_powers(pack=pack, by="tests", at=at)
    more_powers(powers)
    began = time.perf_counter()
    fill(running, ended)
    print(f"{connection.vendor}: filled in {time.perf_counter() - began:.0f} s")
    began = time.perf_counter()
    count = close_books()
    print(f"closed {count} in {time.perf_counter() - began:.1f} s")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    monitor = seat("monitor", "monitor", Organ.objects.filter(division__level="市")[0].name)
    middleware.site_clock.now = lambda: datetime(2026, 9, 9, 15, tzinfo=CITY_TIME)  # type: ignore[assignment]
    organ = Organ.objects.filter(division__level="乡")[0].name
    number = Case.objects.filter(ended="")[0].number
    for name, (address, is_inside) in PAGES.items():
        client = Client(SERVER_NAME="localhost")
        if is_inside:
            client.force_login(monitor)
        times = []
        for _ in range(3):
            reset_queries()  # filling has overflowed the list of statements
            began = time.perf_counter()
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address.format(organ=organ, number=number))
            times.append(time.perf_counter() - began)
            assert answer.status_code == 200, (name, answer.status_code)
        sql = sum(float(each["time"]) for each in queries)
        words = " ".join(f"{each:.2f}" for each in times)
        size = len(answer.content) // 1024
        print(f"{name}: {words} s, {len(queries)} statements {sql:.2f} s, {size} KB")


def into_served(day: str) -> None:
    """Fill the sample city of a served site, with a monitor who can log in."""
    fill(160, 900, date.fromisoformat(day))
    who = seat("monitor", "monitor", Organ.objects.filter(division__level="市")[0].name)
    who.password = Person.objects.exclude(password="")[0].password
    who.save()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--served"]:
        into_served(sys.argv[2])
    else:
        main(*map(int, sys.argv[1:]))
