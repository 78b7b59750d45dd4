"""Boards in a real browser: wide, narrow, on paper, on the screen in the hall.

Set GUIJU_SCREENSHOTS to a folder to keep a picture of every page.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from tests.oversight import city_of_cases
from tests.served import served

from guiju.site import clock

PASSWORD = "guiju-demo"
WIDTHS = {"wide": 1200, "narrow": 390}
SCREEN = {"width": 1920, "height": 1080}
OVERLAPPING = """() => [...document.querySelectorAll('section, .lights')].filter(
    each => each.scrollHeight > each.clientHeight + 2 || each.scrollWidth > each.clientWidth + 2
).map(each => each.className)"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    with served(folder) as address:
        command = [sys.executable, city_of_cases.__file__, "--served", f"{clock.now():%Y-%m-%d}"]
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        subprocess.run(command, env=environment | {"GUIJU_VAR": str(folder)}, check=True)
        yield address


@pytest.fixture
def public(browser: Browser, site: str) -> Page:
    return browser.new_context(base_url=site).new_page()


@pytest.fixture
def monitor(browser: Browser, site: str) -> Page:
    page = browser.new_context(base_url=site).new_page()
    page.goto("/staff/login/")
    page.fill("#id_username", "monitor")
    page.fill("#id_password", PASSWORD)
    page.click("main button")
    return page


def keep(page: Page, name: str, *, is_whole: bool = True) -> None:
    folder = os.environ.get("GUIJU_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=is_whole)


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(each["id"], each["nodes"][0]["html"][:120]) for each in found]


def look(page: Page, name: str) -> None:
    """Axe finds nothing, nothing is wider than the window or the sheet."""
    for width_name, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        keep(page, f"{name}-{width_name}")
        assert violations(page) == [], f"{name} at {width}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 less its margins, at 96 a inch
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 688, f"{name} on paper"
    keep(page, f"{name}-paper")
    page.emulate_media(media="screen")
    folder = os.environ.get("GUIJU_SCREENSHOTS")
    if folder:
        page.pdf(path=Path(folder) / f"{name}.pdf", prefer_css_page_size=True)
    page.set_viewport_size({"width": 1200, "height": 900})


def test_the_public_reads_totals_and_figures(public: Page):
    public.goto("/oversight/board/")
    look(public, "board-public")
    expect(public.locator("main")).to_contain_text("能看出个人困难情况的职权")
    assert public.get_by_role("link", name="黄灯红灯").count() == 0
    public.goto("/oversight/board/trend/")
    look(public, "trend")
    public.get_by_role("link", name="数字", exact=True).first.click()
    expect(public.locator("h1")).to_have_text("数字")
    look(public, "figures")
    for link in public.locator(".figure a").all():
        answer = public.request.get(link.get_attribute("href") or "")
        assert answer.status == 200


def test_the_monitor_drills_down_from_the_city_to_one_case(monitor: Page):
    monitor.goto("/oversight/board/")
    look(monitor, "board-monitor")
    row = monitor.locator("table.numbers tbody tr").first
    organ = row.locator("a").first.inner_text()
    running = row.locator("[data-label=在办合计]").inner_text()
    row.locator("a").first.click()
    expect(monitor.locator(".chip")).to_contain_text(organ)
    whole = monitor.locator("table.numbers tfoot [data-label=在办合计]")
    expect(whole).to_have_text(running)
    look(monitor, "board-organ")
    monitor.get_by_role("link", name="黄灯红灯", exact=True).click()
    expect(monitor.locator(".chip")).to_contain_text(organ)
    look(monitor, "cases")
    monitor.locator("table.rows tbody a").first.click()
    expect(monitor.locator(".chart-wide svg").first).to_be_visible()
    expect(monitor.locator("main")).not_to_contain_text("某人")
    look(monitor, "case")


def test_a_view_is_chosen_by_a_form_and_sent_as_an_address(monitor: Page, browser: Browser):
    monitor.goto("/oversight/board/")
    monitor.locator(".asking summary").click()
    monitor.select_option("#by", "power")
    monitor.select_option("#level", "乡")
    monitor.get_by_role("button", name="看", exact=True).click()
    expect(monitor.locator("table.numbers thead th").first).to_have_text("职权")
    expect(monitor.locator(".chip")).to_contain_text("乡级")
    assert "level=" in monitor.url
    monitor.locator(".chip a").click()
    expect(monitor.locator(".chip")).to_have_count(0)
    expect(monitor.locator("table.numbers thead th").first).to_have_text("职权")


def test_the_screen_fills_its_glass_and_nothing_is_cut(public: Page):
    public.set_viewport_size(SCREEN)
    public.goto("/screen/")
    keep(public, "screen", is_whole=False)
    refreshes = violations(public)  # axe knows no page that may be held; it must find only this
    assert [rule for rule, _ in refreshes] == ["meta-refresh"]
    public.get_by_role("link", name="停住").click()
    assert violations(public) == []
    size = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert public.evaluate(size) == [1920, 1080]
    assert public.evaluate(OVERLAPPING) == []
    smallest = public.evaluate(
        "Math.min(...[...document.querySelectorAll('main *')].filter(e => e.textContent.trim()"
        " && e.getBoundingClientRect().width > 1).map(e => parseFloat(getComputedStyle(e)"
        ".fontSize) * (e.closest('svg') ? e.closest('svg').getBoundingClientRect().width /"
        " e.closest('svg').viewBox.baseVal.width : 1)))"
    )
    assert smallest >= 19, "letters that cannot be read from five metres"
    assert re.search(r"\d{4}年\d+月\d+日", public.locator("time").first.inner_text())
    public.set_viewport_size({"width": 390, "height": 800})
    keep(public, "screen-narrow")
    assert violations(public) == []
    assert public.evaluate("document.documentElement.scrollWidth") <= 390
