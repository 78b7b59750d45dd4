"""Controls, each with its three faces: words, guard, and replay of what a log tells."""
# ruff: noqa: E501

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernel.charts import moment

from guiju.formats.reader import plain, read
from guiju.kernel import controls
from guiju.kernel.acts import Act, Person, State
from guiju.kernel.controls.amount_ceiling import AmountCeiling
from guiju.kernel.controls.certified import Certified
from guiju.kernel.controls.collective import Collective, needed
from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.controls.evidence import Evidence
from guiju.kernel.controls.hearing_offered import HearingOffered
from guiju.kernel.controls.legality_review import LegalityReview
from guiju.kernel.controls.one_notice import OneNotice
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.controls.promise import Promise
from guiju.kernel.controls.publicity_days import PublicityDays
from guiju.kernel.controls.random_draw import RandomDraw, drawn
from guiju.kernel.controls.reason_required import ReasonRequired
from guiju.kernel.controls.recusal import Recusal
from guiju.kernel.controls.replay import ALL, Unchecked
from guiju.kernel.controls.seal_register import SealRegister
from guiju.kernel.rules import Certainty, Rule, Unit

NAMES = {"p": "执法人员", "m": "集体成员", "h": "负责人", "review": "法制审核", "tell": "告知"}
STATE = State(2, {"s": moment(7)})


def rule(number: int | None = None, unit: Unit = Unit.PERSON) -> Rule:
    return Rule("r", "r", "某法第一条", Certainty.LAW, number, unit if number else None)


def act(*present: Person, **more) -> Act:
    return replace(Act("s", "o", "甲", "p", moment(10), present), **more)


TWO = rule(2)
OFFICERS = Person("甲", "p", certificate="001"), Person("乙", "p", certificate="002")
NONE = Person("甲", "p", relation="无"), Person("乙", "p", relation="无")
DRAW = RandomDraw(rule(), "p", "pool", "seed")
POOL = {"pool": "甲、乙、丙、丁", "seed": "2026001"}
LUCKY = drawn(POOL["pool"].split("、"), POOL["seed"], 2)
OTHER = next(id_ for id_ in POOL["pool"].split("、") if id_ not in LUCKY)
ROWS = [
    # control, an act that passes, an act that is refused, what is said of it, what a log must tell
    (PersonsMin(TWO, "p"), act(Person("乙", "p")), act(), "现有1人", {"present"}),
    (Certified(rule(), "p"), act(*OFFICERS), act(OFFICERS[0], Person("乙", "p")), "有1人没有", {"present", "certificate"}),
    (Certified(rule(), "q"), act(Person("乙", "q", "003")), act(), "没有q在场", {"present", "certificate"}),
    (Recusal(rule()), act(*NONE), act(NONE[0], Person("乙", "p", relation="兄弟")), "1人声明与本件有利害关系", {"present", "relation"}),
    (Recusal(rule()), act(*NONE), act(NONE[0], Person("乙", "p")), "有1人没有声明", {"present", "relation"}),
    (Evidence(rule(), ("照片",)), act(evidence=("照片",)), act(), "缺少照片", {"evidence"}),
    (ReasonRequired(rule()), act(reason="不符合"), act(reason=" "), "没有写明理由", {"reason"}),
    (OneNotice(rule(1)), act(items=("证明",)), act(), "没有列出", {"counts", "items"}),
    (PublicityDays(rule(2, Unit.NATURAL_DAY)), act(), act(at=moment(9)), "须满2日", {"since"}),
    (DRAW, act(Person(LUCKY[1], "p"), by=LUCKY[0], facts=POOL, evidence=("抽取记录",)), act(Person(OTHER, "p"), by=LUCKY[0], facts=POOL, evidence=("抽取记录",)), "不是按备选名单和种子", {"present", "facts", "evidence"}),
    (DRAW, act(Person(LUCKY[1], "p"), by=LUCKY[0], facts=POOL, evidence=("抽取记录",)), act(facts=POOL), "缺少抽取记录", {"present", "facts", "evidence"}),
    (DRAW, act(Person(LUCKY[1], "p"), by=LUCKY[0], facts=POOL, evidence=("抽取记录",)), act(facts={"pool": POOL["pool"]}, evidence=("抽取记录",)), "没有写明备选人员", {"present", "facts", "evidence"}),
    (AmountCeiling(rule(100_000, Unit.FEN), "sum"), act(facts={"sum": "100000"}), act(facts={"sum": "100001"}), "金额不超过1,000元,所填1,000.01元", {"facts"}),
    (AmountCeiling(rule(100_000, Unit.FEN), "sum"), act(facts={"sum": "0"}), act(facts={"sum": "-1"}), "没有写明金额", {"facts"}),
    (Promise(rule(5, Unit.WORKING_DAY)), act(evidence=("承诺书",)), act(), "缺少承诺书", {"evidence"}),
    (Promise(rule(5, Unit.WORKING_DAY), owed="owed"), act(evidence=("承诺书",), facts={"owed": "证明"}), act(evidence=("承诺书",)), "没有写明缺哪些材料", {"evidence", "facts"}),
    (SealRegister(rule(), "no"), act(facts={"no": "2026-15"}), act(facts={"no": " "}), "登记簿的编号", {"facts"}),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=[f"{r[0].kind}-{i}" for i, r in enumerate(ROWS)])
def test_a_control_passes_refuses_and_is_replayed(row):
    control, good, bad, said, parts = row

    assert control.words(NAMES)
    assert control.refusal(good, STATE, NAMES) is None
    assert said in (control.refusal(bad, STATE, NAMES) or "")
    assert control.violation(good, STATE, NAMES) is None
    assert said in (control.violation(bad, STATE, NAMES) or "")
    assert control.violation(bad, STATE, NAMES, ALL - parts) == Unchecked(
        tuple(p for p in _order(control, bad) if p in parts)
    )


def _order(control, bad) -> tuple[str, ...]:
    """The parts in the order in which the control names them."""
    found = control.violation(bad, STATE, NAMES, frozenset())
    assert isinstance(found, Unchecked)
    return found.lacks


STEPS = [
    (Distinct(rule(), ("review",)), {"doers": {"review": ("丙",)}}, {"doers": {"review": ("甲",)}}, "已办理过“法制审核”", "doers"),
    (LegalityReview(rule(), "review", ("pass",)), {"counts": {"review.pass": 1}}, {"counts": {"review.back": 3}}, "“法制审核”没有通过", "counts"),
    (HearingOffered(rule(), "tell", ("served",)), {"counts": {"tell.served": 1}}, {"counts": {}}, "“告知”还没有告知听证权利", "counts"),
    (OneNotice(rule(1)), {"counts": {}}, {"counts": {"s.o": 1}}, "只能发1次,此前已发1次", "counts"),
]  # fmt: skip


@pytest.mark.parametrize("row", STEPS, ids=[row[0].kind for row in STEPS])
def test_a_control_that_looks_at_the_case_passes_refuses_and_is_replayed(row):
    control, good, bad, said, part = row
    tried = act(items=("证明",))

    assert control.words(NAMES)
    assert control.refusal(tried, replace(STATE, **good), NAMES) is None
    assert control.violation(tried, replace(STATE, **good), NAMES) is None
    assert said in (control.refusal(tried, replace(STATE, **bad), NAMES) or "")
    assert said in (control.violation(tried, replace(STATE, **bad), NAMES) or "")
    lacking = control.violation(tried, replace(STATE, **bad), NAMES, ALL - {part})
    assert lacking == Unchecked((part,))


def test_a_log_that_names_enough_people_shows_it_though_others_may_be_missing():
    enough = act(Person("乙", "p"))

    assert PersonsMin(TWO, "p").violation(enough, STATE, NAMES, ALL - {"present"}) is None


def test_a_publicity_whose_beginning_is_not_recorded_cannot_be_checked():
    days = PublicityDays(rule(2, Unit.NATURAL_DAY))

    assert days.violation(act(), State(2, {}), NAMES) == Unchecked(("since",))


BODY = Collective(rule(), "m", "members", quorum=">1/2", majority=">1/2", principal="h")


def meeting(*votes: str, principal: str = "赞成", order: int = 9, why: str = "", said: str = "5"):
    """A meeting of members and, speaking last unless told, the principal."""
    members = [Person(f"m{i}", "m", vote=v, order=i, opinion="") for i, v in enumerate(votes, 1)]
    head = Person("h", "h", vote=principal, order=order, opinion=why)
    return Act("s", "o", "m1", "m", moment(10), (*members, head), facts={"members": said})


YES, NO, ABSTAINED = "赞成", "反对", "弃权"
MEETINGS = [
    (meeting(YES, YES), None),
    (meeting(YES), "应到5人,到会2人,不足3人"),
    (meeting(YES, YES, order=1), "没有逐人记下发言的先后"),  # as early as the first
    (meeting(YES, YES, order=0), "没有逐人记下发言的先后"),
    (meeting(YES, ""), "有1人没有表态"),
    (meeting(YES, YES, said=""), "没有如实写明应到人数"),
    (meeting(YES, YES, said="2"), "没有如实写明应到人数"),
    (meeting(YES, YES, NO, NO, principal=ABSTAINED), "到会5人,赞成2人,不足以通过"),
    (meeting(YES, YES, YES, principal=NO), "有1人与多数意见不一致"),
    (meeting(YES, YES, YES, principal=NO, why="预算不足,理由见会上说明"), None),
    (meeting(YES, YES, YES, principal=ABSTAINED), None),
    (replace(meeting(YES, YES, YES), present=meeting(YES, YES, YES).present[:3]), "负责人没有到会"),
]  # fmt: skip


@pytest.mark.parametrize(("held", "said"), MEETINGS, ids=range(len(MEETINGS)))
def test_a_body_decides_with_quorum_majority_principal_last_and_dissent_on_record(held, said):
    refusal = BODY.refusal(held, STATE, NAMES)

    assert (refusal is None) if said is None else (said in (refusal or ""))
    assert BODY.violation(held, STATE, NAMES) == refusal


def test_the_principal_who_speaks_before_a_member_is_not_last():
    members = [Person("m1", "m", vote=YES, order=1), Person("m2", "m", vote=YES, order=3)]
    head = Person("h", "h", vote=YES, order=2)
    held = Act("s", "o", "m1", "m", moment(10), (*members, head), facts={"members": "5"})

    assert BODY.refusal(held, STATE, NAMES) == "负责人没有最后发表意见"


def test_two_principals_are_one_too_many():
    held = meeting(YES, YES)
    held = replace(held, present=(*held.present, Person("h2", "h", vote=YES, order=10)))

    assert "负责人不止一人" in (BODY.refusal(held, STATE, NAMES) or "")


def test_without_a_majority_the_principal_decides_and_a_body_may_have_none():
    heard = replace(BODY, majority="", principal="")
    held = replace(
        meeting(NO, NO),
        present=tuple(replace(p, opinion="不妥") for p in meeting(NO, NO).present[:2]),
    )

    assert heard.refusal(replace(held, facts={"members": "3"}), STATE, NAMES) is None
    assert heard.violation(held, STATE, NAMES, ALL - {"order", "vote"}) == Unchecked(("vote",))


def test_the_faces_of_a_body_are_told_in_words():
    mixed = replace(BODY, quorum=">=2/3", principal="")

    assert BODY.words(NAMES) == (
        "集体成员到会超过全体的1/2,到会人员超过1/2赞成,负责人最后发表意见,不同意见如实记录"
    )
    assert mixed.words(NAMES) == (
        "集体成员到会不少于全体的2/3,到会人员超过1/2赞成,不同意见如实记录"
    )


@pytest.mark.parametrize(
    ("members", "part", "need"),
    [  # of the table of bodies: village assembly, households, representatives, members, board
        (861, ">1/2", 431),
        (287, ">=2/3", 192),
        (45, ">=2/3", 30),
        (30, ">1/2", 16),
        (301, ">1/2", 151),
        (102, ">=2/3", 68),
        (37, ">=2/3", 25),
        (25, ">1/2", 13),
        (640, ">=2/3", 427),
        (7, ">=2/3", 5),
        (7, ">1/2", 4),
        (31, ">1/2", 16),
    ],
)
def test_a_fraction_of_a_body_is_exact(members, part, need):
    assert needed(members, part) == need


def test_a_quorum_of_two_thirds_goes_with_a_majority_of_more_than_half():
    assembly = replace(BODY, quorum=">=2/3", principal="")
    votes = meeting(YES, YES, NO, NO).present[:4]
    votes = tuple(replace(each, opinion="理由") for each in votes)
    held = replace(meeting(), present=votes, facts={"members": "6"})

    assert assembly.refusal(held, STATE, NAMES) == "到会4人,赞成2人,不足以通过"
    assert replace(assembly, majority=">=1/2").refusal(held, STATE, NAMES) is None


@given(st.sets(st.text("甲乙丙丁戊己", min_size=1, max_size=2), min_size=1), st.text(max_size=8))
def test_a_draw_is_the_same_for_everybody_and_in_any_order(pool, seed):
    once = drawn(sorted(pool), seed, 2)

    assert once == drawn(sorted(pool, reverse=True), seed, 2)
    assert set(once) <= pool and len(set(once)) == len(once) == min(2, len(pool))
    assert drawn(sorted(pool), seed, len(pool))[:2] == once


def test_who_acts_may_be_listed_with_what_is_said_of_them():
    tried = act(Person("甲", "p", certificate="001"), Person("丙", "q"))

    assert [each.id for each in tried.everyone()] == ["甲", "丙"]
    assert tried.everyone("p")[0].certificate == "001"
    assert [each.id for each in act().everyone("p")] == ["甲"]


@pytest.mark.parametrize("kind", controls.type_of, ids=list(controls.type_of))
def test_a_control_has_the_kind_it_is_listed_under_and_three_faces(kind):
    made = controls.type_of[kind]

    assert made.kind == kind
    assert made.__doc__
    assert all(callable(getattr(made, face)) for face in ("words", "refusal", "violation"))


@pytest.mark.parametrize("row", ROWS, ids=[f"{r[0].kind}-{i}" for i, r in enumerate(ROWS)])
def test_a_control_is_read_as_it_was_written(row):
    control = row[0]

    assert read(controls.type_of[control.kind], {k: v for k, v in plain(control).items() if k != "kind"}) == control  # fmt: skip
