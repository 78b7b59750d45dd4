"""What follows a card: supervision and appeal along their charts; a card lifted; another score."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.test import Client
from tests.walk import CITY_TIME, MONDAY, Walk

from guiju.cases.actions import Request, lapse_all, perform_act
from guiju.cases.documents import Stored
from guiju.cases.models import Case
from guiju.organs.models import Person
from guiju.oversight import trail
from guiju.oversight.follow_ups import Window, appeal, lift_all, supervise, window_of
from guiju.oversight.issuing import issue_all
from guiju.oversight.models import Card
from guiju.oversight.patrol import patrol
from guiju.oversight.scores import scores
from guiju.oversight.standings import scope_of
from guiju.oversight.trail import NotAllowed, overseen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("overdue")]
LATE = MONDAY + timedelta(days=30)
SEPTEMBER = date(2026, 9, 1)
OWN, MONITOR, REVIEWER, CHIEF = "hbz-supervisor", "cz-jc-officer", "cz-jc-reviewer", "cz-jc-chief"


def a_card() -> Card:
    return Card.objects.get(is_lead=True)


def appealed(by: str = OWN, at: datetime = LATE) -> str:
    return appeal(a_card(), grounds="停电", by=by, scope=scope_of(by, at.date()), at=at)


def act(number: str, by: str, step: str, outcome: str, **parts: object) -> None:
    request = Request(step, outcome, str(uuid4()), **parts)  # type: ignore[arg-type]
    seq = Case.objects.get(pk=number).seq
    perform_act(number=number, request=request, seq=seq, by=by, at=LATE + timedelta(days=1))


def decided(number: str, outcome: str) -> None:
    act(number, MONITOR, "admit", "accept")
    act(number, REVIEWER, "review", "wrong", facts={"opinion": "停电有记录"})
    paper = Stored("申诉决定书", "decision.pdf", "ab" * 32, 10)
    act(number, CHIEF, "decide", outcome, documents=(paper,), reason="停电有记录")


def test_an_appeal_that_is_right_lifts_the_card_and_counts_the_score_anew(client: Client):
    (before,) = scores(SEPTEMBER)
    number = appealed()
    assert appealed() == number, "again the same"

    decided(number, "correct")
    assert lift_all(LATE + timedelta(days=1)) == 1
    assert lift_all(LATE + timedelta(days=1)) == 0

    (after,) = scores(SEPTEMBER)
    assert after.score == before.score + 300
    assert [row.kind for row in overseen(a_card().case_id)][-2:] == ["appeal", "cancel"]
    assert not [d for d in patrol(LATE) if "撤销" in d.words]
    client.force_login(Person.objects.get(pk=OWN))
    page = client.get(f"/oversight/cards/{a_card().pk}/").content.decode()
    assert "这张牌已经撤销" in page
    assert number in page


def test_an_appeal_that_is_wrong_changes_nothing():
    before = list(scores(SEPTEMBER))

    decided(appealed(), "keep")

    assert lift_all(LATE + timedelta(days=1)) == 0
    assert list(scores(SEPTEMBER)) == before


def test_what_is_not_taken_up_in_time_counts_as_taken_up():
    number = appealed()

    lapse_all(LATE + timedelta(days=20))

    assert Case.objects.get(pk=number).roles == "|monitor_reviewer|"


def test_only_the_organ_of_the_card_appeals_and_only_in_time():
    for person in (MONITOR, "cz-sc-leader", "hbz-window"):
        with pytest.raises(NotAllowed, match="被发牌机关的效能监督岗"):
            appealed(person)
    with pytest.raises(NotAllowed, match=r"对一张牌申诉的期限"):
        appealed(at=LATE + timedelta(days=40))
    assert a_card().appeal is None


def test_beyond_the_calendar_an_appeal_is_taken(client: Client):
    last_days = datetime(2026, 12, 28, 9, tzinfo=CITY_TIME)
    walk = Walk.begin(last_days - timedelta(days=40))
    walk.act("hbz-window", "accept", "accept")
    issue_all(last_days)
    card = Card.objects.filter(case=walk.number, is_lead=True).get()

    assert window_of(card, scope_of(OWN, last_days.date()), last_days.date()) == Window(None)


def test_a_supervision_that_finds_good_reasons_lifts_the_card_too():
    officer = scope_of(MONITOR, LATE.date())
    number = supervise(a_card(), matter="为什么", by=MONITOR, scope=officer, at=LATE)
    paper = Stored("情况说明", "reasons.pdf", "ab" * 32, 10)
    act(number, OWN, "explain", "explained", documents=(paper,), facts={"explanation": "停电"})
    act(number, REVIEWER, "assess", "justified", facts={"assessment": "成立"})
    act(number, CHIEF, "order", "revoke", reason="停电有记录")

    assert lift_all(LATE + timedelta(days=1)) == 1

    with pytest.raises(NotAllowed, match="已经撤销"):
        appealed()


def test_a_card_struck_from_the_list_by_hand_is_seen_by_the_patrol():
    Card.objects.filter(is_lead=True).update(cancelled=99)

    assert ["已撤销" in each.words for each in patrol(LATE)] == [True]


def test_what_begins_from_a_card_is_not_opened_by_hand(client: Client):
    for person, code in ((MONITOR, "001099002000"), (OWN, "001099003000")):
        client.force_login(Person.objects.get(pk=person))
        assert code not in client.get("/staff/").content.decode()
        assert client.get(f"/staff/open/{code}/").status_code == 403


def test_whoever_is_overtaken_is_told_so_and_nothing_is_half_done(
    client: Client, monkeypatch: pytest.MonkeyPatch
):
    def taken(*_: object) -> None:
        raise IntegrityError

    client.force_login(Person.objects.get(pk=MONITOR))
    card, count = a_card(), Case.objects.count()
    form = {"do": "supervise", "matter": "逾期未办", "key": str(uuid4())}
    with monkeypatch.context() as patched:
        patched.setattr(trail, "write", taken)
        answer = client.post(f"/oversight/cards/{card.pk}/", form)
    assert answer.status_code == 422
    assert "请再提交一次" in answer.content.decode()
    assert Case.objects.count() == count

    assert client.post(f"/oversight/cards/{card.pk}/", form).status_code == 302
    assert Case.objects.count() == count + 1
