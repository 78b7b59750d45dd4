"""The pictures of charts: of all that the packs hold, of a large one, and of random ones."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel.drawings import (
    FILES,
    SVG,
    a_power,
    a_step,
    big_power,
    charts,
    contrast,
    drawings,
    inks,
    overlaps,
    pack_power,
    parsed,
    stretches,
    words_in,
)

from guiju.kernel.draw import CounterExample, Progress, chart_svg, chart_svg_narrow
from guiju.kernel.drawing.ink import balanced, width, wrap
from guiju.kernel.drawing.plan import Kind, plan_of
from guiju.kernel.drawing.route import layout_of
from guiju.kernel.drawing.words import lines_of, names_of
from guiju.kernel.power import Grade, Power, Risk


@pytest.fixture(params=[*FILES, None], ids=lambda path: path.stem if path else "big")
def power(request: pytest.FixtureRequest) -> Power:
    return pack_power(request.param) if request.param else big_power()


def test_nothing_lies_on_anything_else(power: Power) -> None:
    assert overlaps(layout_of(plan_of(power), 0)) == []
    assert overlaps(layout_of(plan_of(power), 40, 3000)) == []


@settings(deadline=None, max_examples=100)
@given(charts())
def test_nothing_lies_on_anything_else_in_any_chart(power: Power) -> None:
    assert overlaps(layout_of(plan_of(power), 0)) == []


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
        ways = [(step, outcome) for step in power.steps for outcome in step.outcomes]
        told += [o.name for step, o in ways if lines_of(step) != (o,)]
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


def test_every_picture_has_a_name_for_screen_readers(power: Power) -> None:
    for svg in drawings(power):
        root = parsed(svg)
        named = {each.attrib["id"]: each.text for each in root if "id" in each.attrib}
        assert root.attrib["role"] == "img"
        assert [named[id_] for id_ in root.attrib["aria-labelledby"].split()] == [
            root.findtext(f"{SVG}title"),
            root.findtext(f"{SVG}desc"),
        ]
        groups = [each.findtext(f"{SVG}title") for each in root.iter(f"{SVG}g")]
        for number, step in enumerate(power.steps, 1):
            assert f"第{number}步 {step.name}" in groups


def test_every_text_is_dark_enough_on_its_ground(power: Power) -> None:
    """At least 4.5 to 1, as WCAG 2.2 asks (success criterion 1.4.3)."""
    example = CounterExample("反例", ((power.steps[0].id, power.steps[0].outcomes[0].id),))
    pictures = [
        *drawings(power),
        *(d(power, risks=True, path=example) for d in (chart_svg, chart_svg_narrow)),
    ]
    pairs = {pair for svg in pictures for pair in inks(svg)}

    assert len(pairs) > 5
    assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < 4.5} == {}


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
