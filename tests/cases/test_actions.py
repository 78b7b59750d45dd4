"""Acts on cases, against a real database: what is refused, and that nothing is half done."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.walk import MONDAY, SURVEYORS, Walk, photo

from guiju.cases import actions
from guiju.cases.actions import NoSuchCase, Request, StalePage
from guiju.cases.models import Message
from guiju.kernel.run import Refused
from guiju.organs.actions import report_absence
from guiju.record.models import Act

pytestmark = pytest.mark.django_db


def kinds(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [each.kind for each in refused.value.refusals]


def test_a_case_runs_from_application_to_payment_and_every_act_is_on_record():
    walk = Walk.begin().to_end()

    assert walk.case.ended == "granted"
    acts = Act.objects.filter(subject=walk.number).order_by("seq")
    assert [act.seq for act in acts] == list(range(1, 9))
    assert {act.version for act in acts} == {walk.case.version_id}


def test_the_applicant_is_told_at_each_transition():
    walk = Walk.begin().to_end()

    told = Message.objects.filter(case_id=walk.number).order_by("seq")
    assert [message.seq for message in told] == list(range(1, 9))
    assert told.last().address == "13800000000@sms.localhost"
    assert "已办结" in told.last().body


def test_a_home_visit_alone_is_refused_with_control_and_source():
    walk = Walk.begin()
    walk.act("hbz-window", "accept", "accept")

    with pytest.raises(Refused) as refused:
        walk.act("hbz-surveyor", "survey", "done", facts={"finding": "属实"})

    assert kinds(refused) == ["persons_min", "persons_min", "evidence"]
    assert "不少于2人在场,现有1人" in str(refused.value)
    assert "第十六条第一款" in str(refused.value)
    assert walk.case.seq == 2


def test_the_surveyor_may_not_approve():
    walk = Walk.begin().to_decision()

    with pytest.raises(Refused) as refused:
        walk.act("hbz-surveyor", "decide", "grant", facts={"amount": "250000"})

    assert kinds(refused) == ["post"]


def test_a_present_person_must_hold_the_post_that_is_claimed():
    walk = Walk.begin()
    walk.act("hbz-window", "accept", "accept")
    someone = tuple(type(p)("hbz-finance", p.post) for p in SURVEYORS)

    with pytest.raises(Refused) as refused:
        walk.act(
            "hbz-surveyor",
            "survey",
            "done",
            present=someone,
            documents=(photo("现场照片"),),
            facts={"finding": "属实"},
        )

    assert kinds(refused) == ["present"]


def test_a_second_supplement_notice_is_refused_with_its_rule():
    walk = Walk.begin()
    walk.act("hbz-window", "accept", "supplement", items=("录取通知书",))
    walk.act("applicant", "supplement", "supplied")

    with pytest.raises(Refused) as refused:
        walk.act("hbz-window", "accept", "supplement", items=("缴费单",))

    assert kinds(refused) == ["one_notice"]
    assert refused.value.refusals[0].rule is not None


def test_publicity_cannot_be_closed_before_its_seven_days_are_over():
    walk = Walk.begin().to_publicity().later(7)

    with pytest.raises(Refused) as refused:
        walk.act("sx-committee", "publicity", "clear", documents=(photo("公示照片"),))

    assert kinds(refused) == ["publicity_days"]
    assert (
        walk.later(1).act("sx-committee", "publicity", "clear", documents=(photo("公示照片"),))
        == 5
    )


def test_b_may_act_only_while_a_is_away():
    walk = Walk.begin()
    with pytest.raises(Refused) as refused:
        walk.act("hbz-window-b", "accept", "accept")
    assert "B岗" in str(refused.value)

    report_absence(person="hbz-window", first=MONDAY.date(), last=MONDAY.date(), reason="下乡")

    assert walk.act("hbz-window-b", "accept", "accept") == 2


def test_a_stale_page_is_refused_and_changes_nothing():
    walk = Walk.begin()
    walk.act("hbz-window", "accept", "accept")
    request = Request("accept", "refuse", "00000000-0000-0000-0000-000000000001", reason="x")

    with pytest.raises(StalePage):
        actions.perform_act(
            number=walk.number, request=request, seq=1, by="hbz-window", at=walk.at
        )

    assert walk.case.seq == 2


def test_the_same_form_sent_twice_acts_once_and_answers_the_same():
    walk = Walk.begin()
    request = Request("accept", "accept", "00000000-0000-0000-0000-000000000002")
    sent = {"number": walk.number, "request": request, "seq": 1, "by": "hbz-window", "at": walk.at}

    assert actions.perform_act(**sent) == 2
    assert actions.perform_act(**sent) == 2
    assert Act.objects.filter(subject=walk.number).count() == 2


def test_an_unknown_number_is_told_apart():
    request = Request("accept", "accept", "00000000-0000-0000-0000-000000000003")
    with pytest.raises(NoSuchCase, match="没有编号为"):
        actions.perform_act(number="20260101-AAAAAA", request=request, seq=1, by="x", at=MONDAY)


def test_an_act_takes_four_statements_and_one_transaction():
    walk = Walk.begin()
    accept = Request("accept", "accept", "00000000-0000-0000-0000-000000000005")
    with CaptureQueriesContext(connection) as queries:
        actions.perform_act(number=walk.number, request=accept, seq=1, by="hbz-window", at=walk.at)

    statements = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) == 4
