"""A counter-example on the chart: red, and readable without seeing red."""

from datetime import date

import pytest
from tests.kernel.charts import DATA
from tests.kernel.drawings import SVG, big_power, parsed, words_in

from guiju.formats.packs import read_power
from guiju.kernel.checks import findings
from guiju.kernel.draw import CounterExample, chart_svg, chart_svg_narrow
from guiju.kernel.drawing.ink import RED
from guiju.kernel.drawing.plan import plan_of
from guiju.kernel.drawing.route import layout_of
from guiju.kernel.drawing.trace import is_run, mark_place, numbers

ROUND = CounterExample(
    "绕一圈又回来",
    (("1", "o0"), ("2", "o1"), ("3", "o0"), ("2", "o0"), ("4", "o0"), ("6", "o1"), ("6", "o0")),
    ("5", "6"),
)


def red_lines(svg: str) -> list[dict[str, str]]:
    return [
        each.attrib for each in parsed(svg).iter(f"{SVG}polyline") if each.attrib["stroke"] == RED
    ]


def test_its_lines_are_red_dashed_and_numbered_and_no_others() -> None:
    layout = layout_of(plan_of(big_power()), 0)
    run = [line.edge for line in layout.lines if is_run(line.edge, ROUND)]
    lines = red_lines(chart_svg(big_power(), risks=False, path=ROUND))

    assert [(edge.source, edge.target) for edge in run if not edge.source.startswith("fork")] == [
        ("1", "2"),
        ("2", "4"),
        ("2", "3"),
        ("3", "2"),
        ("4", "fork>4>o0"),
        ("6", "join>8"),
        ("6", "6"),
    ]
    assert len(lines) == len(run) == 10
    assert all("stroke-dasharray" in line and "-red" in line["marker-end"] for line in lines)
    assert sorted(words for _, words in numbers(layout, ROUND)) == list("1234567")


def test_a_line_that_is_run_twice_bears_both_numbers() -> None:
    twice = CounterExample("", (("1", "o0"), ("2", "o1"), ("3", "o0"), ("2", "o1")))

    assert "2、4" in [words for _, words in numbers(layout_of(plan_of(big_power()), 0), twice)]


def test_a_number_lies_on_its_own_line_alone() -> None:
    layout = layout_of(plan_of(big_power()), 0)
    rects = [rect for rect, _ in numbers(layout, ROUND)]
    filled = [*layout.boxes.values(), *(line.label for line in layout.lines if line.label)]
    filled += [mark_place(layout.boxes[step]) for step in ROUND.steps]

    for i, rect in enumerate(rects):
        assert not [each for each in filled + rects[:i] if each.meets(rect)]
        owners = {
            line.edge for line in layout.lines for part in line.stretches if part.meets(rect)
        }
        assert len(owners) == 1


@pytest.mark.parametrize("draw", [chart_svg, chart_svg_narrow])
def test_message_path_and_place_are_told_in_words(draw: type[object]) -> None:
    svg = str(draw(big_power(), risks=False, path=ROUND))  # type: ignore[call-arg]
    told = words_in(svg).replace(" ", "")

    assert "✗绕一圈又回来" in told
    assert "1.第1号环节(提交)→2.第2号环节(补正)→3.第3号环节(已补齐)" in told
    assert told.count("✗问题在此") == 2
    assert "绕一圈又回来" in (parsed(svg).findtext(f"{SVG}desc") or "")
    assert RED not in "".join(
        str(each.attrib)
        for each in parsed(str(draw(big_power(), risks=False))).iter()  # type: ignore[call-arg]
        if each.tag != f"{SVG}path"  # the tip of red lines is always defined
    )


def test_a_finding_knows_its_path_as_ids() -> None:
    power = read_power(DATA / "broken" / "deadlock.toml", {})
    found = next(each for each in findings(power, date(2026, 11, 22)) if each.check == "C01")
    names = {
        (step.id, outcome.id): f"{step.name}({outcome.name})"
        for step in power.steps
        for outcome in step.outcomes
    }

    assert tuple(names[move] for move in found.moves) == found.path != ()
