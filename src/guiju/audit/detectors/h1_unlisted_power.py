"""行使的职权,当日应在本机关的权责清单上。

Evidence: an event of a power that the organ's list does not name on that day. Without a list of
its own in the pack (``list.toml``) a power is on the list of the organs that the posts of its
chart belong to; a power that no chart tells of cannot be checked then.
For the officer: the list was late, the power was delegated or taken over, the organ acts for
another one on a written mandate, or the log names the organ or the power by another code.
Source: the list is the border of power, 中办发〔2015〕21号; check L4 of the rule families.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity

SQL = """
SELECT e.bucket, e.case, e.power, e.organ, 0 AS step, min(e.day) AS day, min(e.row) AS row,
  -1 AS other, count(*) AS times
FROM event AS e
LEFT JOIN listed AS l
  ON l.power = e.power AND l.organ = e.organ AND e.day BETWEEN l.first_day AND l.last_day
LEFT JOIN known AS k ON k.power = e.power
WHERE e.power <> 0 AND e.organ <> 0 AND l.power IS NULL
  AND (k.power IS NOT NULL OR $is_whole_list = 1)
GROUP BY e.bucket, e.case, e.power, e.organ
"""
UNKNOWN = """
SELECT count(*) FROM event AS e LEFT JOIN known AS k ON k.power = e.power
WHERE k.power IS NULL AND $is_whole_list = 0
"""


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return (
        f"应由清单上有这项职权的机关行使;记录为{seen.organ()}自{seen.date()}起"
        f"行使“{seen.power}”{seen['times']}次,当日清单上没有"
    )


DETECTOR = Detector(
    id="H1",
    group=Group.WITHOUT_POWER,
    name="清单外用权",
    severity=Severity.RED,
    rule="oversight.list",
    counter="本件在职权调整以前已经开办,清单更新迟于授权、委托或者承接下放的职权,或者日志所写的机关、职权编码与清单不同",
    parts=(
        Part(
            "权责清单",
            SQL,
            words,
            needs=("power", "organ"),
            meets=(("organ", "listed.organ"),),
            blind=UNKNOWN,
            unseen="条记录的职权既没有流程图,也没有 list.toml",
        ),
    ),
)
