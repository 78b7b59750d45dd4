"""有现行有效的依据,且依据的层级有权设定这类职权。

The matrix of level and measure. Licences: law, administrative regulation, decision of the
State Council, local regulation; a provincial rule only for a time, so its basis must have an
end, within the span of rule ``xk.temporary``. Penalties and coercions name each measure that
they may impose, and each has its own row. Other powers may rest on any level, but not on
normative documents alone; rules of village self-government carry 其他 of villages and
communities only.
Source: 行政许可法第十四条至第十七条, 行政处罚法第九条至第十六条, 行政强制法第九条至第十三条;
for other powers the responsibility lists (权力清单应当有法律、法规、规章依据).
"""

from collections.abc import Iterator
from datetime import date

from guiju.kernel.checks.finding import Finding, Subject
from guiju.kernel.law import Category, LawLevel, Measure
from guiju.kernel.power import Basis, Power

ID = "C06"
L = LawLevel
ORDERS = frozenset({L.PROVINCIAL_RULE, L.DEPARTMENT_RULE, L.LOCAL_RULE})
REGULATIONS = frozenset({L.LAW, L.REGULATION, L.LOCAL_REGULATION})
LICENCE = REGULATIONS | {L.DECISION, L.PROVINCIAL_RULE}
OTHERS = frozenset(LawLevel) - {L.DOCUMENT, L.AUTONOMY}
VILLAGE = frozenset({"村", "社区"})
M = Measure
PENALTIES: dict[Measure, frozenset[LawLevel]] = {
    **dict.fromkeys((M.WARNING, M.CRITICISM, M.FINE), REGULATIONS | ORDERS),
    M.CONFISCATION_OF_GAINS: REGULATIONS,
    M.CONFISCATION_OF_GOODS: REGULATIONS,
    M.SUSPENSION_OF_PERMIT: REGULATIONS,
    M.DEMOTION: REGULATIONS,
    M.REVOCATION_OF_PERMIT: REGULATIONS,
    M.REVOCATION_OF_BUSINESS_LICENCE: frozenset({L.LAW, L.REGULATION}),
    M.RESTRICTION_OF_BUSINESS: REGULATIONS,
    M.HALT_OF_BUSINESS: REGULATIONS,
    M.CLOSURE: REGULATIONS,
    M.BAN_FROM_PROFESSION: REGULATIONS,
    M.DETENTION: frozenset({L.LAW}),
    M.OTHER_PENALTY: frozenset({L.LAW, L.REGULATION}),
}
COERCIONS: dict[Measure, frozenset[LawLevel]] = {
    M.RESTRICTION_OF_FREEDOM: frozenset({L.LAW}),
    M.SEALING: REGULATIONS,
    M.SEIZURE: REGULATIONS,
    M.FREEZING: frozenset({L.LAW}),
    M.OTHER_COERCION: frozenset({L.LAW, L.REGULATION}),
    M.SURCHARGE: frozenset({L.LAW}),
    M.TRANSFER: frozenset({L.LAW}),
    M.AUCTION: frozenset({L.LAW}),
    M.CLEARANCE: frozenset({L.LAW}),
    M.PERFORMANCE: frozenset({L.LAW}),
    M.OTHER_EXECUTION: frozenset({L.LAW}),
}
MAY_SET_UP = {Category.PENALTY: PENALTIES, Category.COERCION: COERCIONS}


def check(subject: Subject) -> Iterator[Finding]:
    """Nothing in force, nothing in force that may set this up, or measures that do not fit."""
    power, on = subject.power, subject.on
    valid = [
        basis for basis in power.bases if (basis.valid_from or on) <= on <= (basis.valid_to or on)
    ]
    if not valid:
        yield Finding(ID, f"{on}没有现行有效的依据")
        return
    rows = MAY_SET_UP.get(power.category, {})
    foreign = [measure for measure in power.measures if measure not in rows]
    if foreign:
        yield Finding(ID, f"{'、'.join(foreign)}不是{power.category}的种类")
    if rows and not power.measures:
        yield Finding(ID, f"没有写明可以作出哪些{power.category}")
    present = {basis.level for basis in valid}
    levels = "、".join(dict.fromkeys(basis.level for basis in valid))
    refused = [
        measure for measure in power.measures if present.isdisjoint(rows.get(measure, present))
    ]
    if refused:
        yield Finding(ID, f"{'、'.join(refused)}不能由{levels}设定")
    elif present.isdisjoint(_levels(power)):
        yield Finding(ID, f"{power.category}不能由{levels}设定")
    elif power.category is Category.LICENCE and present.isdisjoint(REGULATIONS | {L.DECISION}):
        rules = [basis for basis in valid if basis.level is L.PROVINCIAL_RULE]
        yield from _temporary(rules, subject)


def _levels(power: Power) -> frozenset[LawLevel]:
    """What may set up a power of this category at all."""
    if power.category is Category.LICENCE:
        return LICENCE
    rows = MAY_SET_UP.get(power.category)
    if rows is not None:
        return frozenset().union(*rows.values())
    is_village = power.category is Category.OTHER and VILLAGE & set(power.level.split("、"))
    return OTHERS | {L.AUTONOMY} if is_village else OTHERS


def _temporary(bases: list[Basis], subject: Subject) -> Iterator[Finding]:
    """A licence of a provincial rule alone is temporary and must say when it ends."""
    span = subject.rules.get("xk.temporary")
    for basis in bases:
        if basis.valid_from is None or basis.valid_to is None:
            yield Finding(
                ID, f"省级政府规章只能设定临时性许可,“{basis.law}”须写明施行和失效的日子"
            )
        elif span is not None and basis.valid_to >= _years_after(basis.valid_from, span.number):
            message = f"“{basis.law}”设定的临时性许可超过{span.words()}({span.citation()})"
            yield Finding(ID, message)


def _years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
