"""办理情况应当时如实录入,不应事后补录、倒签。

Evidence: entered many working days after it is said to have happened; entered, on a later day,
after the next act of the case was entered; an act after the case had ended.
For the officer: no network at the counter, a migration of old cases, a correction on the record,
a case opened again by decision. Acts at the very moment of the end are no lead: their order is
not known.
Source: check D1; the number of days is the pack's.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity

LATE = """
SELECT e.bucket, e.case, e.power, e.organ, e.step, e.day, e.row, -1 AS other,
  e.recorded_day, b.n - a.n AS days
FROM event AS e
JOIN calendar AS a ON a.day = e.day
JOIN calendar AS b ON b.day = e.recorded_day
WHERE e.recorded_day - e.day > $lag AND b.n - a.n > $lag
"""
TURNED = """
SELECT e.bucket, e.case, e.power, e.organ, e.step, e.day, e.row, e.next_row AS other,
  e.recorded_day, e.next_day
FROM event AS e
WHERE e.next_recorded_at > 0 AND e.recorded_at > e.next_recorded_at AND e.next_at > e.at
  AND e.recorded_day > e.next_day
"""
ENDED = """
SELECT k.bucket, k.case, k.power, k.organ, min(e.step) AS step, min(e.day) AS day,
  min(e.row) AS row, k.ended_row AS other, k.ended_day, count(*) AS times
FROM kase AS k
JOIN event AS e ON e.bucket = k.bucket AND e.case = k.case
WHERE k.ended_n >= 0 AND k.last_n > k.ended_n AND e.n > k.ended_n AND e.at > k.ended_at
GROUP BY k.bucket, k.case, k.power, k.organ, k.ended_row, k.ended_day
"""


def late(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return (
        f"{seen.step}应在{seen.limits['lag']}内录入;记录为{seen.date()}的办理"
        f"到{seen.date('recorded_day')}才录入,隔{seen['days']}个工作日"
    )


def turned(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return (
        f"{seen.step}应在后一环节之前录入;记录为所写时间是{seen.date()},{seen.date('recorded_day')}才录入,"
        f"晚于{seen.date('next_day')}所办后一环节的录入"
    )


def ended(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return (
        f"本件{seen.date('ended_day')}已经办结,其后不应再办;"
        f"记录为自{seen.date()}起又有{seen['times']}条办理记录"
    )


DETECTOR = Detector(
    id="L6",
    group=Group.AGAINST_PROCEDURE,
    name="事后补录",
    severity=Severity.YELLOW,
    rule="oversight.entry",
    counter="系统停用、历史数据迁移、依规更正,或者本件经批准重新办理",
    parts=(
        Part("补录", LATE, late, needs=("recorded_at",)),
        Part("倒签", TURNED, turned, needs=("recorded_at",)),
        Part("办结后办理", ENDED, ended, needs=("outcome",)),
    ),
    thresholds={"lag": "oversight.entry.lag"},
)
