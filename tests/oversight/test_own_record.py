"""Our own record held against our own charts: nothing deviates that the kernel let happen."""

import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from tests.kernel.charts import PACKS
from tests.walk import MONDAY, Walk

from guiju.oversight.own_record import OwnRecord

pytestmark = pytest.mark.django_db


def look(folder: Path, on: date) -> dict[str, object]:
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command(
            "oversee",
            own=True,
            charts=PACKS / "changzhi",
            store=folder / "store",
            json=folder / "out.json",
            on=on,
            stdout=said,
        )
    return json.loads((folder / "out.json").read_text("utf-8"))


def test_a_lawful_case_of_our_own_fits_and_its_delay_is_seen(tmp_path: Path):
    walk = Walk.begin().to_publicity()

    told = look(tmp_path, MONDAY.date())
    late = look(tmp_path, (MONDAY + timedelta(days=60)).date())

    assert (told["cases"], told["unfit"]) == (1, 0)
    assert told["events"] == walk.case.seq
    assert {each["detector"] for each in told["findings"]} == set(), told["findings"]
    assert {"M2", "M3"} <= {each["detector"] for each in late["findings"]}
    assert late["examined"]["cases"] == 1


def test_what_was_read_is_passed_over(tmp_path: Path):
    walk = Walk.begin()
    first = look(tmp_path, MONDAY.date())
    walk.act("hbz-window", "accept", "accept")

    second = look(tmp_path, MONDAY.date())
    third = look(tmp_path, MONDAY.date())

    assert [told["events"] for told in (first, second, third)] == [1, 2, 2]
    assert [row["step"] for row in _rows(0)] == ["apply", "accept"]
    assert [row["step"] for row in _rows(1)] == ["accept"]


def test_no_applicant_is_in_it():
    Walk.begin()

    text = json.dumps(_rows(0), ensure_ascii=False, default=str)

    assert "郭志强" not in text
    assert "13800000000" not in text


def _rows(after: int) -> list[dict[str, object]]:
    return [row for batch in OwnRecord(after).batches() for row in batch.events.to_pylist()]
