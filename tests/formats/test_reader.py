"""The reader's three liberties, and that what ``plain`` writes is read back the same."""

from dataclasses import dataclass
from datetime import date
from json import dumps, loads

import pytest
from tests.kernel.charts import DATA, PACKS, SOUND

from guiju.formats.packs import read_one, read_power, read_rules
from guiju.formats.reader import Misfit, plain, read
from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.power import Power, Step, StepKind
from guiju.kernel.rules import Certainty, Rule, Unit

ON = date(2026, 9, 1)
RULES = read_rules(PACKS / "changzhi", ON)
POWERS = sorted([*PACKS.glob("*/powers/*.toml"), *DATA.rglob("*.toml")])
STEP = {"id": "a", "name": "a", "kind": "审查", "post": "p", "outcomes": []}


@pytest.mark.parametrize("path", POWERS, ids=lambda path: path.stem)
def test_a_power_written_plain_is_its_own_source(path):
    power = read_one(path, ON) if PACKS in path.parents else read_power(path, RULES)

    written = dumps(plain(power), ensure_ascii=False)
    assert read(Power, loads(written)) == power
    assert dumps(plain(read(Power, loads(written))), ensure_ascii=False) == written


def test_there_are_powers_to_read():
    assert len(POWERS) > 6


def test_plain_leaves_defaults_out_and_tells_a_control_by_its_kind():
    step = plain(SOUND)["steps"][6]

    assert "note" not in step
    assert [each["kind"] for each in step["controls"]] == ["distinct", "reason_required"]
    assert plain(SOUND)["bases"][0]["valid_from"] == "2019-04-23"


def test_one_string_is_read_as_a_list_of_one():
    assert read(Step, {**STEP, "documents": "意见"}).documents == ("意见",)


def test_a_rule_is_read_by_its_id_or_in_place():
    law = Rule("x", "某限", "某法", Certainty.LAW, 5, Unit.WORKING_DAY)

    assert read(Step, {**STEP, "limit": "x"}, {"x": law}).limit is law
    inline = {"value": 5, "unit": "工作日", "source": "某法"}
    assert read(Step, {**STEP, "limit": inline}).limit == Rule(
        "limit", "limit", "某法", Certainty.SAMPLE, 5, Unit.WORKING_DAY
    )


def test_a_rule_written_in_place_is_not_firm_unless_it_says_so():
    inline = {"value": 5, "unit": "人", "source": "某法"}

    assert read(Rule, inline, where="r").words() == "5人(样例设定)"
    assert read(Rule, {**inline, "certainty": "法条原文"}, where="r").words() == "5人"


def test_a_control_is_told_by_its_kind():
    control = {"kind": "distinct", "rule": {"source": "某法"}, "steps": "a"}
    step = read(Step, {**STEP, "controls": [control]})

    assert isinstance(step.controls[0], Distinct)
    assert step.kind is StepKind.REVIEW


@dataclass(frozen=True)
class Sample:
    count: int
    on: date | None = None
    is_open: bool = False


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"count": True}, "s.count"),
        ({"count": 1.5}, "s.count"),
        ({"count": "1"}, "s.count"),
        ({"count": 1, "is_open": 1}, "s.is_open"),
        ({"count": 1, "on": 20260101}, "s.on"),
        ({"count": 1, "on": "2026-13-01"}, "s.on"),
        ({}, "s"),
        ([], "s"),
        (None, "s"),
    ],
)
def test_a_value_of_another_type_is_told_with_its_path(data, where):
    with pytest.raises(Misfit) as error:
        read(Sample, data, where="s")

    assert error.value.where == where


def test_a_list_tells_the_place_of_the_item_that_does_not_fit():
    with pytest.raises(Misfit, match=r"documents\[1\]: 应为文字,写的是整数\(2\)"):
        read(Step, {**STEP, "documents": ["a", 2]})


def test_a_control_with_a_list_of_kinds_is_told():
    with pytest.raises(Misfit):
        read(Step, {**STEP, "controls": [{"kind": ["distinct"]}]})
