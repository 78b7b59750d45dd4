"""Publishing powers: what is refused, what is retired, what is left alone."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from tests.walk import CITY_TIME, Walk

from guiju.formats.packs import Pack, PackError, read_pack
from guiju.powers.actions import NotPublishable, load_powers, publish_power
from guiju.powers.models import Version
from guiju.record.models import Act

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 2, 9, tzinfo=CITY_TIME)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(settings.PACKS / "changzhi", date(2026, 9, 1))


def test_the_same_power_is_not_published_twice(pack: Pack):
    assert publish_power(power=pack.powers[0], calendar=pack.calendar, by="t", at=AT) is None


def test_a_changed_power_is_a_new_version_and_a_running_case_keeps_the_old_one(pack: Pack):
    walk = Walk.begin()
    old = Version.objects.get(name="临时救助")
    power = next(each for each in pack.powers if each.name == "临时救助")

    new = publish_power(
        power=replace(power, notes=("新的说明",)), calendar=pack.calendar, by="t", at=AT
    )

    assert new is not None
    old.refresh_from_db()
    assert old.retired_at == AT
    assert walk.case.version_id == old.sha256
    assert walk.act("hbz-window", "accept", "accept") == 2
    assert Act.objects.filter(subject=power.code, kind="publish").count() == 2


def test_a_power_with_findings_is_not_published(pack: Pack):
    power = replace(pack.powers[0], bases=())

    with pytest.raises(NotPublishable, match="没有现行有效的依据"):
        publish_power(power=power, calendar=pack.calendar, by="t", at=AT)

    assert Version.objects.filter(code=power.code).count() == 1


def test_a_pack_whose_people_cannot_keep_apart_what_a_power_separates_is_not_loaded(pack: Pack):
    rows = tuple(
        replace(a, person="hbz-window") if a.post == "hbz-town_approver" and a.rank == "A" else a
        for a in pack.assignments
    )
    new = replace(pack.powers[0], notes=("新的说明",))
    changed = replace(pack, assignments=rows, powers=(new, *pack.powers[1:]))

    with pytest.raises(NotPublishable, match=r"\[S01\] .*堠北庄"):
        load_powers(pack=changed, by="t", at=AT)

    assert Version.objects.filter(code=new.code).count() == 1  # what came before it neither


def test_a_name_that_no_column_holds_is_refused_on_every_database(pack: Pack):
    with pytest.raises(NotPublishable):
        publish_power(
            power=replace(pack.powers[0], name="长" * 81), calendar=pack.calendar, by="t", at=AT
        )


def test_a_step_that_nobody_could_do_is_told_when_the_pack_is_read(tmp_path: Path):
    for source in settings.PACKS.rglob("*.toml"):
        target = tmp_path / source.relative_to(settings.PACKS)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    file = tmp_path / "changzhi" / "powers" / "linshi-jiuzhu.toml"
    file.write_text(file.read_text().replace('"town_finance"', '"town_financ"'))

    with pytest.raises(PackError, match="没有机关设有岗位“town_financ”"):
        read_pack(tmp_path / "changzhi", date(2026, 9, 1))
