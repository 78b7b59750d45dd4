"""The course the law asks of each category: kept by a straight chart, broken by a way around."""

from dataclasses import replace
from datetime import date

import pytest
from tests.kernel.charts import POSTS, SOUND

from guiju.kernel.checks import findings
from guiju.kernel.law import Category
from guiju.kernel.power import APPLICANT, End, Outcome, Power, Step, StepKind
from guiju.kernel.templates import TEMPLATES, Event, Shape

ON = date(2026, 9, 1)
K = StepKind
COURSE = {
    Category.LICENCE: (K.APPLY, K.ACCEPT, K.REVIEW, K.HEARING, K.DECIDE, K.DELIVER, K.CLOSE),
    Category.PENALTY: (
        *(K.REGISTER, K.FILE, K.INVESTIGATE, K.INFORM, K.HEARING, K.LEGAL_REVIEW, K.MEETING),
        *(K.DECIDE, K.DELIVER, K.EXECUTE, K.CLOSE),
    ),
    Category.COERCION: (K.REGISTER, K.DECIDE, K.INFORM, K.EXECUTE, K.CLOSE),
    Category.LEVY: (K.REGISTER, K.INVESTIGATE, K.DECIDE, K.DELIVER, K.EXECUTE),
    Category.PAYMENT: (K.APPLY, K.ACCEPT, K.INVESTIGATE, K.DECIDE, K.PAY, K.SEAL),
    Category.INSPECTION: (K.APPLY, K.REGISTER, K.INVESTIGATE, K.INFORM),
    Category.CONFIRMATION: (K.APPLY, K.ACCEPT, K.REVIEW, K.DECIDE, K.DELIVER),
    Category.AWARD: (K.APPLY, K.REVIEW, K.PUBLICITY, K.DECIDE, K.PAY),
    Category.RULING: (K.APPLY, K.ACCEPT, K.INFORM, K.REVIEW, K.DECIDE, K.DELIVER),
    Category.OTHER: (K.APPLY, K.DECIDE, K.SEAL),
}


def course(
    category: Category, around: frozenset[StepKind] = frozenset(), without: StepKind | None = None
) -> Power:
    """A straight chart of the category, with a way around each step of some kinds."""
    kinds = [kind for kind in COURSE[category] if kind is not without]
    steps = []
    for i, kind in enumerate(kinds):
        targets = [f"s{i + 1}" if i + 1 < len(kinds) else "good"]
        if i + 1 < len(kinds) and kinds[i + 1] in around:
            targets.append(f"s{i + 2}" if i + 2 < len(kinds) else "good")
        outcomes = tuple(Outcome(f"o{k}", f"o{k}", (to,)) for k, to in enumerate(targets))
        post = APPLICANT if kind is K.APPLY else "p"
        steps.append(Step(f"s{i}", kind.value, kind, post, outcomes))
    ends = (End("good", "good"),)
    return replace(
        SOUND, category=category, posts=POSTS, steps=tuple(steps), ends=ends, examples=()
    )


def told(power: Power) -> set[str]:
    return {f.message for f in findings(power, ON) if f.check in ("C11", "C12")}


def test_every_category_has_a_course():
    assert set(COURSE) == set(Category) == {row.category for row in TEMPLATES}
    assert all(row.source.strip() for row in TEMPLATES)


@pytest.mark.parametrize("category", Category)
def test_the_straight_course_keeps_the_law(category):
    assert told(course(category)) == set()


@pytest.mark.parametrize("row", TEMPLATES, ids=lambda row: f"{row.category}·{row.words()}")
def test_a_chart_that_leaves_out_or_goes_around_what_a_row_asks_for_is_found(row):
    if row.shape is Shape.STAGE:
        bare = [kind for kind in COURSE[row.category] if kind in row.first.kinds]
        power = course(row.category, without=bare[0])
    else:
        needed: Event = row.first if row.shape in (Shape.BEFORE, Shape.ALWAYS) else row.then
        power = course(row.category, around=needed.kinds)

    assert row.words() in told(power)


def test_a_penalty_of_the_summary_procedure_needs_no_filing_and_no_hearing():
    kinds = (K.REGISTER, K.INFORM, K.DECIDE, K.DELIVER)
    steps = [
        Step(f"s{i}", kind.value, kind, "p", (Outcome("o", "o", (f"s{i + 1}",)),))
        for i, kind in enumerate(kinds)
    ]
    steps[-1] = replace(steps[-1], outcomes=(Outcome("o", "o", ("good",)),))
    power = replace(course(Category.PENALTY), steps=tuple(steps))

    assert told(power) == set()


def test_a_withdrawal_by_the_applicant_is_no_end_without_a_decision():
    power = course(Category.LICENCE)
    back = Outcome("back", "撤回", ("good",), post=APPLICANT)
    steps = tuple(replace(s, outcomes=(*s.outcomes, back)) for s in power.steps)

    assert told(replace(power, steps=steps)) == set()


def test_a_finding_shows_a_run_that_breaks_the_law():
    found = findings(course(Category.PENALTY, around=frozenset({K.INFORM})), ON)
    runs = [f.path for f in found if "第四十四条、第六十二条" in f.message]

    assert len(runs) == 1
    assert runs[0][-1] == "决定(o0)"
    assert not any(move.startswith("告知") for move in runs[0])
