"""Errors of a pack's author: each names the file, the line, the key and the mend."""

from datetime import date
from pathlib import Path

import pytest
from tests.kernel.charts import DATA, PACKS

from guiju.formats.packs import PackError, read_pack, read_power, read_rules
from guiju.kernel.rules import Certainty, Unit

ON = date(2026, 9, 1)
SOUND = (DATA / "sound.toml").read_text(encoding="utf-8")
EVIDENCE = 'kind = "evidence", rule = { source = "某某法第三条" }, kinds = ["审查意见"]'


def line_of(text: str, word: str) -> int:
    """The only line on which the word stands."""
    lines = [number for number, line in enumerate(text.split("\n"), 1) if word in line]
    assert len(lines) == 1, f"{word!r} stands on lines {lines}"
    return lines[0]


def error_of(folder: Path, old: str, new: str) -> tuple[PackError, int]:
    """What the reader says about the sound power with this change, and the changed line."""
    assert SOUND.count(old) == 1, f"{old!r} stands {SOUND.count(old)} times"
    text = SOUND.replace(old, new)
    path = folder / "power.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as error:
        read_power(path, {})
    assert error.value.file == str(path)
    assert error.value.mend
    assert str(error.value).startswith(f"{path} 第{error.value.line}行")
    return error.value, line_of(text, new.split("\n", maxsplit=1)[0])


@pytest.mark.parametrize(
    ("old", "new", "key", "problem", "mend"),
    [
        ('category = "许可"', 'categori = "许可"', "categori", "不认识的键", "是不是“category”"),
        ('phone = "示范"', 'fone = "示范"', "guide.fone", "不认识的键“fone”", "是不是“phone”"),
        ('phone = "示范"', 'zz = "示范"', "guide.zz", "不认识的键“zz”", "可用的键:summary"),
        (
            'to = "recheck"',
            'too = "recheck"',
            "steps[3].outcomes[1].too",
            "不认识的键“too”",
            "是不是“to”",
        ),
        (
            'points = ["走过场"]',
            'point = ["走过场"]',
            "steps[5].risk.point",
            "不认识的键“point”",
            "是不是“points”",
        ),
        (
            'outcome = "done", by = "核查甲" }\nthen',
            'outcome = "done", byy = "核查甲" }\nthen',
            "examples[1].when.byy",
            "不认识的键“byy”",
            "是不是“by”",
        ),
        ('hours = "工作日"', "hours = 8", "guide.hours", "应为文字,写的是整数(8)", "改正类型"),
        ('name = "补查"', "name = true", "steps[4].name", "应为文字", "改正类型"),
        ('name = "补查"', 'name = " "', "steps[4].name", "不能为空", "写上内容"),
        ("value = 4,", 'value = "4",', "steps[5].limit.value", "应为整数,写的是文字(4)", "类型"),
        ("value = 4,", "value = true,", "steps[5].limit.value", "应为整数", "改正类型"),
        ('documents = ["决定书"]', "documents = 3", "steps[6].documents", "应为列表", "方括号"),
        (
            'risk = { grade = "中"',
            'risk = { grade = "重"',
            "steps[5].risk.grade",
            "“重”",
            "高、中",
        ),
        (
            EVIDENCE,
            EVIDENCE.replace("evidence", "evidences"),
            "steps[5].controls[0].kind",
            "没有控制“evidences”",
            "persons_min、certified、distinct",
        ),
        (
            "valid_from = 2019-04-23",
            'valid_from = "昨天"',
            "bases[0].valid_from",
            "“昨天”不是日期",
            "2026-01-31",
        ),
        ('to = "recheck"', 'to = "recheckk"', "steps[3].outcomes[1].to", "既不是环节", "可用"),
        ('post = "approver"', 'post = "boss"', "steps[6].post", "“boss”没有列入", "posts"),
        ('post = "approver"', 'post = ""', "steps[6].post", "“”没有列入", "posts"),
        ("value = 4,", 'name = "审查时限",', "steps[5].limit", "没有数", "写明数"),
        ('value = 4, unit = "工作日",', "value = 4,", "steps[5].limit", "没有单位", "选一个"),
        (
            'value = 4, unit = "工作日"',
            'value = 4, unit = "人"',
            "steps[5].limit",
            "不是天",
            "自然",
        ),
        ("value = 4,", "value = -4,", "steps[5].limit", "的数是-4", "不小于零"),
        ("value = 4,", "value = 36501,", "steps[5].limit", "的数是36501", "不超过36500"),
        ("value = 20,", 'name = "法定时限",', "limits.statutory", "没有数", "写明数"),
        (
            'join = ["visit", "review"]',
            'join = ["visit", "apply"]',
            "steps[5].outcomes[0].to",
            "没有等待本环节",
            "join",
        ),
        (
            '"recheck", "review"] }',
            '"recheck", "revue"] }',
            "steps[6].controls[0].steps",
            "没有环节“revue”",
            "可用:apply",
        ),
        (
            'outcomes = ["supplement"]',
            'outcomes = ["supplements"]',
            "steps[1].controls[0].outcomes",
            "没有出口“supplements”",
            "accept、supplement、refuse",
        ),
    ],
)
def test_an_error_in_a_power_names_key_problem_and_mend(tmp_path, old, new, key, problem, mend):
    error, _ = error_of(tmp_path, old, new)

    assert error.key == key
    assert problem in error.problem
    assert mend in error.mend


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('category = "许可"', 'categori = "许可"'),
        ('phone = "示范"', 'fone = "示范"'),
        ('to = "recheck"', 'too = "recheck"'),
        ('points = ["走过场"]', 'point = ["走过场"]'),
        ('name = "补查"', "name = true"),
        ("value = 4,", 'value = "4",'),
        ('documents = ["决定书"]', "documents = 3"),
        (EVIDENCE, EVIDENCE.replace("evidence", "evidences")),
        ("valid_from = 2019-04-23", 'valid_from = "昨天"'),
        ('to = "recheck"', 'to = "recheckk"'),
        ('name = "撤回", to = "withdrawn"', 'name = "撤回", to = "withdraw"'),
        ('post = "approver"', 'post = "boss"'),
        ('"recheck", "review"] }', '"recheck", "revue"] }'),
        ('outcomes = ["supplement"]', 'outcomes = ["supplements"]'),
        ('name = "审查人员"', 'nam = "审查人员"'),
        ('unit = "人"', 'unit = "个"'),
        ('refused = ["persons_min"]', "refused = 1"),
        ("value = 20,", 'value = "20",'),
    ],
)
def test_an_error_in_a_power_names_the_line_of_the_key(tmp_path, old, new):
    error, line = error_of(tmp_path, old, new)

    assert error.line == line


@pytest.mark.parametrize(
    ("old", "key", "problem"),
    [
        ('code = "000100000000"\n', "code", "缺少“code”"),
        ('fee = "不收费"\n', "guide", "缺少“fee”"),
        ('post = "inspector"\nlimit = { value = 3', "steps[3]", "缺少“post”"),
        (', to = "recheck"', "steps[3].outcomes[1]", "缺少“to”"),
        (', kinds = ["审查意见"]', "steps[5].controls[0]", "缺少“kinds”"),
        (', source = "提醒"', "limits.reminder", "缺少“source”"),
    ],
)
def test_a_key_that_is_missing_is_named_with_its_table(tmp_path, old, key, problem):
    new = old.split("\n")[1] if "\n" in old else ""
    path = tmp_path / "power.toml"
    assert SOUND.count(old) == 1
    path.write_text(SOUND.replace(old, new), encoding="utf-8")

    with pytest.raises(PackError) as error:
        read_power(path, {})
    assert (error.value.key, error.value.problem) == (key, problem)
    assert error.value.mend == f"补写 {problem[3:-1]} = …"


def test_an_unknown_rule_is_named_with_the_nearest_one(tmp_path):
    rules = read_rules(PACKS / "national", ON)
    path = tmp_path / "power.toml"
    reminder = 'reminder = { value = 3, unit = "工作日", source = "提醒" }'
    text = SOUND.replace(reminder, 'reminder = "xk.decid"')
    path.write_text(text, encoding="utf-8")

    with pytest.raises(PackError) as error:
        read_power(path, rules)
    assert error.value.key == "limits.reminder"
    assert error.value.line == line_of(text, "reminder =")
    assert error.value.problem == "没有规则“xk.decid”,或当日不在施行"
    assert error.value.mend == "是不是“xk.decide”?"
    with pytest.raises(PackError, match=r"就地写成 \{ value, unit, source \}"):
        read_power(path, {})


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('code = "1"\nname = \n', 2),
        ('code = "1"\ncode = "2"\n', 2),
        ('code = "1"\n[guide\n', 2),
        ('code = "1"\nname = "没写完', 2),
        ('code = "1"\n\nwords = [1,\n', 4),
    ],
)
def test_bad_toml_is_told_with_its_line(tmp_path, text, line):
    path = tmp_path / "power.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(PackError, match="TOML 写法有误") as error:
        read_power(path, {})
    assert (error.value.file, error.value.line) == (str(path), line)


def test_a_text_that_is_not_utf_8_is_told(tmp_path):
    path = tmp_path / "power.toml"
    path.write_bytes('name = "许可"'.encode("gbk"))

    with pytest.raises(PackError, match=r"不是 UTF-8 文本。另存为 UTF-8") as error:
        read_power(path, {})
    assert (error.value.file, error.value.line) == (str(path), 1)


def test_a_file_that_is_not_there_is_told(tmp_path):
    for read in (lambda: read_power(tmp_path / "no.toml", {}), lambda: read_pack(tmp_path, ON)):
        with pytest.raises(PackError, match="没有这个文件。检查路径"):
            read()


# ─── Packs that build on one another, and rules that point to one another

HEAD = 'id = "{0}"\nname = "{0}"\n'
RULE = '[[rules]]\nid = "{}"\nname = "n"\nsource = "{}"\ncertainty = "{}"\n'


def pack(folder: Path, name: str, below: str = "", **files: str) -> Path:
    home = folder / name
    home.mkdir()
    head = HEAD.format(name) + (f'builds_on = "{below}"\n' if below else "")
    for file, text in {"pack": head, **files}.items():
        (home / f"{file}.toml").write_text(text, encoding="utf-8")
    return home


def rule_text(id_: str, *more: str, certainty: str = "法条原文") -> str:
    return RULE.format(id_, f"{id_}的出处", certainty) + "".join(f"{line}\n" for line in more)


def rules_of(folder: Path, *texts: str):
    return read_rules(pack(folder, "one", rules="\n".join(texts)), ON)


def test_a_rule_that_points_to_another_has_its_number_and_both_sources(tmp_path):
    rules = rules_of(
        tmp_path,
        rule_text("a", 'same_as = "b"'),
        rule_text("b", 'same_as = "c"'),
        rule_text("c", "value = 5", 'unit = "工作日"'),
    )

    assert (rules["a"].value, rules["a"].unit) == (5, Unit.WORKING_DAY)
    assert rules["a"].source == "a的出处,适用c的出处"
    assert rules["a"].words() == "5个工作日"


@pytest.mark.parametrize(
    ("own", "other", "result"),
    [
        ("法条原文", "法条原文", Certainty.LAW),
        ("法条原文", "转述", Certainty.RESTATED),
        ("存疑", "法条原文", Certainty.DOUBTFUL),
    ],
)
def test_a_rule_is_no_more_certain_than_the_one_it_points_to(tmp_path, own, other, result):
    rules = rules_of(
        tmp_path,
        rule_text("a", 'same_as = "b"', certainty=own),
        rule_text("b", "value = 5", 'unit = "人"', certainty=other),
    )

    assert rules["a"].certainty is result


def test_cyclic_law_references_are_told_with_the_whole_circle(tmp_path):
    texts = [rule_text(a, f'same_as = "{b}"') for a, b in ("ab", "bc", "ca")]

    with pytest.raises(PackError, match="规则循环引用:a → b → c → a。改正 same_as") as error:
        rules_of(tmp_path, *texts)
    assert (error.value.key, error.value.line) == ("same_as", 2)
    assert error.value.file.endswith("one/rules.toml")


def test_a_rule_that_points_to_nothing_is_told(tmp_path):
    with pytest.raises(PackError, match="没有规则“x”") as error:
        rules_of(tmp_path, rule_text("a"), rule_text("b", 'same_as = "x"'))
    assert error.value.line == 8


@pytest.mark.parametrize(
    ("dates", "is_there"),
    [
        ("valid_from = 2026-09-01", True),
        ("valid_from = 2026-09-02", False),
        ("valid_to = 2026-09-01", True),
        ("valid_to = 2026-08-31", False),
    ],
)
def test_a_rule_holds_on_both_of_its_days_and_not_outside_them(tmp_path, dates, is_there):
    assert ("a" in rules_of(tmp_path, rule_text("a", dates))) == is_there


def test_the_text_of_a_rule_that_holds_on_the_day_is_taken(tmp_path):
    rules = rules_of(
        tmp_path,
        rule_text("a", "value = 30", 'unit = "自然日"', "valid_to = 2026-08-31"),
        rule_text("a", "value = 20", 'unit = "工作日"', "valid_from = 2026-09-01"),
    )

    assert rules["a"].words() == "20个工作日"


def test_a_citys_rule_goes_before_the_nations(tmp_path):
    number = ("value = 20", 'unit = "工作日"')
    pack(tmp_path, "low", rules=rule_text("a", 'same_as = "b"') + rule_text("b", *number))
    mine = rule_text("a", "value = 9", 'unit = "工作日"', certainty="样例设定")
    rules = read_rules(pack(tmp_path, "high", "low", rules=mine), ON)

    assert rules["a"].words() == "9个工作日(样例设定)"
    assert rules["b"].words() == "20个工作日"


def test_packs_that_build_on_each_other_are_told(tmp_path):
    pack(tmp_path, "low", "high")

    with pytest.raises(PackError, match="循环引用:high → low → high"):
        read_rules(pack(tmp_path, "high", "low"), ON)


def test_a_pack_that_builds_on_nothing_that_is_there_is_told(tmp_path):
    with pytest.raises(PackError, match="没有这个文件") as error:
        read_pack(pack(tmp_path, "high", "low"), ON)
    assert error.value.file.endswith("low/pack.toml")


def test_a_pack_without_a_calendar_is_told(tmp_path):
    with pytest.raises(PackError, match="没有工作日历"):
        read_pack(pack(tmp_path, "one"), ON)


@pytest.mark.parametrize(
    ("file", "text", "line", "key", "mend"),
    [
        ("divisions", '[[division]]\ncode = "1"', 1, "division", "本文件只写 divisions"),
        (
            "divisions",
            '[[divisions]]\ncode = "1"\nname = "a"\nlevel = "b"\n\n[[divisions]]\nkode = "1"',
            *(7, "divisions[1].kode", "是不是“code”"),
        ),
        (
            "organs",
            '[[posts]]\nid = ""\nrole = "r"\nname = "n"\norgan = "o"',
            *(2, "posts[0].id", "写上内容"),
        ),
        (
            "people",
            '[[people]]\nid = "a"\nname = "n"\nis_invented = 1',
            *(4, "people[0].is_invented", "类型"),
        ),
        (
            "rules",
            '[[rules]]\nid = "a"\nname = "a"\nsource = "b"\ncertainty = "猜"',
            *(5, "rules[0].certainty", "可选:法条原文、转述"),
        ),
        ("pack", 'id = "a"\nname = "b"\nnam = "c"', 3, "nam", "是不是“name”"),
    ],
)
def test_an_error_in_any_file_of_a_pack_names_line_key_and_mend(
    tmp_path, file, text, line, key, mend
):
    calendar = (PACKS / "national" / "calendar.toml").read_text(encoding="utf-8")

    with pytest.raises(PackError) as error:
        read_pack(pack(tmp_path, "one", **{"calendar": calendar, file: text}), ON)
    assert (Path(error.value.file).stem, error.value.line, error.value.key) == (file, line, key)
    assert mend in error.value.mend


# ─── Known to be wrong: each falls green when it is mended, and then loses its mark


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value = 11,", 'value = "11",'),  # told for `statutory`, one line above
        ('source = "提醒"', "source = 3"),  # told for the source of the whole power
        ("on = 2026-09-17", 'on = "昨天"'),  # told for the first act that is given
    ],
    ids=["limits.promised.value", "limits.reminder.source", "examples[1].when.on"],
)
def test_a_key_of_an_inner_table_is_found_on_its_own_line(tmp_path, old, new):
    error, line = error_of(tmp_path, old, new)

    assert error.line == line


def test_a_missing_key_is_told_on_the_line_of_its_table(tmp_path):
    path = tmp_path / "power.toml"
    path.write_text(SOUND.replace('fee = "不收费"\n', ""), encoding="utf-8")

    with pytest.raises(PackError) as error:
        read_power(path, {})
    assert error.value.line == line_of(SOUND, "[guide]")


def test_a_missing_key_of_a_step_is_told_on_the_first_line_of_the_step(tmp_path):
    text = SOUND.replace('post = "approver"\n', "")
    path = tmp_path / "power.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(PackError) as error:
        read_power(path, {})
    assert error.value.line == line_of(text, 'id = "decide"') - 1


@pytest.mark.parametrize(
    "text",
    [
        rule_text("a").replace("[[rules]]", "[[rule]]"),  # nothing is said
        rule_text("a").replace("[[rules]]", "[rules]"),  # AttributeError
        "rules = 3",  # TypeError
        rule_text("a", 'same_as = ["b"]'),  # TypeError
    ],
    ids=["other table", "one table", "number", "same_as"],
)
def test_a_rules_file_of_another_form_is_told(tmp_path, text):
    with pytest.raises(PackError):
        rules_of(tmp_path, text)


def test_a_moment_where_a_day_is_asked_for_is_told(tmp_path):
    with pytest.raises(PackError):
        rules_of(tmp_path, rule_text("a", "valid_from = 2026-01-01T00:00:00"))
