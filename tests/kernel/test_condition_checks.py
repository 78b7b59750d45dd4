"""C24: conditions leave a way out, ask about what was filled in, and can be met."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernel.charts import chart, rule, step

from guiju.kernel.checks import c24_conditions, findings
from guiju.kernel.forms import holds
from guiju.kernel.power import Anytime, Condition, Field, FieldKind, Operator, Outcome, Power
from guiju.kernel.rules import Unit

ON = date(2026, 9, 1)
Op, K = Operator, FieldKind
AMOUNT = Field("amount", "金额", K.MONEY)
MATTER = Field("matter", "事项", K.CHOICE, ("甲", "乙", "丙"))
SMALL = Condition("amount", Op.AT_MOST, rule=rule(5_000_000, Unit.FEN))
LARGE = Condition("amount", Op.MORE, "5000000")
SILENT = Outcome("silent", "视为同意", ("good",), after=rule(5))
BACK = Anytime(Outcome("back", "撤回", ("bad",), cancels=True))


def asking(*whens: tuple[Condition, ...], fields: tuple[Field, ...] = (AMOUNT, MATTER)) -> Power:
    """One step fills the fields, the next has an outcome for each of these conditions."""
    fill = replace(step("a", ("b",)), fields=fields)
    decide = step("b", *(("good",) for _ in whens))
    outcomes = tuple(replace(o, when=w) for o, w in zip(decide.outcomes, whens, strict=True))
    return chart(fill, replace(decide, outcomes=outcomes))


def changed(power: Power, index: int, **changes: object) -> Power:
    steps = list(power.steps)
    steps[index] = replace(steps[index], **changes)
    return replace(power, steps=tuple(steps))


def c24(power: Power) -> list[str]:
    return [str(each) for each in findings(power, ON) if each.check == "C24"]


def when(field: str, op: Operator, value: str = "", values: tuple[str, ...] = ()) -> Condition:
    return Condition(field, op, value, values)


TIERS = asking((SMALL,), (LARGE,))
SOUND = [
    TIERS,
    asking((SMALL,), ()),
    asking((when("amount", Op.IS, "0"),), (when("amount", Op.MORE, "0"),)),
    asking((when("matter", Op.ONE_OF, values=("甲", "乙")),), (when("matter", Op.IS, "丙"),)),
    asking((when("matter", Op.IS, "甲"),), (when("matter", Op.IS_NOT, "甲"),)),
    asking((SMALL, when("matter", Op.IS, "甲")), (LARGE,), (when("matter", Op.IS_NOT, "甲"),)),
    changed(TIERS, 1, fields=(AMOUNT,)),
]


@pytest.mark.parametrize("power", SOUND)
def test_conditions_that_leave_a_way_out_for_every_value_are_fine(power):
    assert c24(power) == []


NO_WAY = [
    ((SMALL,), (when("amount", Op.MORE, "5000100"),), "当金额为50,001元时,“b”没有出路"),
    ((SMALL,), (when("amount", Op.MORE, "5000001"),), "当金额为50,000.01元时,“b”没有出路"),
    ((when("amount", Op.LESS, "5000000"),), (LARGE,), "当金额为50,000元时,“b”没有出路"),
    ((when("amount", Op.AT_LEAST, "1"),), (LARGE,), "当金额为0元时,“b”没有出路"),
    ((when("matter", Op.IS, "甲"),), (when("matter", Op.IS, "乙"),), "当事项为丙时,“b”没有出路"),
    ((SMALL, when("matter", Op.IS, "甲")), (LARGE,), "当金额为0元、事项为乙时,“b”没有出路"),
]


@pytest.mark.parametrize(("first", "second", "said"), NO_WAY, ids=[row[2] for row in NO_WAY])
def test_values_for_which_there_is_no_way_out_are_told(first, second, said):
    assert c24(asking(first, second)) == [f"[C24] {said}"]


@pytest.mark.parametrize(
    ("field", "condition", "said"),
    [
        (Field("x", "字样", K.TEXT), when("x", Op.IS, "同意"), "当字样为别的内容时"),
        (Field("x", "字样", K.TEXT), when("x", Op.IS, "别的内容"), "当字样为别的内容1时"),
        (Field("x", "哪天", K.DATE), when("x", Op.IS, "2000-01-01"), "当哪天为2000-01-02时"),
        (Field("x", "几样", K.CHOICES, ("甲", "乙")), when("x", Op.IS, "甲"), "当几样为乙时"),
        (Field("x", "几个", K.NUMBER), when("x", Op.IS_NOT, "7"), "当几个为7时"),
    ],
)
def test_every_kind_of_field_has_something_else_to_say(field, condition, said):
    assert c24(asking((condition,), fields=(field,))) == [f"[C24] {said},“b”没有出路"]


def test_a_field_that_may_stay_empty_leaves_no_way_when_it_does():
    power = asking((SMALL,), (LARGE,), fields=(replace(AMOUNT, is_required=False),))

    assert c24(power) == ["[C24] 当金额没有填时,“b”没有出路"]


def test_neither_silence_nor_what_is_beside_the_work_is_a_way_out():
    power = asking((SMALL,))
    silent = changed(power, 1, outcomes=(*power.steps[1].outcomes, SILENT))

    assert c24(silent) == ["[C24] 当金额为50,001元时,“b”没有出路"]
    assert c24(replace(power, anytime=(BACK,))) == c24(silent)


def test_a_field_is_filled_before_a_condition_asks_about_it():
    late = changed(changed(TIERS, 0, fields=()), 1, outcomes=TIERS.steps[1].outcomes)
    late = replace(late, steps=(*late.steps, replace(step("c", ("good",)), fields=(AMOUNT,))))
    first = replace(late.steps[1].outcomes[0], to=("c",))
    late = changed(late, 1, outcomes=(first, late.steps[1].outcomes[1]))

    told = "[C24] “b”的出口“o0”要看“金额”,那时可能还没有填;例如:a(o0) → b(o0)"
    assert c24(late) == [told]
    passed = changed(TIERS, 0, fields=(replace(AMOUNT, outcomes=("o1",)),))
    passed = changed(passed, 0, outcomes=step("a", ("b",), ("b",)).outcomes)
    assert c24(passed) == [told]  # filled for one outcome, not for the other
    assert c24(changed(passed, 1, fields=(replace(AMOUNT, outcomes=("o0",)),))) == [
        told.replace("o0”要看", "o1”要看").replace("b(o0)", "b(o1)")
    ]


NEVER = [
    ((SMALL, LARGE), "金额"),
    ((when("amount", Op.LESS, "0"),), "金额"),
    ((when("matter", Op.IS, "甲"), when("matter", Op.IS_NOT, "甲")), "事项"),
    ((SMALL, when("matter", Op.IS, "甲"), when("matter", Op.IS, "乙")), "事项"),
    ((when("day", Op.IS, "2026-02-30"),), "日期"),
]


@pytest.mark.parametrize(("never", "name"), NEVER)
def test_an_outcome_whose_condition_no_value_meets_is_found(never, name):
    power = asking(never, (), fields=(AMOUNT, MATTER, Field("day", "日期", K.DATE)))

    assert c24(power) == [f"[C24] “b”的出口“o0”永远选不了:“{name}”怎样填都不合条件"]


def test_a_field_of_two_kinds_is_found():
    text = replace(AMOUNT, kind=K.TEXT)
    power = changed(TIERS, 0, fields=(text,))
    power = changed(power, 1, fields=(AMOUNT,))

    assert c24(power) == ["[C24] “b”的条件问到的表单项“amount”,几处写的类型、选项不一样"]


def test_more_combinations_than_can_be_tried_are_undecided(monkeypatch):
    monkeypatch.setattr(c24_conditions, "REGIONS_MAX", 4)

    assert c24(TIERS) == ["[C24] “b”的条件太多,没有得出是否总有出路的结论"]


def conditions() -> st.SearchStrategy[tuple[Condition, ...]]:
    number = st.integers(0, 5).map(str)
    one = st.builds(
        when, st.sampled_from("xy"), st.sampled_from([o for o in Op if o != Op.ONE_OF]), number
    )
    some = st.builds(
        lambda field, values: when(field, Op.ONE_OF, values=tuple(values)),
        st.sampled_from("xy"),
        st.lists(number, min_size=1, max_size=3),
    )
    return st.lists(one | some, min_size=1, max_size=2).map(tuple)


@given(st.lists(conditions(), min_size=1, max_size=3))
def test_a_way_out_is_found_wanting_exactly_when_some_values_have_none(whens):
    fields = {id_: Field(id_, id_, K.NUMBER) for id_ in "xy"}
    values = [str(number) for number in range(8)]  # all constants, and something beyond them

    def is_open(facts: dict[str, str]) -> bool:
        return any(not any(holds(c, fields[c.field], facts) for c in each) for each in whens)

    shut = [1 for x, y in product(values, values) if not is_open({"x": x, "y": y})]
    told = [each for each in c24(asking(*whens, fields=(*fields.values(),))) if "没有出路" in each]
    assert bool(told) == bool(shut)


def test_a_number_is_one_of_others_however_it_is_written():
    field = Field("x", "几个", K.NUMBER)
    some = when("x", Op.ONE_OF, values=("5", "7"))

    assert holds(some, field, {"x": "05"}) == ""
    assert holds(some, field, {"x": "6"}) == "几个属于5、7"
