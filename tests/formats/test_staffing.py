"""A pack has the people that its powers need; a pack that is short of one is told where."""

from dataclasses import replace
from datetime import date

import pytest
from tests.kernel.charts import PACKS

from guiju.formats.packs import Pack, read_pack
from guiju.formats.staffing import staffing_findings

ON = date(2026, 9, 1)
PACK: Pack = read_pack(PACKS / "changzhi", ON)
POWERS = {power.name: power for power in PACK.powers}


@pytest.mark.parametrize("name", POWERS)
def test_the_sample_city_can_staff_every_power(name):
    assert list(staffing_findings(PACK, POWERS[name], ON)) == []


def test_one_person_in_two_posts_that_must_differ_is_told_with_the_place():
    rows = tuple(
        replace(a, person="hbz-window") if a.post == "hbz-town_approver" and a.rank == "A" else a
        for a in PACK.assignments
    )
    found = list(staffing_findings(replace(PACK, assignments=rows), POWERS["临时救助"], ON))

    assert len(found) == 1
    assert "堠北庄" in found[0].message
    assert "集店" not in found[0].message
    assert set(found[0].steps) >= {"accept"}


def test_a_post_that_nobody_holds_anywhere_is_told():
    rows = tuple(a for a in PACK.assignments if not a.post.endswith("town_finance"))
    found = list(staffing_findings(replace(PACK, assignments=rows), POWERS["临时救助"], ON))

    assert [str(each) for each in found] == ["[S01] 没有一个地方配齐各岗位,至少缺财政所"]


def test_people_whose_time_is_over_are_not_there():
    rows = tuple(
        replace(a, valid_to=date(2026, 8, 31)) if a.post.endswith("town_finance") else a
        for a in PACK.assignments
    )

    assert list(staffing_findings(replace(PACK, assignments=rows), POWERS["临时救助"], ON))
