"""Findings in logs become leads on the record: once, seen by post, judged by a named person."""

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from tests.kernel.charts import PACKS
from tests.walk import CITY_TIME

from guiju.organs.models import Person
from guiju.oversight.leads import NotAllowed, judge, told, unlike_the_record, visible
from guiju.oversight.models import Lead
from guiju.oversight.standings import Scope, scope_of
from guiju.record.entries import is_intact
from guiju.record.keys import keys_of
from guiju.record.models import Act

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 7, 9, tzinfo=CITY_TIME)
DUTY, MONITOR, OWN = "cz-jw-duty", "cz-jc-officer", "hbz-supervisor"
CODE = "000511005000"  # 临时救助
LOG = """编号,环节,时间,经办,机关
A-1,apply,2026-09-02 09:00,,
A-1,accept,2026-09-02 10:00,hbz-window,hbz
A-1,fly,2026-09-03 10:00,hbz-window,hbz
B-1,fly,2026-09-03 10:00,somebody,elsewhere
"""
MAPPING = f"""[columns]
case = "编号"
step = "环节"
at = "时间"
person = "经办"
organ = "机关"
[fixed]
power = "{CODE}"
"""


def overseen(folder: Path, *more: str) -> str:
    (folder / "log.csv").write_text(LOG, "utf-8")
    (folder / "map.toml").write_text(MAPPING, "utf-8")
    words = ["--charts", str(PACKS / "changzhi"), "--mapping", str(folder / "map.toml")]
    words += ["--on", "2026-09-07", "--register", *more]
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("oversee", str(folder / "log.csv"), *words, stdout=said)
    assert ended.value.code == 1
    return said.getvalue()


@pytest.fixture(autouse=True)
def registered(tmp_path: Path) -> str:
    return overseen(tmp_path)


def outside(case: str) -> Lead:
    return Lead.objects.get(detector="H2", case=case)


def scope(person: str) -> Scope:
    return scope_of(person, NOW.date())


def test_every_finding_is_an_act_once_and_tells_the_public_no_case(
    registered: str, tmp_path: Path
):
    count = Lead.objects.count()
    assert count >= 2 and f"{count}条疑点列入线索" in registered

    assert "0条疑点列入线索" in overseen(tmp_path)

    acts = list(Act.objects.filter(kind="lead"))
    assert len(acts) == count
    assert all(is_intact(act, keys_of(act.subject)) for act in acts)
    assert not any("A-1" in act.entry or "hbz-window" in act.entry for act in acts)
    assert unlike_the_record() == []


def test_everybody_sees_what_the_post_allows(client: Client):
    assert set(visible(scope(DUTY))) == set(visible(scope(MONITOR))) == set(Lead.objects.all())
    assert not visible(scope("hbz-window")).exists()
    assert outside("A-1") in visible(scope(OWN)) and outside("B-1") not in visible(scope(OWN))
    client.force_login(Person.objects.get(pk="hbz-window"))
    assert client.get("/oversight/leads/").status_code == 403
    assert client.get(f"/oversight/leads/{outside('A-1').pk}/").status_code == 404


def test_a_lead_is_shown_with_its_events_rule_and_chart_and_judged_once(client: Client):
    lead, duty = outside("A-1"), Person.objects.get(pk=DUTY)
    client.force_login(duty)
    page = client.get(f"/oversight/leads/{lead.pk}/").content.decode()
    assert "fly" in page and "<svg" in page and "第3行" in page
    assert told(lead).finding.rule in page
    address, form = f"/oversight/leads/{lead.pk}/", {"verdict": "不成立", "reason": "试录数据"}
    assert client.post(address, form | {"reason": " "}).status_code == 422

    assert client.post(address, form).status_code == 302

    assert client.post(address, form).status_code == 302, "the same again is harmless"
    assert client.post(address, form | {"verdict": "查实"}).status_code == 422
    assert "试录数据" in client.get(address).content.decode()
    assert Act.objects.filter(kind="answer").count() == 1
    listed = client.get("/oversight/leads/?open=1&group=胡作为").content.decode()
    assert lead.pk not in listed and outside("B-1").pk in listed


def test_only_the_duty_post_judges():
    for person in (MONITOR, OWN):
        with pytest.raises(NotAllowed):
            judge(
                outside("A-1"), verdict="查实", reason="x", by=person, scope=scope(person), at=NOW
            )


def test_nobody_can_delete_one_and_the_patrol_sees_who_tried():
    lead = outside("A-1")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM record_act WHERE subject = %s", [f"lead:{lead.pk}"])
    Lead.objects.filter(pk=outside("B-1").pk).update(answered=7)
    Lead.objects.filter(pk=lead.pk).delete()

    words = unlike_the_record()

    assert any("少了一条" in each and lead.pk in each for each in words)
    assert any("判断与痕迹不同" in each for each in words)


def test_what_is_registered_later_does_not_touch_what_was_judged(tmp_path: Path):
    lead, later = outside("A-1"), NOW + timedelta(days=1)
    judge(lead, verdict="查实", reason="属实", by=DUTY, scope=scope(DUTY), at=later)

    overseen(tmp_path)

    assert told(outside("A-1")).verdict == "查实"
