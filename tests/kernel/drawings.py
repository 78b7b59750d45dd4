"""What the tests of drawings share: sample powers, large and random ones, what lies on what."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

from hypothesis import strategies as st

import guiju
from guiju.formats.packs import read_one
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.draw import Progress, chart_svg, chart_svg_narrow
from guiju.kernel.drawing.ink import Rect
from guiju.kernel.drawing.line import Line
from guiju.kernel.drawing.route import Layout
from guiju.kernel.law import Category
from guiju.kernel.power import (
    End,
    Grade,
    Guide,
    Limits,
    Outcome,
    Post,
    Power,
    Risk,
    Step,
    StepKind,
)
from guiju.kernel.rules import Certainty, Rule, Unit
from guiju.kernel.unfold import unfold

PACKS = Path(guiju.__file__).parent / "packs"
FILES = sorted(PACKS.glob("*/powers/*.toml"))
DAYS = Rule("", "", "测试", Certainty.LAW, 3, Unit.WORKING_DAY)
PEOPLE = Rule("", "", "测试", Certainty.LAW, 2, Unit.PERSON)
RISK = Risk(Grade.HIGH, ("一人入户", "优亲厚友"), ("主动回避",))
SVG = "{http://www.w3.org/2000/svg}"


def a_step(id_: str, post: str, *ways: str, join: str = "", name: str = "") -> Step:
    """A step; a way is "name>target" or "name>one,two"."""
    outcomes = tuple(
        Outcome(f"o{i}", way.split(">")[0], tuple(way.split(">")[1].split(",")))
        for i, way in enumerate(ways)
    )
    waits = tuple(join.split(",")) if join else ()
    control = PersonsMin(PEOPLE, "p1", ("o0",))
    return Step(
        id_,
        name or f"第{id_}号环节",
        StepKind.REVIEW,
        post,
        outcomes,
        join=waits,
        limit=DAYS,
        controls=(control,),
        risk=RISK,
    )


def a_power(*steps: Step, posts: int = 3) -> Power:
    return Power(
        code="0",
        name="示范",
        category=Category.OTHER,
        level="县级",
        organ="示范机关",
        source="示范",
        guide=Guide("", (), "", "", "", "", "", "", ""),
        bases=(),
        limits=Limits(DAYS, DAYS, DAYS),
        posts=tuple(Post(f"p{i}", f"示范岗位{i}") for i in range(posts)),
        steps=steps,
        ends=(End("good", "办结"), End("bad", "不予办理", is_refusal=True)),
    )


def big_power() -> Power:
    """Twenty-five steps in six lanes with loops, two forks, two joins and long names."""
    return a_power(
        a_step("1", "p0", "提交>2"),
        a_step("2", "p1", "受理>4", "补正>3", "不予受理>bad"),
        a_step("3", "p0", "已补齐>2", "不再申请>bad"),
        a_step("4", "p1", "分送>5,6,7", name="分送各部门同时审查并告知申请人"),
        a_step("5", "p2", "同意>8", "不同意>8"),
        a_step("6", "p3", "同意>8", "需要补充说明>6"),
        a_step("7", "p4", "同意>8"),
        a_step("8", "p1", "齐全,提交会审>9", "退回重审>4", join="5,6,7"),
        a_step("9", "p5", "通过>10", "不通过>bad", "重新调查>5,6,7"),
        a_step("10", "p5", "下一步>11"),
        a_step("11", "p5", "公示无异议>13", "有异议,组织听证>12"),
        a_step("12", "p2", "维持>13", "撤回重新办理>2"),
        a_step("13", "p3", "完成>14,15,16,17"),
        a_step("14", "p0", "完成>18"),
        a_step("15", "p1", "完成>18"),
        a_step("16", "p1", "完成>18"),
        a_step("17", "p4", "完成>18"),
        a_step("18", "p2", "继续>19", "跳过>22", join="14,15,16,17"),
        a_step("19", "p2", "继续>20", "回到公示>11"),
        a_step("20", "p2", "继续>21", "不予办理>bad"),
        a_step("21", "p4", "继续>22"),
        a_step("22", "p0", "继续>23", "申请复核>19"),
        a_step("23", "p5", "批准>24", "不批准>bad"),
        a_step("24", "p3", "已发放>25"),
        a_step("25", "p1", "归档>good"),
        posts=6,
    )


def pack_power(path: Path) -> Power:
    """A power of a pack as it is drawn: its steps written out."""
    return unfold(read_one(path, date(2026, 11, 22)))


@st.composite
def charts(draw: st.DrawFn) -> Power:
    """Any chart that can be drawn; it need not make sense."""
    count = draw(st.integers(1, 12))
    ids = [str(i) for i in range(count)]
    way = st.lists(st.sampled_from(ids), min_size=1, max_size=3, unique=True).map(",".join)
    ways = st.lists(way | st.sampled_from(["good", "bad"]), min_size=1, max_size=4)
    steps = [
        a_step(id_, draw(st.sampled_from(["p0", "p1", "p2"])), *(f"去{w}>{w}" for w in draw(ways)))
        for id_ in ids
    ]
    for i in draw(st.sets(st.integers(1, count), max_size=2)) - {count}:
        into = [s.id for s in steps if any(ids[i] in o.to for o in s.outcomes)]
        steps[i] = replace(steps[i], join=tuple(into))
    return a_power(*steps)


def stretches(layout: Layout) -> Iterator[tuple[int, Rect]]:
    """Every straight stretch of every line, with the line's number."""
    for i, line in enumerate(layout.lines):
        for (a, b), (c, d) in pairwise(line.points):
            assert a == c or b == d, "a line that is neither level nor upright"
            yield i, Rect(min(a, c), min(b, d), abs(a - c), abs(b - d))


def overlaps(layout: Layout) -> list[str]:
    """Boxes on boxes, lines through boxes, lines along lines, labels on boxes and labels."""
    boxes, lines = list(layout.boxes.items()), list(stretches(layout))
    labels = [line.label for line in layout.lines if line.label]
    found = [f"{a} on {b}" for (a, one), (b, two) in combinations(boxes, 2) if one.meets(two)]
    for i, stretch in lines:
        edge = layout.lines[i].edge
        found += [f"{edge} through {key}" for key, box in boxes if stretch.meets(box, -0.1)]
    for (i, one), (k, two) in combinations(lines, 2):
        is_along = (one.w == two.w == 0) or (one.h == two.h == 0)
        if i != k and is_along and one.meets(two, 0.5):
            found.append(f"{layout.lines[i].edge} along {layout.lines[k].edge}")
    found += [f"label on {key}" for key, box in boxes for rect in labels if rect.meets(box)]
    found += ["label on label" for one, two in combinations(labels, 2) if one.meets(two)]
    return found


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - we have written it ourselves


def words_in(svg: str) -> str:
    return "".join(each.text or "" for each in parsed(svg).iter(f"{SVG}text"))


def drawings(power: Power) -> list[str]:
    progress = Progress(frozenset({power.steps[1].id}), frozenset({power.steps[0].id}))
    return [
        draw(power, risks=risks, progress=each)
        for draw in (chart_svg, chart_svg_narrow)
        for risks in (False, True)
        for each in (None, progress)
    ]


def long_power(seed: int, count: int, posts: int) -> Power:
    """A sensible chart with so many steps: branches of one or two steps, loops, short cuts."""
    chance = random.Random(seed)
    names = (
        "受理登记",
        "现场核查",
        "材料审查",
        "集体讨论决定",
        "告知当事人陈述申辩权利",
        "征求相关部门意见",
    )
    ways: list[list[str]] = [[] for _ in range(count)]
    owners = [f"p{chance.randrange(posts)}" for _ in range(count)]
    joins: dict[int, str] = {}
    at = 0
    while at < count - 1:
        width = chance.randint(2, 4)
        if chance.random() < 0.15 and at + 2 * width + 2 < count:
            at = _branches(chance, ways, joins, at, width)
            continue
        ways[at].append(f"同意>{at + 1}")
        match chance.randrange(8):
            case 0:
                ways[at].append("不予办理>bad")
            case 1 if at > 2:
                ways[at].append(f"退回重办>{max(0, at - chance.randint(1, 6))}")
            case 2 if at + 4 < count:
                ways[at].append(f"简易程序>{at + chance.randint(2, 4)}")
        at += 1
    ways[-1].append("办结>good")
    steps = (
        a_step(str(i), owners[i], *ways[i], join=joins.get(i, ""), name=chance.choice(names))
        for i in range(count)
    )
    return a_power(*steps, posts=posts)


def _branches(
    chance: random.Random, ways: list[list[str]], joins: dict[int, str], at: int, width: int
) -> int:
    """Branches after a step, joined again; where the chart goes on."""
    starts, ends, now = [], [], at + 1
    for _ in range(width):
        starts.append(now)
        if chance.random() < 0.5:
            ways[now].append(f"完成>{now + 1}")
            now += 1
        ends.append(now)
        now += 1
    for end in ends:
        ways[end].append(f"完成>{now}")
    ways[at].append("分送>" + ",".join(map(str, starts)))
    joins[now] = ",".join(map(str, ends))
    return now


def crossings(layout: Layout) -> list[tuple[Line, Line]]:
    """Every place where an upright stretch of one line crosses a level one of another."""
    upright = [(i, each) for i, each in stretches(layout) if each.w == 0]
    level = [(i, each) for i, each in stretches(layout) if each.h == 0]
    return [
        (layout.lines[i], layout.lines[k])
        for i, one in upright
        for k, two in level
        if i != k and two.x < one.x < two.x + two.w and one.y < two.y < one.y + one.h
    ]


def contrast(one: str, two: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(each * 2 for each in digits)
    shares = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def inks(svg: str) -> Iterator[tuple[str, str]]:
    """The colour of every text with that of what was painted last under its beginning."""
    grounds: list[tuple[Rect, str]] = []
    root = parsed(svg)
    for each in root.iter():
        at, fill = each.attrib, each.attrib.get("fill", root.attrib["fill"])
        match each.tag.removeprefix(SVG):
            case "rect" if fill != "none":
                x, y = float(at.get("x", 0)), float(at.get("y", 0))
                grounds.append((Rect(x, y, float(at["width"]), float(at["height"])), fill))
            case "circle":
                x, y, r = (float(at[key]) for key in ("cx", "cy", "r"))
                grounds.append((Rect(x - r, y - r, 2 * r, 2 * r), fill))
            case "text":
                point = Rect(float(at["x"]), float(at["y"]) - 3, 0, 0)
                yield fill, next(ink for rect, ink in reversed(grounds) if rect.meets(point, 0.1))
