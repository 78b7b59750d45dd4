"""Soundness against its definition, tried on random charts with markings as bags of tokens."""

from collections import Counter
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel.charts import SOUND, chart, program, step

from guiju.kernel import soundness as module
from guiju.kernel.net import END, Transition, compile_net
from guiju.kernel.power import Power, Step
from guiju.kernel.run import Program
from guiju.kernel.soundness import soundness

Bag = frozenset[tuple[tuple[str, str], int]]  # (place, tokens); a place is (step, branch)
FINAL: Bag = frozenset({(("end", ""), 1)})


def bag(tokens: Counter) -> Bag:
    return frozenset((place, count) for place, count in tokens.items() if count)


class Naive:
    """The definition, written without a bit: van der Aalst 1998, definitions 7 and 8."""

    def __init__(self, power: Power) -> None:
        joins = {each.id: each.join for each in power.steps}
        self.moves = {}
        for each in power.steps:
            for outcome in each.outcomes:
                take = Counter((each.id, branch) for branch in each.join or ("",))
                put = Counter(
                    (to, each.id if joins[to] else "") if to in joins else ("end", "")
                    for to in outcome.to
                )
                self.moves[each.id, outcome.id] = take, put
        self.first = bag(Counter({(power.steps[0].id, ""): 1}))

    def after(self, marking: Bag) -> dict[tuple[str, str], Bag]:
        """What can happen next; nothing after the end, as the case is over then."""
        tokens = Counter(dict(marking))
        if tokens["end", ""]:
            return {}
        return {
            name: bag(tokens - take + put)
            for name, (take, put) in self.moves.items()
            if all(tokens[place] >= count for place, count in take.items())
        }

    def reachable(self, first: Bag) -> tuple[set[Bag], set[tuple[str, str]]]:
        """Markings that can be reached without passing one that holds two tokens."""
        seen, todo, fired = {first}, [first], set()
        while todo:
            marking = todo.pop()
            if max(count for _, count in marking) > 1:
                continue
            for name, then in self.after(marking).items():
                fired.add(name)
                if then not in seen:
                    seen.add(then)
                    todo.append(then)
        return seen, fired

    def verdict(self) -> tuple[bool, bool, bool, set[tuple[str, str]]]:
        """Whether a token doubles, one is left over, an end is out of reach; what is dead."""
        seen, fired = self.reachable(self.first)
        ended = {m for m in seen if (("end", ""), 1) in m}
        doubles = any(count > 1 for m in seen for _, count in m)
        stuck = any(not self.reachable(m)[0] & ended for m in seen)
        return doubles, ended > {FINAL} or bool(ended - {FINAL}), stuck, set(self.moves) - fired


Exits = dict[str, list[tuple[str, ...]]]  # step → where each of its outcomes leads


def drawn(exits: Exits, joined: set[str], first: str) -> Power:
    """A chart in which each joined step waits for all that lead to it."""
    steps = []
    for id_ in sorted(exits, key=lambda each: (each != first, each)):
        before = [other for other in exits if any(id_ in to for to in exits[other])]
        steps.append(step(id_, *exits[id_], join=before if id_ in joined - {first} else ()))
    return chart(*steps)


@st.composite
def random_charts(draw) -> Power:
    """Up to five steps and any arrows between them; nearly all are unsound."""
    ids = "abcde"[: draw(st.integers(1, 5))]
    to = st.lists(st.sampled_from(ids), min_size=1, max_size=2, unique=True).map(tuple)
    outcomes = st.lists(to | st.just(("good",)), min_size=1, max_size=2)
    exits = {id_: draw(outcomes) for id_ in ids}
    return drawn(exits, {id_ for id_ in ids if draw(st.booleans())}, "a")


@st.composite
def built_charts(draw) -> Power:
    """Sound by construction, of rows, choices, loops and forks; then, perhaps, one arrow moved."""
    exits: Exits = {}
    joined: set[str] = set()

    def new(*outcomes: tuple[str, ...]) -> str:
        name = f"s{len(exits)}"
        exits[name] = list(outcomes)
        return name

    def block(then: str, depth: int) -> str:
        """The first step of a block that leads to ``then``."""
        shape = draw(st.sampled_from(("row", "choice", "loop", "fork"))) if depth else ""
        if shape == "row":
            return block(block(then, depth - 1), depth - 1)
        last = new((then,))
        if shape == "loop":
            first = block(last, depth - 1)
            exits[last].append((first,))
            return first
        if not shape:
            return last
        both = block(last, depth - 1), block(last, depth - 1)
        if shape == "fork":
            joined.add(last)
            return new(both)
        return new(*((each,) for each in both))

    first = block("good", draw(st.integers(1, 2)))
    if draw(st.booleans()):
        moved = draw(st.sampled_from(sorted(exits)))
        exits[moved][-1] = (draw(st.sampled_from([*sorted(exits), "good"])),)
    return drawn(exits, joined, first)


charts = random_charts() | built_charts()


@settings(max_examples=300)
@given(charts)
def test_the_verdict_on_a_random_chart_is_that_of_the_definition(power):
    verdict = soundness(compile_net(power))
    doubles, left_over, stuck, dead = Naive(power).verdict()

    assert bool(verdict.double) == doubles
    assert bool(verdict.left_over) == left_over
    assert {(move.step.id, move.outcome.id) for move in verdict.dead} == dead
    if not doubles:
        assert bool(verdict.stuck) == stuck
    assert verdict.is_sound == (not (doubles or left_over or stuck or dead))


@given(charts)
def test_every_counter_example_can_be_walked_to_what_it_shows(power):
    net = compile_net(power)
    verdict = soundness(net)
    for found in (verdict.stuck, verdict.left_over, verdict.double):
        marking = net.initial
        path, shown = found or ((), 0)
        for number, move in enumerate(path, 1):
            assert move.is_enabled(marking)
            if found is verdict.double and number == len(path):
                assert move.doubles(marking) == shown
            marking = move.fire(marking)
        if found and found is verdict.stuck:
            assert marking == shown


@given(charts)
def test_a_counter_example_is_a_shortest_one(power):
    verdict, naive = soundness(compile_net(power)), Naive(power)
    ring, distance = {naive.first}, 0
    while verdict.double and not any(count > 1 for m in ring for _, count in m):
        ring = {then for m in ring for then in naive.after(m).values()}
        distance += 1

    assert len((verdict.double or ((),))[0]) == distance


def test_the_sound_power_is_sound_by_the_definition_too():
    assert soundness(compile_net(SOUND)).is_sound
    assert Naive(SOUND).verdict() == (False, False, False, set())


def test_a_circle_without_a_way_out_is_found_where_it_is_entered():
    on = program(step("a", ("b",), ("good",)), step("b", ("c",)), step("c", ("b",)))

    stuck = soundness(on.net).stuck
    assert stuck is not None
    assert [move.step.id for move in stuck[0]] == ["a"]
    assert on.net.waiting(stuck[1]) == ("b",)


def branches(count: int, *last: tuple[str, ...]) -> Program:
    """A fork into so many branches and a join; the last branch has these outcomes."""
    names = [f"s{number:02}" for number in range(count)]
    steps = [step(name, ("z",)) for name in names[:-1]]
    steps += [step(names[-1], *(last or (("z",),)))]
    join = [name for name, each in zip(names, steps, strict=True) if ("z",) in exits_of(each)]
    return program(step("a", tuple(names)), *steps, step("z", ("good",), join=join))


def exits_of(each: Step) -> list[tuple[str, ...]]:
    return [outcome.to for outcome in each.outcomes]


def test_twenty_parallel_branches_are_proven_without_walking_a_million_markings(monkeypatch):
    monkeypatch.setattr(module, "MARKINGS_MAX", 10)

    assert soundness(branches(20).net).is_sound


def test_a_fault_among_many_branches_is_told_even_where_not_all_can_be_walked(monkeypatch):
    monkeypatch.setattr(module, "FEW", 10)
    monkeypatch.setattr(module, "MARKINGS_MAX", 10)
    net = branches(12, ("z",), ("good",)).net
    verdict = soundness(net)

    assert not verdict.is_decided
    assert verdict.left_over is not None
    path, left = verdict.left_over
    marking = net.initial
    for move in path:
        assert move.is_enabled(marking)
        marking = move.fire(marking)
    assert marking == left | END


@dataclass(frozen=True, slots=True)
class Clearing(Transition):
    clear: int = 0


def test_an_outcome_that_clears_takes_the_tokens_of_all_branches():
    net = branches(2, ("z",), ("a",)).net
    back = net.transitions[-2]
    all_but_the_end = (1 << len(net.places)) - 2
    clearing = Clearing(back.step, back.outcome, back.take, back.put, back.end, all_but_the_end)
    moves = tuple(clearing if move is back else move for move in net.transitions)

    assert back.outcome.to == ("a",)
    assert soundness(net).double
    assert soundness(replace(net, transitions=moves)).is_sound
