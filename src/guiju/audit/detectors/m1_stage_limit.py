"""每个环节应在自己的期限内办完。

Evidence: the limit of a step has passed, stops left out, although the whole case may be in time.
Steps of acceptance are B1's, those of the applicant nobody's.
For the officer: a stop or an extension that was not entered; a step that waited for another organ.
Source: the step's own limit is quoted; 环节超时, in local rules of electronic supervision.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.detectors.limits import LEFT_STAGE, overdue
from guiju.audit.finding import Group, Severity

SQL = LEFT_STAGE.format(is_acceptance=0)


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return f"{seen.step}{overdue(seen)}"


DETECTOR = Detector(
    id="M1",
    group=Group.LATE,
    name="环节超时",
    severity=Severity.YELLOW,
    rule="oversight.chart",
    counter="停止计时、延长没有录入,或者在等别的机关",
    parts=(Part("环节期限", SQL, words),),
)
