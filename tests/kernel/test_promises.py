"""C23: what is done on the applicant's promise is allowed, brought in time, or checked."""

from dataclasses import replace
from datetime import date

import pytest
from tests.kernel.charts import PACKS, chart, rule, step

from guiju.formats.packs import read_rules
from guiju.kernel.checks import findings
from guiju.kernel.controls.promise import Promise
from guiju.kernel.power import APPLICANT, Field, FieldKind, Material, Outcome, Power, StepKind
from guiju.kernel.rules import Unit

ON = date(2026, 9, 1)
RULES = read_rules(PACKS / "changzhi", ON)
PLAN, PROOF = Material("方案", "某法", may_follow=True), Material("证明", "某法")
OWED = Field("owed", "以后补交的材料", FieldKind.CHOICES, ("方案",), outcomes=("o1",))


def kind(of: StepKind, made):
    return replace(made, kind=of)


def owing() -> Power:
    """Accepted with something owed: the decision waits for it, and silence takes the case back."""
    accept = kind(StepKind.ACCEPT, step("accept", ("decide",), ("bring",)))
    promise = Promise(rule(5), owed="owed", outcomes=("o1",))
    accept = replace(accept, fields=(OWED,), controls=(promise,))
    bring = kind(StepKind.SUPPLEMENT, step("bring", ("decide",), post=APPLICANT))
    late = Outcome("late", "逾期不补", ("bad",), after=rule(5))
    bring = replace(bring, outcomes=(*bring.outcomes, late))
    decide = kind(StepKind.DECIDE, step("decide", ("good",)))
    return replace(chart(accept, bring, decide), materials=(PLAN, PROOF))


def checked() -> Power:
    """Decided on a promise, then checked; or, without a promise, looked at first."""
    accept = kind(StepKind.ACCEPT, step("accept", ("look",), ("decide",)))
    accept = replace(accept, controls=(Promise(rule(60), outcomes=("o1",)),))
    look = kind(StepKind.INVESTIGATE, step("look", ("decide",)))
    decide = kind(StepKind.DECIDE, step("decide", ("verify",)))
    verify = kind(StepKind.INVESTIGATE, step("verify", ("good",), ("bad",)))
    return replace(chart(accept, look, decide, verify), on_promise=rule(1))


def c23(power: Power) -> list[str]:
    return [each.message for each in findings(power, ON, RULES) if each.check == "C23"]


def changed(power: Power, id_: str, **changes: object) -> Power:
    """The power with one step changed."""
    steps = tuple(replace(s, **changes) if s.id == id_ else s for s in power.steps)
    return replace(power, steps=steps)


def test_promises_that_are_kept_are_fine():
    assert c23(owing()) == c23(checked()) == []


EVERY_PROMISE = {"controls": (Promise(rule(60)),)}
LATE = {"controls": (Promise(rule(61), outcomes=("o1",)),)}
ENDLESS = {"controls": (Promise(rule(5, Unit.PERSON), outcomes=("o1",)),)}
WRONG = [
    (replace(owing(), materials=(PROOF,)), "“accept”容缺的方案没有在申请材料里写明可以后补"),
    (changed(owing(), "accept", fields=()), "“accept”没有列出可以后补材料的多选表单项“owed”"),
    (changed(owing(), "bring", post="p"), "缺的材料没补齐就可能作出决定"),
    (
        changed(owing(), "bring", outcomes=owing().steps[1].outcomes[:1]),
        "缺的材料逾期不补没有后果",
    ),
    (replace(checked(), on_promise=None), "“accept”实行告知承诺,却没有写明哪里准许"),
    (changed(checked(), "accept", **EVERY_PROMISE), "“accept”只能凭承诺办理"),
    (changed(checked(), "accept", **LATE), "“accept”的承诺要在60个工作日"),
    (changed(checked(), "accept", **ENDLESS), "“accept”的承诺没有写明几天内"),
    (changed(checked(), "verify", kind=StepKind.REVIEW), "承诺的事项可能一直没有核查"),
]


@pytest.mark.parametrize(("power", "said"), WRONG, ids=[row[1][:20] for row in WRONG])
def test_one_change_makes_a_finding(power, said):
    told = c23(power)

    assert len(told) == 1
    assert told[0].startswith(said)
