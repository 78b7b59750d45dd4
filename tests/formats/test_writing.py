"""Powers written as TOML are read as the same powers."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from tests.formats.random_powers import powers
from tests.kernel.charts import PACKS

from guiju.formats.packs import read_charts, read_power, read_rules
from guiju.formats.reader import read
from guiju.formats.writing import power_to_toml
from guiju.kernel.power import Chart, Power

ON = date(2026, 9, 1)
CITY = PACKS / "changzhi"
FILES = sorted((CITY / "powers").glob("*.toml"))
RULES = read_rules(CITY, ON)
CHARTS = read_charts(CITY, ON)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_power_of_the_pack_is_written_and_read_as_itself(file: Path, tmp_path: Path) -> None:
    power = read_power(file, RULES, CHARTS)
    path = tmp_path / "power.toml"

    path.write_text(power_to_toml(power, RULES, CHARTS), encoding="utf-8")

    assert read_power(path, RULES, CHARTS) == power


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_most_lines_are_those_that_a_person_wrote(file: Path) -> None:
    by_hand = [line for line in file.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    power = read_power(file, RULES, CHARTS)
    written = power_to_toml(power, RULES, CHARTS).splitlines()

    same = set(by_hand) & set(written)

    assert len(same) > 0.85 * len(set(by_hand))
    assert abs(len(written) - len(by_hand)) < 0.05 * len(by_hand)


def test_a_rule_that_the_pack_has_otherwise_is_written_in_place() -> None:
    power = read_power(FILES[0], RULES, CHARTS)
    others = {id_: rule for id_, rule in RULES.items() if id_ != power.limits.reminder.id}

    text = power_to_toml(power, others)

    assert f'reminder = {{ id = "{power.limits.reminder.id}", name = ' in text
    assert read(Power, tomllib.loads(text), others) == power


def test_a_chart_that_the_pack_has_is_not_repeated() -> None:
    power = read_power(FILES[0], RULES, CHARTS)
    chart = Chart("fire", "消防", power.steps, power.ends)
    calling = replace(power, charts=(chart,))

    assert "[[charts]]" not in power_to_toml(calling, RULES, {"fire": chart})
    assert "[[charts]]" in power_to_toml(calling, RULES, {"fire": replace(chart, name="另一个")})


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(powers())
def test_any_power_is_written_and_read_as_itself(power: Power) -> None:
    rules = {power.limits.statutory.id: power.limits.statutory}

    text = power_to_toml(power, rules)

    assert read(Power, tomllib.loads(text), rules) == power
