"""有现行有效的依据,且依据的层级有权设定这类职权。

Licences, penalties and coercion may not rest on a normative document alone; other powers
need some basis in force. Village matters may rest on self-government rules.
Source: 行政许可法第十四条至第十七条, 行政处罚法第十条至第十六条, 行政强制法第十条、第十三条.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject
from guiju.kernel.power import Category, LawLevel

ID = "C06"
L = LawLevel
MAY_SET_UP: dict[Category, frozenset[LawLevel]] = {
    Category.LICENCE: frozenset(
        {L.LAW, L.REGULATION, L.DECISION, L.LOCAL_REGULATION, L.PROVINCIAL_RULE}
    ),
    Category.PENALTY: frozenset(
        {
            *(L.LAW, L.REGULATION, L.LOCAL_REGULATION, L.PROVINCIAL_RULE),
            *(L.DEPARTMENT_RULE, L.LOCAL_RULE),
        }
    ),
    Category.COERCION: frozenset({L.LAW, L.REGULATION, L.LOCAL_REGULATION}),
}


def check(subject: Subject) -> Iterator[Finding]:
    """At most one finding: nothing in force, or nothing in force that may set this up."""
    power, on = subject.power, subject.on
    valid = [
        basis for basis in power.bases if (basis.valid_from or on) <= on <= (basis.valid_to or on)
    ]
    if not valid:
        yield Finding(ID, f"{on}没有现行有效的依据")
        return
    may = MAY_SET_UP.get(power.category, frozenset(LawLevel))
    if not any(basis.level in may for basis in valid):
        levels = "、".join(dict.fromkeys(basis.level for basis in valid))
        yield Finding(ID, f"{power.category}不能由{levels}设定")
