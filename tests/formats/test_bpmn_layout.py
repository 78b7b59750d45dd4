"""Where the shapes of our models stand: nothing overlaps, no line runs through a shape."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations, pairwise

import pytest
from tests.kernel.charts import PACKS

from guiju.formats.bpmn.layout import Box, Line, Spot, layout_of
from guiju.formats.bpmn.names import BPMN, BPMNDI, DC, DI
from guiju.formats.bpmn.outward import to_bpmn
from guiju.formats.bpmn.tree import Element, parse
from guiju.formats.packs import read_pack
from guiju.kernel.power import Power

ALL = read_pack(PACKS / "changzhi", date(2026, 9, 1)).powers


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def holds(outer: Box, inner: Box) -> bool:
    is_wide = outer.x <= inner.x and inner.x + inner.width <= outer.x + outer.width
    return is_wide and outer.y <= inner.y and inner.y + inner.height <= outer.y + outer.height


def segments(corners: list[tuple[float, float]]) -> Iterator[Box]:
    for (x1, y1), (x2, y2) in pairwise(corners):
        yield Box(min(x1, x2), min(y1, y2), abs(x1 - x2) or 0.1, abs(y1 - y2) or 0.1)


def box_of(shape: Element) -> Box:
    bounds = next(shape.elements(DC, "Bounds"))
    return Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))


def is_apart(a: str, b: str, charts: tuple[str, ...]) -> bool:
    """Whether they stand on different diagrams, or one is the timer on the other's edge."""
    on = [next((chart for chart in charts if chart in each), "") for each in (a, b)]
    return on[0] != on[1] or any(".timer." in f".{each}" for each in (a, b))


@pytest.mark.parametrize("power", ALL, ids=lambda power: power.code)
def test_shapes_stand_apart_in_their_lanes_and_lines_cross_none(power: Power) -> None:
    root = parse(to_bpmn(power)).root
    boxes = {
        e.get("bpmnElement"): box_of(e)
        for e in root.below()
        if e.space == BPMNDI and e.local == "BPMNShape"
    }
    lanes = [e for e in root.below() if e.space == BPMN and e.local == "lane"]
    inside = {each.text: lane.get("id") for lane in lanes for each in lane.elements()}
    assert len(inside) > 10
    assert all(holds(boxes[lane], boxes[node]) for node, lane in inside.items())
    assert all(holds(boxes["pool"], boxes[lane.get("id")]) for lane in lanes)
    charts = tuple(f"{chart.id}." for chart in power.charts)
    crowded = [
        (a, b)
        for a, b in combinations(inside, 2)
        if overlap(boxes[a], boxes[b]) and not is_apart(a, b, charts)
    ]
    assert crowded == []

    edges = [e for e in root.below() if e.space == BPMNDI and e.local == "BPMNEdge"]
    crossed = []
    for edge in edges:
        points = edge.elements(DI, "waypoint")
        corners = [(float(each.get("x")), float(each.get("y"))) for each in points]
        crossed += [
            (edge.get("id"), node)
            for part in segments(corners)
            for node in inside
            if overlap(part, boxes[node])
            and not is_apart(str(edge.get("bpmnElement")), node, charts)
        ]
    assert edges
    assert crossed == []


def test_lines_side_by_side_do_not_lie_on_each_other() -> None:
    spots = [
        Spot("a", "task", 0),
        Spot("b", "task", 1),
        Spot("c", "task", 0),
        Spot("d", "task", 1),
    ]
    lines = [Line("1", "a", "b"), Line("2", "a", "d"), Line("3", "b", "c"), Line("4", "c", "d")]

    found = layout_of(spots, lines, 2)

    upright = [
        {(x1, y) for y in range(int(min(y1, y2)) + 1, int(max(y1, y2)))}
        for corners in found.lines.values()
        for (x1, y1), (x2, y2) in pairwise(corners)
        if x1 == x2
    ]
    assert len(upright) > 4
    assert all(not one & other for one, other in combinations(upright, 2))


def test_a_boundary_event_stands_on_its_task() -> None:
    found = layout_of([Spot("a", "task", 0), Spot("t", "event", 0, on="a")], [], 1)

    assert overlap(found.boxes["a"], found.boxes["t"])
    assert holds(found.lanes[0], found.boxes["t"])
