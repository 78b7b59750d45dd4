"""流程图上必经的环节,不应跳过。

Evidence: replay could only go on by leaving out a step (a greedy repair; the report shows the
place and the step).
For the officer: the step was done on paper or in another system, or the log is incomplete.
Source: the published chart; check L5 and detector L1.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.detectors.charts import NO_CHART, NO_CHART_WORDS
from guiju.audit.finding import Group, Severity

SQL = """
SELECT d.bucket, d.case, e.power, e.organ, e.step, e.day, d.row, -1 AS other, d.step AS skipped
FROM deviation AS d
JOIN event AS e ON e.bucket = d.bucket AND e.row = d.row
WHERE d.code = 2
"""


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return (
        f"应先办{seen.named('skipped')};记录为{seen.date()}直接办了{seen.step},日志里没有前一环节"
    )


DETECTOR = Detector(
    id="L1",
    group=Group.AGAINST_PROCEDURE,
    name="跳过环节",
    severity=Severity.RED,
    rule="oversight.chart",
    counter="环节在线下或者别的系统办理,日志不全,或者当时施行的是另一版流程图",
    parts=(
        Part(
            *("流程图", SQL, words),
            needs=("power",),
            key=("skipped",),
            blind=NO_CHART,
            unseen=NO_CHART_WORDS,
        ),
    ),
)
