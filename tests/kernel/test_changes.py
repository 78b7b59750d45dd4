"""What changes from one version to the next: one changed word, and the sentence about it."""

from pathlib import Path

import pytest
from tests.kernel.charts import DATA, SOUND

from guiju.formats.packs import read_power
from guiju.kernel.changes import changes

TEXT = (DATA / "sound.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("value = 11,", "value = 10,",
         "申请人和公众:承诺时限由11个工作日(样例设定)缩短为10个工作日(样例设定)"),
        ("value = 20,", "value = 30,",
         "申请人和公众:法定时限由20个工作日(样例设定)延长为30个工作日(样例设定)"),
        ('fee = "不收费"', 'fee = "10元"', "申请人和公众:收费由“不收费”改为“10元”"),
        ('name = "申请书"', 'name = "申请表"', "申请人和公众:申请材料增加:申请表"),
        ('name = "申请书"', 'name = "申请表"', "申请人和公众:申请材料减少:申请书"),
        ("value = 3, unit = \"工作日\", source = \"某某法第二条\"",
         "value = 2, unit = \"工作日\", source = \"某某法第二条\"",
         "核查人员:“现场核查”的时限由3个工作日(样例设定)缩短为2个工作日(样例设定)"),
        ('documents = ["决定书"]', 'documents = ["决定"]', "负责人:“决定”的文书增加:决定"),
        ('grade = "中"', 'grade = "高"', "审查人员:“图纸审查”的风险等级由“中”改为“高”"),
        ('kinds = ["审查意见"]', 'kinds = ["录像"]',
         "审查人员:“图纸审查”的防控措施增加:须上传录像"),
        ('name = "补查完成", to = "visit"', 'name = "补查完成", to = "recheck"',
         "核查人员:“补查”的出口“补查完成”去向由“现场核查”改为“补查”"),
        ('name = "准予", to = "issue", clock = "截止"', 'name = "准予", to = "issue"',
         "负责人:“决定”的出口“准予”对计时由“截止”改为“没有影响”"),
    ],
)  # fmt: skip
def test_one_changed_word_is_told_to_whom_it_concerns(tmp_path: Path, old, new, told):
    assert TEXT.count(old) >= 1
    file = tmp_path / "new.toml"
    file.write_text(TEXT.replace(old, new, 1), encoding="utf-8")

    assert told in [str(each) for each in changes(SOUND, read_power(file, {}))]


def test_nothing_changes_between_a_version_and_itself():
    assert changes(SOUND, SOUND) == ()


def test_a_step_that_changes_hands_is_told_to_both(tmp_path: Path):
    text = TEXT.replace('kind = "审查"\npost = "reviewer"', 'kind = "审查"\npost = "inspector"')
    file = tmp_path / "new.toml"
    file.write_text(text, encoding="utf-8")

    told = [str(each) for each in changes(SOUND, read_power(file, {}))]
    moved = "“图纸审查”改由核查人员办理"
    assert [f"审查人员:{moved}", f"核查人员:{moved}"] == [t for t in told if t.endswith(moved)][
        ::-1
    ]
