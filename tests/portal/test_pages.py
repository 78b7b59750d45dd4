"""Public pages through Django's client: what a visitor sees, and what bad input gets."""

import json
from hashlib import sha256
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.walk import VILLAGE, Walk

from guiju.cases.models import Case
from guiju.organs.models import Division
from guiju.powers.models import Version
from guiju.powers.queries import power
from guiju.record.writer import canonical

pytestmark = pytest.mark.django_db
POWERS = ("临时救助", "最低生活保障审核确认", "村级用印", "村级日常支出报账")


def answers(**changes: str) -> dict[str, str]:
    return {
        "key": str(uuid4()),
        "outcome": "submit",
        "name": "郭志强",
        "phone": "13800000000",
        "division": Division.objects.get(name=VILLAGE).code,
        "f-hardship": "子女上学",
        "f-story": "学费凑不齐",
        "f-household": "3",
        **changes,
    }


def apply_url() -> str:
    return f"/apply/{Version.objects.get(name='临时救助').code}/"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("孩子上大学没钱", "临时救助"),
        ("村里要盖章开证明", "村级用印"),
        ("我想吃低保", "最低生活保障审核确认"),
        ("盖楼要什么手续", "建设工程规划许可证"),
        ("开店卖医疗器械", "第三类医疗器械经营许可"),
        ("想看政府文件", "政府信息公开"),
    ],
)
def test_everyday_words_find_the_power_first(client: Client, words: str, name: str):
    rows = client.get("/", {"q": words}).context["rows"]

    assert name in rows[0]["power"].name


def test_a_search_that_finds_nothing_says_so_and_where_to_go(client: Client):
    page = client.get("/", {"q": "zzz"}).content.decode()

    assert "没有找到" in page
    assert "/powers/" in page


@pytest.mark.parametrize("name", POWERS)
def test_a_guide_tells_all_that_an_applicant_needs(client: Client, name: str):
    version = Version.objects.get(name=name)
    shown = power(version.sha256)
    page = client.get(f"/powers/{version.code}/").content.decode()

    for part in ("谁能办", "带什么", "多久", "多少钱", "去哪办", "依据", "不满意找谁"):
        assert part in page
    for basis in shown.bases:
        assert basis.article in page
    assert page.count("<svg") == 4
    large = client.get(f"/powers/versions/{version.sha256}/risk.svg")
    assert large.headers["Content-Type"] == "image/svg+xml"
    assert version.sha256 in page


def test_an_uncertain_number_is_marked_where_it_is_shown(client: Client):
    version = Version.objects.get(name="临时救助")
    page = client.get(f"/powers/{version.code}/").content.decode()

    assert '<span class="mark" title="这个数不是法条原文">存疑</span>' in page


def test_applying_checks_the_answers_first_and_opens_a_case_once(client: Client):
    form = answers()
    checking = client.post(apply_url(), form)
    assert "请核对" in checking.content.decode()
    assert Case.objects.count() == 0

    first = client.post(apply_url(), {**form, "confirmed": "1"})
    again = client.post(apply_url(), {**form, "confirmed": "1"})

    assert first.status_code == 302
    assert first["Location"] == again["Location"]
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": " "}, "请填写申请人姓名"),
        ({"phone": "12"}, "请填写能联系上的电话"),
        ({"division": "9999"}, "请选择所在的村"),
        ({"f-household": "三"}, "应为不小于零的数字"),
        ({"f-hardship": "想要钱"}, "只能是"),
        ({"f-story": ""}, "没有填写"),
        ({"helper": "李帮办"}, "请填写代办人的电话"),
        ({"key": "x"}, "表单已失效"),
        ({"outcome": "grant"}, "没有这个出口"),
    ],
)
def test_bad_answers_get_a_clear_error_and_nothing_is_opened(
    client: Client, change: dict[str, str], told: str
):
    answer = client.post(apply_url(), {**answers(**change), "confirmed": "1"})

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert Case.objects.count() == 0


def test_what_is_wrong_with_an_answer_stands_beside_its_field(client: Client):
    page = client.post(apply_url(), answers(**{"f-household": "三"})).content.decode()

    assert page.count('<span class="wrong">') == 1
    assert '家里几口人<span class="wrong">“家里几口人”应为不小于零的数字</span></label>' in page


def test_several_choices_are_all_checked_and_all_sent(client: Client):
    current = Version.objects.get(name="临时救助")
    plain_ = json.loads(current.text)
    hardship = next(f for f in plain_["steps"][0]["fields"] if f["id"] == "hardship")
    hardship["kind"] = "多选"
    text = canonical(plain_)
    digest = sha256(text.encode()).hexdigest()
    Version.objects.filter(pk=current.pk).update(sha256=digest, text=text)

    form = {**answers(), "f-hardship": ["子女上学", "突发重病"]}
    page = client.post(apply_url(), form).content.decode()

    assert "<dd>子女上学、突发重病</dd>" in page
    for choice in form["f-hardship"]:
        assert f'<input type="hidden" name="f-hardship" value="{choice}">' in page


def test_progress_needs_no_login_and_shows_no_name(client: Client):
    walk = Walk.begin()
    page = client.get(f"/cases/{walk.number}/").content.decode()

    assert "便民服务中心窗口" in page
    assert "郭志强" not in page
    assert "13800000000" not in page


def test_a_number_that_does_not_exist_is_explained(client: Client):
    for url in ("/cases/20260101-AAAAAA/", "/cases/?number=20260101-AAAAAA"):
        answer = client.get(url)
        assert answer.status_code == 404
        assert "没有编号为“20260101-AAAAAA”的办件" in answer.content.decode()


def test_only_who_knows_the_phone_acts_as_the_applicant(client: Client):
    walk = Walk.begin()
    walk.act("hbz-window", "accept", "supplement", items=("录取通知书",))
    form = {"key": str(uuid4()), "seq": "2", "step": "supplement", "outcome": "supplied"}

    refused = client.post(f"/cases/{walk.number}/", {**form, "phone": "1234"})
    assert refused.status_code == 409
    assert "电话后四位" in refused.content.decode()
    assert client.post(f"/cases/{walk.number}/", {**form, "phone": "0000"}).status_code == 302
    assert walk.case.seq == 3


def test_a_case_in_three_branches_has_one_button_to_withdraw(client: Client):
    facts = {"household": "3", "hardship": "残疾", "kin": "没有"}
    walk = Walk.begin(power="最低生活保障审核确认", facts=facts)
    walk.act("hbz-window", "accept", "accept")
    walk.act("hbz-reviewer", "dispatch", "ordinary")

    page = client.get(f"/cases/{walk.number}/").content.decode()
    assert page.count('<button class="primary">撤回申请</button>') == 1

    step = client.get(f"/cases/{walk.number}/").context["mine"][0][0].id
    form = {"key": str(uuid4()), "seq": "3", "step": step, "outcome": "take_back", "phone": "0000"}
    assert client.post(f"/cases/{walk.number}/", form).status_code == 302
    assert walk.case.ended == "withdrawn"


def test_nobody_acts_for_an_office_from_the_public_page(client: Client):
    walk = Walk.begin()
    form = {
        "key": str(uuid4()),
        "seq": "1",
        "step": "accept",
        "outcome": "accept",
        "phone": "0000",
    }

    assert client.post(f"/cases/{walk.number}/", form).status_code == 409
    assert walk.case.seq == 1


def test_a_record_page_shows_every_act_and_the_version(client: Client):
    walk = Walk.begin().to_end()
    page = client.get(f"/cases/{walk.number}/record/").content.decode()

    assert "本件共8条,序号连续,没有缺口" in page
    assert walk.case.version_id in page
    assert page.count("✔ 一致") == 8
    assert "郭志强" not in page


def test_every_answer_carries_the_content_policy(client: Client):
    policy = client.get("/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_demo_clock_cannot_be_moved_outside_a_demonstration(
    client: Client, settings: LazySettings
):
    settings.CLOCK_FILE = ""
    assert client.post("/demo/advance/", {"days": "1"}).status_code == 404
