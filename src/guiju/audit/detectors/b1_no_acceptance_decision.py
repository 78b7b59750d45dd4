"""收到申请,应在期限内决定受理、不予受理或者告知补正。

Evidence: the limit of a step of acceptance has passed, by the calendar and with stops left out,
before the step was left or up to the day of looking.
For the officer: the application came to the wrong office, was incomplete in a way told by
phone, or the day of receipt in the log is that of sending.
Source: 行政许可法第三十二条 (rules xk.notice …); the step's own limit is quoted; check T2.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.detectors.limits import LEFT_STAGE, overdue
from guiju.audit.finding import Group, Severity

SQL = LEFT_STAGE.format(is_acceptance=1)


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return f"{seen.step}应有受理与否或者补正的决定,{overdue(seen)}"


DETECTOR = Detector(
    id="B1",
    group=Group.INACTION,
    name="逾期不答复申请",
    severity=Severity.YELLOW,
    rule="oversight.chart",
    counter="收件日期记早、申请不属本机关而已口头告知,或者停止计时没有录入",
    parts=(Part("受理期限", SQL, words),),
)
