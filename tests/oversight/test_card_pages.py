"""Cards on pages: who sees which, supervision, leads that nobody can delete; the patrol."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from tests.walk import MONDAY, Walk

from guiju.cases.models import Case
from guiju.organs.models import Organ, Person
from guiju.oversight.cards import judge, visible
from guiju.oversight.closings import Closing, close_books
from guiju.oversight.follow_ups import supervise
from guiju.oversight.issuing import issue_all
from guiju.oversight.models import Card, Reminder
from guiju.oversight.patrol import patrol
from guiju.oversight.standings import Scope, scope_of
from guiju.oversight.trail import NotAllowed, overseen

pytestmark = pytest.mark.django_db
LATE = MONDAY + timedelta(days=30)
DUTY, MONITOR, OWN = "cz-jw-duty", "cz-jc-officer", "hbz-supervisor"


def a_lead() -> Card:
    return Card.objects.filter(is_lead=True)[0]


def scope(person: str) -> Scope:
    return scope_of(person, LATE.date())


def test_everybody_sees_what_the_post_allows(overdue: Walk, client: Client):
    every = Card.objects.count()
    own = Card.objects.filter(organ=Organ.objects.get(post__assignment__person=OWN))

    assert set(visible(scope(MONITOR))) == set(Card.objects.all())
    assert set(visible(scope(OWN))) == set(own)
    assert set(visible(scope(DUTY))) == set(Card.objects.filter(is_lead=True))
    assert not visible(scope("hbz-window")).exists()
    assert every > Card.objects.filter(is_lead=True).count() > 0
    client.force_login(Person.objects.get(pk="hbz-window"))
    assert client.get("/oversight/cards/").status_code == 403
    assert client.get(f"/oversight/cards/{a_lead().pk}/").status_code == 404
    client.force_login(Person.objects.get(pk=MONITOR))
    page = client.get("/oversight/cards/").content.decode()
    assert overdue.number in page


def test_a_card_says_how_it_was_computed(overdue: Walk, client: Client):
    client.force_login(Person.objects.get(pk=MONITOR))

    page = client.get(f"/oversight/cards/{a_lead().pk}/").content.decode()

    assert "法定时限红牌(线索)" in page
    assert "15个工作日" in page
    assert "2026年9月28日" in page
    assert "郭志强" not in page


def test_a_supervision_is_opened_once_and_asks_the_unit(overdue: Walk, client: Client):
    card = a_lead()
    client.force_login(Person.objects.get(pk=MONITOR))
    address = f"/oversight/cards/{card.pk}/"

    answer = client.post(address, {"do": "supervise", "matter": "为什么超过法定时限"})
    again = client.post(address, {"do": "supervise", "matter": "再来一次"})

    card.refresh_from_db()
    assert answer.status_code == again.status_code == 302
    assert answer["Location"] == again["Location"]
    assert Case.objects.filter(version__name="电子监察督办").count() == 1
    assert card.supervision_id in answer["Location"]
    kinds = [act.kind for act in overseen(overdue.number)]
    assert kinds.count("supervision") == 1


def test_whoever_is_reminded_sees_it_until_the_case_is_done(overdue: Walk, client: Client):
    reminder = Reminder.objects.filter(whom="A岗")[0]
    reminded = reminder.people.strip("|").split("|")[0]
    client.force_login(Person.objects.get(pk=reminded))

    page = client.get("/oversight/reminders/").content.decode()

    assert overdue.number in page
    client.force_login(Person.objects.get(pk="cz-sc-leader"))
    assert overdue.number not in client.get("/oversight/reminders/").content.decode()
    Case.objects.filter(pk=overdue.number).update(ended="done")
    client.force_login(Person.objects.get(pk=reminded))
    assert overdue.number not in client.get("/oversight/reminders/").content.decode()


def test_only_the_monitor_supervises(overdue: Walk):
    for person in (OWN, DUTY, "hbz-window"):
        with pytest.raises(NotAllowed):
            supervise(a_lead(), matter="x", by=person, scope=scope(person), at=LATE)
    assert not Case.objects.filter(version__name="电子监察督办").exists()


def test_a_lead_is_judged_once_by_a_named_person_with_reasons(overdue: Walk, client: Client):
    card, told = a_lead(), {"do": "judge", "verdict": "不成立", "reason": "停电三天,已经核实"}
    client.force_login(Person.objects.get(pk=DUTY))
    address = f"/oversight/cards/{card.pk}/"
    assert client.post(address, {**told, "reason": " "}).status_code == 422

    assert client.post(address, told).status_code == 302

    page = client.get(address).content.decode()
    assert "停电三天,已经核实" in page
    assert client.post(address, told).status_code == 302, "the same again is harmless"
    assert client.post(address, {**told, "verdict": "查实"}).status_code == 422
    assert [act.kind for act in overseen(overdue.number)].count("answer") == 1
    with pytest.raises(NotAllowed):
        judge(a_lead(), verdict="查实", reason="x", by=OWN, scope=scope(OWN), at=LATE)


def test_nobody_can_delete_a_lead(overdue: Walk):
    """The list can be tampered with by who has the database; the act behind it cannot."""
    subject = f"card:{overdue.number}"
    for statement in (
        "DELETE FROM record_act WHERE subject = %s",
        "UPDATE record_act SET kind = 'x' WHERE subject = %s",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [subject])


def test_the_patrol_finds_nothing_where_nothing_is_wrong(overdue: Walk):
    assert list(patrol(LATE)) == []


def test_the_patrol_lists_each_thing_that_differs(overdue: Walk):
    Card.objects.filter(level="黄牌").update(day=LATE.date())
    lost = Reminder.objects.all()[0]
    lost.delete()

    words = [each.words for each in patrol(LATE)]

    assert any("牌的列表与痕迹不同" in each for each in words)
    assert any("提醒的列表少了一张" in each and lost.key in each for each in words)
    with pytest.raises(SystemExit) as ended:
        call_command("patrol", stdout=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    assert ended.value.code == 1


def test_the_patrol_sees_what_was_never_issued(overdue: Walk):
    later = LATE + timedelta(days=40)
    walk = Walk.begin(LATE)
    walk.act("hbz-window", "accept", "accept")

    words = [each.words for each in patrol(later) if each.case == walk.number]

    assert any("缺失" in each for each in words)


def test_the_patrol_recomputes_the_lights_of_ended_cases(overdue: Walk):
    walk = Walk.begin(LATE)
    walk.act("hbz-window", "accept", "refuse", reason="材料是假的")
    assert close_books() == 1
    issue_all(LATE + timedelta(days=1))
    assert list(patrol(LATE + timedelta(days=1))) == []

    Closing.objects.filter(case=walk.number).update(light="红")

    (found,) = patrol(LATE + timedelta(days=1))
    assert (found.case, found.words) == (walk.number, "看板上记的灯与依记录重算的不同")
