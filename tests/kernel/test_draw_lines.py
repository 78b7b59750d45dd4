"""Lines cross as little as they can, in the packs' charts and in long ones."""

from pathlib import Path

import pytest
from tests.kernel.drawings import (
    FILES,
    SVG,
    crossings,
    long_power,
    overlaps,
    pack_power,
    parsed,
)

from guiju.kernel.draw import chart_svg
from guiju.kernel.drawing import route
from guiju.kernel.drawing.courses import chosen, courses, grid_of
from guiju.kernel.drawing.ink import Rect
from guiju.kernel.drawing.plan import plan_of
from guiju.kernel.drawing.route import layout_of

CEILINGS = {
    "cunji-baozhang": 1,
    "cunji-yongyin": 0,
    "disanlei-yiliao-qixie-jingying-xuke": 0,
    "jianshe-gongcheng-guihua-xuke": 1,
    "linshi-jiuzhu": 3,
    "xingzheng-chufa-yiban-chengxu": 11,
    "zhengfu-xinxi-gongkai": 1,
    "zuidi-shenghuo-baozhang": 5,
}


def test_the_charts_of_the_packs_cross_no_more_than_they_must() -> None:
    found = {file.stem: len(crossings(layout_of(plan_of(pack_power(file)), 0))) for file in FILES}

    assert {name: n for name, n in found.items() if n > CEILINGS.get(name, 0)} == {}


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_no_line_would_cross_less_on_another_course(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Measured on the finished drawing, so that it also holds what the search counts."""
    plan = plan_of(pack_power(file))
    ends = [(plan.nodes[edge.source].cell, plan.nodes[edge.target].cell) for edge in plan.edges]
    now = chosen(plan, ends)
    layout = layout_of(plan, 0)
    assert tuple(now) == tuple(line.course for line in layout.lines)
    crossed = {id(line) for pair in crossings(layout) for line in pair}
    fewest = len(crossings(layout))
    for i, line in enumerate(layout.lines):
        for course in courses(grid_of(plan), *ends[i]) if id(line) in crossed else ():
            other = [*now[:i], course, *now[i + 1 :]]
            monkeypatch.setattr(route, "chosen", lambda *_, other=other: other)
            route.laid_out.cache_clear()
            found = len(crossings(layout_of(plan, 0)))
            assert found >= fewest, f"{line.edge}: {course}"
    route.laid_out.cache_clear()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("count", "posts"), [(40, 6), (60, 10)])
def test_nothing_lies_on_anything_else_in_long_charts(seed: int, count: int, posts: int) -> None:
    layout = layout_of(plan_of(long_power(seed, count, posts)), 0)

    assert overlaps(layout) == []
    assert len(crossings(layout)) <= count / 6


def test_long_charts_name_their_lanes_again_where_nothing_stands() -> None:
    layout = layout_of(plan_of(long_power(3, 60, 8)), 60)
    svg = chart_svg(long_power(3, 60, 8), risks=False)
    places = [
        Rect(float(text.attrib["x"]) - 8 - 30, float(text.attrib["y"]) - 11, 60, 12)
        for text in parsed(svg).iter(f"{SVG}text")
        if (text.text or "").startswith("示范岗位") and float(text.attrib["y"]) > 200
    ]
    filled = [
        *layout.boxes.values(),
        *(part for line in layout.lines for part in line.stretches),
    ]
    filled += [line.label for line in layout.lines if line.label]

    assert len(places) >= 8 * int(layout.bottom / 1200)
    assert [place for place in places if any(place.meets(each) for each in filled)] == []
