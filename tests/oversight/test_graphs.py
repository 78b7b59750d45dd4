"""Graphs: what they draw is what was counted, and they need no colour."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from guiju.kernel.drawing.ink import width
from guiju.kernel.lights import Light
from guiju.oversight.graphs import BAR, INKS, LEAST, SMALL, Bar, Line, bars, scale, spark, trend

SVG = "{http://www.w3.org/2000/svg}"
COUNTS = st.dictionaries(st.sampled_from(list(Light)), st.integers(0, 100_000))
LABELS = st.text(st.characters(codec="utf-8"), max_size=60)
VALUES = st.lists(st.integers(0, 10**6), min_size=1, max_size=20)


def parts(svg: str) -> list[etree._Element]:
    """The parts of bars, without their hatching."""
    rects = etree.fromstring(svg.encode()).iter(f"{SVG}rect")
    return [r for r in rects if r.get("height") == str(BAR) and "url" not in r.get("fill", "")]


def test_a_bar_is_as_long_as_what_it_counts():
    rows = [
        Bar("甲", ((Light.BLUE, 300), (Light.RED, 100))),
        Bar("乙", ((Light.BLUE, 200),)),
    ]

    long = [float(each.get("width", "")) for each in parts(bars("b", "亮灯", rows))]

    red, blue, other = long  # red stands first
    assert blue / red == pytest.approx(3, rel=0.01)
    assert other / blue == pytest.approx(2 / 3, rel=0.01)


@given(st.lists(st.builds(Bar, LABELS, COUNTS.map(lambda c: tuple(c.items()))), max_size=6))
def test_nothing_is_outside_the_drawing_and_everything_counted_is_seen(rows: list[Bar]):
    svg = bars("b", "亮灯", rows, 350)
    root = etree.fromstring(svg.encode())
    shown = parts(svg)

    assert len(shown) == sum(n > 0 for row in rows for _, n in row.counts)
    assert all(float(each.get("width", "")) > LEAST / 2 for each in shown)
    for text in root.iter(f"{SVG}text"):
        long = width(text.text or "", float(text.get("font-size", "")))
        x = float(text.get("x", ""))
        begin = {"end": x - long, "middle": x - long / 2}.get(text.get("text-anchor", ""), x)
        assert begin >= -1
        assert begin + long <= 351


def test_lights_differ_without_colour():
    looks = {(ink.hatch, ink.tint if light is Light.RED else "") for light, ink in INKS.items()}

    assert len({ink.shape for ink in INKS.values()}) == len(Light)
    assert len(looks) == len(Light) or [i.hatch for i in INKS.values()].count("") == 2
    assert set(INKS) == set(Light)


def test_every_id_begins_with_the_name_of_the_graph():
    svg = bars("here", "亮灯", [Bar("甲", tuple((light, 1) for light in Light))])

    ids = re.findall(r' id="([^"]+)"', svg)
    used = re.findall(r"url\(#([^)]+)\)", svg)
    assert all(each.startswith("here-") for each in ids)
    assert set(used) <= set(ids)
    assert "style" not in svg


def test_a_graph_says_in_one_sentence_what_it_is():
    for svg in (
        bars("a", "甲 & 乙 <丙>", []),
        spark("s", "甲 & 乙 <丙>", []),
        trend("t", "甲 & 乙 <丙>", ["1月"], [Line("收到", (3,))], (350, 240)),
    ):
        root = etree.fromstring(svg.encode())
        assert root.get("role") == "img"
        assert root[0].text == "甲 & 乙 <丙>"
        assert root.get("aria-labelledby") == root[0].get("id")


@given(VALUES)
def test_a_trend_puts_more_higher(values: list[int]):
    svg = trend(
        "t", "趋势", [str(i) for i in range(len(values))], [Line("a", tuple(values))], (720, 240)
    )

    path = next(p for p in re.findall(r'<path d="(M[^"]+)" fill="none" stroke="#17456b"', svg))
    heights = [float(y) for _, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]
    assert len(heights) == len(values)
    for (before, after), (high, higher) in zip(pairwise(values), pairwise(heights), strict=True):
        assert (after - before) * (high - higher) >= 0
    assert all(14 <= y <= 254 for y in heights)


def test_a_gap_in_a_line_is_not_bridged():
    svg = trend("t", "趋势", ["1", "2", "3"], [Line("a", (1, None, 3))], (720, 240))

    path = re.search(r'<path d="(M[^"]+)" fill="none" stroke="#17456b"', svg)
    assert path is not None
    assert path[1].count("M") == 2


@given(st.lists(st.integers(0, 900), min_size=2, max_size=5))
def test_names_of_lines_do_not_overlap(lasts: list[int]):
    lines = [Line(f"线{i}", (1, n)) for i, n in enumerate(lasts)]

    svg = trend("t", "趋势", ["1", "2"], lines, (720, 240))

    heights = sorted(float(y) for y in re.findall(r'y="([\d.]+)" font-size="12" fill', svg))
    assert len(heights) == len(lasts)
    assert all(b - a >= SMALL for a, b in pairwise(heights))
    assert heights[-1] <= 284


@given(st.integers(0, 10**9))
def test_an_axis_has_at_most_five_steps_and_holds_everything(most: int):
    top, step = scale(most)

    assert top >= max(most, 1)
    assert top % step == 0
    assert top // step <= 5
