"""停止计时应写明需要的天数;延长应在期满前批准,同一条规定只用一次。

Evidence: a clock that stood still for longer than the pack allows, although neither the log nor
the law tells for how long it might; an act that extends a limit after the statutory one had
passed, or for the second time under one rule. Such an extension lengthens nothing (``limits``).
For the officer: the time needed was told to the applicant in writing and not entered; the
extension was granted in time and entered late, or granted under another rule.
Source: 行政许可法第四十二条、第四十五条; the rule of the chart's own stop or extension is quoted.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity
from guiju.audit.limits import REPEATED, TOO_LATE

ENDLESS = """
WITH stood AS (
  SELECT s.bucket, s.case, s.row, s.since_day, s.until_day,
    CASE WHEN s.until_day = -1 THEN $today ELSE s.until_day END AS last_day
  FROM stop AS s
  WHERE s.days_applied = -1
)
SELECT s.bucket, s.case, e.power, e.organ, e.step, s.since_day AS day, s.row, -1 AS other,
  s.until_day, b.n - a.n AS days, o.clock_rule AS rule
FROM stood AS s
JOIN calendar AS a ON a.day = s.since_day
JOIN calendar AS b ON b.day = s.last_day
JOIN event AS e ON e.bucket = s.bucket AND e.row = s.row
LEFT JOIN chart_outcome AS o ON o.power = e.power AND o.step = e.step AND o.outcome = e.outcome
WHERE b.n - a.n > $most
"""
EXTENDED = """
SELECT e.bucket, e.case, e.power, e.organ, e.step, e.day, e.row, -1 AS other, o.clock_rule AS rule
FROM extension AS x
JOIN event AS e ON e.bucket = x.bucket AND e.row = x.row
JOIN chart_outcome AS o ON o.power = e.power AND o.step = e.step AND o.outcome = e.outcome
WHERE x.flaw = {flaw}
"""


def endless(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    until = "至今没有恢复" if seen["until_day"] == -1 else f"到{seen.date('until_day')}才恢复"
    return (
        f"停止计时应写明需要的天数;记录为{seen.date()}起停止,没有写天数,"
        f"{until},已有{seen['days']}个工作日(超过{seen.limits['most']}的作为疑点)"
    )


def too_late(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return f"延长应在法定时限届满以前批准;记录为{seen.date()}期满以后才延长,这次延长没有计入时限"


def repeated(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return f"依同一条规定应只延长一次;记录为{seen.date()}又延长一次,这一次没有计入时限"


DETECTOR = Detector(
    id="Z5",
    group=Group.BUCK_PASSING,
    name="停表、延长没有依据",
    severity=Severity.WARNING,
    rule="oversight.stop.endless",
    counter="需要的天数已经书面告知申请人而没有录入;延长在期满前已经批准、录入晚了,或者依据的是另一条规定",
    parts=(
        Part("不写天数", ENDLESS, endless),
        Part("期满后延长", EXTENDED.format(flaw=TOO_LATE), too_late),
        Part("重复延长", EXTENDED.format(flaw=REPEATED), repeated),
    ),
    thresholds={"most": "oversight.stop.endless"},
)
