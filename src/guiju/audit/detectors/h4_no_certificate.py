"""执法的人应出示当日有效的本人执法证件。

Evidence: an act that must be certified with no number noted; a number that on that day is not
one of this person's; somebody of the post who was there and holds no valid certificate.
For the officer: the number was noted on paper only, the register of certificates is not up to
date. Of those who were there without acting a log tells no numbers: they are looked up by name.
Source: 行政处罚法第四十二条、第五十五条 (rules cf.certified, cf.show); check P1.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity

SHOWN = """
SELECT e.bucket, e.case, e.power, e.organ, e.step, e.day, e.row, -1 AS other, c.post, c.rule
FROM event AS e
JOIN certified AS c ON c.power = e.power AND c.step = e.step AND c.outcome = e.outcome
WHERE (e.post = c.post OR e.post = 0) AND e.certificate = 0
"""
VALID = """
SELECT e.bucket, e.case, e.power, e.organ, e.step, e.day, e.row, -1 AS other, c.post, c.rule,
  e.certificate
FROM event AS e
JOIN certified AS c ON c.power = e.power AND c.step = e.step AND c.outcome = e.outcome
LEFT JOIN licence AS l ON l.certificate = e.certificate
  AND (l.person = e.person OR e.person = 0) AND e.day BETWEEN l.first_day AND l.last_day
WHERE (e.post = c.post OR e.post = 0) AND e.certificate <> 0 AND l.person IS NULL
"""
PRESENT = """
SELECT p.bucket, p.case, p.power, p.organ, p.step, p.day, p.row, -1 AS other, c.post, c.rule,
  p.person
FROM participant AS p
JOIN certified AS c
  ON c.power = p.power AND c.step = p.step AND c.outcome = p.outcome AND c.post = p.post
LEFT JOIN licence AS l ON l.person = p.person AND p.day BETWEEN l.first_day AND l.last_day
WHERE p.is_actor = 0 AND p.person <> 0 AND l.person IS NULL
"""


def shown(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return f"{seen.step}应由{seen.post()}出示执法证件并记下证号;记录为{seen.date()}没有证号"


def valid(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    number = seen.text("certificate")
    return f"{seen.step}应出示当日有效的本人证件;记录为{seen.date()}所记{number}不是"


def present(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return (
        f"{seen.step}在场的{seen.post()}都应有执法证件;记录为{seen.date()}"
        f"在场的{seen.text('person')}当日没有有效证件"
    )


DETECTOR = Detector(
    id="H4",
    group=Group.WITHOUT_POWER,
    name="无证执法",
    severity=Severity.RED,
    rule="cf.certified",
    counter="证号只记在纸上,或者证件换发、延期后名册没有更新;在场的其他人日志不写证号,只按名册核对",
    parts=(
        Part("出示证件", SHOWN, shown, needs=("certificate",)),
        Part("证件有效", VALID, valid, needs=("certificate",), tables=("licence",)),
        Part(
            "在场人员有证",
            PRESENT,
            present,
            needs=("present",),
            tables=("licence",),
            meets=(("person", "licence.person"),),
            key=("person",),
        ),
    ),
)
