"""What every power of every pack keeps: no findings, true examples, sources, marks, words."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date

import pytest
from tests.kernel.charts import CALENDAR, PACKS

from guiju.formats.packs import read_one
from guiju.kernel.checks import findings
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.examples import failures
from guiju.kernel.power import Power, posts_of
from guiju.kernel.rules import Certainty, Rule, Unit
from guiju.kernel.unfold import unfold

ON = date(2026, 9, 1)
PATHS = sorted(PACKS.glob("*/powers/*.toml"))
DAYS = {Unit.WORKING_DAY, Unit.NATURAL_DAY}

pytestmark = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


@pytest.fixture
def power(path) -> Power:
    return read_one(path, ON)


def rules_in(value: object) -> Iterator[Rule]:
    """All rules that a power rests on, however deep."""
    if isinstance(value, Rule):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from rules_in(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from rules_in(getattr(value, each.name))


def test_a_power_has_no_findings(power):
    assert [str(finding) for finding in findings(power, ON)] == []


def test_the_examples_of_a_power_come_true(power):
    assert power.examples, "a power is shown by examples"
    assert list(failures(power, CALENDAR)) == []


def test_an_example_of_a_power_shows_a_refusal(power):
    assert any(example.then.refused for example in power.examples)


def test_every_rule_of_a_power_has_a_source_and_every_number_a_unit(power):
    rules = list(rules_in(power))

    assert len(rules) > 3
    assert [rule for rule in rules if not rule.source.strip()] == []
    assert [rule for rule in rules if (rule.value is None) != (rule.unit is None)] == []


def test_every_number_that_is_not_the_law_itself_is_marked(power):
    for rule in rules_in(power):
        shown = rule.words() if rule.value is not None else rule.citation()
        assert rule.certainty.is_firm == (rule.certainty is Certainty.LAW)
        assert shown.endswith(f"({rule.certainty})") != rule.certainty.is_firm
        assert rule.citation().startswith(rule.source)


def test_a_limit_is_in_days_and_a_head_count_in_people(power):
    limits = power.limits
    rules = (limits.statutory, limits.promised, limits.reminder, *(s.limit for s in power.steps))

    assert [r for r in rules if r and (r.unit not in DAYS or r.number < 1)] == []
    heads = [c.rule for s in power.steps for c in s.controls if isinstance(c, PersonsMin)]
    assert [rule for rule in heads if rule.unit is not Unit.PERSON] == []


def test_the_guide_of_a_power_leaves_nothing_open(power):
    guide = power.guide
    empty = [each.name for each in fields(guide) if not getattr(guide, each.name)]

    assert empty == []
    assert all(word.strip() for word in (*guide.who, *guide.words))
    assert len(guide.words) == len(set(guide.words))
    assert all(material.basis.strip() for material in power.materials)
    assert all(basis.quote.strip() for basis in power.bases)


def test_every_post_of_a_power_is_used_and_is_named_once(power):
    ids = [post.id for post in power.posts]
    steps = unfold(power).steps
    controls = [c for s in steps for c in s.controls if isinstance(c, PersonsMin)]
    used = {p for s in steps for p in posts_of(s)} | {control.post for control in controls}

    assert len(ids) == len(set(ids))
    assert set(ids) == used | ({"applicant"} & set(ids))
