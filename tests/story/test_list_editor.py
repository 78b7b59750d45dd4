"""A list editor changes 临时救助 in the browser: instantly judged, and no typed word is lost.

Against the site as a newcomer starts it; ``look`` keeps pictures as in the first story.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.served import served
from tests.story.test_guo_zhiqiang import PASSWORD, look

WIDE = {"width": 1200, "height": 900}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("site")) as address:
        yield address


def login(page: Page, person: str = "cz-bb-editor") -> None:
    page.goto("/staff/login/")
    page.fill("#id_username", person)
    page.fill("#id_password", PASSWORD)
    page.click("main button")
    expect(page.locator("h1")).to_have_text("待办")


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A new draft of 临时救助, open before a list editor; the page may raise no error."""
    context = browser.new_context(base_url=site, viewport=WIDE)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    login(page)
    page.get_by_role("link", name="起草职权清单").click()
    page.select_option("#code", value="000511005000")
    page.get_by_role("button", name="从现行版本起草").click()
    expect(page.locator("#verdict")).to_have_text("没有问题")
    yield page
    context.close()
    assert errors == []


def place(page: Page, step: str) -> str:
    """The prefix of the step with that id."""
    found = page.locator(f'.step input[name$="-id"][value="{step}"]').first
    return (found.get_attribute("name") or "").removesuffix("-id")


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text(re.compile("^已保存,"))


def test_a_deadlock_is_shown_with_its_path_at_once_and_goes_when_mended(page: Page):
    address = page.url
    page.evaluate("window.loaded = 'once'")
    pay = place(page, "pay")

    page.select_option(f"#{pay}-o0-to", "pay")
    problem = page.locator(".problems li", has_text="再也走不到终点")
    expect(problem).to_contain_text("例如:提出申请(提交) → 受理(受理(支出型)) →")
    expect(page.locator(".changes")).to_contain_text("“发放救助金”的出口“已发放”去向由“办结”改为")
    expect(page.locator(f"#{pay}")).to_have_class(re.compile("troubled"))
    look(page, "e1-deadlock")
    problem.get_by_role("link").click()
    expect(page.locator(f"#{pay}-name")).to_be_focused()

    page.select_option(f"#{pay}-o0-to", "close")
    expect(page.locator("#verdict")).to_have_text("没有问题")
    expect(page.locator(".problems")).to_have_count(0)
    expect(page.locator(".troubled")).to_have_count(0)
    assert page.evaluate("window.loaded") == "once"
    assert page.url == address


def test_what_does_not_fit_keeps_the_last_picture_and_leads_to_its_input(page: Page):
    survey = place(page, "survey")

    page.fill(f"#{survey}-limit-value", "三天")
    expect(page.locator(".problems")).to_contain_text("第4步“入户调查”:应为整数,写的是文字(三天)")
    expect(page.locator("#drawn.old")).to_be_visible()
    page.select_option(f"#{survey}-o0-to", "")
    page.locator(f"#{survey} > details > summary").click()
    page.fill(f"#{survey}-rest", "{没写完")
    expect(page.locator(".problems")).to_contain_text("“其他内容”读不懂")
    look(page, "e2-misfit")
    page.locator(f"#{survey} > details > summary").click()
    page.locator(".problems a").last.click()
    expect(page.locator(f"#{survey}-rest")).to_be_focused()


def test_typed_words_survive_a_server_error_a_reload_and_a_lost_session(page: Page):
    page.route("**/preview/", lambda route: route.fulfill(status=500, body="坏了"))
    page.fill("#name", "临时救助和先行救助")
    expect(page.locator("#saved")).to_contain_text("没有存到服务器")
    expect(page.locator("#name")).to_have_value("临时救助和先行救助")
    page.reload()
    expect(page.locator("#name")).to_have_value("临时救助")
    expect(page.locator("#copy")).to_be_visible()
    page.unroute("**/preview/")
    page.get_by_role("button", name="恢复这些文字").click()
    expect(page.locator("#name")).to_have_value("临时救助和先行救助")
    expect(page.locator("#copy")).to_be_hidden()

    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.fill("#organ", "县级民政部门")
    expect(page.locator("#saved")).to_contain_text("没有存到服务器")
    page.context.add_cookies(cookies)
    expect(page.locator("#saved")).to_have_text("已保存,没有问题", timeout=15_000)
    page.reload()
    expect(page.locator("#organ")).to_have_value("县级民政部门")
    expect(page.locator("#copy")).to_be_hidden()


def test_rows_are_added_moved_and_taken_back_by_keyboard(page: Page):
    steps = page.locator(".step")
    count = steps.count()

    page.locator("#s1-name").focus()
    page.keyboard.press("Alt+Enter")
    expect(steps).to_have_count(count + 1)
    expect(page.locator("#s2-name")).to_be_focused()
    page.keyboard.type("核对经济状况")
    saved(page)
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#s3-name")).to_have_value("核对经济状况")
    expect(page.locator("#s3-name")).to_be_focused()
    page.locator("#s3-o0-name").focus()
    page.keyboard.press("Alt+Enter")
    expect(page.locator("#s3-o1-name")).to_be_focused()
    page.get_by_role("button", name="撤销增删移动").click()
    expect(page.locator("#s3-o1-name")).to_have_count(0)
    page.keyboard.press("Alt+p")
    expect(page.locator(".problems a").first).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_every_input_is_reached_by_tab_in_the_order_of_the_page(page: Page):
    page.locator("#s0-name").focus()
    seen = []
    for _ in range(14):
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.value"))
        page.keyboard.press("Tab")

    first = ["s0-name", "s0-id", "s0-kind", "s0-post", "add steps.0"]
    assert seen[:5] == first
    assert seen[8:14] == [
        f"s0-limit-{key}" for key in ("value", "unit", "source", "certainty")
    ] + [
        "s0-o0-name",
        "s0-o0-id",
    ]


def test_whoever_comes_too_late_keeps_both_texts(page: Page, browser: Browser, site: str):
    other = browser.new_context(base_url=site, viewport=WIDE).new_page()
    login(other, "cz-bb-editor-2")
    other.goto(page.url)
    other.fill("#name", "别人写的名称")
    saved(other)

    page.fill("#name", "我写的名称")
    expect(page.locator("[role=alert]")).to_contain_text("录虚拟在")
    expect(page.locator("#name")).to_have_value("我写的名称")
    look(page, "e3-stale")
    page.get_by_role("button", name="把我写的另存为一份草稿").click()
    expect(page.locator("h1")).to_contain_text("另一份")
    expect(page.locator("#name")).to_have_value("我写的名称")
    other.reload()
    expect(other.locator("#name")).to_have_value("别人写的名称")


def test_all_of_it_works_without_javascript(browser: Browser, site: str):
    context = browser.new_context(base_url=site, viewport=WIDE, java_script_enabled=False)
    page = context.new_page()
    login(page)
    page.goto("/staff/drafts/")
    page.select_option("#code", value="000511005000")
    page.get_by_role("button", name="从现行版本起草").click()
    pay = place(page, "pay")
    page.select_option(f"#{pay}-o0-to", "pay")
    page.get_by_role("button", name="预览并保存").first.click()
    expect(page.locator(".problems")).to_contain_text("再也走不到终点")
    page.locator("#s0 > .line").first.get_by_role("button", name="在这一步后面加一步").click()
    expect(page.locator("#s1-id")).to_have_value(re.compile("^step_"))
    context.close()


def test_the_list_of_drafts_and_a_control_look_right(page: Page):
    page.locator("#s3 > details > summary").click()
    expect(page.locator("#s3-c0-post")).to_be_visible()
    expect(page.locator("#s3-c0-kinds")).to_be_hidden()
    page.select_option("#s3-c0-kind", "evidence")
    expect(page.locator("#s3-c0-kinds")).to_be_visible()
    page.evaluate("document.querySelector('#s3').scrollIntoView()")
    look(page, "e4-control")
    page.goto("/staff/drafts/")
    look(page, "e5-list")
