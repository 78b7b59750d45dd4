"""Staff pages through Django's client: inbox order, who sees what, uploads, stale pages."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.files import png
from tests.walk import MONDAY, SURVEYORS, Walk

from guiju.cases.queries import inbox
from guiju.kernel.lights import Light
from guiju.organs.models import Person
from guiju.powers.models import Version
from guiju.site import middleware

pytestmark = pytest.mark.django_db
PNG = png()


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are handled on the Wednesday of the walk."""
    moment: datetime = MONDAY + timedelta(days=2)
    monkeypatch.setattr(middleware.site_clock, "now", lambda: moment)


def staff(client: Client, person: str) -> Client:
    client.force_login(Person.objects.get(pk=person))
    return client


def survey(walk: Walk, *files: SimpleUploadedFile, **changes: str) -> dict[str, object]:
    return {
        "key": str(uuid4()),
        "seq": str(walk.case.seq),
        "step": "survey",
        "outcome": "done",
        "f-finding": "属实",
        "present": [f"{person.id}|{person.post}" for person in SURVEYORS],
        "e-现场照片": list(files),
        **changes,
    }


def accepted() -> Walk:
    walk = Walk.begin()
    walk.act("hbz-window", "accept", "accept")
    return walk


def url(walk: Walk) -> str:
    return f"/staff/cases/{walk.number}/"


def test_pages_of_staff_ask_for_a_login(client: Client):
    assert client.get("/staff/").status_code == 302


def test_the_inbox_is_sorted_by_days_left_the_most_urgent_first():
    for days_ago in (1, 20, 6):
        walk = Walk.begin(MONDAY - timedelta(days=days_ago))
        walk.act("hbz-window", "accept", "accept")

    rows = inbox("hbz-surveyor", MONDAY.date())

    lefts = [row.left for row in rows]
    assert lefts == sorted(lefts)
    assert len(lefts) == 3


def test_lights_follow_the_days():
    walk = accepted()
    day = MONDAY.date()
    seen = {}
    for days in range(40):
        rows = inbox("hbz-surveyor", day + timedelta(days=days))
        seen.setdefault(rows[0].view.standing.light, days)

    # Promised 14 working days: Thursday 24 September, Sunday 20 being worked; three are left on
    # Monday 21. Statutory 15: Monday 28, because 25 to 27 is the Mid-Autumn holiday.
    assert seen == {Light.BLUE: 0, Light.YELLOW: 14, Light.RED: 22}
    assert walk.case.ended == ""


def test_a_case_of_another_township_is_not_shown(client: Client):
    walk = accepted()

    assert staff(client, "jd-surveyor").get(url(walk)).status_code == 403
    assert inbox("jd-surveyor", MONDAY.date()) == []


def test_a_visit_with_company_and_photo_goes_through_the_page(client: Client):
    walk = accepted()
    photo = SimpleUploadedFile("a.png", PNG, "image/png")

    answer = staff(client, "hbz-surveyor").post(url(walk), survey(walk, photo))

    assert answer.status_code == 302
    document = walk.case.document_set.get()
    got = client.get(f"{url(walk)}documents/{document.pk}/")
    assert b"".join(got.streaming_content) == PNG
    assert got.headers["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.png", b"<script>alert(1)</script>", "不是照片或PDF"),
        ("a.svg", b"<svg onload='x'/>", "不是照片或PDF"),
        ("a.png", b"", "不是照片或PDF"),
        ("a.png", PNG + b"\0" * 4096, "太大"),
    ],
)
def test_a_bad_upload_is_refused_and_nothing_happens(
    client: Client, settings: LazySettings, name: str, data: bytes, told: str
):
    settings.UPLOAD_BYTES_MAX = 4096
    walk = accepted()

    sent = survey(walk, SimpleUploadedFile(name, data))
    answer = staff(client, "hbz-surveyor").post(url(walk), sent)

    assert answer.status_code == 409
    assert told in answer.content.decode()
    assert walk.case.seq == 2
    assert walk.case.document_set.count() == 0


def test_a_stale_page_is_told_and_the_typed_words_stay(client: Client):
    walk = accepted()
    photo = SimpleUploadedFile("a.png", PNG, "image/png")

    sent = survey(walk, photo, seq="1", reason="写了很久的一段话")
    answer = staff(client, "hbz-surveyor").post(url(walk), sent)

    assert answer.status_code == 409
    assert "别人已经办理过本件" in answer.content.decode()
    assert "写了很久的一段话" in answer.content.decode()


def test_an_organ_opens_a_case_that_begins_with_itself(client: Client):
    page = staff(client, "cz-sc-officer").get("/staff/").content.decode()

    assert "新办:一般程序行政处罚" in page or "新办:行政处罚" in page


def test_a_case_that_only_an_organ_may_open_has_no_public_form(client: Client):
    code = Version.objects.get(category="处罚").code
    assert client.get(f"/apply/{code}/").status_code == 404
    assert staff(client, "hbz-window").get(f"/staff/open/{code}/").status_code == 403


def test_a_voucher_is_opened_by_two_people_of_the_village_and_no_fewer(client: Client):
    code = Version.objects.get(name="村级日常支出报账").code
    village = Person.objects.get(pk="sx-handler").assignment_set.get().post.organ.division_id
    form = {
        "key": str(uuid4()),
        "outcome": "submit",
        "name": "神下村",
        "phone": "13800000000",
        "division": village,
        "f-purpose": "修水泵",
        "f-amount": "320.50",
        "f-payee": "水泵修理铺",
        "f-spent_on": "2026-09-01",
        "e-原始凭证": SimpleUploadedFile("a.png", PNG),
    }
    page = staff(client, "sx-handler").get(f"/staff/open/{code}/").content.decode()
    assert "参加的人" in page

    alone = client.post(f"/staff/open/{code}/", form)
    assert alone.status_code == 422
    assert "证明人" in alone.content.decode()
