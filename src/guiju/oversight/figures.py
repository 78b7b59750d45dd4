"""Figures 数字: what the city can say of its work in numbers, each computed from the record.

A figure says how it is computed and where its list stands. What no record of ours can tell (how
satisfied people are, what was traded) is left out. Cases of sensitive powers are told apart, in
round tens (see ``boards``).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from guiju.kernel.lights import Light
from guiju.kernel.power import APPLICANT, Grade, Power
from guiju.kernel.rules import Unit
from guiju.organs.models import Organ
from guiju.oversight.boards import Books, Choice, coarse, percent, tallies, total
from guiju.oversight.standings import Scope
from guiju.powers.models import Version
from guiju.powers.queries import current_versions, power
from guiju.record.models import Act

BEGINNING = date(2000, 1, 1)  # before any record
UNITS = {Unit.WORKING_DAY: "个工作日", Unit.NATURAL_DAY: "天(自然日)"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, how it is computed, and the address of its list."""

    group: str
    name: str
    value: str
    how: str
    link: str = ""
    link_name: str = ""


def figures(today: date) -> list[Figure]:
    """All figures of the day."""
    shown = [power(sha256) for sha256 in current_versions().values_list("sha256", flat=True)]
    return [*_of_list(shown), *_of_limits(shown), *_of_charts(shown), *_of_cases(today)]


def _of_list(shown: list[Power]) -> Iterator[Figure]:
    group, link = "清单", ("/powers/", "权力清单")
    kinds = Counter(each.category.value for each in shown)
    each_kind = "、".join(f"{kind}{n}" for kind, n in sorted(kinds.items()))
    how = f"清单上现行的版本,一项一个;按类别:{each_kind or '无'}。"
    yield Figure(group, "公布的职权", f"{len(shown)}项", how, *link)
    current = current_versions().values("code")
    gone = Version.objects.exclude(code__in=current).values("code").distinct().count()
    how = "曾经公布、现在没有现行版本的职权编码。"
    yield Figure(group, "取消的职权", f"{gone}项", how, *link)
    online = sum(each.steps[0].post == APPLICANT for each in shown)
    how = "流程图的第一个环节由申请人办理的职权。"
    yield Figure(group, "可以在网上申请的", f"{online}项", how, "/", "办事")
    levels = Counter(Organ.objects.values_list("division__level", flat=True))
    by_level = "、".join(f"{level}级{levels[level]}" for level in "市县乡村" if levels[level])
    how = f"在本系统设有岗位的机关和村(居)民委员会:{by_level or '无'}。"
    board = "/oversight/board/", "看板"
    yield Figure(group, "照清单办事的机关", f"{levels.total()}个", how, *board)


def _of_limits(shown: list[Power]) -> Iterator[Figure]:
    """The statutory and promised limits, added up: each unit by itself, never mixed."""
    group, link = "时限", ("/powers/", "各项职权的两个时限")
    for unit, words in UNITS.items():
        pairs = [
            (each.limits.statutory.number, each.limits.promised.number, each.name)
            for each in shown
            if each.limits.statutory.unit is unit and each.limits.promised.unit is unit
        ]
        if not pairs:
            continue
        law, promise = sum(a for a, _, _ in pairs), sum(b for _, b, _ in pairs)
        how = (
            f"以{unit}计的{len(pairs)}项职权,法定时限相加为{law},承诺时限相加为{promise};"
            f"减少的比例是({law}−{promise})÷{law},只舍不入。"
        )
        value = f"{law} → {promise}{words},减少{percent(law - promise, law)}"
        yield Figure(group, f"法定时限与承诺时限({unit})", value, how, *link)
        law, promise, name = max(pairs, key=lambda pair: (pair[0] - pair[1]) / (pair[0] or 1))
        if law > promise:
            how = f"以{unit}计的职权中,承诺时限比法定时限缩短比例最大的一项。"
            yield Figure(group, f"缩短最多的:{name}", f"{law} → {promise}{words}", how, *link)


def _of_charts(shown: list[Power]) -> Iterator[Figure]:
    group, link = "两张图", ("/powers/", "各项职权的流程图和风险图")
    steps = [step for each in shown for step in each.steps]
    how = "每项职权一张流程图、一张风险防控图;图经过验证才公布,办件照图运行。"
    yield Figure(group, "挂网运行的图", f"{2 * len(shown)}张,共{len(steps)}个环节", how, *link)
    grades = Counter(step.risk.grade for step in steps if step.risk)
    for grade, name in ((Grade.HIGH, "红色"), (Grade.MIDDLE, "橙色"), (Grade.LOW, "黄色")):
        how = f"风险图上等级为{name}的环节,共有{grades[grade]}个。"
        yield Figure(group, f"{name}风险环节", f"{grades[grade]}个", how, *link)
    held = sum(len(step.controls) for step in steps)
    how = "环节上由系统强制的防控措施:不满足,就办不下去。"
    yield Figure(group, "系统强制的防控措施", f"{held}条", how, *link)


def _of_cases(today: date) -> Iterator[Figure]:
    """What was received and done since the first case."""
    group, board = "办件", "/oversight/board/"
    books = Books.open(Scope(), Choice(BEGINNING, today, by="power"), today)
    whole = total(tallies(books))
    since = f"{board}?from={BEGINNING:%Y-%m-%d}&by=power"
    aside = ",不含涉及个人困难等情况的职权" * any(p.is_sensitive for p in books.powers.values())
    how = f"全部收到的办件,办结的和没有办结的{aside}。"
    yield Figure(group, "收到办件", f"{whole.received}件", how, since, "按职权列出")
    how = f"已经走到终点的办件{aside}。"
    yield Figure(group, "办结", f"{whole.finished}件", how, since, "按职权列出")
    how = "办结的办件中没有超过承诺时限的;依法停止计时的日子不算,只舍不入。"
    yield Figure(group, "按时办结率", whole.rate or "还没有办结的件", how, since, "按职权列出")
    for light, words in (
        (Light.YELLOW, "黄灯:快到或已过承诺时限"),
        (Light.RED, "红灯:已过法定时限,或计时以前已过环节时限"),
    ):
        how = f"没有走到终点的办件中,今天亮{light}灯的{aside}。"
        yield Figure(group, words, f"{whole.open[light]}件", how, board, "按机关列出")
    for each in coarse(books):
        how = "能看出个人困难情况的职权,只报全市本年的约数,个位舍去,不分地方。"
        value = f"收到{each.received},办结{each.done}"
        yield Figure(group, f"{each.name}(本年)", value, how)
    logged = Act.objects.filter(idx__isnull=False).count()
    how = "已经编入公开日志的痕迹,一步一条,谁都可以核对。"
    yield Figure(group, "公开可核对的痕迹", f"{logged}条", how, "/log/", "公开日志")
