"""Scores: exact, dated, on a page, and counted again by anybody from what the page gives."""

from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.walk import CITY_TIME, MONDAY, Walk

from guiju.formats.packs import read_pack
from guiju.kernel.rules import Certainty
from guiju.kernel.scores import Deduction, Formula, score
from guiju.oversight.issuing import issue_all
from guiju.oversight.models import Card
from guiju.oversight.scores import scores
from guiju.powers.policies import publish_policies

FORMULA = Formula("", Certainty.SAMPLE, (Deduction("黄牌", 100), Deduction("红牌", 300)))
COUNTS = st.integers(0, 500)


@given(COUNTS, COUNTS, st.integers(0, 10_000))
def test_more_cards_never_score_higher_and_more_cases_never_lower(yellow, red, handled):
    own = score(FORMULA, {"黄牌": yellow, "红牌": red}, handled)

    assert 0 <= own <= 10_000
    assert score(FORMULA, {"黄牌": yellow + 1, "红牌": red}, handled) <= own
    assert score(FORMULA, {"黄牌": yellow, "红牌": red}, handled + 1) >= own


@pytest.fixture
def month(settings: LazySettings) -> date:
    published = datetime(2026, 9, 1, 9, tzinfo=CITY_TIME)
    pack = read_pack(settings.PACKS / "changzhi", published.date())
    publish_policies(pack.policies, by="tests", at=published)
    Walk.begin().act("hbz-window", "accept", "accept")
    issue_all(MONDAY + timedelta(days=30))
    return date(2026, 9, 1)


@pytest.mark.django_db
def test_cards_of_a_month_take_points_off(month: date):
    (row,) = scores(month)

    given_cards = Counter(Card.objects.filter(day__month=9).values_list("level", flat=True))
    assert row.cards == given_cards
    lost = 20 * given_cards["预警"] + 100 * given_cards["黄牌"] + 300 * given_cards["红牌"]
    assert row.score == 10_000 - lost < 10_000
    assert list(scores(date(2026, 8, 1))) == [], "no policy counted then"


@pytest.mark.django_db
def test_anybody_counts_the_same_from_the_open_data(month: date, client: Client, tmp_path: Path):
    table, formula = tmp_path / "t.csv", tmp_path / "f.json"
    page = client.get("/figures/scores/?month=2026-09")
    table.write_bytes(client.get("/figures/scores/?month=2026-09&format=csv").content)
    formula.write_bytes(client.get("/figures/scores/?month=2026-09&format=json").content)

    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("score", table, formula=formula, stdout=said)

    (row,) = scores(month)
    assert ended.value.code == 0
    assert row.words in said.getvalue()
    assert row.words in page.content.decode()

    table.write_text(table.read_text("utf-8-sig").replace(row.words, "99.99"), "utf-8")
    with pytest.raises(SystemExit) as ended:
        call_command("score", table, formula=formula, stdout=StringIO())
    assert ended.value.code == 1


@pytest.mark.django_db
def test_what_is_no_month_is_not_found(client: Client):
    assert client.get("/figures/scores/?month=2026-13").status_code == 404
    assert client.get("/figures/scores/").status_code == 200
