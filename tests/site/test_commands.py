"""The commands, as processes: what they print, and what they exit with."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

DATA = Path(__file__).parent.parent / "data"
BROKEN = sorted((DATA / "broken").glob("*.toml"))


def guiju(
    *args: object, var: Path | None = None, typed: str = ""
) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "guiju.site", *map(str, args)]
    environment = {"PATH": "/usr/bin:/bin", "GUIJU_VAR": str(var or "/nonexistent")}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, input=typed
    )


def test_check_finds_nothing_in_the_packs():
    done = guiju("check", settings.PACKS / "changzhi")

    assert done.returncode == 0, done.stdout
    assert "没有发现问题" in done.stdout


def test_there_are_five_broken_charts():
    assert len(BROKEN) == 5


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_check_exits_1_with_findings_on_a_broken_chart(path: Path):
    done = guiju("check", path, "--json")

    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert [line["check"] for line in found]
    assert all(line["message"] and line["file"].endswith(path.name) for line in found)


def test_check_exits_2_and_names_file_line_and_mend_where_it_cannot_read(tmp_path: Path):
    sound = (DATA / "sound.toml").read_text(encoding="utf-8")
    file = tmp_path / "typo.toml"
    file.write_text(sound.replace("[[steps]]\nid", "[[steps]]\nidd", 1), encoding="utf-8")

    done = guiju("check", file)

    line = next(i for i, text in enumerate(file.read_text().split("\n"), 1) if "idd" in text)
    assert done.returncode == 2
    assert f"typo.toml:{line}" in done.stdout
    assert "是不是“id”?" in done.stdout


def test_check_draws_what_it_finds_in_a_chart(tmp_path: Path):
    done = guiju("check", DATA / "broken" / "double-token.toml", "--svg", tmp_path / "found")

    drawn = sorted((tmp_path / "found").iterdir())
    assert done.returncode == 1
    assert [path.name for path in drawn] == ["double-token-1-C03.svg", "double-token-2-C03.svg"]
    assert all(f"图:{path}" in done.stdout for path in drawn)
    assert all("红色虚线按数字走" in path.read_text() for path in drawn)


def test_draw_writes_both_charts_wide_and_narrow(tmp_path: Path):
    power = settings.PACKS / "changzhi" / "powers" / "linshi-jiuzhu.toml"

    done = guiju("draw", power, "-o", tmp_path / "x.svg")

    assert done.returncode == 0, done.stderr
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"x-{kind}{n}.svg" for kind in ("flow", "risk") for n in ("", "-narrow")}
    assert all("入户调查" in path.read_text() for path in tmp_path.iterdir())


def test_draw_writes_pages_for_print(tmp_path: Path):
    power = settings.PACKS / "changzhi" / "powers" / "cunji-yongyin.toml"

    done = guiju("draw", power, "--paper", "A5", "-o", tmp_path / "pages")

    names = sorted(path.name for path in (tmp_path / "pages").iterdir())
    assert done.returncode == 0, done.stderr
    assert {"cunji-yongyin-flow-A5-1.svg", "cunji-yongyin-risk-A5-1.svg"} <= set(names)
    assert sorted(Path(line).name for line in done.stdout.split()) == names


def test_up_prepares_from_nothing_and_the_second_time_changes_nothing(tmp_path: Path):
    first = guiju("up", "--no-serve", var=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "新公布 10" in first.stdout
    assert "hbz-surveyor" in first.stdout

    second = guiju("up", "--no-serve", var=tmp_path)

    assert "新公布 0" in second.stdout
