"""风险环节要求的人数、凭证、理由,应当齐全。

Evidence: fewer different people of the post than the control asks for; a kind of document that
did not come with the act; no reasons where the chart asks for them (refusals are B3's).
For the officer: who was there or what was signed is on paper; the document came with another
act of the case. Somebody whose post the log does not tell is counted as being of that post.
Source: the chart's controls ``persons_min``, ``evidence``, ``promise``, ``random_draw`` and
``reason_required``, whose rules are quoted; checks P1, P3 to P7. Controls that need more than
a log's columns (recusal, votes, the draw itself, publicity, hearing) are not asked about here.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity

PEOPLE = """
WITH asked AS (
  SELECT e.bucket, e.case, e.power, e.organ, e.step, e.day, e.row, c.post, c.number, c.rule
  FROM event AS e
  JOIN persons_min AS c ON c.power = e.power AND c.step = e.step AND c.outcome = e.outcome
)
SELECT a.bucket, a.case, a.power, a.organ, a.step, a.day, a.row, -1 AS other,
  a.post, a.number, a.rule,
  count(DISTINCT CASE WHEN p.person <> 0 THEN p.person END) AS there
FROM asked AS a
LEFT JOIN participant AS p
  ON p.bucket = a.bucket AND p.row = a.row AND (p.post = a.post OR p.post = 0)
GROUP BY a.bucket, a.case, a.power, a.organ, a.step, a.day, a.row, a.post, a.number, a.rule
HAVING count(DISTINCT CASE WHEN p.person <> 0 THEN p.person END) < a.number
"""
NAMELESS = """
SELECT count(*) FROM participant AS p
JOIN persons_min AS c ON c.power = p.power AND c.step = p.step AND c.outcome = p.outcome
  AND (p.post = c.post OR p.post = 0)
WHERE p.person = 0
"""
PAPERS = """
SELECT e.bucket, e.case, e.power, e.organ, e.step, e.day, e.row, -1 AS other, c.kind, c.rule
FROM event AS e
JOIN needs_document AS c ON c.power = e.power AND c.step = e.step AND c.outcome = e.outcome
LEFT JOIN document AS d ON d.bucket = e.bucket AND d.row = e.row AND d.kind = c.kind
WHERE d.kind IS NULL
"""
REASONS = """
SELECT e.bucket, e.case, e.power, e.organ, e.step, e.day, e.row, -1 AS other, c.rule
FROM event AS e
JOIN reasons AS c ON c.power = e.power AND c.step = e.step AND c.outcome = e.outcome
WHERE e.reason = 0 AND c.is_refusal = 0
"""


def people(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return (
        f"{seen.step}应有{seen.post()}不少于{seen['number']}人;"
        f"记录为{seen.date()}记有姓名的{seen['there']}人"
    )


def papers(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return f"{seen.step}应附{seen.text('kind')};记录为{seen.date()}没有"


def reasons(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return f"{seen.step}应书面说明理由;记录为{seen.date()}没有"


DETECTOR = Detector(
    id="L3",
    group=Group.AGAINST_PROCEDURE,
    name="防控措施缺失",
    severity=Severity.RED,
    rule="oversight.chart",
    counter="在场人员、凭证、理由留在纸上,凭证随本件别的环节上传,或者当时施行的是另一版规定",
    parts=(
        Part(
            *("人数", PEOPLE, people),
            needs=("named",),
            key=("post",),
            blind=NAMELESS,
            unseen="处在场的人没有写姓名",
        ),
        Part("凭证", PAPERS, papers, needs=("evidence",), key=("kind",)),
        Part("理由", REASONS, reasons, needs=("reason",)),
    ),
)
