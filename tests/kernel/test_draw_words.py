"""What no line can show is said in words: on the chart, on cards, on paper and for listeners."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.kernel.drawings import DAYS, FILES, SVG, a_power, a_step, pack_power, parsed, words_in

from guiju.formats.packs import read_one
from guiju.kernel.draw import CounterExample, Paper, chart_svg, chart_svg_narrow, pages_svg
from guiju.kernel.drawing.plan import plan_of
from guiju.kernel.drawing.words import joins_of, lines_of, several_words
from guiju.kernel.net import compile_net
from guiju.kernel.power import (
    Anytime,
    ClockEffect,
    Field,
    FieldKind,
    Outcome,
    Power,
    Several,
    Step,
)
from guiju.kernel.unfold import unfold


def changed(step: Step, index: int = 0, **more: object) -> Step:
    outcomes = list(step.outcomes)
    outcomes[index] = replace(outcomes[index], **more)  # type: ignore[arg-type]
    return replace(step, outcomes=tuple(outcomes))


def told(power: Power) -> list[str]:
    """All words of each form of the chart: wide, narrow, on paper; and for screen readers."""
    wide, narrow = chart_svg(power, risks=False), chart_svg_narrow(power, risks=False)
    pages = pages_svg(power, Paper.A4, risks=False)
    desc = parsed(wide).findtext(f"{SVG}desc") or ""
    texts = [words_in(wide), words_in(narrow), "".join(map(words_in, pages)), desc]
    return [text.replace(" ", "") for text in texts]


def choice(**more: object) -> Power:
    return a_power(
        changed(a_step("s1", "p0", "分送>s2,s3"), choose=True, **more),
        a_step("s2", "p1", "完成>s4"),
        a_step("s3", "p2", "完成>s4"),
        a_step("s4", "p0", "办结>good", join="s2,s3"),
    )


def test_branches_that_apply_are_told_apart_from_branches() -> None:
    wide, narrow, paper, desc = told(choice())
    for text in (wide, paper):
        assert "适用的同时进行" in text
        assert "适用的都办完后" in text
    for text in (narrow, desc):
        assert "第2、3步(适用的同时进行)" in text
        assert "等第2、3步中适用的都办完" in text
    for text in told(
        replace(choice(), steps=(a_step("s1", "p0", "分送>s2,s3"), *choice().steps[1:]))
    ):
        assert "适用" not in text
        assert "同时进行" in text


def test_only_the_join_of_what_was_chosen_waits_for_what_applies() -> None:
    inner = (a_step("s2", "p1", "再分>a,b"), a_step("a", "p1", "好>c"), a_step("b", "p2", "好>c"))
    join = a_step("c", "p1", "完成>s4", join="a,b")
    first, _, third, last = choice().steps
    power = a_power(first, *inner, join, third, replace(last, join=("c", "s3")))

    assert joins_of(power) == {"c": False, "s4": True}


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_a_join_is_told_as_the_net_has_it(file: Path) -> None:
    net = compile_net(read_one(file, date(2026, 11, 22)))
    joins = {route.joins for move in net.transitions for route in move.routes}

    assert {id_ for id_, is_chosen in joins_of(net.power).items() if is_chosen} == joins


def test_silence_is_marked_wherever_it_is_told() -> None:
    step = changed(a_step("s1", "p0", "受理>s2", "视为受理>s2"), 1, after=DAYS)
    only = changed(a_step("s2", "p1", "期满>good"), after=DAYS)
    wide, narrow, paper, desc = told(a_power(step, only))
    for text in (wide, narrow, paper):
        assert "受理/视为受理(到期自动)" in text
    assert "视为受理(满3工作日自动)→第2步" in desc
    assert "期满(到期自动)" in wide
    assert "期满(满3工作日自动)→终点:办结" in narrow


@pytest.mark.parametrize(
    ("several", "words"),
    [
        (Several(("p0", "p1")), "会签:示范岗位0、示范岗位1都选“同意”"),
        (Several(("p0", "p1", "p2"), need=2), "会签:示范岗位0、示范岗位1、示范岗位2中2个选“同意”"),
        (Several(("p0", "p1"), field="f"), "会签:示范岗位0、示范岗位1(按“部门”选定)都选“同意”"),
    ],
)
def test_who_signs_together_is_told_on_the_step(several: Several, words: str) -> None:
    field = Field("f", "部门", FieldKind.CHOICES, ("示范岗位0", "示范岗位1"))
    first = replace(a_step("s1", "p0", "下一步>s2"), fields=(field,))
    second = replace(a_step("s2", "p1", "同意>good", "不同意>bad"), several=several)
    power = a_power(first, second)

    assert several_words(power, second) == words
    for text in told(power):
        assert words in text


def beside() -> Power:
    """Withdrawal at two steps, an extension by another post, handing over, an opinion."""
    steps = (
        a_step("s1", "p0", "下一步>s2"),
        replace(a_step("s2", "p1", "下一步>s3"), may_hand_over=True),
        replace(a_step("s3", "p2", "办结>good"), reviewer="p1"),
    )
    back = Outcome("back", "撤回", ("bad",), post="p0", cancels=True)
    longer = Outcome("longer", "延长", (), post="p2", clock=ClockEffect.EXTEND, extend=DAYS)
    return replace(a_power(*steps), anytime=(Anytime(back), Anytime(longer, ("s2",))))


def test_what_stands_beside_a_step_is_told_in_words_without_lines() -> None:
    power = beside()
    wide, narrow, paper, desc = told(power)
    for text in (wide, paper, desc):
        assert "第2至4步还可以:撤回(示范岗位0)→终点:不予办理" in text
        assert "第2步还可以:延长(示范岗位2)" in text
        assert "第2步还可以:转办→本岗位另一人" in text
        assert "第3步还可以:加签→第4步" in text
    assert narrow.count("还可以:撤回(示范岗位0)→终点:不予办理") == 3
    assert narrow.count("还可以:转办→本岗位另一人") == 1
    drawn = [edge.target for edge in plan_of(unfold(power)).edges]
    assert drawn == ["s2", "s3", "s3>good", "s3"]


def test_many_steps_are_counted_as_from_to() -> None:
    steps = [a_step(f"s{i}", "p0", f"下一步>s{i + 1}") for i in range(1, 7)]
    back = Outcome("back", "撤回", ("bad",), cancels=True)
    whole = replace(a_power(*steps, a_step("s7", "p0", "办结>good")), anytime=(Anytime(back),))
    some = replace(whole, anytime=(Anytime(back, ("s1", "s3", "s4", "s5", "s7")),))

    assert "第2至7步还可以:撤回" in told(whole)[0]
    assert "第1、3至5、7步还可以:撤回" in told(some)[0]


def test_a_counter_example_may_run_where_no_line_is() -> None:
    path = CounterExample("反例", (("s1", "o0"), ("s2", "back")))
    for draw in (chart_svg, chart_svg_narrow):
        svg = draw(beside(), risks=False, path=path)
        assert "2. 第s2号环节(撤回)" in "".join(words_in(svg))
    assert "✗ 反例第2步 还可以:撤回" in words_in(svg)


def test_a_control_of_what_stands_beside_names_it() -> None:
    for file in FILES:
        power = pack_power(file)
        ids = {o.id for step in power.steps for o in step.outcomes if o not in lines_of(step)}
        words = words_in(chart_svg(power, risks=True))
        assert [id_ for id_ in ids if f"({id_}时)" in words.replace(" ", "")] == []
