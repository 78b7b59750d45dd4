"""The checks: a sound text and one changed word, and five powers that are each broken once."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.kernel.charts import CALENDAR, DATA, SOUND

from guiju.formats.packs import read_power
from guiju.kernel import checks, soundness
from guiju.kernel.checks import CHECKS, findings
from guiju.kernel.checks.finding import Finding
from guiju.kernel.examples import failures
from guiju.kernel.power import Power

ON = date(2026, 9, 1)
REVIEW_EVIDENCE = '{ kind = "evidence", rule = { source = "某某法第三条" }, kinds = ["审查意见"] }'
SOUND_TEXT = (DATA / "sound.toml").read_text(encoding="utf-8")


def read_text(folder: Path, text: str) -> Power:
    path = folder / "power.toml"
    path.write_text(text, encoding="utf-8")
    return read_power(path, {})


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def test_a_sound_power_has_no_findings_and_its_examples_come_true():
    assert findings(SOUND, ON) == ()
    assert list(failures(SOUND, CALENDAR)) == []


@pytest.mark.parametrize(
    ("check", "old", "new"),
    [
        ("C01", 'name = "补查完成", to = "visit"', 'name = "补查完成", to = "recheck"'),
        ("C02 C12", 'name = "补正告知", to = "supplement"', 'name = "补正告知", to = "withdrawn"'),
        ("C03", 'name = "补查完成", to = "visit"', 'name = "补查完成", to = "review"'),
        ("C03 C12", 'name = "补查完成", to = "visit"', 'name = "补查完成", to = "withdrawn"'),
        ("C04", 'grade = "中"', 'grade = "高"'),
        ("C04", REVIEW_EVIDENCE, f"# {REVIEW_EVIDENCE}"),
        ("C05", "value = 4,", "value = 14,"),
        ("C05", "value = 11,", "value = 21,"),
        ("C05", "value = 20,", "value = 10,"),
        ("C06", 'level = "法律"', 'level = "规范性文件"'),
        ("C06", 'level = "法律"', 'level = "部门规章"'),
        ("C06", "valid_from = 2019-04-23", "valid_from = 2029-04-23"),
        ("C06", "valid_from = 2019-04-23", "valid_to = 2019-04-23"),
        ("C07", 'documents = ["决定书"]', "documents = []"),
        ("C16", 'name = "申请书"', 'name = "其他材料"'),
        ("C08", '["accept", "visit", "recheck", "review"]', '["visit", "recheck", "review"]'),
        ("C08", '"recheck", "review"] }', '"recheck", "review"], outcomes = "grant" }'),
        (
            "C09",
            '第三十八条第二款" }, outcomes = ["refuse"]',
            '第三十八条第二款" }, outcomes = "grant"',
        ),
        ("C09", 'id = "withdrawn"', 'is_refusal = true\nid = "withdrawn"'),
        ("C10", 'outcomes = ["supplement"]', 'outcomes = ["refuse"]'),
    ],
)
def test_one_changed_word_is_found_by_exactly_one_check(tmp_path, check, old, new):
    power = read_text(tmp_path, changed(SOUND_TEXT, old, new))

    assert {finding.check for finding in findings(power, ON)} == set(check.split())


def test_a_step_that_asks_for_more_without_a_limit_is_found_twice(tmp_path):
    old = 'limit = { value = 1, unit = "工作日"'
    power = read_text(tmp_path, changed(SOUND_TEXT, old, f"# {old}"))

    assert [str(finding) for finding in findings(power, ON)] == [
        "[C07] “受理”没有写明时限",
        "[C10] “受理”发补正告知没有时限",
    ]


BROKEN = {
    "deadlock": (
        Finding(
            "C01",
            "办到“现场核查”后再也走不到终点",
            ("site",),
            ("申请(提交)", "受理(简易件受理)"),
        ),
        ('to = ["site"]', 'to = ["site", "plan"]'),
    ),
    "dead-step": (
        Finding("C02", "“专家评审”的出口“评审完成”永远办不到", ("expert",)),
        ('name = "审查完成", to = "decide"', 'name = "审查完成", to = "expert"'),
    ),
    "double-token": (
        Finding(
            "C03",
            "“决定”会同时来两次",
            ("decide",),
            ("申请(提交)", "受理(受理)", "现场核查(核查完成)", "图纸审查(审查完成)"),
        ),
        ("join = []", 'join = ["site", "plan"]'),
    ),
    "uncontrolled-red": (
        Finding(
            "C04",
            "“现场核查”是红色风险点,却没有强制执行的防控措施(人数、分离、公示等)",
            ("site",),
        ),
        (
            '{ kind = "evidence", rule = { source = "某某法第三条" }, kinds = ["现场照片"] }',
            '{ kind = "persons_min", post = "inspector", '
            'rule = { value = 2, unit = "人", source = "行政许可法第三十四条" } }',
        ),
    ),
    "limits": (
        Finding(
            "C05",
            "环节时限合计14工作日,超过承诺时限12个工作日(样例设定)",
            path=("现场核查 3", "图纸审查 9", "决定 2"),
        ),
        ("value = 9", "value = 4"),
    ),
}


def test_every_broken_power_is_told_here():
    assert {path.stem for path in (DATA / "broken").glob("*.toml")} == set(BROKEN)


@pytest.mark.parametrize("name", BROKEN)
def test_a_power_broken_once_is_found_with_a_counter_example_and_by_no_other_check(name):
    expected, _ = BROKEN[name]
    found = findings(read_power(DATA / "broken" / f"{name}.toml", {}), ON)

    assert replace(found[0], moves=()) == expected
    assert {finding.check for finding in found} == {expected.check}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_power_that_is_mended_has_no_findings(tmp_path, name):
    _, (old, new) = BROKEN[name]
    text = (DATA / "broken" / f"{name}.toml").read_text(encoding="utf-8")
    head, body = text.split("code = ", 1)  # the mend is told in the head too

    assert findings(read_text(tmp_path, f"{head}code = {changed(body, old, new)}"), ON) == ()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.ID)
def test_a_check_tells_the_public_what_it_asks_in_a_chinese_sentence(check):
    first = (check.__doc__ or "").split("\n", 1)[0]

    assert first.endswith("。")
    assert any("一" <= letter <= "鿿" for letter in first)
    assert "Source: " in check.__doc__


def test_the_checks_are_listed_in_the_order_of_their_numbers_with_none_left_out():
    files = sorted((Path(soundness.__file__).parent / "checks").glob("c[0-9]*.py"))

    assert [check.ID for check in CHECKS] == [
        f"C{number:02}" for number in range(1, len(CHECKS) + 1)
    ]
    assert [check.__name__.rsplit(".", 1)[1] for check in CHECKS] == [f.stem for f in files]


def test_a_chart_too_large_to_walk_is_not_called_sound(monkeypatch):
    monkeypatch.setattr(checks, "MARKINGS_MAX", 1)
    monkeypatch.setattr(soundness, "MARKINGS_MAX", 1)

    assert [str(finding) for finding in findings(SOUND, ON)] == [
        "[C01] 流程过大,在限定范围内没有得出结论",
    ]


def test_an_example_that_does_not_come_true_is_told_with_its_name(tmp_path):
    wrong = changed(SOUND_TEXT, 'due = 2026-09-21, light = "绿"', 'due = 2026-09-23, light = "黄"')

    assert list(failures(read_text(tmp_path, wrong), CALENDAR)) == [
        "完好许可·两人核查、补查一次、审查完毕,准予许可:到期日应为 2026-09-23,实为 2026-09-21",
        "完好许可·两人核查、补查一次、审查完毕,准予许可:应亮 黄,实亮 绿",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('refused = ["persons_min"]', 'refused = ["distinct"]', "拒绝"),
        ('open = ["visit", "review"]', 'open = ["visit"]', "应在"),
        ('open = ["issue"]', 'ended = "refused"', "终点应为“refused”"),
        ('evidence = ["审查意见"] }', "evidence = [] }", "前提第6步被拒绝"),
    ],
)
def test_each_promise_of_an_example_can_fail(tmp_path, old, new, said):
    told = list(failures(read_text(tmp_path, changed(SOUND_TEXT, old, new)), CALENDAR))

    assert len(told) == 1
    assert said in told[0]


# ─── Known to be wrong: each falls green when it is mended, and then loses its mark


def test_a_red_point_is_not_guarded_by_the_control_of_one_notice(tmp_path):
    power = read_text(tmp_path, changed(SOUND_TEXT, 'grade = "低"', 'grade = "高"'))

    assert [finding.check for finding in findings(power, ON)] == ["C04"]
