"""有现行有效的依据,且依据的层级有权设定这类职权。

The matrix of level and measure. Licences: law, administrative regulation, decision of the
State Council, local regulation; a provincial rule only for a time, so its basis must have an
end, within the span of rule ``xk.temporary``. Penalties: any but a normative document, and
what a rule or a local regulation may not set up is told by the words of the power's name
(拘留, 吊销营业执照, …). Coercion: measures by law or regulation, execution by law alone,
told by the words that the law itself uses (冻结, 划拨, 代履行, …). Other powers may rest on
any level, but not on normative documents alone; rules of village self-government carry 其他 of
villages and communities only.
Source: 行政许可法第十四条至第十七条, 行政处罚法第十条至第十六条, 行政强制法第九条至第十三条;
for other powers the responsibility lists (权力清单应当有法律、法规、规章依据).
"""

from collections.abc import Iterator
from datetime import date

from guiju.kernel.checks.finding import Finding, Subject
from guiju.kernel.power import Basis, Category, LawLevel

ID = "C06"
L = LawLevel
ORDERS = frozenset({L.PROVINCIAL_RULE, L.DEPARTMENT_RULE, L.LOCAL_RULE})
REGULATIONS = frozenset({L.LAW, L.REGULATION, L.LOCAL_REGULATION})
MAY_SET_UP: dict[Category, frozenset[LawLevel]] = {
    Category.LICENCE: REGULATIONS | {L.DECISION, L.PROVINCIAL_RULE},
    Category.PENALTY: REGULATIONS | ORDERS,
    Category.COERCION: REGULATIONS,
}
OTHERS = frozenset(LawLevel) - {L.DOCUMENT, L.AUTONOMY}
VILLAGE = frozenset({"村", "社区"})
NARROWER: tuple[tuple[Category, tuple[str, ...], frozenset[LawLevel]], ...] = (
    (Category.PENALTY, ("拘留", "限制人身自由"), frozenset({L.LAW})),
    (Category.PENALTY, ("吊销营业执照",), frozenset({L.LAW, L.REGULATION})),
    (
        Category.PENALTY,
        ("吊销", "暂扣", "没收", "停产", "停业", "关闭", "限制从业", "限制开展", "降低资质"),
        REGULATIONS,
    ),
    (Category.COERCION, ("限制人身自由", "冻结"), frozenset({L.LAW})),
    (
        Category.COERCION,
        ("强制执行", "划拨", "代履行", "加处罚款", "滞纳金", "拍卖", "排除妨碍", "恢复原状"),
        frozenset({L.LAW}),
    ),
    (Category.COERCION, ("查封", "扣押"), REGULATIONS),
    (Category.COERCION, ("强制措施",), frozenset({L.LAW, L.REGULATION})),
)
"""What the words of a power's name narrow its levels to; all rows that fit count."""


def check(subject: Subject) -> Iterator[Finding]:
    """At most one finding: nothing in force, or nothing in force that may set this up."""
    power, on = subject.power, subject.on
    valid = [
        basis for basis in power.bases if (basis.valid_from or on) <= on <= (basis.valid_to or on)
    ]
    if not valid:
        yield Finding(ID, f"{on}没有现行有效的依据")
        return
    fitting = [basis for basis in valid if basis.level in _levels(subject)]
    levels = "、".join(dict.fromkeys(basis.level for basis in valid))
    if not fitting:
        yield Finding(ID, f"{power.category}{_measure(subject)}不能由{levels}设定")
    elif power.category is Category.LICENCE and all(
        basis.level is L.PROVINCIAL_RULE for basis in fitting
    ):
        yield from _temporary(fitting, subject)


def _levels(subject: Subject) -> frozenset[LawLevel]:
    power = subject.power
    is_village = power.category is Category.OTHER and VILLAGE & set(power.level.split("、"))
    others = OTHERS | {L.AUTONOMY} if is_village else OTHERS
    levels = MAY_SET_UP.get(power.category, others)
    for category, words, narrower in NARROWER:
        if category is power.category and any(word in power.name for word in words):
            levels &= narrower
    return levels


def _measure(subject: Subject) -> str:
    """The words of the name that narrowed the levels, if any."""
    power = subject.power
    told = [
        word
        for category, words, _ in NARROWER
        for word in words
        if category is power.category and word in power.name
    ]
    return f"({'、'.join(dict.fromkeys(told))})" if told else ""


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
