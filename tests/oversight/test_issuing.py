"""What is due is written as acts, once; and it is the same from the log alone."""

from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from tests.walk import CITY_TIME, MONDAY, Walk

from guiju.formats.packs import read_pack
from guiju.oversight.issuing import issue_all
from guiju.oversight.models import Card, Examined, Reminder
from guiju.oversight.trail import overseen
from guiju.powers.policies import policies_held, publish_policies
from guiju.record.entries import is_intact
from guiju.record.keys import keys_of
from guiju.record.models import Act

pytestmark = pytest.mark.django_db
PUBLISHED = datetime(2026, 9, 1, 9, tzinfo=CITY_TIME)


@pytest.fixture(autouse=True)
def _policies(settings: LazySettings) -> None:
    pack = read_pack(settings.PACKS / "changzhi", PUBLISHED.date())
    publish_policies(pack.policies, by="tests", at=PUBLISHED)


def accepted() -> Walk:
    walk = Walk.begin()
    walk.act("hbz-window", "accept", "accept")
    return walk


def cards(number: str) -> list[tuple[str, str, str]]:
    rows = Card.objects.filter(case=number).order_by("day", "key")
    return [(card.level, card.about, card.day.isoformat()) for card in rows]


def test_nothing_is_issued_before_the_morning_after_a_policy_was_published():
    assert [held.first.isoformat() for held in policies_held()] == ["2026-09-02"]
    assert not publish_policies(
        [held.policy for held in policies_held()], by="tests", at=PUBLISHED
    )


def test_cards_and_reminders_are_acts_and_come_once():
    walk = accepted()

    count = issue_all(MONDAY + timedelta(days=30))

    assert cards(walk.number) == [
        ("黄牌", "环节时限", "2026-09-11"),
        ("预警", "承诺时限", "2026-09-21"),  # due on 09-24; 09-25 to 09-27 are holidays
        ("黄牌", "承诺时限", "2026-09-28"),
        ("红牌", "法定时限", "2026-09-29"),
    ]
    acts = overseen(walk.number)
    assert count == len(acts) == Card.objects.count() + Reminder.objects.count()
    assert [act.seq for act in acts] == list(range(1, count + 1))
    assert all(is_intact(act, keys_of(act.subject)) for act in acts)
    assert issue_all(MONDAY + timedelta(days=30)) == 0
    Examined.objects.all().delete()  # as if it was killed before
    assert issue_all(MONDAY + timedelta(days=30)) == 0
    assert count == Act.objects.filter(subject=f"card:{walk.number}").count()
