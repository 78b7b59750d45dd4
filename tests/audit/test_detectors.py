"""Acting without power, against procedure: each detector on a log that shows it, and near by."""

from dataclasses import replace
from datetime import date

import pytest
import sqlglot
from tests.audit.logs import PACK, POWER, TODAY, detected, found, log, why_not

from guiju.audit.context import context_of
from guiju.audit.detection import query
from guiju.audit.detectors import DETECTORS
from guiju.audit.events import Words
from guiju.formats.pack_rows import Certificate, Listed

CERTIFIED = replace(
    PACK,
    certificates=(
        Certificate("证1", "查甲", date(2026, 1, 1), date(2026, 3, 4)),
        Certificate("证2", "查乙", date(2026, 1, 1)),
    ),
)
LISTED = replace(PACK, listed=(Listed(POWER, "bureau", valid_to=date(2026, 3, 2)),))
LATER = replace(
    PACK,
    assignments=tuple(replace(a, valid_from=date(2026, 3, 4)) for a in PACK.assignments),
)
TWO = "present=查甲:officer,查乙:officer"

# What shows it: the detector, the pack, a word of the finding, the log.
SHOWN = [
    ("H1", PACK, "某镇政府", "03-03 visit organ=town\n03-03 accept.accept 窗甲"),
    ("H1", LISTED, "当日清单上没有", "03-03 accept.accept 窗甲"),
    ("H2", PACK, "“dine”", "03-03 accept.accept 窗甲\n03-04 dine\ndeviation 1 2 1 dine"),
    ("H3", PACK, "当日不在有权", "03-03 accept.accept 审甲"),
    ("H3", LATER, "当日不在有权", "03-03 accept.accept 窗甲\n03-04 accept.accept 窗甲"),
    ("H3", PACK, "以班子成员的身份", "03-03 meeting.held 局长 post=panel"),
    ("H3", PACK, "名册上没有", "03-03 accept.accept 窗甲\n03-04 decide.grant 某人"),
    ("H3", PACK, "当日不在有权", "03-03 apply 窗甲\n03-03 review.agree 窗甲 division=1001"),
    ("H4", PACK, "没有证号", "03-04 visit.done 查甲 certificate=证1\n03-05 visit.done 查甲"),
    ("H4", CERTIFIED, "所记证1不是", f"03-05 visit.done 查甲 certificate=证1 {TWO}"),
    ("H4", CERTIFIED, "所记证2不是", f"03-04 visit.done 查甲 certificate=证2 {TWO}"),
    ("H4", CERTIFIED, "查甲当日没有", f"03-05 visit.done 查乙 certificate=证2 {TWO}"),
    ("H5", PACK, "5,000元以内", "03-09 decide.grant 局长 amount=500001"),
    ("H6", PACK, "“无罪证明”", "03-03 accept.supplement 窗甲 items=申请书,无罪证明"),
    ("H7", PACK, "收10.01元", "03-03 accept.accept 窗甲 fee=1001"),
    ("L1", PACK, "应先办“现场核查”", "03-05 review.agree 审甲\ndeviation 0 1 2 visit"),
    ("L2", PACK, "轮到", "03-04 visit.done 查甲\ndeviation 0 1 3 visit"),
    ("L2", PACK, "又办了一次", "03-04 visit.done 查甲\ndeviation 0 1 4 visit"),
    ("L3", PACK, "记有姓名的1人", "03-04 visit.done 查甲 post=officer present=查甲:officer"),
    ("L3", PACK, "记有姓名的1人",
     "03-04 visit.done 查甲 post=officer present=窗甲:window,:officer"),
    ("L3", PACK, "记有姓名的1人", "03-04 visit.done 查甲 post=officer present=窗甲:window"),
    ("L3", PACK, "应附核查记录", f"03-04 visit.done 查甲 {TWO} evidence=现场照片"),
    ("L3", PACK, "说明理由", "03-05 review.doubt 审甲 reason=0"),
    ("L4", PACK, "办过“受理”", "03-03 accept.accept 窗甲\n03-05 review.agree 窗甲"),
    ("L4", PACK, "窗甲", "03-03 accept.accept 窗甲\n03-05 review.agree 审甲 present=窗甲"),
    ("L5", PACK, "第2个发言", "03-06 meeting.held 局长 post=leader "
     "present=局长:leader:2,班甲:panel:1,班乙:panel:3"),
    ("L6", PACK, "隔4个工作日", "03-02 apply recorded_at=03-06"),
    ("L6", PACK, "晚于2026-03-03",
     "03-02 apply recorded_at=03-04\n03-03 accept recorded_at=03-03"),
    ("L6", PACK, "已经办结", "03-09 decide.grant 局长\n03-10 visit.done 查甲"),
    ("L6", PACK, "已经办结", "03-09 accept.take_back 民甲\n03-10 visit.done 查甲"),
]  # fmt: skip
# What is near by, and lawful.
LAWFUL = [
    ("H1", PACK, "03-03 accept.accept 窗甲"),
    ("H1", LISTED, "03-02 accept.accept 窗甲"),
    ("H2", PACK, "03-03 accept.accept 窗甲\ndeviation 0 1 5 0"),
    ("H3", PACK, "03-03 accept.accept 窗乙"),
    ("H3", PACK, "03-03 accept.accept 窗甲 division=1001"),
    ("H3", PACK, "03-03 accept.accept 窗甲 division=999999"),
    ("H3", PACK, "03-03 accept.accept 窗甲 post=window\n03-03 mend.mended 民甲"),
    ("H3", PACK, "01-01 accept.accept 窗甲\n03-03 apply.submit 民甲"),
    ("H3", LATER, "03-04 accept.accept 窗甲"),
    ("H4", PACK, f"03-04 visit.done 查甲 certificate=证1 {TWO}"),
    ("H4", CERTIFIED, f"03-04 visit.done 查甲 certificate=证1 {TWO}"),
    ("H4", PACK, f"03-04 visit.done 查甲 certificate=证1 {TWO}\n03-03 accept.accept 窗甲"),
    ("H5", PACK, "03-09 decide.grant 局长 amount=500000"),
    ("H5", PACK, "03-09 decide.refuse 局长 amount=900000"),
    ("H6", PACK, "03-03 accept.supplement 窗甲 items=申请书"),
    ("H6", PACK, "03-02 apply.submit 民甲 items=锦旗"),
    ("H7", PACK, "03-03 accept.accept 窗甲 fee=1000"),
    ("L1", PACK, "03-03 accept.accept 窗甲\ndeviation 0 1 3 accept"),
    ("L2", PACK, "03-03 accept.accept 窗甲\ndeviation 0 1 2 apply"),
    ("L3", PACK, f"03-04 visit.done 查甲 {TWO} evidence=核查记录"),
    ("L3", PACK, "03-04 visit.done 查甲 present=查乙 evidence=核查记录"),
    ("L3", PACK, "03-04 visit.wait 查甲 present=查甲:officer"),
    ("L3", PACK, "03-05 review.doubt 审甲 reason=1\n03-05 review.agree 审甲 reason=0"),
    ("L4", PACK, "03-03 accept.accept 窗甲\n03-05 review.agree 审甲"),
    ("L4", PACK, "03-03 accept.accept 窗甲\n03-05 review.agree 窗甲 case=B"),
    ("L4", PACK, "03-03 accept.accept 窗甲\n03-05 review.hand_over 窗甲"),
    ("L4", PACK, "03-03 review.agree 窗甲\n03-05 accept.accept 窗甲"),
    ("L5", PACK, "03-06 meeting.held 局长 post=leader "
     "present=局长:leader:3,班甲:panel:1,班乙:panel:2"),
    ("L5", PACK, "03-06 meeting.held 班甲 post=panel present=局长:leader:0,班乙:panel:2"),
    ("L6", PACK, "03-02 apply recorded_at=03-05"),
    ("L6", PACK, "03-06 apply recorded_at=03-11"),
    ("L6", PACK, "03-02 apply recorded_at=03-03T15:00\n03-03 accept recorded_at=03-03T10:00"),
    ("L6", PACK, "03-09 decide.grant 局长\n03-09 visit.done 查甲"),
]  # fmt: skip
# Without the column, or without the file of the pack: said, not passed over.
UNTOLD = [
    ("H1", PACK, "日志没有“机关”", "03-03 accept organ="),
    ("H1", PACK, "没有一个在内容包里", "03-03 accept organ=x"),
    ("H3", PACK, "日志没有“经办人”", "03-03 accept.accept"),
    ("H3", PACK, "没有一个在内容包里", "03-03 accept.accept p1"),
    ("H4", PACK, "日志没有“执法证号”", "03-04 visit.done 查甲"),
    ("H4", PACK, "certificates.toml", "03-04 visit.done 查甲 certificate=证1"),
    ("H5", PACK, "日志没有“金额”", "03-03 accept.accept 窗甲"),
    ("H6", PACK, "日志没有“材料”", "03-03 accept.accept 窗甲"),
    ("H7", PACK, "日志没有“收费”", "03-03 accept.accept 窗甲"),
    ("L3", PACK, "日志没有“在场人员姓名”", "03-04 visit.done 查甲"),
    ("L3", PACK, "日志没有“在场人员姓名”", "03-04 visit.done 查甲 post=officer present=:officer"),
    ("L3", PACK, "日志没有“凭证”", "03-04 visit.done 查甲"),
    ("L3", PACK, "日志没有“是否说明理由”", "03-04 visit.done 查甲"),
    ("L4", PACK, "日志没有“经办人”", "03-03 accept.accept"),
    ("L5", PACK, "日志没有“发言顺序”", f"03-04 visit.done 查甲 {TWO}"),
    ("L6", PACK, "日志没有“录入时间”", "03-03 accept.accept 窗甲"),
    ("L6", PACK, "日志没有“办理结果”", "03-03 accept"),
    ("L6", replace(PACK, rules={}), "oversight.entry.lag", "03-03 apply recorded_at=03-03"),
]


@pytest.mark.parametrize(("id_", "pack", "word", "text"), SHOWN)
def test_a_log_shows_it(id_, pack, word, text):
    findings = found(id_, log(text), pack=pack)

    assert any(word in each.words for each in findings), findings
    for each in findings:
        assert "应" in each.words and "记录为" in each.words
        assert each.rule and each.counter and each.rows and len(each.id) == 16


@pytest.mark.parametrize(("id_", "pack", "text"), LAWFUL)
def test_near_by_nothing_is_found(id_, pack, text):
    assert found(id_, log(text), pack=pack) == []
    assert "" in why_not(id_, log(text), pack=pack), "it was asked"


@pytest.mark.parametrize(("id_", "pack", "word", "text"), UNTOLD)
def test_what_cannot_be_checked_is_said(id_, pack, word, text):
    assert any(word in why for why in why_not(id_, log(text), pack=pack))


def test_a_power_without_a_chart_is_counted_as_not_seen():
    other = detected(log("03-03 accept.accept 窗甲\n03-03 x power=999"))
    row = next(each for each in other.checked if each.detector == "H1")

    assert row.why_not == "" and "另有1条记录" in row.unseen


def test_the_control_s_own_rule_is_quoted():
    (finding,) = found("L3", log("03-04 visit.done 查甲 present=查甲:officer"))

    assert finding.rule == "某某法第八条(样例设定)"


def queries():
    context = context_of(PACK, Words(), TODAY, TODAY)
    for detector in DETECTORS:
        for part in detector.parts:
            for sql in filter(None, (part.sql, part.blind)):
                yield query(detector, sql, context, TODAY)


@pytest.mark.parametrize("sql", list(queries()))
def test_other_engines_can_be_told_the_same(sql):
    (spark,) = sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=3)
    whole = sqlglot.parse_one(spark, read="spark")

    joins = list(whole.find_all(sqlglot.exp.Join))
    assert all(join.args.get("on") for join in joins), "no cross joins"
    assert all("=" in join.args["on"].sql() for join in joins)


def test_the_written_list_holds_every_detector_once():
    ids = [each.id for each in DETECTORS]

    assert ids == [
        *(f"H{i}" for i in range(1, 8)),
        *(f"L{i}" for i in range(1, 7)),
        *(f"B{i}" for i in range(1, 5)),
        *(f"Z{i}" for i in range(1, 6)),
        *(f"M{i}" for i in range(1, 6)),
    ]
