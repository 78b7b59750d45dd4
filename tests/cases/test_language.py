"""The whole chart language on running cases: in the database, on the pages, for each post."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.test import Client
from tests.walk import CITY_TIME, MONDAY, SURVEYORS, Walk, photo

from guiju.cases import actions
from guiju.cases.actions import Request, StalePage
from guiju.cases.models import Message
from guiju.cases.queries import inbox
from guiju.formats.reader import plain
from guiju.kernel.power import Anytime, Outcome, Power, Several, Step
from guiju.kernel.rules import Certainty, Rule, Unit
from guiju.kernel.run import Refused
from guiju.organs.models import Person
from guiju.powers.models import Version
from guiju.powers.queries import power
from guiju.record.entries import canonical, is_intact
from guiju.record.keys import keys_of
from guiju.record.models import Act

pytestmark = pytest.mark.django_db
FIVE_DAYS = Rule("five", "默示期限", "某法第五条", Certainty.LAW, 5, Unit.WORKING_DAY)
PHONE = "0000"  # the last four digits


@pytest.fixture(autouse=True)
def _wide(db: None) -> None:
    """临时救助 with all that charts can say, in force; not proven, so not published."""
    current = Version.objects.get(name="临时救助", retired_at=None)
    text = canonical(plain(wide(power(current.sha256))))
    digest = sha256(text.encode()).hexdigest()
    Version.objects.filter(pk=current.pk).update(retired_at=MONDAY)
    values = {f: getattr(current, f) for f in ("code", "name", "category", "level", "organ")}
    Version.objects.create(sha256=digest, text=text, published_at=MONDAY, **values)


def wide(old: Power) -> Power:
    return replace(old, steps=tuple(map(changed, old.steps)), anytime=(WITHDRAW,), examples=())


WITHDRAW = Anytime(
    Outcome("take_back", "撤回申请", ("withdrawn",), post="applicant", cancels=True)
)


def changed(step: Step) -> Step:
    if step.id == "accept":
        to = step.outcomes[0].to
        silence = Outcome("silence", "视为受理", to, after=FIVE_DAYS, tell="期限已过,视为受理。")
        return replace(step, outcomes=(*step.outcomes, silence), may_hand_over=True)
    if step.id == "opinion":
        return replace(step, several=Several(("town_reviewer", "town_approver")))
    return step


def test_silence_is_recorded_by_the_round_beside_the_pages_and_the_applicant_is_told():
    walk = Walk.begin()
    assert actions.lapse_all(walk.at + timedelta(days=7)) == 0  # September 14 is the fifth day

    assert actions.lapse_all(walk.at + timedelta(days=8)) == 1
    assert actions.lapse_all(walk.at + timedelta(days=8)) == 0
    act = Act.objects.get(subject=walk.number, seq=2)
    assert (act.outcome, act.person, act.post, is_intact(act, keys_of(walk.number))) == (
        "silence",
        "law",
        "法律规定",
        True,
    )
    assert act.at.date().isoformat() == "2026-09-14"  # midnight in the city, the day before in UTC
    assert "视为受理" in Message.objects.get(case=walk.number, seq=2).body


def test_who_acts_too_late_learns_that_the_law_has_decided():
    walk = Walk.begin().later(8)

    with pytest.raises(StalePage, match="法定期限届满"):
        walk.act("hbz-window", "accept", "refuse", reason="不在范围")
    assert [a.outcome for a in Act.objects.filter(subject=walk.number).order_by("seq")] == [
        "submit",
        "silence",
    ]


def test_a_case_may_be_handed_over_to_another_holder_of_the_post_only():
    walk = Walk.begin()
    with pytest.raises(Refused, match="同一岗位"):
        walk.act("hbz-window", "accept", "hand_over", assignee="hbz-surveyor")

    walk.act("hbz-window", "accept", "hand_over", assignee="hbz-window-b")
    with pytest.raises(Refused, match="已经转给别人"):
        walk.act("hbz-window", "accept", "accept")
    assert [row.view.case.number for row in inbox("hbz-window", MONDAY.date())] == [walk.number]


def test_two_posts_sign_and_each_sees_the_case_until_it_has_signed():
    walk = Walk.begin()
    walk.act("hbz-window", "accept", "accept")
    walk.act("hbz-surveyor", "survey", "done", **SURVEYED)
    facts = {"amount_proposed": "250000"}
    walk.act("hbz-reviewer", "opinion", "support", facts=facts)

    assert inbox("hbz-reviewer", MONDAY.date()) == []
    assert len(inbox("hbz-approver", MONDAY.date())) == 1
    with pytest.raises(Refused):
        walk.act("hbz-reviewer", "opinion", "support", facts=facts)
    walk.act("hbz-approver", "opinion", "support", facts=facts)
    assert "|town_reviewer|" not in walk.case.roles


def test_the_applicant_takes_the_application_back_on_the_progress_page():
    walk = Walk.begin(datetime.now(CITY_TIME))
    page = Client().get(f"/cases/{walk.number}/").content.decode()
    assert "您也可以" in page
    assert "撤回申请" in page

    form = {"key": str(uuid4()), "seq": "1", "step": "accept", "outcome": "take_back"}
    Client().post(f"/cases/{walk.number}/", {**form, "phone": PHONE})
    assert walk.case.ended == "withdrawn"


def test_the_page_of_a_step_offers_what_belongs_to_the_post_and_nothing_else():
    walk = Walk.begin()
    clerk = Client()
    clerk.force_login(Person.objects.get(pk="hbz-window"))

    page = clerk.get(f"/staff/cases/{walk.number}/").content.decode()
    assert 'value="hand_over"' in page
    assert 'value="hbz-window-b"' in page
    assert 'value="silence"' not in page
    assert 'value="take_back"' not in page


def test_nobody_chooses_silence_from_a_form():
    walk = Walk.begin()

    with pytest.raises(Refused, match="届满时由法律作出"):
        walk.act("hbz-window", "accept", "silence")
    request = Request("accept", "silence", str(uuid4()))
    with pytest.raises(Refused):
        actions.perform_act(number=walk.number, request=request, seq=1, by="law", at=MONDAY)


SURVEYED = {
    "present": SURVEYORS,
    "documents": (photo("现场照片"),),
    "facts": {"finding": "属实"},
}
