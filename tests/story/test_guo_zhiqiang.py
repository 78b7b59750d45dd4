"""郭志强 of the report: his son goes to college, the fees are missing, he finds 临时救助.

One case from search to payment in a real browser, against the site as a newcomer starts it.
Set GUIJU_SCREENSHOTS to a folder to keep a picture of every page, wide and narrow.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import APIResponse, Browser, Page, expect
from tests.files import png
from tests.served import served

PASSWORD = "guiju-demo"
PNG = png()
PHOTO = {"name": "photo.png", "mimeType": "image/png", "buffer": PNG}
WIDTHS = {"wide": 1200, "narrow": 390}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("site")) as address:
        yield address


class Office:
    """The people of the story, each with a browser window of their own."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.pages: dict[str, Page] = {}
        self.number = ""

    def page(self, person: str) -> Page:
        """The window of a person, logged in; of the villager, "" and not logged in."""
        if person not in self.pages:
            page = self.browser.new_context(base_url=self.address).new_page()
            self.pages[person] = page
            if person:
                page.goto("/staff/login/")
                page.fill("#id_username", person)
                page.fill("#id_password", PASSWORD)
                page.click("main button")
                expect(page.locator("h1")).to_have_text("待办")
        return self.pages[person]

    def opens(self, person: str, outcome: str = "") -> Page:
        """The person opens the case from the inbox, and the form of an outcome."""
        page = self.page(person)
        page.goto("/staff/")
        page.get_by_role("link", name=re.compile(self.number)).click()
        if outcome:
            details = page.locator("details", has=page.get_by_text(outcome, exact=True)).first
            if details.get_attribute("open") is None:
                details.locator("summary").click()
        return page

    def presses(self, person: str, outcome: str) -> Page:
        """The person presses the button of an outcome that is open before them."""
        page = self.page(person)
        page.get_by_role("button", name=f"办理:{outcome}", exact=True).click()
        return page

    def forges(self, person: str, **fields: str) -> APIResponse:
        """The person sends a form that the page does not show."""
        page = self.page(person)
        cookies = {each["name"]: each["value"] for each in page.context.cookies()}
        seq = page.locator("table.rows tbody tr").count()
        fields |= {
            "csrfmiddlewaretoken": cookies["csrftoken"],
            "key": str(uuid4()),
            "seq": str(seq),
        }
        return page.request.post(f"/staff/cases/{self.number}/", form=fields)

    def days_pass(self, *days: str) -> None:
        page = self.page("")
        page.goto("/")
        for each in days:
            page.get_by_role("button", name=each).click()


def look(page: Page, name: str) -> None:
    """Axe finds nothing, nothing is wider than the window, and the picture is kept."""
    folder = os.environ.get("GUIJU_SCREENSHOTS")
    for width_name, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        found = [
            (v["id"], v["nodes"][0]["html"][:120]) for v in Axe().run(page).response["violations"]
        ]
        assert found == [], f"{name} at {width}: {found}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"
        if folder:
            path = Path(folder) / f"{name}-{width_name}.png"
            page.screenshot(path=path, full_page=True)
    page.set_viewport_size({"width": 1200, "height": 900})


def test_from_one_sentence_to_money_in_the_account(browser: Browser, site: str):
    office = Office(browser, site)
    villager = office.page("")

    # He types what troubles him, and reads the guide.
    villager.goto("/")
    look(villager, "1-home")
    villager.fill("#q", "孩子上大学没钱")
    villager.keyboard.press("Enter")
    expect(villager.locator(".card h3").first).to_have_text("临时救助")
    look(villager, "1-search")
    villager.locator(".card a").first.click()
    for word in ("谁能办", "带什么", "多久", "多少钱", "去哪办", "依据", "第四十七条", "法定"):
        expect(villager.locator("main")).to_contain_text(word)
    assert villager.locator(".chart-wide svg").count() == 2
    expect(villager.locator(".chart-wide svg").nth(1)).to_contain_text("系统强制")
    look(villager, "1-guide")

    # A helper fills in for him; both names are recorded.
    villager.get_by_role("link", name="现在申请").click()
    villager.fill("#name", "郭志强")
    villager.fill("#phone", "13800000000")
    villager.select_option("#division", label="神下村")
    villager.locator("summary").click()
    villager.fill("#helper", "李帮办")
    villager.fill("#helper_phone", "13900000000")
    villager.select_option("[name=f-hardship]", "子女上学")
    villager.fill("[name=f-story]", "孩子考上大学,学费凑不齐")
    villager.fill("[name=f-household]", "3")
    look(villager, "2-apply")
    villager.get_by_role("button", name="下一步").click()
    expect(villager.locator("main")).to_contain_text("李帮办")
    look(villager, "2-check")
    villager.get_by_role("button", name="没有错,提交").click()
    office.number = villager.locator(".number").inner_text()
    look(villager, "2-applied")
    villager.goto(f"/cases/{office.number}/")
    expect(villager.locator("main")).to_contain_text("便民服务中心窗口手里")
    expect(villager.locator("main")).not_to_contain_text("郭志强")
    look(villager, "2-progress")

    # The window sends one complete notice; a second is refused with its rule.
    window = office.opens("hbz-window", "补正告知")
    window.fill("[name=items] >> visible=true", "录取通知书\n缴费单")
    office.presses("hbz-window", "补正告知")
    villager.reload()
    villager.locator("form", has_text="已补齐").locator("[name=phone]").fill("0000")
    villager.get_by_role("button", name="已补齐").click()
    window = office.opens("hbz-window", "补正告知")
    window.fill("[name=items] >> visible=true", "户口簿")
    office.presses("hbz-window", "补正告知")
    expect(window.locator("[role=alert]")).to_contain_text("补正告知只能发1次,此前已发1次")
    expect(window.locator("[role=alert]")).to_contain_text("依据:")
    look(window, "3-second-notice")
    office.opens("hbz-window", "受理(支出型)")
    office.presses("hbz-window", "受理(支出型)")

    surveyor = office.page("hbz-surveyor")
    surveyor.goto("/staff/")
    expect(surveyor.locator("tbody tr")).to_contain_text("入户调查")
    look(surveyor, "7-inbox")

    # The surveyor alone is refused, with control and source; in company it works.
    surveyor = office.opens("hbz-surveyor")
    surveyor.fill("[name=f-finding]", "属实")
    office.presses("hbz-surveyor", "完成调查")
    alert = surveyor.locator("[role=alert]")
    expect(alert).to_contain_text("不少于2人在场,现有1人")
    expect(alert).to_contain_text("第十六条")
    expect(alert).to_contain_text("缺少现场照片")
    expect(surveyor.locator("[name=f-finding]")).to_have_value("属实")
    look(surveyor, "4-alone")
    surveyor.locator("[name=present]").first.check()
    surveyor.locator("label", has_text="神下村").locator("[name=present]").first.check()
    surveyor.set_input_files("[name=e-现场照片]", PHOTO)
    office.presses("hbz-surveyor", "完成调查")
    expect(surveyor.locator("[role=status]")).to_contain_text("已办理“入户调查”")

    # Opinion; seven days of publicity; a different person approves.
    reviewer = office.opens("hbz-reviewer", "建议救助")
    reviewer.fill("[name=f-amount_proposed]", "2500")
    office.presses("hbz-reviewer", "建议救助")
    committee = office.opens("sx-committee", "公示无异议")
    expect(committee.locator(".blocked")).to_contain_text("届满后方可办理")
    expect(committee.get_by_role("button", name="办理:公示无异议")).to_be_disabled()
    look(committee, "5-publicity")
    office.days_pass("过七天", "过一天")
    committee = office.opens("sx-committee", "公示无异议")
    committee.set_input_files("[name=e-公示照片]", PHOTO)
    office.presses("sx-committee", "公示无异议")
    surveyor.goto(f"/staff/cases/{office.number}/")
    expect(surveyor.locator(".doing")).to_contain_text("由别的岗位办理")
    answer = office.forges("hbz-surveyor", step="decide", outcome="grant", **{"f-amount": "2500"})
    assert answer.status == 422
    assert "“审批”由乡镇分管负责人办理" in answer.text()
    approver = office.opens("hbz-approver", "批准")
    approver.fill("[name=f-amount]", "2500")
    office.presses("hbz-approver", "批准")

    # Payment, closing, the record.
    finance = office.opens("hbz-finance")
    finance.set_input_files("[name=e-银行回单]", PHOTO)
    office.presses("hbz-finance", "已发放")
    look(office.opens("hbz-window"), "6-close")
    office.presses("hbz-window", "办结归档")
    villager.goto(f"/cases/{office.number}/")
    expect(villager.locator("main")).to_contain_text("绿灯")
    expect(villager.locator("main")).to_contain_text("已救助,办结")
    look(villager, "6-done")
    villager.get_by_role("link", name="查看记录与校验值").click()
    expect(villager.locator("main")).to_contain_text("本件共10条,序号连续,没有缺口")
    assert re.fullmatch("[0-9a-f]{64}", villager.locator("dd .hash").first.inner_text())
    villager.wait_for_timeout(1500)
    villager.reload()
    expect(villager.locator("main")).not_to_contain_text("编号中")
    look(villager, "8-record")
