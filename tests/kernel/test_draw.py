"""The pictures of charts: of all that the packs hold, of a large one, and of random ones."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import guiju
from guiju.formats.packs import read_one
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.draw import Progress, chart_svg, chart_svg_narrow
from guiju.kernel.drawing.ink import Rect, balanced, width, wrap
from guiju.kernel.drawing.plan import Kind, names_of, plan_of
from guiju.kernel.drawing.route import Layout, layout_of
from guiju.kernel.power import (
    Category,
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
    """A power of a pack as it is drawn: its steps written out, without what stands beside."""
    whole = unfold(read_one(path, date(2026, 11, 22)))
    steps = (
        replace(step, outcomes=tuple(o for o in step.outcomes if not o.aside))
        for step in whole.steps
    )
    return replace(whole, steps=tuple(steps))


@pytest.fixture(params=[*FILES, None], ids=lambda path: path.stem if path else "big")
def power(request: pytest.FixtureRequest) -> Power:
    return pack_power(request.param) if request.param else big_power()


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


def test_nothing_lies_on_anything_else(power: Power) -> None:
    assert overlaps(layout_of(plan_of(power), 0)) == []
    assert overlaps(layout_of(plan_of(power), 40, 3000)) == []


@settings(deadline=None, max_examples=60)
@given(charts())
def test_no_box_or_label_is_covered_in_any_chart(power: Power) -> None:
    """Two lines may still share a stretch in a few crowded charts; none of the packs' does."""
    found = overlaps(layout_of(plan_of(power), 0))

    assert [each for each in found if " along " not in each] == []


def test_no_label_lies_on_the_line_of_another(power: Power) -> None:
    layout = layout_of(plan_of(power), 0)
    lines = list(stretches(layout))

    assert [
        f"{line.edge} on {layout.lines[k].edge}"
        for i, line in enumerate(layout.lines)
        for k, stretch in lines
        if line.label and i != k and line.label.meets(stretch)
    ] == []


def test_lanes_stand_in_the_official_order(power: Power) -> None:
    owners = {step.post for step in power.steps}
    official = [post.name for post in power.posts if post.id in owners]
    layout = layout_of(plan_of(power), 0)

    assert [name for name in layout.plan.lanes if name != "申请人"] == [
        name for name in official if name != "申请人"
    ]
    assert layout.middles == sorted(layout.middles)
    for key, node in layout.plan.nodes.items():
        box = layout.boxes[key]
        assert layout.lane_edges[node.lane] < box.x
        assert box.x + box.w < layout.lane_edges[node.lane + 1]


def test_every_step_end_and_outcome_is_told(power: Power) -> None:
    for svg in drawings(power):
        words = words_in(svg).replace(" ", "")
        told = [step.name for step in power.steps] + [end.name for end in power.ends]
        told += [o.name for step in power.steps for o in step.outcomes if len(step.outcomes) > 1]
        assert [each for each in told if each.replace(" ", "") not in words] == []


def test_every_risk_is_told_with_what_is_done_against_it(power: Power) -> None:
    names = names_of(power)
    for draw in (chart_svg, chart_svg_narrow):
        with_risks = words_in(draw(power, risks=True)).replace(" ", "")
        plain = words_in(draw(power, risks=False))
        assert "风险" not in plain
        for step in power.steps:
            if step.risk:
                told = [*step.risk.points, *step.risk.measures]
                told += [control.words(names) for control in step.controls]
                assert [each for each in told if each.replace(" ", "") not in with_risks] == []


def test_every_line_stays_on_the_picture(power: Power) -> None:
    for svg in drawings(power):
        root = parsed(svg)
        wide, high = float(root.attrib["width"]), float(root.attrib["height"])
        for text in root.iter(f"{SVG}text"):
            size, x = float(text.attrib["font-size"]), float(text.attrib["x"])
            share = {"middle": 0.5, "end": 1.0}.get(text.attrib.get("text-anchor", ""), 0.0)
            left = x - share * width(text.text or "", size)
            assert left >= 0
            assert left + width(text.text or "", size) <= wide
            assert 0 <= float(text.attrib["y"]) <= high


def test_a_picture_is_well_formed_and_obeys_the_content_security_policy(power: Power) -> None:
    for svg in drawings(power):
        root = parsed(svg)
        assert root.find(f"{SVG}title") is not None
        assert root.find(f"{SVG}desc") is not None
        for element in root.iter():
            assert element.tag != f"{SVG}style"
            assert "style" not in element.attrib


def test_ids_differ_between_the_kinds_of_drawing() -> None:
    ids = [
        element.attrib["id"]
        for draw in (chart_svg, chart_svg_narrow)
        for risks in (False, True)
        for element in parsed(draw(big_power(), risks=risks)).iter()
        if "id" in element.attrib
    ]

    assert len(ids) == len(set(ids)) > 0


def test_the_same_chart_gives_the_same_picture(power: Power) -> None:
    again = replace(power)

    assert drawings(power) == drawings(again)


def test_progress_changes_no_place() -> None:
    power = big_power()
    progress = Progress(frozenset({"5"}), frozenset({"1", "2"}))
    lines = [
        [each.attrib["points"] for each in parsed(svg).iter(f"{SVG}polyline")]
        for svg in (
            chart_svg(power, risks=True),
            chart_svg(power, risks=True, progress=progress),
        )
    ]

    assert lines[0] == lines[1] != []


def test_progress_is_told_in_words_and_signs() -> None:
    progress = Progress(frozenset({"5"}), frozenset({"1", "2"}))
    for draw in (chart_svg, chart_svg_narrow):
        svg = draw(big_power(), risks=False, progress=progress)
        assert words_in(svg).count("▲当前环节") == 1
        assert "当前环节:第5号环节。" in svg
        assert "▲" not in draw(big_power(), risks=False)


def test_text_is_escaped() -> None:
    nasty = a_power(a_step("1", "p0", "a<b>2", "其他>bad"), a_step("2", "p1", "完>good"))
    first = replace(nasty.steps[0], name='<&"\x00', risk=Risk(Grade.LOW, ('<script>&"',)))
    nasty = replace(nasty, steps=(first, nasty.steps[1]))
    for svg in drawings(nasty):
        assert "<script" not in svg
        assert '<&"' in words_in(svg)


def test_branches_are_forked_and_joined() -> None:
    kinds = [node.kind for node in plan_of(big_power()).nodes.values()]
    words = words_in(chart_svg_narrow(big_power(), risks=False))

    assert kinds.count(Kind.FORK) == 3
    assert kinds.count(Kind.JOIN) == 2
    assert "→ 第5、6、7步(同时进行)" in words
    assert "等第5、6、7步都办完" in words
    assert "不予受理 → 终点:不予办理" in words


def test_refusing_ends_are_grey() -> None:
    svg = chart_svg(big_power(), risks=False)

    assert svg.count('fill="#e3e7eb"') == 5


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("提出申请", ("提出申请",)),
        ("批准用印(一般证明)", ("批准用印", "(一般证明)")),
        ("分送各部门审查", ("分送各部", "门审查")),
        ("受理,告知", ("受理,告知",)),
        ("受理,告知申请人", ("受理,", "告知申请人")),
    ],
)
def test_names_break_where_they_read_well(text: str, lines: tuple[str, ...]) -> None:
    assert balanced(text, 10, 60) == lines


@given(st.text(min_size=1), st.integers(20, 200))
def test_wrapping_loses_nothing_and_keeps_to_its_room(text: str, room: int) -> None:
    lines = wrap(text, 10, room)
    kept = "".join("".join(lines).split())

    assert all(width(line, 10) <= room for line in lines)
    assert [c for c in text if c.isprintable() and not c.isspace()] == [
        c for c in kept if c.isprintable()
    ]
