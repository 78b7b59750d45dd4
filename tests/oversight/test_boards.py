"""Boards: their counts are the kernel's, nobody is shown a person, and a page costs little."""

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.oversight.city_of_cases import CITY_TIME, TODAY, fill, seat
from tests.walk import MONDAY, SURVEYORS, Walk, photo

from guiju.cases.actions import state_of
from guiju.cases.models import Case
from guiju.kernel.lights import Light, standing
from guiju.organs.models import Absence, Assignment, Organ
from guiju.oversight.board_choice import Unclear, address, choice_of
from guiju.oversight.boards import (
    WAYS,
    Books,
    Choice,
    coarse,
    narrowed,
    percent,
    periods,
    round_tens,
    tallies,
    total,
    trend,
    worst_first,
)
from guiju.oversight.closings import Closing, close_books, rebuild, unclosed
from guiju.oversight.figures import figures
from guiju.oversight.standings import Places, Scope, holders, open_cases, scope_of
from guiju.powers.queries import calendar, power, program
from guiju.record.models import Act
from guiju.site import middleware

pytestmark = pytest.mark.django_db
ALL = Scope(divisions=("",))
YEAR = Choice(date(2026, 1, 1), TODAY)


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are handled on the afternoon of the day of the city of cases."""
    moment = datetime(2026, 9, 9, 15, tzinfo=CITY_TIME)
    monkeypatch.setattr(middleware.site_clock, "now", lambda: moment)


def recomputed(case: Case) -> Light:
    """The light of a case straight from the kernel."""
    return standing(program(case.version_id), state_of(case), calendar(), TODAY).light


def name_of(level: str, like: str = "") -> str:
    found = Organ.objects.filter(division__level=level, name__contains=like).order_by("id")
    return found[0].name


def test_lights_asked_once_for_many_are_those_of_each_case():
    fill(400, 0)

    found = open_cases(Case.objects.filter(ended=""), Places.load(), TODAY)

    days = calendar()
    assert len(found) == 400
    for stand in found:
        case = Case.objects.get(pk=stand.number)
        own = standing(program(case.version_id), state_of(case), days, TODAY)
        assert stand.standing == own
    assert {stand.standing.light for stand in found} >= {Light.BLUE, Light.YELLOW, Light.RED}


def test_closings_are_what_a_recomputation_says():
    fill(20, 300)
    close_books()

    days = calendar()
    assert Closing.objects.count() == 300
    for row in Closing.objects.select_related("case"):
        last = Act.objects.filter(subject=row.case_id).latest("seq")
        own = standing(program(row.version_id), state_of(row.case), days, TODAY)
        assert row.light == own.light
        assert row.organ == last.organ
        assert row.closed_on == last.at.astimezone(CITY_TIME).date()
        assert row.opened_on == row.case.opened_at.astimezone(CITY_TIME).date()
        assert row.division_id == row.case.division_id
        assert (row.missed_on is not None) == (own.left is not None and own.left < 0)
        if row.missed_on and own.due:
            assert row.missed_on == own.due + timedelta(days=1)
    assert {"绿", "黄"} <= set(Closing.objects.values_list("light", flat=True))


@pytest.mark.parametrize("by", WAYS)
def test_boards_say_the_same_with_an_empty_table_and_with_a_full_one(by: str):
    fill(60, 120)
    choice = Choice(date(2026, 1, 1), TODAY, by=by)

    assert len(unclosed()) == 120
    empty = Books.open(ALL, choice, TODAY)
    before = tallies(empty), trend(empty), coarse(empty)
    assert close_books() == 120
    assert unclosed() == []
    full = Books.open(ALL, choice, TODAY)

    assert (tallies(full), trend(full), coarse(full)) == before
    assert rebuild() == 120
    assert close_books() == 0


@pytest.mark.parametrize("by", WAYS)
def test_every_board_counts_every_case_once(by: str):
    fill(80, 90)
    close_books()

    whole = total(tallies(Books.open(ALL, Choice(date(2020, 1, 1), TODAY, by=by), TODAY)))

    running = Case.objects.filter(ended="")
    assert whole.open == Counter(recomputed(case) for case in running)
    assert whole.running == 80
    assert whole.finished == 90
    assert whole.received == 170
    assert whole.in_time == Closing.objects.filter(light="绿").count()


def test_what_a_row_leads_to_adds_up_to_the_row():
    fill(120, 60)
    for by in WAYS:
        choice = Choice(date(2020, 1, 1), TODAY, by=by)
        for row in tallies(Books.open(ALL, choice, TODAY)):
            if row.key:
                inside = Books.open(ALL, narrowed(choice, row.key), TODAY)
                whole = total(tallies(inside))
                assert (whole.open, whole.done, whole.received) == (
                    row.open,
                    row.done,
                    row.received,
                ), (by, row.label)


SURVEYED = {"documents": (photo("现场照片"),), "facts": {"finding": "属实"}}


def test_a_case_belongs_to_the_organ_it_waits_for_then_to_the_one_that_acted_last():
    walk = Walk.begin()
    row = tallies(Books.open(ALL, YEAR, TODAY))[0]
    assert row.label == Organ.objects.get(post__assignment__person="hbz-window").name

    walk.act("hbz-window", "accept", "accept")
    walk.act("hbz-surveyor", "survey", "done", present=SURVEYORS, **SURVEYED)
    walk.later(1).act("hbz-reviewer", "opinion", "support", facts={"amount_proposed": "250000"})
    village = tallies(Books.open(ALL, YEAR, TODAY))[0].label
    assert village == Organ.objects.get(post__assignment__person="sx-committee").name

    walk.later(8).act("sx-committee", "publicity", "clear", documents=(photo("公示照片"),))
    walk.act("hbz-approver", "decide", "grant", facts={"amount": "250000"})
    walk.act("hbz-finance", "pay", "paid", documents=(photo("银行回单"),))
    walk.act("hbz-window", "close", "close")
    rows = tallies(Books.open(ALL, replace(YEAR, last=walk.at.date()), walk.at.date()))
    assert [(each.label, each.finished) for each in rows] == [(row.label, 1)]


def test_an_ended_case_is_done_on_the_day_of_its_last_act():
    walk = Walk.begin(MONDAY - timedelta(days=40))
    walk.to_end()

    books = Books.open(ALL, Choice(walk.at.date(), walk.at.date()), TODAY)
    assert total(tallies(books)).finished == 1
    early = Choice(date(2026, 1, 1), walk.at.date() - timedelta(days=1))
    assert total(tallies(Books.open(ALL, early, TODAY))).finished == 0


def test_the_worst_stands_first_and_blue_is_not_in_the_list():
    fill(300, 0)
    books = Books.open(ALL, YEAR, TODAY)

    found = worst_first(books.stands, None)

    lights = [stand.standing.light for stand in found]
    assert set(lights) == {Light.RED, Light.YELLOW}
    assert lights == sorted(lights, key=[Light.RED, Light.YELLOW].index)
    reds = [stand.standing.left for stand in found if stand.standing.light is Light.RED]
    assert reds == sorted(reds)  # type: ignore[type-var]
    greys = worst_first(books.stands, Light.GREY)
    assert all(stand.standing.light is Light.GREY for stand in greys)


def test_the_list_names_whoever_holds_the_post_now():
    walk = Walk.begin()
    walk.act("hbz-window", "accept", "accept")
    places = Places.load()
    found = open_cases(Case.objects.filter(pk=walk.number), places, TODAY)

    held = holders(found, places, TODAY)[walk.number]

    names = Assignment.objects.filter(post__role="town_surveyor")
    here = names.filter(post__organ__name=found[0].organ).values_list("person__name", flat=True)
    assert held
    assert all(any(name in each for name in here) for each in held)


def test_a_trend_counts_each_day_in_one_period():
    fill(100, 200)
    for span in ("week", "month"):
        books = Books.open(ALL, Choice(date(2026, 1, 1), TODAY, span=span), TODAY)
        rows = trend(books)
        first = rows[0].first
        cases = Case.objects.all()
        opened = [each.opened_at.astimezone(CITY_TIME).date() for each in cases]
        assert sum(row.received for row in rows) == sum(day >= first for day in opened)
        ends = [each.closed_on for each in books.fresh]
        assert sum(row.done for row in rows) == sum(day >= first for day in ends)
        assert all(row.in_time <= row.done for row in rows)
        assert sum(row.breached for row in rows) <= sum(row.missed for row in rows)


def test_weeks_and_months_follow_one_another_without_gap():
    for span in ("week", "month"):
        found = list(periods(span, date(2026, 3, 1)))  # a Sunday
        assert found[-1][1] == date(2026, 3, 1)
        for (_, last), (first, _) in pairwise(found):
            assert first == last + timedelta(days=1)
    assert list(periods("week", date(2026, 3, 1)))[-1][0] == date(2026, 2, 23)
    assert list(periods("month", date(2026, 3, 31)))[-2] == (date(2026, 2, 1), date(2026, 2, 28))


def test_a_rate_is_rounded_down_so_that_all_means_all():
    assert percent(999, 1000) == "99.9%"
    assert percent(9_999, 10_000) == "99.9%"
    assert percent(1, 1) == "100.0%"
    assert percent(0, 0) == ""


# ─── what the public sees


def sensitive(case: Case) -> bool:
    return power(case.version_id).is_sensitive


def test_public_totals_hold_no_case_of_a_sensitive_power():
    fill(200, 200)
    close_books()
    choice = Choice(date(2020, 1, 1), TODAY, by="power")

    books = Books.open(Scope(), choice, TODAY)
    whole = total(tallies(books))

    cases = list(Case.objects.all())
    assert any(sensitive(case) for case in cases)
    assert whole.running == sum(not sensitive(c) for c in cases if not c.ended)
    assert whole.finished == sum(not sensitive(c) for c in cases if c.ended)
    weeks = trend(Books.open(Scope(), YEAR, TODAY))
    first = weeks[0].first
    assert sum(row.received for row in weeks) == sum(
        not sensitive(c) and c.opened_at.astimezone(CITY_TIME).date() >= first for c in cases
    )


def test_one_more_sensitive_case_changes_no_public_page(client: Client):
    fill(40, 40)
    pages = ["/oversight/board/?by=division", "/oversight/board/trend/", "/screen/", "/figures/"]
    pages += ["/oversight/board/?by=power&division=140403901901", "/oversight/board/?format=csv"]
    before = {page: client.get(page).content for page in pages}
    code = Case.objects.get(pk=Walk.begin().number).version.code
    received = Case.objects.filter(version__code=code).count()
    assert received % 10, "the round number would move on, as it may"

    assert {page: client.get(page).content for page in pages} == before


def test_sensitive_powers_stand_apart_in_round_tens():
    assert [round_tens(n) for n in (0, 1, 9, 10, 19, 20, 232_000)] == [
        *["不到10件"] * 3,
        *["10多件"] * 2,
        "20多件",
        "232000多件",
    ]


def test_the_public_cannot_ask_for_a_sensitive_power(client: Client):
    walk = Walk.begin()
    code = walk.case.version.code

    answer = client.get("/oversight/board/", {"power": code, "from": "2020-01-01"})

    assert "这个范围里还没有办件" in answer.content.decode()


@pytest.mark.parametrize("page", ["/oversight/board/", "/oversight/board/trend/", "/screen/"])
def test_public_pages_show_neither_numbers_nor_people(client: Client, page: str):
    fill(30, 30)
    walk = Walk.begin()

    shown = client.get(page).content.decode()

    assert "某人" not in shown
    assert walk.number not in shown
    assert not [c.number for c in Case.objects.all() if c.number in shown]


# ─── who may see cases


def test_lists_ask_for_a_login_and_refuse_those_without_a_post_of_oversight(client: Client):
    walk = Walk.begin()
    addresses = ["/oversight/board/cases/", f"/oversight/board/cases/{walk.number}/"]
    for each in addresses:
        assert client.get(each).status_code == 302
    client.force_login(Assignment.objects.filter(post__role="town_window")[0].person)
    for each in addresses:
        assert client.get(each).status_code == 403


def test_a_supervisor_sees_the_own_organ_and_a_monitor_the_whole_division(client: Client):
    walk = Walk.begin()
    window = Organ.objects.get(post__assignment__person="hbz-window").name
    away = next(o for o in Organ.objects.filter(division__level="乡") if o.name != window)
    people = {
        "own": (seat("own", "organ_supervisor", window), 200),
        "other": (seat("other", "organ_supervisor", away.name), 403),
        "city": (seat("city", "monitor", name_of("市")), 200),
        "duty": (seat("duty", "discipline_duty", window), 403),
        "far": (seat("far", "monitor", away.name), 403),
    }
    for name, (person, status) in people.items():
        client.force_login(person)
        answer = client.get(f"/oversight/board/cases/{walk.number}/")
        assert answer.status_code == status, name
        assert "郭志强" not in answer.content.decode()
        rows = client.get("/oversight/board/cases/", {"light": "黄"}).content.decode()
        assert (walk.number in rows) == (status == 200), name


def test_a_stand_in_sees_cases_while_the_first_is_away():
    first = seat("first", "monitor", name_of("市"))
    post = Assignment.objects.get(person=first).post
    second = seat("second", "somebody", name_of("市"))
    Assignment.objects.create(person=second, post=post, rank="B", valid_from=date(2020, 1, 1))

    assert scope_of("second", TODAY).is_public
    Absence.objects.create(person=first, first=TODAY, last=TODAY, reason="开会")
    assert not scope_of("second", TODAY).is_public
    assert scope_of("second", TODAY + timedelta(days=1)).is_public


def test_nobody_sees_more_through_an_address(client: Client):
    fill(100, 50)
    window = name_of("乡")
    client.force_login(seat("own", "organ_supervisor", window))
    others = [o for o in Organ.objects.values_list("name", flat=True) if o != window]

    for organ in others:
        shown = client.get("/oversight/board/", {"organ": organ, "format": "csv"})
        rows = list(csv.reader(io.StringIO(shown.content.decode("utf-8-sig"))))
        assert rows[1:] == [["合计", *["0"] * 11, ""]], organ


# ─── addresses, files, cost


def test_an_address_says_the_choice_and_the_choice_says_the_address():
    choice = choice_of(
        {"by": "power", "level": "乡", "division": "1404", "from": "2026-02-01", "light": "红"},
        TODAY,
    )

    query = address(choice, TODAY)

    pairs = dict(each.split("=") for each in query[1:].split("&"))
    assert pairs["from"] == "2026-02-01"
    assert "to" not in pairs
    assert address(choice_of({}, TODAY), TODAY) == "?"


@pytest.mark.parametrize(
    "asked",
    [
        {"by": "person"},
        {"from": "gestern"},
        {"from": "2026-09-02", "to": "2026-09-01"},
        {"light": "紫"},
        {"span": "day"},
        {"level": "国"},
        {"organ": "x" * 81},
        {"power": "a\x00b"},
    ],
)
def test_an_address_that_means_nothing_is_told_so(client: Client, asked: dict[str, str]):
    with pytest.raises(Unclear):
        choice_of(asked, TODAY)
    answer = client.get("/oversight/board/", asked)
    assert answer.status_code == 400
    assert "看不明白" in answer.content.decode()


def test_files_hold_what_the_page_shows_and_no_formula(client: Client):
    fill(50, 50)
    client.force_login(seat("city", "monitor", name_of("市")))
    Organ.objects.filter(name=name_of("乡")).update(name="=1+1")

    answer = client.get("/oversight/board/?format=csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    books = Books.open(ALL, choice_of({}, TODAY), TODAY)
    assert [row[0].removeprefix("'") for row in rows[1:-1]] == [r.label for r in tallies(books)]
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
    assert rows[-1][6] == str(total(tallies(books)).running)
    for page in ("trend/", "cases/"):
        assert client.get(f"/oversight/board/{page}?format=csv").status_code == 200
    assert client.get("/figures/?format=csv").status_code == 200


def test_a_board_asks_as_many_statements_for_many_cases_as_for_few(client: Client):
    client.force_login(seat("city", "monitor", name_of("市")))
    fill(5, 5)
    close_books()
    for page in ("", "trend/", "cases/"):
        client.get(f"/oversight/board/{page}")
    counts = []
    for more in (2, 60):
        fill(more, more, seed=more)
        close_books()
        for page in ("", "trend/", "cases/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/oversight/board/{page}").status_code == 200
            counts.append(len(queries))

    assert counts[:3] == counts[3:]


def test_figures_say_how_they_are_computed_and_follow_the_record(client: Client):
    assert "怎样算" in client.get("/figures/").content.decode()
    before = {each.name: each.value for each in figures(TODAY)}
    fill(30, 30)
    after = {each.name: each.value for each in figures(TODAY)}

    changed = {name for name in after if after[name] != before[name]}
    assert {"收到办件", "办结", "按时办结率"} <= changed
    assert "公布的职权" not in changed


def test_a_tampered_closing_is_put_right_by_rebuilding():
    fill(0, 20)
    close_books()
    Closing.objects.update(light="红")

    rebuild()

    assert "绿" in set(Closing.objects.values_list("light", flat=True))


def test_the_screen_refreshes_itself_and_tells_its_moment(client: Client):
    fill(40, 40)

    shown = client.get("/screen/").content.decode()

    assert 'http-equiv="refresh"' in shown
    assert "2026年9月9日" in shown
    assert "15:00" in shown
    assert "<script" not in shown
    assert "refresh" not in client.get("/screen/?still=1").content.decode()
