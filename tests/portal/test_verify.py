"""The server's verdict, for those without JavaScript: what is right, and what is not."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from tests.walk import MONDAY, Walk, photo

from guiju.portal import verdicts, verify_views
from guiju.portal.verdicts import of_document, of_paper, of_receipt
from guiju.record.keys import keys_of
from guiju.record.models import Act
from guiju.record.publisher import advance
from guiju.record.receipts import receipt
from guiju.record.shards import Shard
from guiju.tlog import leaf_hash
from guiju.tlog.checkpoints import Checkpoint, parse_checkpoint
from guiju.tlog.notes import Ed25519Signer, decode64, encode64, sign_note

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=20)


def act_of(walk: Walk, seq: int) -> Act:
    return Act.objects.get(subject=walk.number, seq=seq)


@pytest.fixture
def walk() -> Walk:
    walk = Walk.begin().to_publicity()
    advance(LATER)
    return walk


def text_of(walk: Walk, seq: int = 1) -> str:
    return receipt(act_of(walk, seq), keys_of(walk.number)).text


def send(client: Client, *texts: bytes | str, **form: str) -> HttpResponse:
    files = [
        SimpleUploadedFile(f"{i}.tlog-proof", each.encode() if isinstance(each, str) else each)
        for i, each in enumerate(texts)
    ]
    return client.post("/verify/", {"receipt": files, **form})


def failed(verdict: verdicts.Verdict) -> list[str]:
    return [check.name for check in verdict.checks if check.mark == "bad"]


def changed(text: str, **parts: object) -> bytes:
    """The receipt with another extra part."""
    lines = text.split("\n")
    extra = json.loads(decode64(lines[1].removeprefix("extra ")))
    lines[1] = f"extra {encode64(json.dumps(extra | parts, ensure_ascii=False).encode())}"
    return "\n".join(lines).encode()


def opened(text: str) -> dict[str, dict[str, str]]:
    extra = json.loads(decode64(text.split("\n")[1].removeprefix("extra ")))
    return dict(extra["opened"])


def test_a_receipt_is_right_and_told_in_words(client: Client, walk: Walk):
    page = send(client, text_of(walk, 1), text_of(walk, 3)).content.decode()

    assert page.count("verdict-ok") == 2
    for words in (
        "提出申请:提交",
        "入户调查:完成调查",
        "学费凑不齐",
        "现场照片",
        "由本网站的服务器核对",
    ):
        assert words in page
    assert "2026年9月7日(敏感事项只公布到日)" in page


def test_money_is_told_in_yuan(walk: Walk):
    lines = dict(of_receipt("", text_of(walk, 4).encode()).opened)

    assert any(value == "2,500元" for _, value in lines["填写的内容"])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "不是回执"),
        (b"\xff\xfe", "不是文字"),
        (b"c2sp.org/tlog-proof@v1\nindex 0\n\nx", "没有条目"),
        (b"c2sp.org/tlog-proof@v1\nextra e30=\nindex 0\n\nx", "没有条目"),
        (b"c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\nx", "base64"),
        (b"c2sp.org/tlog-proof@v1\n\nx", "序号"),
    ],
)
def test_what_is_no_receipt_is_told(client: Client, data: bytes, told: str):
    page = send(client, data or b"\n").content.decode()

    assert "verdict-bad" in page
    assert "对不上:回执的写法" in page
    assert told in page


@pytest.mark.parametrize(
    "extra",
    [
        {"entry": 5},
        {"entry": "{}"},
        {"entry": "[1]"},
        {"entry": "\ud800"},
        {"entry": "[" * 100_000},
        {"opened": []},
        {"opened": {"facts": {"key": "00", "text": "{}"}}},
        {"opened": {"facts": {"key": "0" * 64, "text": 5}}},
        {"opened": {"facts": {"key": "0" * 64, "text": "\ud800"}}},
        {"opened": {"facts": 5}},
    ],
)
def test_a_receipt_with_odd_contents_is_refused_and_breaks_nothing(
    walk: Walk, extra: dict[str, object]
):
    lines = text_of(walk).split("\n")
    whole = {"entry": act_of(walk, 1).entry, "opened": {}} | extra
    lines[1] = f"extra {encode64(json.dumps(whole).encode())}"

    assert failed(of_receipt("", "\n".join(lines).encode())) == ["回执的写法"]


def test_every_check_names_what_failed(walk: Walk):
    text = text_of(walk)
    entry = act_of(walk, 1).entry
    groups = opened(text)
    key = {**groups["facts"], "key": "0" * 64}
    content = {**groups["facts"], "text": groups["facts"]["text"].replace("3", "4")}
    lines = text.split("\n")
    proof = lines.index("") - 1
    cases = [
        (changed(text, entry=entry.replace("submit", "submix")), "这一条在日志里的位置"),
        (changed(text, opened={**groups, "facts": key}), "打开的内容:填写的内容"),
        (changed(text, opened={**groups, "facts": content}), "打开的内容:填写的内容"),
        (changed(text, opened={"nothing": key}), "打开的内容:nothing"),
        ("\n".join(lines[:proof] + lines[proof + 1 :]).encode(), "这一条在日志里的位置"),
        (text.replace("localhost/log/2026\n", "localhost/log/2025\n").encode(), "日志的签名"),
        (text[:-8].encode() + b"AAAAAA=\n", "日志的签名"),
    ]
    for data, name in cases:
        verdict = of_receipt("", data)
        assert failed(verdict) == [name]
        assert verdict.facts == verdict.opened == []
        assert verdict.sentence == f"对不上:{name}"


def test_a_log_signed_by_somebody_else_is_not_believed(walk: Walk):
    text = text_of(walk)
    head, _, note = text.partition("\n\n")
    stranger = Ed25519Signer("localhost/log/2026", b"\x07" * 32)
    forged = sign_note(note.partition("\n\n")[0] + "\n", stranger)

    assert failed(of_receipt("", f"{head}\n\n{forged}".encode())) == ["日志的签名"]


def test_a_receipt_of_a_tree_that_is_not_published_any_more_gives_the_alarm(walk: Walk):
    text = text_of(walk)
    shard = Shard(2026)
    size = parse_checkpoint(text.partition("\n\n")[2].partition("\n\n")[0] + "\n").size
    other = Checkpoint(shard.origin, size + 1, b"\x01" * 32)
    (shard.folder / "checkpoint").write_text(sign_note(other.text, shard.signer))
    verdict = of_receipt("", text.encode())
    assert verdict.mark == "unsure"  # its tiles cannot be read

    fork = Checkpoint(shard.origin, size, b"\x01" * 32)
    (shard.folder / "checkpoint").write_text(sign_note(fork.text, shard.signer))
    verdict = of_receipt("", text.encode())
    assert failed(verdict) == ["现在公布的日志"]
    assert "被改写过" in verdict.checks[-1].said

    shorter = Checkpoint(shard.origin, size - 1, b"\x01" * 32)
    (shard.folder / "checkpoint").write_text(sign_note(shorter.text, shard.signer))
    assert "截短" in of_receipt("", text.encode()).checks[-1].said


def test_a_receipt_stays_right_when_the_log_grows(walk: Walk):
    text = text_of(walk)
    walk.later(8).act("sx-committee", "publicity", "clear", documents=(photo("公示照片"),))
    advance(LATER + timedelta(days=30))
    verdict = of_receipt("", text.encode())

    assert verdict.mark == "ok"
    assert "只在后面追加" in verdict.checks[-1].said


def test_a_receipt_whose_log_is_gone_is_left_open(walk: Walk):
    text = text_of(walk)
    folder = Shard(2026).folder
    keys = verdicts.verifiers()
    folder.rename(folder.with_name("gone"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verdicts, "verifiers", lambda: keys)
        verdict = of_receipt("", text.encode())
    assert verdict.mark == "unsure"
    assert "只核对了回执本身" in verdict.checks[-1].said


def test_a_paper_is_right_and_forged_ones_are_not(walk: Walk):
    act = act_of(walk, 2)
    leaf = leaf_hash(act.entry.encode()).hex()
    assert act.idx is not None

    assert of_paper(2026, act.idx, leaf).mark == "ok"
    assert failed(of_paper(2026, act.idx, "0" * 64)) == ["纸上的校验码"]
    assert failed(of_paper(2026, act.idx + 1, leaf)) == ["纸上的校验码"]
    assert failed(of_paper(2026, 10**14, leaf)) == ["纸上的校验码"]
    assert failed(of_paper(2025, act.idx, leaf)) == ["纸上的校验码"]


def test_a_paper_is_held_against_the_signed_root_not_the_files(walk: Walk):
    act = act_of(walk, 2)
    shard = Shard(2026)
    last = shard.last_signed()
    assert last is not None and act.idx is not None
    bundle = shard.folder / f"tile/entries/000.p/{last.size}"
    forged = act.entry.replace('"accept"', '"refuse"')
    assert forged != act.entry and len(forged) == len(act.entry)
    bundle.write_bytes(bundle.read_bytes().replace(act.entry.encode(), forged.encode()))

    verdict = of_paper(2026, act.idx, leaf_hash(forged.encode()).hex())

    assert failed(verdict) == ["这一条在日志里的位置"]


def test_a_damaged_log_leaves_a_paper_open_and_breaks_no_page(client: Client, walk: Walk):
    act = act_of(walk, 2)
    shard = Shard(2026)
    for file in (shard.folder / "tile/entries/000.p").iterdir():
        file.unlink()
    (shard.folder.parent / "2026.old").mkdir()
    (shard.folder.parent / "2026.old/checkpoint").write_text("x")
    leaf = leaf_hash(act.entry.encode()).hex()

    assert act.idx is not None
    assert of_paper(2026, act.idx, leaf).mark == "unsure"
    assert client.get("/log/").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["year=2026", "year=x&index=1&leaf=" + "0" * 64, "year=2026&index=-1&leaf=0", "leaf=g"],
)
def test_numbers_that_are_none_are_told(client: Client, query: str):
    answer = client.get(f"/verify/?{query}")

    assert answer.status_code == 422
    assert "请把年份、序号和64位校验码填完整" in answer.content.decode()


def test_a_document_is_looked_for_among_what_good_receipts_open(client: Client, walk: Walk):
    text = text_of(walk, 3)
    good = of_receipt("", text.encode())
    bad = of_receipt("", changed(text, entry=act_of(walk, 2).entry))

    assert of_document("ab" * 32, [good]).mark == "ok"
    assert "现场照片" in of_document("ab" * 32, [good]).sentence
    assert of_document("cd" * 32, [good]).mark == "bad"
    assert of_document("ab" * 32, [bad]).mark == "bad"
    assert "没有通过核对" in of_document("ab" * 32, [bad]).checks[0].said
    page = send(client, text, document="AB" * 32).content.decode()
    assert page.count("verdict-ok") == 2


def test_what_is_too_large_is_refused_unread_and_nothing_is_stored(
    client: Client, walk: Walk, monkeypatch
):
    before = Act.objects.count()
    answer = send(client, b"x" * (verify_views.BYTES_MAX + 1))

    assert answer.status_code == 422
    assert "太大" in answer.content.decode()
    assert send(client, text_of(walk)).headers["Cache-Control"] == "no-store"
    assert Act.objects.count() == before
    assert client.post("/verify/").status_code == 422


def test_no_script_stands_in_the_page(client: Client):
    page = client.get("/verify/").content.decode()
    scripts = [each.partition(">")[0] for each in page.split("<script")[1:]]

    assert all('type="application/json"' in each or 'src="' in each for each in scripts)
    assert len(scripts) == 4


def test_entries_of_other_kinds_are_told_too(walk: Walk):
    for kind in ("publish", "list", "calendar"):
        act = Act.objects.filter(kind=kind).first()
        assert act is not None and act.idx is not None
        verdict = of_paper(2026, act.idx, leaf_hash(act.entry.encode()).hex())
        assert verdict.mark == "ok"
        assert verdict.facts[0][1].startswith("公布")
