"""The documents name what there is: every room, every check and every command of ./dev."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "guiju"


def rooms() -> list[str]:
    """The folders of the package; one that holds nothing but caches is no room."""
    folders = (each for each in SOURCE.iterdir() if each.is_dir() and each.name[0] not in "_.")
    return sorted(
        each.name
        for each in folders
        if any(file.is_file() and "__pycache__" not in file.parts for file in each.rglob("*"))
    )


@pytest.mark.parametrize("document", ["README.md", "docs/map.md"])
def test_every_room_is_on_the_map(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")

    assert rooms(), "this test would pass on nothing"
    missing = [room for room in rooms() if not re.search(rf"`{room}`|\b{room}/", text)]
    assert missing == [], f"write each of them as `room` or room/ in {document}"


def test_every_check_is_documented() -> None:
    text = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    checks = [each.stem.split("_")[0] for each in SOURCE.glob("kernel/checks/c[0-9]*.py")]

    assert checks, "this test would pass on nothing"
    assert [each for each in checks if not re.search(rf"(?i)\b{each}\b", text)] == []


def test_every_command_of_dev_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = runpy.run_path(str(ROOT / "dev"))["COMMANDS"]

    assert [each for each in commands if f"./dev {each}" not in text] == []
