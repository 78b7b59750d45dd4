"""Diagram interchange: the shapes and lines of a process, as BPMN DI has them."""

from typing import Protocol

from guiju.formats.bpmn.layout import Box, Line, Spot, layout_of
from guiju.formats.bpmn.tree import Element

LABEL_WIDTH, LABEL_HEIGHT = 80, 14


class Drawable(Protocol):
    """What is to be drawn of one process."""

    lanes: list[str]
    spots: list[Spot]
    lines: list[Line]


def draw(root: Element, plane_of: str, shapes: Drawable, pool: str = "") -> None:
    """Add a diagram of a collaboration with one pool, or of a process without one."""
    layout = layout_of(shapes.spots, shapes.lines, len(shapes.lanes))
    diagram = root.add("bpmndi:BPMNDiagram", {"id": f"diagram.{plane_of}"})
    plane = diagram.add("bpmndi:BPMNPlane", {"id": f"plane.{plane_of}", "bpmnElement": plane_of})
    if pool:
        _shape(plane, pool, layout.pool, {"isHorizontal": "true"})
    for lane, box in zip(shapes.lanes, layout.lanes, strict=True):
        _shape(plane, lane, box, {"isHorizontal": "true"})
    for spot in shapes.spots:
        is_exclusive = spot.id.split(".")[-2:-1] == ["decide"]
        marker = {"isMarkerVisible": "true"} if is_exclusive else {}
        shape = _shape(plane, spot.id, layout.boxes[spot.id], marker)
        if spot.size == "event":
            _label(shape, layout.boxes[spot.id])
    for line in shapes.lines:
        edge = plane.add("bpmndi:BPMNEdge", {"id": f"{line.id}.edge", "bpmnElement": line.id})
        for x, y in layout.lines[line.id]:
            edge.add("di:waypoint", {"x": f"{x:g}", "y": f"{y:g}"})


def _shape(plane: Element, id_: str, box: Box, more: dict[str, str]) -> Element:
    attributes = {"id": f"{id_}.shape", "bpmnElement": id_, **more}
    shape = plane.add("bpmndi:BPMNShape", attributes)
    _bounds(shape, box)
    return shape


def _bounds(element: Element, box: Box) -> None:
    sizes = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    element.add("dc:Bounds", {name: f"{value:g}" for name, value in sizes.items()})


def _label(shape: Element, box: Box) -> None:
    """The name of an event stands below it."""
    x = box.x + (box.width - LABEL_WIDTH) / 2
    label = shape.add("bpmndi:BPMNLabel")
    _bounds(label, Box(x, box.y + box.height + 2, LABEL_WIDTH, LABEL_HEIGHT))
