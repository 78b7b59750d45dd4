"""Inaction, buck-passing, lateness: each detector on a log that shows it, and near by.

Rows of ``clock``: row, kind, step, rule, start, end, due, days left. Of ``stop``: row, since,
until, days applied for. In September 2026 the 20th, a Sunday, is worked, and the 25th is off.
"""

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest
from tests.audit.logs import PACK, POWER, detected, found, log, why_not

from guiju.audit.events import Events
from guiju.formats.pack_rows import Duty, Every

DUE = replace(
    PACK,
    duties=(
        Duty("d1", "bureau", "每月检查", POWER, Every.MONTH, "某某法第三十条", "visit"),
        Duty("d2", "elsewhere", "每年检查", POWER, Every.YEAR, "某某法第三十一条"),
    ),
)
MONTHS = "\n".join(f"{month:02}-15 visit.done 查甲" for month in (1, 2, 3, 4, 5, 6, 7, 8, 9))
CLOCK = "clock 1 2 0 09-01 -1 09-17 {left}"
FAR_APART = """
06-01 accept.refuse 窗甲 applicant=民甲
06-10 accept.refuse 窗甲 applicant=民甲 case=B
09-01 accept.refuse 窗甲 applicant=民甲 case=C
09-10 accept.refuse 窗甲 applicant=民甲 case=D
"""
START = "09-01 accept.accept 窗甲"
AGAIN = """
09-01 apply.submit 民甲 applicant=民甲
09-02 accept.refuse 窗甲 applicant=民甲
09-{first} apply.submit 民甲 applicant=民甲 case=B
09-{first} accept.take_back 民甲 applicant=民甲 case=B
09-20 apply.submit 民甲 applicant={last} case=C
"""


def ended(*spent: int) -> str:
    """Cases that took so many days from the first Monday of September."""
    return "\n".join(
        f"09-07 accept.accept 窗甲 case=C{i}\n09-{7 + days:02} decide.grant 局长 case=C{i}"
        for i, days in enumerate(spent)
    )


SHOWN = [
    ("B1", PACK, "“受理”应有", "09-01 apply.submit 民甲\nclock 1 1 accept 09-01 -1 09-08 -1"),
    ("B1", PACK, "2026-09-10才有结果", f"{START}\nclock 1 1 accept 09-01 09-10 09-08 -2"),
    ("B2", PACK, "11个工作日", f"{START}\n09-16 visit.done 查甲\nclock 1 2 0 09-01 -1 09-17 1"),
    ("B2", PACK, "至2026-09-30仍", f"{START}\nclock 1 3 0 09-01 -1 09-30 0"),
    ("B2", PACK, "11个工作日", f"{START}\n09-17 visit.done 查甲\nclock 1 2 0 09-01 -1 09-17 1\n"
     "stop 1 09-10 09-10 5"),
    ("B2", PACK, "12个工作日", f"{START}\n09-21 visit.done 查甲\nclock 1 2 0 09-01 -1 09-17 1\n"
     "stop 1 09-08 09-18 3"),
    ("B3", PACK, "没有理由", "09-02 accept.refuse 窗甲 reason=0"),
    ("B4", DUE, "2026-08-01至2026-08-31",
     MONTHS.replace("08-15 visit.done", "08-15 accept.accept")),
    ("Z1", PACK, "第2次告知补正", "09-01 accept.supplement 窗甲\n09-02 supplement.supplied 民甲\n"
     "09-03 accept.supplement 窗甲"),
    ("Z2", PACK, "审甲转给审乙", "09-01 review.hand_over 审甲\n09-02 review.hand_over 审乙\n"
     "09-03 review.agree 审甲"),
    ("Z2", PACK, "审甲转给查甲", "09-01 review.back 审甲\n09-02 visit.done 查甲\n"
     "09-03 review.back 审甲"),
    ("Z2", PACK, "某局转给某镇政府", "09-01 review.back 审甲\n09-02 visit.done 查甲 organ=town\n"
     "09-03 review.back 审乙"),
    ("Z3", PACK, "只剩3个工作日", "09-14 visit.wait 查甲\nclock 1 2 0 09-01 -1 09-21 1\n"
     "stop 1 09-14 09-16 5"),
    ("Z3", PACK, "只剩2个工作日", "09-15 visit.wait 查甲\nclock 1 2 0 09-01 -1 09-23 1\n"
     "stop 1 09-15 -1 5"),
    ("Z3", PACK, "只剩1个工作日", "09-16 review.extend 局长\nclock 1 2 0 09-01 -1 10-08 1\n"
     "extension 1 09-16 0"),
    ("Z4", PACK, "共2次", AGAIN.format(first="10", last="民甲")),
    ("Z5", PACK, "至今没有恢复,已有43个工作日", "07-31 visit.wait 查甲\nstop 1 07-31 -1 -1"),
    ("Z5", PACK, "到2026-09-14才恢复", "07-31 visit.wait 查甲\nstop 1 07-31 09-14 -1"),
    ("Z5", PACK, "期满以后才延长", "09-16 review.extend 局长\nextension 1 09-16 1"),
    ("Z5", PACK, "又延长一次", "09-16 review.extend 局长\nextension 1 09-16 2"),
    ("M1", PACK, "“审查”自2026-09-01起算", "09-08 review.agree 审甲\n"
     "clock 1 1 review 09-01 09-08 09-04 -2"),
    ("M2", PACK, "超过1个工作日", f"{START}\n{CLOCK.format(left=-1)}"),
    ("M3", PACK, "法定时限", f"{START}\nclock 1 3 0 09-01 09-30 09-29 -1"),
    ("M4", PACK, "只剩3个工作日", f"{START}\n{CLOCK.format(left=3)}"),
    ("M4", PACK, "只剩0个工作日", f"{START}\n{CLOCK.format(left=0)}\nstop 1 09-14 -1 5"),
    ("M5", PACK, "用了10个工作日", ended(*(1, 2) * 10, 13)),
]  # fmt: skip
LAWFUL = [
    ("B1", PACK, "09-01 apply.submit 民甲\nclock 1 1 accept 09-01 -1 09-08 0"),
    ("B1", PACK, "09-01 review.agree 审甲\nclock 1 1 review 09-01 -1 09-08 -3"),
    ("B2", PACK, f"{START}\n09-15 visit.done 查甲\nclock 1 2 0 09-01 09-15 09-17 1"),
    ("B2", PACK, f"{START}\n09-16 visit.done 查甲\nclock 1 1 visit 09-01 -1 09-17 1"),
    ("B2", PACK, f"{START}\nclock 1 2 0 09-01 09-01 09-17 1"),
    ("B2", PACK, f"{START}\n09-16 visit.done 查甲\nclock 1 2 0 09-01 09-16 09-17 1\n"
     "stop 1 09-10 09-10 5"),
    ("B2", PACK, f"{START}\nclock 1 2 0 09-01 -1 09-17 1\nstop 1 09-02 -1 -1"),
    ("B3", PACK, "09-02 accept.refuse 窗甲 reason=1\n09-02 accept.accept 窗甲 reason=0"),
    ("B4", DUE, MONTHS),
    ("Z1", PACK, "09-01 accept.supplement 窗甲\n09-03 accept.supplement 窗甲 case=B"),
    ("Z2", PACK, "09-01 review.hand_over 审甲\n09-02 review.agree 审乙\n09-03 meeting.held 审甲"),
    ("Z2", PACK, "09-01 review.back 审甲\n09-02 visit.done 查甲\n09-03 review.agree 审甲"),
    ("Z2", PACK, "09-01 review.hand_over 审甲\n09-02 review.hand_over 审甲\n"
     "09-03 review.agree 审甲"),
    ("Z3", PACK, "09-11 visit.wait 查甲\nclock 1 2 0 09-01 -1 09-22 1\nstop 1 09-11 09-15 5"),
    ("Z3", PACK, "09-11 review.extend 局长\nclock 1 2 0 09-01 -1 10-09 1\nextension 1 09-11 0"),
    ("Z3", PACK, "09-16 review.extend 局长\nclock 1 2 0 09-01 -1 10-08 1\nextension 1 09-16 1"),
    ("Z5", PACK, "07-31 visit.wait 查甲\nstop 1 07-31 09-11 -1"),
    ("Z5", PACK, "07-31 visit.wait 查甲\nstop 1 07-31 -1 60"),
    ("Z5", PACK, "09-16 review.extend 局长\nextension 1 09-16 0"),
    ("Z4", PACK, AGAIN.format(first="10", last="民乙")),
    ("Z4", PACK, AGAIN.format(first="10", last="民甲").replace("accept.refuse", "accept.accept")),
    ("Z4", PACK, FAR_APART),
    ("M1", PACK, "09-04 review.agree 审甲\nclock 1 1 review 09-01 09-04 09-04 0"),
    ("M1", PACK, "09-01 accept.accept 窗甲\nclock 1 1 accept 09-01 -1 09-08 -3"),
    ("M1", PACK, "09-01 supplement.supplied 民甲\nclock 1 1 supplement 09-01 -1 09-08 -3"),
    ("M2", PACK, f"{START}\n{CLOCK.format(left=0)}"),
    ("M2", PACK, f"{START}\nclock 1 3 0 09-01 09-30 09-29 -1"),
    ("M3", PACK, f"{START}\n{CLOCK.format(left=-1)}"),
    ("M4", PACK, f"{START}\n{CLOCK.format(left=4)}"),
    ("M4", PACK, f"{START}\nclock 1 2 0 09-01 09-16 09-17 1"),
    ("M4", PACK, f"{START}\n{CLOCK.format(left=2)}\nstop 1 09-28 -1 5"),
    ("M5", PACK, ended(*(1, 2) * 10, 11)),
    ("M5", PACK, ended(*(1, 2) * 9, 14)),
    ("M5", PACK, ended(14, *(1, 2) * 10) + "\nclock 2 2 0 09-07 09-21 09-17 -2"),
]  # fmt: skip
UNTOLD = [
    ("B3", PACK, "日志没有“是否说明理由”", "09-02 accept.refuse 窗甲"),
    ("B4", PACK, "没有 duties.toml", MONTHS),
    ("B4", DUE, "日志没有“机关”", "09-01 visit organ="),
    ("Z1", PACK, "日志没有“办理结果”", "09-01 accept 窗甲"),
    ("Z2", PACK, "日志没有“经办人”", "09-01 accept.accept"),
    ("Z4", PACK, "日志没有“申请人”", "09-01 accept.accept"),
    ("M5", PACK, "日志没有“办理结果”", "09-01 accept 窗甲"),
    ("M5", replace(PACK, rules={}), "oversight.outlier", ended(1, 2)),
]
UNSEEN = [
    ("M2", PACK, "另有1件没有起算时限", START),
    ("M3", PACK, "另有1件没有起算时限", f"{START}\n{CLOCK.format(left=1)}"),
    ("M5", PACK, "另有2件办结的,同类太少", ended(1, 2)),
]


@pytest.mark.parametrize(("id_", "pack", "word", "text"), SHOWN)
def test_a_log_shows_it(id_, pack, word, text):
    findings = found(id_, log(text), pack)

    assert any(word in each.words for each in findings), findings
    for each in findings:
        assert "应" in each.words or id_ == "M5"
        assert each.rule and each.counter and len(each.id) == 16
        assert bool(each.rows) == (id_ != "B4")


@pytest.mark.parametrize(("id_", "pack", "text"), LAWFUL)
def test_near_by_nothing_is_found(id_, pack, text):
    assert found(id_, log(text), pack) == []
    assert "" in why_not(id_, log(text), pack), "it was asked"


@pytest.mark.parametrize(("id_", "pack", "word", "text"), UNTOLD)
def test_what_cannot_be_checked_is_said(id_, pack, word, text):
    assert any(word in why for why in why_not(id_, log(text), pack))


@pytest.mark.parametrize(("id_", "pack", "word", "text"), UNSEEN)
def test_what_was_not_seen_is_counted(id_, pack, word, text):
    (row,) = detected(log(text), pack, ids=(id_,)).checked

    assert row.why_not == "" and word in row.unseen


def test_the_duty_of_an_organ_that_the_log_never_names_is_no_lead():
    whole = replace(DUE, duties=tuple(replace(d, every=Every.MONTH) for d in DUE.duties))
    each = detected(log(MONTHS), whole, ids=("B4",))

    assert each.findings == ()
    assert "另有9期责任事项" in each.checked[0].unseen


def test_one_chain_is_one_lead_with_its_first_link_as_evidence():
    (finding,) = found("Z4", log(AGAIN.format(first="10", last="民甲")))

    assert (finding.case, finding.rows) == ("B", (2, 3))


def test_a_day_beyond_the_calendar_is_said():
    (row,) = detected(log(START), today=date(2027, 3, 1), ids=("B2",)).checked

    assert row.why_not == "工作日历没有2027年"


def test_a_case_beyond_the_calendar_is_counted():
    each = log("09-01 accept.accept 窗甲 recorded_at=09-01")
    columns = {**each.events.columns, "at": pa.array([0], pa.int64())}  # in 1970
    row = detected(replace(each, events=Events(columns)), ids=("L6",)).checked[0]

    assert "另有1件超出工作日历的年份" in row.unseen
