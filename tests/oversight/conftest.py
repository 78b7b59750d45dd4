"""What several tests of oversight begin with."""

from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from tests.walk import CITY_TIME, MONDAY, Walk

from guiju.formats.packs import read_pack
from guiju.oversight.issuing import issue_all
from guiju.powers.policies import publish_policies

PUBLISHED = datetime(2026, 9, 1, 9, tzinfo=CITY_TIME)


@pytest.fixture
def overdue(settings: LazySettings) -> Walk:
    """A case that was taken up a month ago, with all its cards and reminders."""
    pack = read_pack(settings.PACKS / "changzhi", PUBLISHED.date())
    publish_policies(pack.policies, by="tests", at=PUBLISHED)
    walk = Walk.begin()
    walk.act("hbz-window", "accept", "accept")
    issue_all(MONDAY + timedelta(days=30))
    return walk
