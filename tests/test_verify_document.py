"""Every command of docs/verify.md, typed as it stands there, against a served city."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.served import served
from tests.story.test_guo_zhiqiang import PHOTO, Office
from tests.story.test_receipts import apply, download, survey, wait_until_published

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (ROOT / "docs" / "verify.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)
GO = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
PROGRAMS = ROOT / ".venv" / "bin"
needs_tools = pytest.mark.skipif(
    not all(map(shutil.which, ("openssl", "curl", "bash"))),
    reason="openssl, curl or bash is missing",
)


@pytest.fixture(scope="module")
def folder(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with what a villager has in hand, and the address of the site in ``site``."""
    folder = tmp_path_factory.mktemp("sceptic")
    with served(tmp_path_factory.mktemp("site")) as address:
        office = Office(browser, address)
        villager = apply(office)
        survey(office)
        office.days_pass("过一天")
        wait_until_published(villager, office.number, 3)
        download(villager, 3, folder).rename(folder / "receipt.tlog-proof")
        (folder / "photo.png").write_bytes(PHOTO["buffer"])
        (folder / "site").write_text(address)
        yield folder


def typed(folder: Path, *blocks: str) -> subprocess.CompletedProcess[str]:
    """What a shell says that stops at the first command that fails."""
    environment = os.environ | {"SITE": (folder / "site").read_text()}
    environment["PATH"] = f"{PROGRAMS}:{environment['PATH']}"
    script = "set -euo pipefail\n" + "".join(blocks)
    command = ["bash", "-c", script]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def works_here(block: str) -> bool:
    return "go build" not in block or bool(GO.exists() and shutil.which("go"))


@needs_tools
def test_every_command_of_the_document_works(folder: Path):
    done = typed(folder, *filter(works_here, BLOCKS))

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Signature Verified Successfully") == 2
    assert "in the log of" in done.stdout
    assert not GO.exists() or "27 entries are what was signed" in done.stdout
    assert len(BLOCKS) >= 12


@needs_tools
@pytest.mark.parametrize(
    ("file", "line", "find", "put"),
    [
        ("text", "openssl pkeyutl", "\n2", "\n3"),
        ("opened.documents", "for KEY in", "现场", "现照"),
        ("photo.png", 'grep -F "$(sha256sum', "PNG", "PNH"),
        ("kept", "OLD=$(sed", "\n2", "\n1"),
        ("receipt.tlog-proof", "python3 receipt.py", "index 2", "index 1"),
    ],
)
def test_a_changed_file_stops_the_commands(
    folder: Path, file: str, line: str, find: str, put: str
):
    """Each check bites: the file is changed right before the command that reads it."""
    swap = (
        f"python3 - <<'PY'\np = '{file}'\nd = open(p, 'rb').read()\n"
        f"assert {find.encode()!r} in d\n"
        f"open(p, 'wb').write(d.replace({find.encode()!r}, {put.encode()!r}, 1))\nPY\n"
    )
    whole = "".join(block for block in BLOCKS if "go build" not in block)
    assert f"\n{line}" in whole
    before, after = whole.split(f"\n{line}", 1)
    shutil.copytree(folder, folder.with_name(f"changed-{file}"), dirs_exist_ok=True)

    done = typed(folder.with_name(f"changed-{file}"), f"{before}\n{swap}{line}{after}")

    assert done.returncode != 0
