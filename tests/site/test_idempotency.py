"""The same form sent twice is one act and one answer; no address that takes forms is forgotten."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.powers.test_drafts import EDITOR, begun
from tests.race import AT
from tests.sendings import (
    SENDINGS,
    act_of_applicant,
    act_of_staff,
    acts,
    apply,
    day_passed,
    finding_judged,
)
from tests.walk import SURVEYORS, Walk, photo

from guiju.cases import actions
from guiju.cases.models import Case, Document
from guiju.organs.models import Person
from guiju.powers.models import Version
from guiju.record.models import Act
from guiju.site import clock

pytestmark = pytest.mark.django_db
RACE = Path(__file__).parent.parent / "sendings.py"
SESSION = {"staff/login/", "staff/logout/"}  # they record nothing; their answers are the same too

SHOWING = {  # their forms ask for something to be shown, which must not stand in an address
    "verify/",
    "cases/<str:number>/receipt/",
    "cases/<str:number>/receipt/<int:seq>/",
    "cases/<str:number>/receipt/<int:seq>/print/",
}


@pytest.fixture(autouse=True)
def _demo(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CLOCK_FILE = str(tmp_path / "clock")
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(hours=1))


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield route
        else:
            yield from routes(each, route)


def addresses() -> dict[str, str]:
    """Every address of the site, with parts that exist; a new kind of part must be added here."""
    walk, draft = Walk.begin(AT), begun("临时救助")
    version = Version.objects.get(name="临时救助", retired_at=None)
    document = Document.objects.create(
        case=walk.case, seq=1, kind="照片", name="a", sha256="ab" * 32, size=1
    )
    parts = {
        "<slug:code>": version.code,
        "<slug:sha256>": version.sha256,
        "<slug:kind>": "flow",
        "<str:number>": walk.number,
        "documents/<int:pk>": f"documents/{document.pk}",
        "<int:pk>": str(draft.pk),
        "<slug:pk>": finding_judged().address.split("/")[-2],
        "<int:year>": "2026",
        "<int:seq>": "1",
        r"^log/(?P<year>[0-9]{4})/(?P<path>checkpoint|tile/.+)\Z": "log/2026/checkpoint",
    }
    found = {}
    for route in routes(get_resolver()):
        address = route
        for part, value in parts.items():
            address = address.replace(part, value)
        assert "<" not in address, f"say in this test what may stand for a part of {route}"
        found[route] = "/" + address
    return found


def staff(person: str) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=person))
    return client


def test_every_address_that_takes_a_form_is_among_those_sent_twice():
    people = (EDITOR, "hbz-window", "cz-sc-officer")
    all_addresses = addresses()
    takes_forms = set()
    for route, address in all_addresses.items():
        # One of them may use it; whoever may not is told so before the method is looked at.
        if all(staff(person).post(address).status_code != 405 for person in people):
            takes_forms.add(route)

    classified = SESSION | SHOWING | {route for route, _ in SENDINGS.values()}
    assert len(all_addresses) > 20
    assert takes_forms - classified == set(), "send its form twice in tests/sendings.py"
    assert classified - takes_forms == set(), "there is no such address any more"


def test_a_form_that_shows_something_writes_no_act():
    all_addresses = addresses()
    before = Act.objects.count()

    for route in SHOWING:
        Client().post(all_addresses[route], {"phone": "0000"})

    assert Act.objects.count() == before


@pytest.mark.parametrize("words", SENDINGS)
def test_a_form_sent_twice_is_one_act_with_the_same_answer(words: str):
    sending = SENDINGS[words][1]()
    client, before = sending.client(), sending.count()

    first = sending.send(client)
    once = sending.count()
    second = sending.send(client)

    assert once != before
    assert sending.count() == once
    assert first == second
    assert first[0] in (200, 302)


@pytest.mark.parametrize("words", [each for each in SENDINGS if each != "draft previewed"])
def test_another_form_after_it_acts_again(words: str):
    """So the key alone makes a form the same, not what it says."""
    first, second = SENDINGS[words][1](), SENDINGS[words][1]()
    first.send(first.client())
    if words == "day passed":
        second = SENDINGS[words][1]()
    before = second.count()

    second.send(second.client())

    assert second.count() != before


def test_login_and_logout_sent_twice_answer_the_same():
    person = Person.objects.get(pk="hbz-window")
    person.set_password("xxxxxxxx")
    person.save()
    client, before = Client(), Act.objects.count()
    form = {"username": person.pk, "password": "xxxxxxxx", "next": "/staff/"}

    logins = [client.post("/staff/login/", form) for _ in range(2)]
    assert [(each.status_code, each["Location"]) for each in logins] == [(302, "/staff/")] * 2
    assert client.get("/staff/").status_code == 200
    logouts = [client.post("/staff/logout/") for _ in range(2)]
    assert [(each.status_code, each["Location"]) for each in logouts] == [(302, "/")] * 2
    assert client.get("/staff/").status_code == 302
    assert Act.objects.count() == before


@pytest.mark.parametrize("make", [act_of_applicant, act_of_staff])
def test_a_retry_after_a_lost_answer_is_answered_though_others_acted_since(make):
    sending = make()
    client = sending.client()
    first = sending.send(client)
    number = sending.address.rstrip("/").rpartition("/")[2]
    walk = Walk(number, AT + timedelta(hours=1))
    if make is act_of_applicant:
        walk.act("hbz-window", "accept", "accept")
    else:
        found = {"finding": "属实"}
        shown = (photo("现场照片"),)
        walk.act("hbz-surveyor", "survey", "done", present=SURVEYORS, documents=shown, facts=found)
    now = acts(number)()

    assert sending.send(client) == first
    assert acts(number)() == now


def test_a_stale_page_does_nothing_and_says_so():
    """Another form from a page that somebody else has outrun: another key, so another act."""
    sending = act_of_staff()
    client = sending.client()
    sending.send(client)
    number = sending.address.rstrip("/").rpartition("/")[2]
    now = acts(number)()
    answer = client.post(sending.address, sending.form | {"key": apply().form["key"]})

    assert answer.status_code == 409
    assert "别人已经办理过本件" in answer.content.decode()
    assert acts(number)() == now


def test_the_demo_clock_moves_only_from_where_the_page_saw_it():
    stale, fresh = day_passed(), day_passed()
    fresh.send(fresh.client())

    assert stale.send(stale.client()) == (302, "/powers/")
    assert clock.days_ahead() == 7


def test_at_the_same_moment_too(tmp_path: Path):
    """The marker makes this run again on PostgreSQL; the race makes its own database there."""
    environment = {**os.environ, "GUIJU_VAR": str(tmp_path)}
    environment["GUIJU_CLOCK_FILE"] = str(tmp_path / "clock")
    done = subprocess.run(
        [sys.executable, str(RACE)], capture_output=True, text=True, check=False, env=environment
    )

    told = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr[-2000:]
    assert told == [f"{words}, once, 1" for words in SENDINGS], done.stderr[-2000:]


def test_a_repetition_is_answered_even_when_a_term_has_lapsed_since(
    monkeypatch: pytest.MonkeyPatch,
):
    """The act was done; what silence brought about afterwards does not make it undone."""
    sending = act_of_staff()
    client = sending.client()
    first = sending.send(client)
    monkeypatch.setattr(actions, "lapse", lambda **_: 1)
    monkeypatch.setattr(type(actions.program(Case.objects.first().version_id)), "silences", (1,))

    assert sending.send(client) == first
