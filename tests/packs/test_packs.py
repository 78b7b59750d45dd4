"""What every pack keeps: a calendar, rules with sources, places and people that fit together."""

from collections import Counter
from datetime import date

import pytest
from tests.kernel.charts import PACKS

from guiju.formats.packs import Pack, read_pack
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.power import APPLICANT
from guiju.kernel.rules import Certainty

ON = date(2026, 9, 1)
SATURDAY = 5
FOLDERS = sorted(path.parent for path in PACKS.glob("*/pack.toml"))

pytestmark = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
_read: dict[str, Pack] = {}


@pytest.fixture
def pack(folder) -> Pack:
    if folder.name not in _read:
        _read[folder.name] = read_pack(folder, ON)
    return _read[folder.name]


def repeated(ids: list[str]) -> list[str]:
    return [id_ for id_, count in Counter(ids).items() if count > 1]


def test_a_pack_is_named_after_its_folder(pack, folder):
    assert pack.head.id == folder.name


def test_only_weekdays_are_off_and_only_weekend_days_are_worked(pack):
    for year in pack.years:
        assert {day.year for day in (*year.off, *year.work)} == {year.year}
        assert [day for day in year.off if day.weekday() >= SATURDAY] == []
        assert [day for day in year.work if day.weekday() < SATURDAY] == []
        assert list(year.off) == sorted(set(year.off))
        assert list(year.work) == sorted(set(year.work))
        assert f"{year.year}年" in year.source
        assert year.certainty in list(Certainty)


def test_a_rule_has_a_source_and_a_number_has_a_unit(pack):
    assert len(pack.rules) > 100
    for id_, rule in pack.rules.items():
        assert rule.id == id_
        assert rule.source.strip()
        assert (rule.value is None) == (rule.unit is None), id_
        assert rule.value is None or rule.value > 0, id_
        assert rule.quote.strip(), id_
        assert "《" not in id_ and id_ == id_.lower()


def test_a_rule_that_is_the_text_of_the_law_has_the_day_since_which_it_holds(pack):
    law = [rule for rule in pack.rules.values() if rule.certainty is Certainty.LAW]

    assert law
    assert [rule.id for rule in law if rule.valid_from is None] == []


def test_the_code_of_a_division_begins_with_its_parents(pack):
    levels = {"市": 4, "县": 6, "乡": 9, "村": 12}
    codes = {division.code for division in pack.divisions}

    assert repeated([division.code for division in pack.divisions]) == []
    for division in pack.divisions:
        assert len(division.code) == levels[division.level], division.name
        shorter = [n for n in levels.values() if n < len(division.code)]
        assert not shorter or division.code[: shorter[-1]] in codes, division.name


def test_organs_posts_and_assignments_name_what_there_is(pack):
    codes = {division.code for division in pack.divisions}
    organs = {organ.id for organ in pack.organs}
    posts = {post.id for post in pack.posts}
    people = {person.id for person in pack.people}

    assert [organ.id for organ in pack.organs if organ.division not in codes] == []
    assert [post.id for post in pack.posts if post.organ not in organs] == []
    assert [a for a in pack.assignments if a.post not in posts or a.person not in people] == []
    assert [a for a in pack.assignments if a.rank not in ("A", "B")] == []
    assert [a for a in pack.assignments if a.valid_to and a.valid_to < a.valid_from] == []


def test_no_id_stands_twice(pack):
    for rows in (pack.organs, pack.posts, pack.people):
        assert repeated([row.id for row in rows]) == []
    assert repeated([power.code for power in pack.powers]) == []
    assert repeated([f"{a.person} {a.post}" for a in pack.assignments]) == []


def test_the_demonstration_logs_in_invented_people_who_may_log_in(pack):
    people = {person.id: person for person in pack.people}
    login = [people[id_] for id_ in pack.head.demo_logins]

    assert [person.id for person in login if not (person.login and person.is_invented)] == []
    assert {a.person for a in pack.assignments} >= set(pack.head.demo_logins)


def test_every_role_of_a_chart_is_held_by_as_many_people_as_it_asks_for(pack):
    held = {a.post: set() for a in pack.assignments}
    for assignment in pack.assignments:
        if assignment.valid_from <= ON <= (assignment.valid_to or ON):
            held[assignment.post].add(assignment.person)
    most = Counter[str]()
    for post in pack.posts:
        most[post.role] = max(most[post.role], len(held.get(post.id, ())))

    short = [
        f"{power.name}·{step.name}: {role} {most[role]}/{number}"
        for power in pack.powers
        for step in power.steps
        for role, number in [
            (step.post, 1),
            *((c.post, c.rule.number) for c in step.controls if isinstance(c, PersonsMin)),
        ]
        if role != APPLICANT and most[role] < number
    ]
    assert short == []


def test_the_numbers_of_a_power_are_those_of_its_pack(pack):
    for power in pack.powers:
        for rule in (power.limits.statutory, power.limits.reminder):
            assert rule.id not in pack.rules or pack.rules[rule.id] == rule
