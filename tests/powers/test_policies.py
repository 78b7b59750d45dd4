"""What the policy in force shows, pages show: every light, and for good once a case has ended."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.conf import LazySettings
from tests.walk import CITY_TIME, MONDAY, Walk

from guiju.cases.models import Case
from guiju.cases.queries import view_of
from guiju.formats.packs import read_pack
from guiju.kernel.lights import Light
from guiju.oversight.closings import passed
from guiju.oversight.standings import Places, open_cases
from guiju.powers.policies import policy_on, publish_policies
from guiju.powers.queries import calendar

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 9, 1, 9, tzinfo=CITY_TIME)
SECOND = datetime(2026, 9, 29, 9, tzinfo=CITY_TIME)


@pytest.fixture(autouse=True)
def _policies(settings: LazySettings) -> None:
    """The sample policy, and from the end of September one of the report's three lights."""
    sample = read_pack(settings.PACKS / "changzhi", FIRST.date()).policies[0]
    publish_policies([sample], by="tests", at=FIRST)
    publish_policies([replace(sample, extensions=())], by="tests", at=SECOND)


def light(walk: Walk, day: date) -> Light:
    return view_of(walk.case, calendar(), day, policy_on(day)).standing.light


def test_a_light_beyond_the_reports_is_shown_while_a_policy_says_so():
    walk = Walk.begin()
    walk.act("hbz-window", "accept", "accept")
    before, after = SECOND.date(), SECOND.date() + timedelta(days=1)

    assert light(walk, before) is Light.RED
    assert light(walk, after) is Light.YELLOW
    (stand,) = open_cases(Case.objects.all(), Places.load(), after)
    assert stand.standing.light is Light.YELLOW
    assert passed(stand.standing).breached_on == date(2026, 9, 29), "the law counts as before"


def test_a_case_before_its_clock_is_shown_by_the_policy_too():
    walk = Walk.begin(MONDAY)
    late = SECOND.date() + timedelta(days=20)
    assert view_of(walk.case, calendar(), late, None).standing.light is Light.RED
    assert light(walk, late) is Light.YELLOW
