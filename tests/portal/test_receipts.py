"""Receipts: who gets them, when, and what they and the printed sheet say."""

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from tests.walk import MONDAY, Walk

from guiju.cases.erasure import GROUNDS, erase
from guiju.cases.models import Case
from guiju.portal import phone, receipt_views
from guiju.portal.models import Guesses
from guiju.portal.phone import NotKnown, check_phone
from guiju.record.models import Act
from guiju.record.publisher import advance
from guiju.record.shards import Shard
from guiju.tlog import leaf_hash
from guiju.tlog.receipts import check, parse_receipt

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=20)
RIGHT, WRONG = {"phone": "0000"}, {"phone": "1234"}


def published() -> Walk:
    walk = Walk.begin().to_publicity()
    advance(LATER)
    return walk


def page(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_the_progress_page_and_the_record_lead_to_receipts(client: Client):
    walk = Walk.begin()
    for address in ("", "record/"):
        assert f"/cases/{walk.number}/receipt/" in page(
            client.get(f"/cases/{walk.number}/{address}")
        )


def test_a_receipt_is_given_for_the_right_digits_and_proves_the_act(client: Client):
    walk = published()
    shown = page(client.post(f"/cases/{walk.number}/receipt/", RIGHT))
    assert shown.count("下载回执") == 4 + shown.count("下载的回执") - 1

    answer = client.post(f"/cases/{walk.number}/receipt/2/", RIGHT)
    assert "no-store" in answer.headers["Cache-Control"]
    name = f'attachment; filename="{walk.number}-2.tlog-proof"'
    assert answer.headers["Content-Disposition"] == name
    act = Act.objects.get(subject=walk.number, seq=2)
    receipt = parse_receipt(page(answer))
    assert receipt.index == act.idx
    check(receipt, act.entry.encode(), [Shard(2026).signer.verifier])
    assert "hbz-window" not in page(answer)


@pytest.mark.parametrize("way", ["", "1/", "1/print/"])
def test_nothing_is_given_for_wrong_digits_or_none(client: Client, way: str):
    walk = published()
    for form in (WRONG, {}, {"phone": ""}, {"phone": "13800000000"}):
        answer = client.post(f"/cases/{walk.number}/receipt/{way}", form)
        assert answer.status_code == 403
        assert "电话后四位与申请时留的不一致" in page(answer)
        assert "郭志强" not in page(answer)
        assert "no-store" in answer.headers["Cache-Control"]


def test_pages_ask_before_they_give(client: Client):
    walk = published()

    assert "后四位" in page(client.get(f"/cases/{walk.number}/receipt/"))
    assert client.get(f"/cases/{walk.number}/receipt/1/").status_code == 405
    assert client.get("/cases/20260101-AAAAAA/receipt/").status_code == 404
    assert client.post(f"/cases/{walk.number}/receipt/99/", RIGHT).status_code == 404


def test_five_wrong_tries_close_a_case_for_an_hour_whoever_makes_them(client: Client):
    walk = published()
    for _ in range(5):
        client.post(f"/cases/{walk.number}/receipt/", WRONG)
    answer = client.post(f"/cases/{walk.number}/receipt/", RIGHT)
    assert answer.status_code == 403
    assert "过一小时再来" in page(answer)

    other = Walk.begin()
    assert client.post(f"/cases/{other.number}/receipt/", RIGHT).status_code == 200
    Guesses.objects.update(since=timezone.now() - timedelta(hours=1))
    assert client.post(f"/cases/{walk.number}/receipt/", RIGHT).status_code == 200
    assert set(Guesses.objects.values_list("count", flat=True)) == {0}


def test_wrong_tries_on_the_progress_page_count_as_well(client: Client):
    walk = Walk.begin()
    walk.act("hbz-window", "accept", "supplement", items=("录取通知书",))
    form = {"key": "x", "seq": "2", "step": "supplement", "outcome": "supplied", **WRONG}
    for _ in range(5):
        client.post(f"/cases/{walk.number}/", form)

    assert "过一小时再来" in page(client.post(f"/cases/{walk.number}/receipt/", RIGHT))
    assert walk.case.seq == 2


def test_of_whoever_guesses_nothing_is_kept():
    assert {field.name for field in Guesses._meta.get_fields()} == {"number", "since", "count"}


def test_a_case_without_a_phone_is_open_to_nobody():
    walk = Walk.begin()
    Case.objects.update(applicant_phone="")
    for digits in ("", "0000"):
        with pytest.raises(NotKnown, match="没有留申请人的电话"):
            check_phone(walk.case, digits, MONDAY)
    assert phone.DIGITS == 4


def test_a_case_that_an_organ_opened_says_where_to_ask(client: Client):
    walk = published()
    Case.objects.update(applicant_phone="")
    shown = page(client.get(f"/cases/{walk.number}/receipt/"))

    assert "不能在网上领回执" in shown
    assert "0355-" in shown
    assert client.post(f"/cases/{walk.number}/receipt/1/", {"phone": ""}).status_code == 403


def test_an_act_of_a_sensitive_power_has_its_receipt_the_next_day(client: Client):
    walk = Walk.begin()
    advance(MONDAY)
    shown = page(client.post(f"/cases/{walk.number}/receipt/", RIGHT))
    assert "按天公布:9月8日起可以领" in shown
    assert "打印第1条" not in shown
    for way in ("1/", "1/print/"):
        early = client.post(f"/cases/{walk.number}/receipt/{way}", RIGHT)
        assert early.status_code == 403
        assert "还没有公布到日志里" in page(early)

    advance(MONDAY + timedelta(days=1))
    assert client.post(f"/cases/{walk.number}/receipt/1/", RIGHT).status_code == 200


def test_erased_data_are_told_to_be_erased_by_law(client: Client):
    walk = Walk.begin().to_end()
    advance(LATER)
    erase(number=walk.number, ground=GROUNDS[0], by="tests", at=LATER)

    assert "已依法删除" in page(client.get(f"/cases/{walk.number}/receipt/"))
    for way in ("", "1/", "1/print/"):
        answer = client.post(f"/cases/{walk.number}/receipt/{way}", RIGHT)
        assert (answer.status_code, "已依法删除" in page(answer)) == (403, True)


def test_the_sheet_tells_the_place_in_the_log_and_nothing_private(client: Client):
    walk = published()
    act = Act.objects.get(subject=walk.number, seq=1)
    answer = client.post(f"/cases/{walk.number}/receipt/1/print/", RIGHT)
    shown = page(answer)
    leaf = leaf_hash(act.entry.encode()).hex()

    assert "".join(answer.context["leaf"]) == leaf
    assert f"<dd>{act.idx}</dd>" in shown
    assert re.search(r'<svg[^>]*viewBox="0 0 \d+ \d+"[^>]*class="code"', shown)
    for private in ("郭志强", "13800000000", "学费"):
        assert private not in shown
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_code_holds_the_address_of_the_check(client: Client, monkeypatch):
    walk = published()
    made: list[str] = []
    make = receipt_views.segno.make
    monkeypatch.setattr(
        receipt_views.segno, "make", lambda text, **how: made.append(text) or make(text, **how)
    )
    client.post(f"/cases/{walk.number}/receipt/1/print/", RIGHT)
    act = Act.objects.get(subject=walk.number, seq=1)
    leaf = leaf_hash(act.entry.encode()).hex()

    assert made == [f"http://testserver/verify/?year=2026&index={act.idx}&leaf={leaf}"]
    assert "verdict-ok" in page(client.get(made[0].removeprefix("http://testserver")))
