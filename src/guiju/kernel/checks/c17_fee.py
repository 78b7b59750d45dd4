"""收费有依据,而且依据写在设定依据里;许可收费只能凭法律、行政法规。

Whoever charges names in ``fee_basis`` a law that is quoted among the bases and in force. For a
licence it must be a law or an administrative regulation, other than 行政许可法 itself, which
forbids fees unless another law allows them.
Source: 行政许可法第五十八条、第五十九条; 行政许可法第七十五条(擅自收费).
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject
from guiju.kernel.law import Category, LawLevel

ID = "C17"
FREE = frozenset({"不收费", "免费", "无", "不收取任何费用"})
FORBIDS = "行政许可法"
MAY_CHARGE = frozenset({LawLevel.LAW, LawLevel.REGULATION})


def check(subject: Subject) -> Iterator[Finding]:
    """At most one finding."""
    power, on = subject.power, subject.on
    if power.guide.fee.strip() in FREE:
        return
    named = [
        basis
        for basis in power.bases
        if basis.law in power.guide.fee_basis
        and basis.law != FORBIDS
        and (basis.valid_from or on) <= on <= (basis.valid_to or on)
    ]
    if not named:
        yield Finding(ID, f"收费“{power.guide.fee}”的依据没有写在设定依据里,或者不在施行")
    elif power.category is Category.LICENCE and not any(b.level in MAY_CHARGE for b in named):
        levels = "、".join(dict.fromkeys(basis.level for basis in named))
        yield Finding(ID, f"许可收费不能凭{levels}")
