"""Backup and restore of the embedded site, as an operator does it: with commands."""

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

TIMEOUT = 120


class Site:
    """An installation in a folder of its own."""

    def __init__(self, var: Path, keys: Path) -> None:
        self.var, self.keys = var, keys

    def run(self, *arguments: str, status: int = 0) -> str:
        """One command; answers what it said."""
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        environment |= {"GUIJU_VAR": str(self.var), "GUIJU_KEYS": str(self.keys)}
        done = subprocess.run(
            [sys.executable, "-m", "guiju.site", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("site")
    site = Site(folder / "var", folder / "keys")
    site.run("up", "--no-serve")
    site.run("sequence")
    return site


@pytest.fixture(scope="module")
def backup(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backup") / "site.tar"
    assert "密钥不在其中" in site.run("backup", str(file))
    return file


def test_a_backup_holds_no_key_and_no_last_signed_checkpoint(site: Site, backup: Path):
    with tarfile.open(backup) as tar:
        names = tar.getnames()
        contents = b"".join(file.read() for each in tar if (file := tar.extractfile(each)))

    assert {name.partition("/")[0] for name in names} == {
        "database.sqlite3",
        "log",
        "manifest.json",
    }
    for key in site.keys.iterdir():
        assert key.read_bytes().strip() not in contents
        assert bytes.fromhex(key.read_text()) not in contents


def test_a_restored_site_verifies_and_signs_only_after_somebody_adopted_the_log(
    site: Site, backup: Path, tmp_path: Path
):
    other = Site(tmp_path / "var", site.keys)

    assert "暂停签名" in other.run("restore", str(backup))
    assert "相符" in other.run("log", "verify")
    assert "guiju log adopt" in other.run("sequence", status=2)
    other.run("log", "adopt", "2025", str(site.var / "log" / "2026"), status=2)
    year = next((site.var / "log").iterdir()).name
    assert "接着写" in other.run("log", "adopt", year, str(site.var / "log" / year))
    assert "log adopt" not in other.run("sequence")


def test_nothing_is_restored_over_a_database_that_is_there(site: Site, backup: Path):
    before = (site.var / "guiju.db").read_bytes()

    assert "已经存在" in site.run("restore", str(backup), status=2)

    assert (site.var / "guiju.db").read_bytes() == before


@pytest.mark.parametrize("damage", ["flipped", "cut", "outside"])
def test_a_damaged_backup_restores_nothing(site: Site, backup: Path, tmp_path: Path, damage: str):
    data = bytearray(backup.read_bytes())
    damaged = tmp_path / "damaged.tar"
    if damage == "flipped":
        data[len(data) // 2] ^= 1
    elif damage == "cut":
        data = data[: len(data) // 2]
    damaged.write_bytes(bytes(data))
    if damage == "outside":
        with tarfile.open(damaged, "w") as tar:
            info = tarfile.TarInfo("log/../../evil")
            info.size = 1
            tar.addfile(info, io.BytesIO(b"x"))
    other = Site(tmp_path / "var", site.keys)

    assert "什么也没有改" in other.run("restore", str(damaged), status=2)

    assert not (tmp_path / "evil").exists()
    assert [each for each in (tmp_path / "var").rglob("*") if each.is_file()] == []


def test_a_flipped_byte_of_the_log_is_told_with_its_file(site: Site, backup: Path, tmp_path: Path):
    other = Site(tmp_path / "var", site.keys)
    other.run("restore", str(backup))
    bundle = next((tmp_path / "var" / "log").glob("*/tile/entries/000.p/*"))
    data = bytearray(bundle.read_bytes())
    data[40] ^= 1
    bundle.write_bytes(bytes(data))

    for place in ((), (str(bundle.parents[3]),)):
        said = other.run("log", "verify", *place, status=1)
        assert "tile/entries/000.p" in said
