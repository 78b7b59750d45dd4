"""The commands on BPMN models, as processes: check, step, convert."""

import json
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from tests.formats.charts_in_bpmn import flows, model, nodes
from tests.site.test_commands import guiju

RELIEF = settings.PACKS / "changzhi" / "powers" / "linshi-jiuzhu.toml"
CHOICE = nodes(startEvent="s", exclusiveGateway="x", userTask="a b", endEvent="e")


def written(folder: Path, content: bytes) -> Path:
    path = folder / "model.bpmn"
    path.write_bytes(content)
    return path


def judged(folder: Path, content: bytes) -> tuple[int, list[dict[str, object]]]:
    done = guiju("check", written(folder, content), "--json")
    return done.returncode, json.loads(done.stdout)


def test_check_holds_on_a_sound_model(tmp_path: Path) -> None:
    status, (line,) = judged(tmp_path, model(CHOICE + flows("s x a e", "x b e")))

    assert (status, line["verdict"]) == (0, "sound")


def test_check_finds_the_way_to_a_deadlock(tmp_path: Path) -> None:
    join = nodes(parallelGateway="j")

    status, lines = judged(tmp_path, model(CHOICE + join + flows("s x a j e", "x b j")))

    assert status == 1
    assert {line["verdict"] for line in lines} == {"unsound"}
    assert lines[0]["path"] == ["x(排他网关):a", "a"]
    assert lines[0]["line"]


def test_check_cannot_say_about_what_is_not_executed(tmp_path: Path) -> None:
    status, (line,) = judged(tmp_path, model('\n<bpmn:complexGateway id="z"/>'))

    assert (status, line["verdict"], line["line"]) == (2, "not executable", 2)


def test_check_cannot_read_a_document_type(tmp_path: Path) -> None:
    done = guiju("check", written(tmp_path, b"<!DOCTYPE a><a/>"))

    assert done.returncode == 2
    assert "model.bpmn:1: [读取] 文件含有 DOCTYPE" in done.stdout


NET = """<pnml><net id="n"><place id="i"><initialMarking><text>1</text></initialMarking></place>
<place id="p"><name><text>等材料</text></name></place><place id="o"/>
<transition id="t"><name><text>受理</text></name></transition><transition id="u"/>
<arc id="a" source="i" target="t"/><arc id="b" source="t" target="p"/>
<arc id="c" source="p" target="u"/><arc id="d" source="u" target="o"/>{more}</net></pnml>"""
STUCK = '<place id="q"/><arc id="e" source="q" target="u"/><arc id="f" source="u" target="q"/>'


@pytest.mark.parametrize(
    ("more", "status", "verdict", "path"),
    [("", 0, "sound", []), (STUCK, 1, "unsound", ["受理"])],
)
def test_check_judges_a_petri_net(tmp_path: Path, more, status, verdict, path) -> None:
    net = tmp_path / "net.pnml"
    net.write_text(NET.format(more=more))

    done = guiju("check", net, "--json")

    lines = json.loads(done.stdout)
    assert (done.returncode, lines[0]["verdict"], lines[0]["path"]) == (status, verdict, path)
    assert status == 0 or "等材料" in lines[0]["message"]


def test_check_cannot_read_what_is_no_net(tmp_path: Path) -> None:
    (tmp_path / "net.pnml").write_text("<html>\n</html>")

    done = guiju("check", tmp_path / "net.pnml", tmp_path / "none.pnml")

    assert done.returncode == 2
    assert "net.pnml:1: [读取] 应当有一个网" in done.stdout
    assert "none.pnml" in done.stdout


def stepped(path: Path, *more: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    return guiju("step", path, *more, typed=typed)


def test_step_walks_to_the_end_by_choices(tmp_path: Path) -> None:
    path = written(tmp_path, model(CHOICE + flows("s x a e", "x b e")))

    done = stepped(path, "--choices", "2,1", "--json")

    state = json.loads(done.stdout)
    assert done.returncode == 0
    assert state == {
        "is_over": True,
        "trail": ["x(排他网关):b", "b"],
        "offers": [],
        "waiting": [],
    }


def test_step_asks_until_the_end(tmp_path: Path) -> None:
    path = written(tmp_path, model(CHOICE + flows("s x a e", "x b e")))

    done = stepped(path, typed="7\n1\n1\n")

    assert done.returncode == 0
    assert "请输入1到2" in done.stdout
    assert "办完了:x(排他网关):a → a" in done.stdout


def test_step_says_where_it_is_stuck(tmp_path: Path) -> None:
    join = nodes(parallelGateway="j")
    path = written(tmp_path, model(CHOICE + join + flows("s x a j e", "x b j")))

    done = stepped(path, "--choices", "1,1")

    assert done.returncode == 1
    assert "卡住了,什么也办不了:等在“j(并行网关)”" in done.stdout


def test_step_cannot_take_what_is_not_offered_or_not_executed(tmp_path: Path) -> None:
    path = written(tmp_path, model(CHOICE + flows("s x a e", "x b e")))
    assert stepped(path, "--choices", "3").returncode == 2
    assert stepped(path, "--process", "q").returncode == 2

    refused = stepped(written(tmp_path, model('<bpmn:transaction id="z"/>')), "--choices", "1")

    assert refused.returncode == 2
    assert "不执行事务子流程" in refused.stderr


def test_convert_leads_out_and_back(tmp_path: Path) -> None:
    drawn, back = tmp_path / "x.bpmn", tmp_path / "x.toml"

    assert guiju("convert", RELIEF, drawn).returncode == 0
    assert guiju("check", drawn).returncode == 0
    done = guiju("convert", drawn, back)

    assert done.returncode == 0, done.stdout + done.stderr
    assert guiju("check", back).returncode == 0


def test_convert_tells_what_no_longer_fits(tmp_path: Path) -> None:
    drawn, back = tmp_path / "x.bpmn", tmp_path / "x.toml"
    guiju("convert", RELIEF, drawn)
    text = drawn.read_text(encoding="utf-8")
    lost = text.replace("<bpmn:flowNodeRef>step.pay</bpmn:flowNodeRef>", "")
    drawn.write_text(lost, encoding="utf-8")

    done = guiju("convert", drawn, back)

    assert done.returncode == 1
    assert "“发放救助金”不在任何泳道里" in done.stdout
    assert back.exists()


def test_convert_writes_nothing_over_and_nothing_foreign(tmp_path: Path) -> None:
    path = written(tmp_path, model(CHOICE + flows("s x a e", "x b e")))

    assert guiju("convert", RELIEF, path).returncode == 2
    assert guiju("convert", path, tmp_path / "x.toml").returncode == 2
    assert guiju("convert", path, tmp_path / "x.bpmn").returncode == 2
    assert guiju("convert", tmp_path / "none.bpmn", tmp_path / "x.toml").returncode == 2
    assert not (tmp_path / "x.toml").exists()
