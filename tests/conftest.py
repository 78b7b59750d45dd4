"""What the whole suite shares.

Which database it runs on is said by DATABASE_URL, which guiju.site.settings reads: SQLite
without it. `./dev test` runs all on SQLite, then what uses the database on PostgreSQL.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import hypothesis
import pytest
from django.conf import settings
from playwright.sync_api import Browser, sync_playwright

from guiju.formats.packs import read_pack
from guiju.organs.actions import load_organs
from guiju.powers.actions import load_powers

DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
# CI judges a change, so it tries the same cases each time; elsewhere every run tries new ones.
# How long one takes is no finding, on machines that others use as well.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")
CHROMIUM_OPTIONS = [
    "--no-sandbox",  # Chromium's own sandbox refuses root, who runs the tests in CI.
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.hookimpl(tryfirst=True)  # Before pytest chooses by -m.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use the database or a browser by what they ask for, not by hand."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & DATABASE_FIXTURES and not item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db)
        if "browser" in asked:
            item.add_marker(pytest.mark.browser)


CITY_TIME = ZoneInfo("Asia/Shanghai")
LOADED_AT = datetime(2026, 9, 1, 9, tzinfo=CITY_TIME)


@pytest.fixture(scope="session", autouse=True)
def _keys(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keys of the tests' own, the same for all, as the sample city is loaded once."""
    settings.KEYS_ROOT = tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, _keys: None, django_db_blocker: pytest.FixtureRequest
) -> None:
    """Load the sample city once; every test then works in a transaction that is rolled back."""
    pack = read_pack(settings.PACKS / "changzhi", date(2026, 9, 1))
    with django_db_blocker.unblock():
        load_organs(pack)
        load_powers(pack=pack, by="tests", at=LOADED_AT)


@pytest.fixture(autouse=True)
def _files(tmp_path: pytest.TempPathFactory, settings: pytest.FixtureRequest) -> None:
    """Keep documents and the log out of the project's own folder."""
    settings.MEDIA_ROOT = tmp_path / "documents"
    settings.LOG_ROOT = tmp_path / "log"
    settings.SIGNED_ROOT = tmp_path / "signed"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium of the system, driven by Playwright; one for each file of tests.

    Playwright keeps an event loop running for as long as it lives, in which Django refuses to
    touch the database. So that refusal is put off for as long, and no longer.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed (Debian: chromium)")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        launched = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        yield launched
        launched.close()
