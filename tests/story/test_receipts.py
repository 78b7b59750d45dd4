"""A villager keeps receipts of his case and checks them: file, paper, document, with and without
JavaScript; and one changed byte is told.

Against the site as a newcomer starts it; ``look`` keeps pictures as in the first story.
"""

import base64
import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.served import served
from tests.story.test_guo_zhiqiang import PHOTO, Office, look

SECONDS_MAX = 20


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("site")) as address:
        yield address


@dataclass
class Kept:
    """What the villager has in hand after a few acts of his case."""

    number: str
    files: list[Path]  # the receipts, in the order of the acts
    paper: str  # the address in the code


@pytest.fixture(scope="module")
def kept(browser: Browser, site: str, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Apply for 临时救助, be accepted and surveyed; the next day the receipts are there."""
    office = Office(browser, site)
    villager = apply(office)
    number = office.number
    survey(office)
    ask(villager, number, "0000")
    expect(villager.locator("main")).to_contain_text("按天公布")
    expect(villager.get_by_role("button", name="下载第1条的回执")).to_have_count(0)
    look(villager, "r1-not-yet")
    office.days_pass("过一天")
    wait_until_published(villager, number, 3)
    look(villager, "r2-receipts")
    folder = tmp_path_factory.mktemp("receipts")
    files = [download(villager, seq, folder) for seq in (1, 2, 3)]
    villager.get_by_role("button", name="打印第1条的回执").click()
    look(villager, "r3-paper")
    keep_print(villager)
    villager.goto(f"/cases/{number}/record/")
    look(villager, "r4-record")
    link = villager.get_by_role("link", name="自己核对第1条").get_attribute("href")
    assert link
    return Kept(number, files, link)


def apply(office: Office) -> Page:
    villager = office.page("")
    villager.goto("/apply/000511005000/")
    villager.fill("#name", "郭志强")
    villager.fill("#phone", "13800000000")
    villager.select_option("#division", label="神下村")
    villager.select_option("[name=f-hardship]", "子女上学")
    villager.fill("[name=f-story]", "孩子考上大学,学费凑不齐")
    villager.fill("[name=f-household]", "3")
    villager.get_by_role("button", name="下一步").click()
    villager.get_by_role("button", name="没有错,提交").click()
    office.number = villager.locator(".number").inner_text()
    return villager


def survey(office: Office) -> None:
    office.opens("hbz-window", "受理(支出型)")
    office.presses("hbz-window", "受理(支出型)")
    surveyor = office.opens("hbz-surveyor")
    surveyor.fill("[name=f-finding]", "属实")
    surveyor.locator("[name=present]").first.check()
    surveyor.locator("label", has_text="神下村").locator("[name=present]").first.check()
    surveyor.set_input_files("[name=e-现场照片]", PHOTO)
    office.presses("hbz-surveyor", "完成调查")


def ask(page: Page, number: str, digits: str) -> None:
    page.goto(f"/cases/{number}/")
    page.get_by_role("link", name="领取回执").click()
    page.fill("#phone", digits)
    page.get_by_role("button", name="领取").click()


def wait_until_published(page: Page, number: str, count: int) -> None:
    until = time.monotonic() + SECONDS_MAX
    while time.monotonic() < until:
        ask(page, number, "0000")
        if page.get_by_role("button", name=re.compile("下载第")).count() == count:
            return
        time.sleep(0.5)
    raise AssertionError("the acts were not published in time")


def download(page: Page, seq: int, folder: Path) -> Path:
    with page.expect_download() as started:
        page.get_by_role("button", name=f"下载第{seq}条的回执").click()
    file = folder / started.value.suggested_filename
    started.value.save_as(file)
    return file


def keep_print(page: Page) -> None:
    """Whether the sheet fills one page of A4; the PDF is kept where pictures are."""
    pdf = page.pdf(format="A4")
    assert (
        pdf.count(b"/Type /Page\n") == 1
        or pdf.count(b"/Type /Page") - pdf.count(b"/Type /Pages") == 1
    )
    if folder := os.environ.get("GUIJU_SCREENSHOTS"):
        (Path(folder) / "r3-paper.pdf").write_bytes(pdf)


@pytest.fixture(params=["browser", "server"])
def page(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    """A window of somebody who is not logged in, with JavaScript and without."""
    context = browser.new_context(base_url=site, java_script_enabled=request.param == "browser")
    page = context.new_page()
    page.by = "由您的浏览器" if request.param == "browser" else "由本网站的服务器"  # type: ignore[attr-defined]
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def check_files(page: Page, *files: Path | dict[str, object]) -> None:
    page.goto("/verify/")
    page.set_input_files("#receipt", list(files))  # type: ignore[arg-type]
    page.get_by_role("button", name="核对回执").click()
    expect(page.locator(".verdict").first).to_contain_text(page.by)  # type: ignore[attr-defined]


def changed(file: Path, find: str, put: str) -> dict[str, object]:
    """The receipt with something else in its extra part."""
    lines = file.read_text().split("\n")
    extra = base64.b64decode(lines[1].removeprefix("extra ")).decode()
    assert find in extra
    lines[1] = "extra " + base64.b64encode(extra.replace(find, put).encode()).decode()
    text = "\n".join(lines).encode()
    return {"name": file.name, "mimeType": "text/plain", "buffer": text}


def test_receipts_are_right_and_told_in_words(page: Page, kept: Kept):
    check_files(page, *kept.files)

    expect(page.locator(".verdict-ok")).to_have_count(3)
    first = page.locator(".verdict").first
    expect(first.locator("h2")).to_contain_text("✔")
    for word in (
        "临时救助",
        "提出申请:提交",
        "敏感事项只公布到日",
        "子女上学",
        "在日志里",
        "一致",
    ):
        expect(first).to_contain_text(word)
    third = page.locator(".verdict").nth(2)
    expect(third).to_contain_text("入户调查:完成调查")
    expect(third).to_contain_text("现场照片")
    if page.by.endswith("浏览器"):  # type: ignore[attr-defined]
        expect(first).to_contain_text("职权版本的文本")
        look(page, "v1-right")


def test_both_ways_tell_the_same(browser: Browser, site: str, kept: Kept):
    told = []
    for is_on in (True, False):
        context = browser.new_context(base_url=site, java_script_enabled=is_on)
        page = context.new_page()
        page.by = "核对"  # type: ignore[attr-defined]
        check_files(page, kept.files[2])
        text = page.locator(".verdict").inner_text().split("逐项核对")[0]
        told.append(re.sub(r"\s+", " ", text))
        context.close()

    assert told[0] == told[1]


def test_one_changed_byte_is_told_with_what_failed(page: Page, kept: Kept):
    cases = [
        ({**changed(kept.files[0], "submit", "submix")}, "这一条在日志里的位置"),
        ({**changed(kept.files[0], "学费凑不齐", "学费凑得齐")}, "打开的内容:填写的内容"),
        ({"name": "x.txt", "mimeType": "text/plain", "buffer": b"hello"}, "回执的写法"),
    ]
    for file, name in cases:
        check_files(page, file)
        expect(page.locator(".verdict-bad h2")).to_contain_text(f"✘ 对不上:{name}")
        expect(page.locator(".verdict")).not_to_contain_text("提出申请")
    look_at(page, "v2-wrong")


def test_a_signature_that_was_changed_is_told(page: Page, kept: Kept):
    text = kept.files[0].read_text()
    line = text.rstrip("\n").rsplit("\n", 1)[1]
    bent = line[:-10] + ("A" if line[-10] != "A" else "B") + line[-9:]
    file = {"name": "a", "mimeType": "text/plain", "buffer": text.replace(line, bent).encode()}
    check_files(page, file)

    expect(page.locator(".verdict-bad")).to_contain_text("日志的签名")


def look_at(page: Page, name: str) -> None:
    if page.by.endswith("浏览器"):  # type: ignore[attr-defined]
        look(page, name)


def test_the_code_on_paper_leads_to_the_same_verdict(page: Page, kept: Kept):
    page.goto(kept.paper)
    expect(page.locator(".verdict")).to_contain_text(page.by)  # type: ignore[attr-defined]
    expect(page.locator(".verdict-ok h2")).to_contain_text("✔ 是真的:纸上这一条")
    expect(page.locator(".verdict")).to_contain_text("提出申请:提交")
    look_at(page, "v3-paper")

    asked = {key: value[0] for key, value in parse_qs(urlsplit(kept.paper).query).items()}
    page.goto("/verify/")
    page.fill("#year", asked["year"])
    page.fill("#index", asked["index"])
    leaf = asked["leaf"]
    page.fill("#leaf", " ".join(leaf[i : i + 8] for i in range(0, 64, 8)).upper())
    page.get_by_role("button", name="核对这张纸").click()
    expect(page.locator(".verdict-ok")).to_contain_text(page.by)  # type: ignore[attr-defined]


def test_a_forged_paper_is_told(page: Page, kept: Kept):
    forged = kept.paper[:-1] + ("0" if kept.paper[-1] != "0" else "1")
    page.goto(forged)
    expect(page.locator(".verdict-bad")).to_contain_text(page.by)  # type: ignore[attr-defined]
    expect(page.locator(".verdict-bad h2")).to_contain_text("✘ 对不上:纸上的校验码")
    page.goto(re.sub("index=[0-9]+", "index=99999", kept.paper))
    expect(page.locator(".verdict-bad")).to_contain_text("没有第99999条")
    page.goto("/verify/?year=2026&index=x&leaf=1")
    expect(page.locator("[role=alert]")).to_contain_text("请把年份、序号")


def test_a_document_is_found_or_not_and_never_leaves_the_browser(
    browser: Browser, site: str, kept: Kept
):
    page = browser.new_context(base_url=site).new_page()
    page.by = "由您的浏览器"  # type: ignore[attr-defined]
    check_files(page, kept.files[2])
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.set_input_files("#file", PHOTO)
    page.get_by_role("button", name="核对材料").click()
    expect(page.locator(".verdict-ok h2").first).to_contain_text("就是第")
    expect(page.locator(".verdict-ok h2").first).to_contain_text("现场照片")
    look(page, "v4-document")
    page.set_input_files("#file", {**PHOTO, "buffer": PHOTO["buffer"] + b"x"})
    page.get_by_role("button", name="核对材料").click()
    expect(page.locator(".verdict-bad").first).to_contain_text("不在核对过的回执")

    assert "POST" not in sent


def test_what_this_device_saw_is_remembered_and_a_rewritten_log_is_shouted_out(
    browser: Browser, site: str, kept: Kept
):
    page = browser.new_context(base_url=site).new_page()
    page.goto("/verify/")
    expect(page.locator("#memory")).to_contain_text("第一次看到")
    page.reload()
    expect(page.locator("#memory")).to_contain_text("完全相同")
    first = json.loads(page.locator("#years").inner_text())[0]
    page.evaluate(
        "([key, note]) => localStorage.setItem(key, note)",
        [f"guiju-log:{first}", "nobody/log\n5\nAAAA\n\n— nobody AAAA\n"],
    )
    page.reload()
    expect(page.locator("#memory .verdict-bad")).to_contain_text("公钥和上次看到的不一样")
    look(page, "v5-shout")


def test_a_browser_that_cannot_check_leaves_it_to_the_server(
    browser: Browser, site: str, kept: Kept
):
    page = browser.new_context(base_url=site).new_page()
    page.add_init_script("crypto.subtle.importKey = () => Promise.reject(new Error('no'))")
    page.by = "由本网站的服务器"  # type: ignore[attr-defined]
    page.goto("/verify/")
    expect(page.locator("#unable")).to_be_visible()
    check_files(page, kept.files[0])
    expect(page.locator(".verdict-ok")).to_have_count(1)


def test_the_pages_look_right(browser: Browser, site: str, kept: Kept):
    page = browser.new_context(base_url=site).new_page()
    page.goto("/verify/")
    look(page, "v0-verify")
    page.goto("/log/")
    look(page, "l1-log")
    page.goto(f"/cases/{kept.number}/receipt/")
    look(page, "r0-ask")
