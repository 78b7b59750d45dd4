"""Pages for print: they can be read, nothing is lost, and what is cut is taken up again."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from tests.kernel.drawings import (
    FILES,
    SVG,
    big_power,
    long_power,
    pack_power,
    parsed,
    words_in,
)

from guiju.kernel.draw import Paper, pages_svg
from guiju.kernel.drawing.ink import width
from guiju.kernel.drawing.paper import cut_pieces
from guiju.kernel.drawing.plan import plan_of
from guiju.kernel.drawing.route import layout_of
from guiju.kernel.power import Power

SIZES = {Paper.A4: ({"210mm", "297mm"}, 7.0), Paper.A5: ({"148mm", "210mm"}, 6.5)}
POWERS = {file.stem: pack_power(file) for file in FILES} | {
    "big": big_power(),
    "long": long_power(3, 60, 5),
}


@pytest.fixture(params=POWERS)
def power(request: pytest.FixtureRequest) -> Power:
    return POWERS[request.param]


def placed(
    element: ElementTree.Element, x: float = 0, y: float = 0
) -> list[tuple[float, float, float]]:
    """Where every text begins and ends on its page, with its height."""
    moved = element.attrib.get("transform", "translate(0 0)")[len("translate(") : -1].split()
    x, y = x + float(moved[0]), y + float(moved[1])
    found = []
    for each in element:
        if each.tag == f"{SVG}text":
            size = float(each.attrib["font-size"])
            wide = width(each.text or "", size)
            share = {"middle": 0.5, "end": 1.0}.get(each.attrib.get("text-anchor", ""), 0.0)
            left = x + float(each.attrib["x"]) - share * wide
            found.append((left, left + wide, y + float(each.attrib["y"])))
        found += placed(each, x, y)
    return found


@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("risks", [False, True])
def test_every_page_has_its_size_and_text_that_can_be_read(
    power: Power, paper: Paper, risks: bool
) -> None:
    sides, points = SIZES[paper]
    for svg in pages_svg(power, paper, risks=risks):
        root = parsed(svg)
        wide, high = root.attrib["width"], root.attrib["height"]
        box = [float(each) for each in root.attrib["viewBox"].split()]
        scale = min(float(wide[:-2]) / box[2], float(high[:-2]) / box[3])  # mm to a unit
        sizes = [float(text.attrib["font-size"]) for text in root.iter(f"{SVG}text")]

        assert {wide, high} == sides
        assert min(sizes) * scale / 25.4 * 72 >= points
        for left, right, y in placed(root):
            assert 0 <= left <= right <= box[2]
            assert 0 <= y <= box[3]


@pytest.mark.parametrize("paper", list(Paper))
def test_every_step_and_risk_is_on_one_page(power: Power, paper: Paper) -> None:
    pages = pages_svg(power, paper, risks=True)
    words = "".join(words_in(svg) for svg in pages).replace(" ", "")
    groups = [title.text or "" for svg in pages for title in parsed(svg).iter(f"{SVG}title")]

    for number, step in enumerate(power.steps, 1):
        assert groups.count(f"第{number}步 {step.name}") == 1
        if step.risk:
            assert [each for each in step.risk.points if each.replace(" ", "") not in words] == []


def test_a_cut_line_goes_on_where_the_next_page_begins() -> None:
    pages = pages_svg(big_power(), Paper.A4, risks=False)

    assert len(pages) > 1
    for number, (one, two) in enumerate(pairwise(pages), 1):
        assert f"接第{number + 1}页" in words_in(one)
        assert f"接第{number}页" in words_in(two)


def test_cutting_a_line_loses_nothing() -> None:
    layout = layout_of(plan_of(big_power()), 0)
    cuts = [0.0, *(top - 3.5 for top in layout.tops[3::4]), layout.bottom + 50]

    for line in layout.lines:
        whole = sum(part.w + part.h for part in line.stretches)
        parts = [
            abs(a - c) + abs(b - d)
            for start, end in pairwise(cuts)
            for piece in cut_pieces(line.points, start, end)
            for (a, b), (c, d) in pairwise(piece)
        ]
        assert sum(parts) == pytest.approx(whole)


def test_wide_charts_are_told_on_cards() -> None:
    pages = pages_svg(POWERS["zuidi-shenghuo-baozhang"], Paper.A5, risks=False)

    assert "→ 第" in words_in(pages[0])
    assert not list(parsed(pages[0]).iter(f"{SVG}polyline"))
