"""Random powers: charts that fit together, with every key of the chart language."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.controls.evidence import Evidence
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.law import Category, LawLevel
from guiju.kernel.power import (
    Anytime,
    Basis,
    Chart,
    ClockEffect,
    Condition,
    End,
    Example,
    ExampleAct,
    Expected,
    Field,
    FieldKind,
    Grade,
    Guide,
    Limits,
    Material,
    Operator,
    Outcome,
    Post,
    Power,
    Risk,
    Several,
    Step,
    StepKind,
)
from guiju.kernel.rules import Certainty, Rule, Unit

TEXTS = [
    "受理",
    "a",
    "两 字",
    " x ",
    "\n",
    "\t.",
    "一\n二",
    '"',
    "\\",
    "&<>]]>",
    "\u2028",
    "😀",
    "{#}'",
    "é",
]
ANY = st.sampled_from(["", " ", *TEXTS])  # a few, because drawing letters takes long
SAID = st.sampled_from([each for each in TEXTS if each.strip()])
IDS = st.sampled_from(["a", "b-1", "c_2", "d4"])
FLAGS = st.booleans()
DATES = st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1))
LISTS = st.lists(ANY, max_size=3).map(tuple)
POSTS = (
    Post("window", "窗口"),
    Post("office 科室", "科室"),
    Post("head", "负责人"),
    Post("idle", "闲"),
)
OWNERS = st.sampled_from(["applicant", "window", "office 科室", "head"])
RULES = st.builds(
    Rule, SAID, SAID, SAID, st.sampled_from(Certainty), st.none() | st.integers(-3, 999),
    st.none() | st.sampled_from(Unit), ANY, DATES, DATES,
)  # fmt: skip
DAYS = st.builds(
    Rule, SAID, SAID, SAID, st.sampled_from(Certainty), st.integers(1, 99),
    st.sampled_from([Unit.WORKING_DAY, Unit.NATURAL_DAY]),
)  # fmt: skip
RARE = st.integers(0, 19).map(lambda number: number == 7)
ODD = RARE.flatmap(lambda is_odd: ANY if is_odd else st.just(""))
CONDITIONS = st.builds(
    Condition, IDS, st.sampled_from(Operator), ANY, LISTS, st.none() | RULES
).map(lambda one: (one,))
NONE = st.just(())
FIELDS = st.builds(Field, IDS, SAID, st.sampled_from(FieldKind), LISTS, NONE, FLAGS, FLAGS)
CONTROLS = (
    st.builds(PersonsMin, DAYS, OWNERS)
    | st.builds(Distinct, RULES, NONE)
    | st.builds(Evidence, RULES, LISTS)
)
ACTS = st.builds(
    ExampleAct,
    on=st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    step=IDS, outcome=IDS, by=SAID, evidence=LISTS, reason=ANY, items=LISTS,
    facts=st.none() | st.dictionaries(ANY, ANY, max_size=2), branches=LISTS,
)  # fmt: skip
EXAMPLES = st.builds(
    Example, SAID, ACTS, st.builds(Expected, refused=LISTS, ended=ANY, due=DATES),
    st.lists(ACTS, max_size=2).map(tuple),
)  # fmt: skip
GUIDES = st.builds(Guide, ANY, LISTS, ANY, ANY, ANY, ANY, ANY, ANY, ANY, LISTS, ANY)


def lists(items: SearchStrategy[object], size: int = 2) -> SearchStrategy[tuple[object, ...]]:
    return st.lists(items, max_size=size).map(tuple)


class _Chart:
    """A chart being made: a spine of single steps and of blocks of branches that join."""

    def __init__(self, draw: DrawFn, calls: tuple[Chart, ...]) -> None:
        self.draw, self.calls = draw, calls
        self.steps: list[Step] = []
        ends = draw(st.integers(1, 3))
        self.ends = tuple(End(f"end-{i}", draw(SAID), draw(FLAGS)) for i in range(ends))
        self.joins: tuple[str, ...] = ()  # what the next step of the spine waits for
        for _ in range(draw(st.integers(1, 3))):
            self.spine()
        last = self.step(self.joins)
        self.steps.append(self.leading(last, [(self.ends[0].id,)]))

    def step(self, join: tuple[str, ...] = ()) -> Step:
        draw, number = self.draw, len(self.steps)
        return Step(
            id=named(number),
            name=draw(SAID),
            kind=draw(st.sampled_from(StepKind)),
            post=draw(OWNERS),
            outcomes=(),
            join=join,
            limit=draw(st.none() | DAYS),
            documents=draw(LISTS),
            note=draw(ANY),
            fields=draw(lists(FIELDS)),
            controls=draw(lists(CONTROLS)),
            risk=draw(st.none() | st.builds(Risk, st.sampled_from(Grade), LISTS, LISTS, ANY)),
            reviewer=draw(st.sampled_from(["", "head"])),
            may_hand_over=draw(FLAGS),
        )

    def outcome(self, number: int, to: tuple[str, ...]) -> Outcome:
        draw = self.draw
        return Outcome(
            id=f"o{number}",
            name=draw(SAID),
            to=to,
            clock=draw(st.none() | st.just(ClockEffect.START)),
            stop=draw(st.none() | RULES),
            stop_days=draw(ODD),
            post=draw(st.sampled_from(["", "head"])),
            when=draw(CONDITIONS) if draw(RARE) else (),
            choose=len(to) > 1 and draw(FLAGS),
            aside=bool(to) and draw(FLAGS),
            tell=draw(ANY),
        )

    def leading(self, step: Step, ways: list[tuple[str, ...]], *, is_branch: bool = False) -> Step:
        """The step with outcomes that lead these ways, and some more."""
        draw = self.draw
        if draw(st.integers(0, 4)) == 0 and self.calls and not is_branch:
            return self.calling(step, ways[0])
        if draw(FLAGS):
            ways = [*ways, *ways]  # two outcomes on the same way
        outcomes = [self.outcome(i, to) for i, to in enumerate(ways)]
        outcomes += self.more(step, len(outcomes), is_branch=is_branch)
        if draw(FLAGS) and len(ways[0]) == 1:
            silent = Outcome("silence", draw(SAID), ways[0], after=draw(DAYS), tell=draw(ANY))
            outcomes.append(silent)
        if len(outcomes) < 3 and draw(FLAGS):
            step = replace(step, several=Several(("window", "head"), need=draw(st.integers(0, 2))))
        return replace(step, outcomes=tuple(draw(st.permutations(outcomes))))

    def more(self, step: Step, extra: int, *, is_branch: bool) -> list[Outcome]:
        """Outcomes that end, lead back, or stay."""
        draw = self.draw
        outcomes: list[Outcome] = []
        if draw(FLAGS):
            end = draw(st.sampled_from(self.ends)).id
            outcomes.append(replace(self.outcome(extra, (end,)), cancels=is_branch))
        if draw(FLAGS) and self.steps and not is_branch:
            back = draw(st.sampled_from([s for s in self.steps if s.note != "branch"] or [step]))
            outcomes.append(replace(self.outcome(extra + 1, (back.id,)), cancels=bool(back.join)))
        if draw(FLAGS):
            outcomes.append(replace(self.outcome(extra + 2, ()), assigns=True))
        return outcomes

    def calling(self, step: Step, way: tuple[str, ...]) -> Step:
        chart = self.draw(st.sampled_from(self.calls))
        outcomes = (replace(self.outcome(i, way), id=e.id) for i, e in enumerate(chart.ends))
        return replace(step, call=chart.id, outcomes=tuple(outcomes))

    def spine(self) -> None:
        draw = self.draw
        step = self.step(self.joins)
        self.steps.append(step)
        place = len(self.steps) - 1
        if draw(FLAGS):
            self.joins = ()
            self.steps[place] = self.leading(step, [(named(len(self.steps)),)])
            return
        branches = []
        for _ in range(draw(st.integers(2, 3))):
            branches.append(replace(self.step(), note="branch"))
            self.steps.append(branches[-1])
        after = named(len(self.steps))
        for i, branch in enumerate(branches, place + 1):
            self.steps[i] = self.leading(branch, [(after,)], is_branch=True)
        self.steps[place] = self.leading(step, [tuple(each.id for each in branches)])
        self.joins = tuple(draw(st.permutations([each.id for each in branches])))


def named(number: int) -> str:
    """The id of a step by its place."""
    return f"s{number}" if number % 2 else f"step_{number}-x"


@st.composite
def powers(draw: DrawFn) -> Power:
    """A power whose chart may call two others."""
    charts: tuple[Chart, ...] = ()
    for id_ in draw(st.sampled_from([(), ("inner",), ("inner", "step")])):
        made = _Chart(draw, charts)
        charts = (*charts, Chart(id_, draw(SAID), tuple(made.steps), made.ends))
    made = _Chart(draw, charts)
    anytime = st.builds(
        Anytime, st.builds(Outcome, IDS, SAID, st.just(("end-0",)), cancels=FLAGS), NONE,
        lists(FIELDS), lists(CONTROLS),
    )  # fmt: skip
    return Power(
        code=draw(ANY),
        name=draw(SAID),
        category=draw(st.sampled_from(Category)),
        level=draw(ANY),
        organ=draw(ANY),
        source=draw(SAID),
        guide=draw(GUIDES),
        bases=draw(
            lists(st.builds(Basis, ANY, st.sampled_from(LawLevel), ANY, ANY, DATES, DATES))
        ),
        limits=draw(st.builds(Limits, RULES, RULES, RULES, lists(RULES))),
        posts=draw(st.sampled_from([POSTS, POSTS[::-1]])),
        steps=tuple(made.steps),
        ends=made.ends,
        materials=draw(lists(st.builds(Material, SAID, ANY, ANY, ANY))),
        notes=draw(LISTS),
        anytime=draw(lists(anytime, 1)),
        charts=charts,
        examples=draw(lists(EXAMPLES, 1)),
    )
