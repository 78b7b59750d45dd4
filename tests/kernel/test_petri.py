"""The proof engine: every verdict by hand, the published nets, and small against whole nets."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from tests.kernel.nets import parallel, published, random_net

from guiju.kernel.petri import Bag, Ending, NetError, PetriNet, Transition, bag
from guiju.kernel.proof import Answer, Fault, Judgement, judge
from guiju.kernel.statespace import Kind

DATA = os.environ.get("GUIJU_DATA")
RANDOM_NETS = 3_000


def net(*moves: str, initial: str = "i", endings: tuple[Ending, ...] = ()) -> PetriNet:
    """A net from lines such as ``t: i > a b`` or ``back: a > i ! b c`` (empties b and c)."""
    transitions = []
    for move in moves:
        name, arcs = move.split(":")
        arcs, _, clear = arcs.partition("!")
        take, put = (bag(side.split()) for side in arcs.split(">"))
        transitions.append(Transition(name, take, put, frozenset(clear.split())))
    bags = [bag(initial.split()), *(each.tokens for each in endings)]
    named = [place for each in transitions for place in (*each.take, *each.put, *each.clear)]
    places = dict.fromkeys([*(place for each in bags for place in each), *named, "o"])
    return PetriNet(tuple(places), tuple(transitions), bags[0], endings or (Ending({"o": 1}),))


def names(path: tuple[Transition, ...]) -> str:
    return " ".join(move.name for move in path)


def told(judgement: Judgement) -> dict[Kind, str]:
    """Each kind with its path, or with what is dead."""
    faults = [*judgement.faults, *([judgement.double] if judgement.double else [])]
    return {fault.kind: names(fault.dead or fault.path) for fault in faults}


HAND_MADE = {
    "a row": (net("a: i > p", "b: p > o"), {}),
    "a fork and a join": (net("a: i > p q", "b: p > r", "c: r q > o"), {}),
    "a loop": (net("a: i > p", "again: p > i", "b: p > o"), {}),
    "a join after a choice": (
        net("a: i > p", "b: i > q", "c: p q > o"),
        {Kind.DEADLOCK: "a", Kind.DEAD: "c"},
    ),
    "a choice after a fork": (
        net("a: i > p q", "b: p > r", "c: p > s", "d: r q > o"),
        {Kind.DEADLOCK: "a c"},
    ),
    "the longer way to a deadlock is not told": (
        net("a: i > p", "b: p > q", "c: q > r", "d: r > x", "e: i > y", "f: y > x", "g: i > o"),
        {Kind.DEADLOCK: "e f"},
    ),
    "a circle without a way out": (
        net("a: i > p", "b: p > q", "c: q > p", "d: i > o"),
        {Kind.LIVELOCK: "a"},
    ),
    "a circle of one transition": (net("a: i > p", "b: p > p", "d: i > o"), {Kind.LIVELOCK: "a"}),
    "a branch left behind": (
        net("a: i > p q", "b: p > o", "c: q > q"),
        {Kind.IMPROPER: "a b"},
    ),
    "never": (net("a: i > o", "b: p > o", "c: q > p"), {Kind.DEAD: "b c"}),
    "never, though it looks so": (
        net("a: i > p q", "b: p q > o", "c: p p > o"),
        {Kind.DEAD: "c"},
    ),
    "tokens without end": (net("a: i > i p", "b: i > q", "c: q p > o"), {Kind.UNBOUNDED: "a"}),
    "tokens without end, two steps in": (
        net("a: i > p", "b: p > q r", "c: q > p", "d: q > o", "e: r > r"),
        {Kind.UNBOUNDED: "a b c"},
    ),
    "a transition that needs nothing": (net("a: i > o", "b: > o"), {Kind.UNBOUNDED: "b"}),
    "two tokens, and sound": (
        net("a: i > p q", "b: p > r", "c: q > r", "d: r r > o"),
        {Kind.DOUBLE: "a b c"},
    ),
    "a weight, and sound": (net("a: i > p p", "b: p p > o"), {Kind.DOUBLE: "a"}),
    "two tokens at the beginning": (net("a: i i > o", initial="i i"), {Kind.DOUBLE: ""}),
    "two tokens at the end": (
        net("a: i > p q", "b: p > o", "c: q > o"),
        {Kind.IMPROPER: "a b", Kind.DOUBLE: "a b c"},
    ),
    "several at once": (
        net(
            "a: i > p", "b: p > q", "c: i > x", "d: x > x", "e: i > o z", "f: z > o", "g: q z > o"
        ),
        {
            Kind.DEADLOCK: "a b",
            Kind.LIVELOCK: "c",
            Kind.IMPROPER: "e",
            Kind.DEAD: "g",
            Kind.DOUBLE: "e f",
        },
    ),
    "back out of both branches": (
        net("a: i > p q", "b: p > r", "c: q > s", "d: r s > o", "back: p > i ! p q r s"),
        {},
    ),
    "back out of one branch alone": (
        net("a: i > p q", "b: p > r", "c: q > s", "d: r s > o", "back: p > i ! p r"),
        {Kind.UNBOUNDED: "a back"},
    ),
    "a reset keeps a net bounded": (net("a: i > i p ! p", "b: i p > o ! p"), {}),
    "a reset takes what the other branch needs": (
        net("a: i > p q", "b: p > r ! q", "c: q > s", "d: r s > o"),
        {Kind.DEADLOCK: "a b"},
    ),
    "a reset of what was moved on must not hide it": (
        net("a: i > p q", "b: p > r", "c: q > s ! r", "d: r s > o"),
        {Kind.DEADLOCK: "a b c"},
    ),
    "two tokens that vanish": (
        net("a: i > p p", "b: p >", endings=(Ending({}, frozenset("o")),)),
        {Kind.DOUBLE: "a"},
    ),
    "two tokens that may go different ways": (
        net("a: i > p p", "b: p > q", "c: p > r", "d: q r > o"),
        {Kind.DEADLOCK: "a b b", Kind.DOUBLE: "a"},
    ),
    "what fires three times makes three steps": (
        net(
            *("a: i > p p p", "b: p > q", "c: q q q > x"),
            *("d: i > r", "e: r > s", "f: s > t", "g: t > x", "h: i > o"),
        ),
        {Kind.DEADLOCK: "d e f g", Kind.DOUBLE: "a"},
    ),
    "two alike, of which one is emptied": (
        net("a: i > p q r", "b: r > s ! q", "c: p q s > o"),
        {Kind.DEADLOCK: "a b", Kind.DEAD: "c"},
    ),
    "two alike, of which one is needed twice": (
        net("a: i > p q", "b: p q q > o"),
        {Kind.DEADLOCK: "a", Kind.DEAD: "b"},
    ),
    "a permit that is always there": (
        net("a: i p > j p", "b: j p > o p", initial="i p", endings=(Ending({"o": 1, "p": 1}),)),
        {},
    ),
    "a permit that can be withdrawn": (
        net(
            *("a: i p > j p", "b: j > k ! p", "c: k p > o p", "d: j p > o p"),
            initial="i p",
            endings=(Ending({"o": 1, "p": 1}),),
        ),
        {Kind.DEADLOCK: "a b", Kind.DEAD: "c"},
    ),
    "nothing but permits at the end": (
        net(
            *("a: i > o", "b: o > o"),
            initial="i p q",
            endings=(Ending({"p": 1, "q": 1}, frozenset("o")),),
        ),
        {Kind.IMPROPER: ""},
    ),
    "a permit that becomes two": (
        net("a: i > j p", "b: j p > o p", initial="i p", endings=(Ending({"o": 1, "p": 1}),)),
        {Kind.IMPROPER: "a b", Kind.DOUBLE: "a"},
    ),
    "growth that a reset undoes is none": (
        net("a: i > i p ! p", "b: i > j", "c: j > i q", "d: i > o"),
        {Kind.UNBOUNDED: "b c"},
    ),
    "two permits": (
        net("a: i p > o p", initial="i p p", endings=(Ending({"o": 1, "p": 2}),)),
        {Kind.DOUBLE: ""},
    ),
    "either of two endings": (
        net("a: i > o", "b: i > x", endings=(Ending({"o": 1}), Ending({"x": 1}))),
        {},
    ),
    "one ending within another": (
        net("a: i > o x", "b: i > o", endings=(Ending({"o": 1}), Ending({"o": 1, "x": 1}))),
        {},
    ),
    "sinks in any number": (
        net("a: i > o x", "b: i > x", endings=(Ending({}, frozenset({"o", "x"})),)),
        {},
    ),
    "what is not a sink is left behind": (
        net("a: i > o y", "b: i > x", "c: y x > o", endings=(Ending({}, frozenset("ox")),)),
        {Kind.DEADLOCK: "a", Kind.DEAD: "c"},
    ),
}


@pytest.mark.parametrize("case", HAND_MADE)
@pytest.mark.parametrize("is_reducing", [True, False])
def test_a_net_is_judged_with_the_shortest_path_to_every_fault(case: str, is_reducing: bool):
    given, expected = HAND_MADE[case]
    judgement = judge(given, is_reducing=is_reducing)

    assert told(judgement) == expected
    assert judgement.answer == (Answer.UNSOUND if set(expected) - {Kind.DOUBLE} else Answer.SOUND)
    assert judgement.is_whole


def test_a_net_too_large_is_undecided_and_says_how_far_it_came():
    knot = net(*(f"{a}{b}: {a} {b} > {b} {c}" for a in "abcd" for b in "efgh" for c in "o"))
    wide = parallel(12)
    judgement = judge(wide, 100, is_reducing=False)

    assert judge(knot).answer is Answer.UNSOUND
    assert judgement.answer is Answer.UNDECIDED
    assert judgement.faults == ()
    assert (judgement.effort.markings_max, judgement.effort.transitions) == (100, 26)
    assert 100 < judgement.effort.markings < 200
    assert judge(wide, 100).answer is Answer.SOUND


def test_a_fault_found_before_the_walk_gives_up_is_a_fault():
    wide = parallel(12)
    broken = replace(wide, transitions=(*wide.transitions, Transition("x", {"i": 1}, {"00a": 1})))
    judgement = judge(broken, 500, is_reducing=False)

    assert judgement.answer is Answer.UNSOUND
    assert told(judgement) == {Kind.DEADLOCK: "x 001 002"}
    assert not judgement.is_whole


def test_twenty_parallel_branches_shrink_to_a_row():
    judgement = judge(parallel(20))

    assert judgement.answer is Answer.SOUND
    assert judgement.double is None
    assert judgement.effort.markings <= 3


def test_a_deadlock_among_twenty_branches_has_its_shortest_path():
    wide = parallel(20)
    broken = replace(
        wide,
        places=(*wide.places, "x"),
        transitions=(*wide.transitions, Transition("out", {"07b": 1}, {"x": 1})),
    )
    judgement = judge(broken)

    assert set(told(judgement)) == {Kind.DEADLOCK}
    fault = judgement.faults[0]
    assert fault.is_shortest
    assert len(fault.path) == 1 + 19 * 2 + 2
    assert walked(broken, fault) == fault.marking


@pytest.mark.parametrize(
    ("places", "moves", "ending"),
    [
        ("pp", (), Ending({})),
        ("p", (Transition("to nowhere", {"p": 1}, {"q": 1}),), Ending({})),
        ("p", (Transition("takes nothing", {"p": 0}, {}),), Ending({})),
        ("p", (Transition("twice", {}, {}), Transition("twice", {}, {})), Ending({})),
        ("p", (), Ending({"p": 1}, frozenset("p"))),
    ],
    ids=["place twice", "arc to nowhere", "no weight", "name twice", "asked for and free"],
)
def test_a_net_that_means_nothing_is_refused(places, moves, ending):
    with pytest.raises(NetError):
        PetriNet(tuple(places), moves, {}, (ending,))


# Random nets: the whole net, by the definition; and small against whole.


def walked(given: PetriNet, fault: Fault) -> Bag:
    marking = given.initial
    for move in fault.path:
        assert move.is_enabled(marking)
        marking = move.fire(marking)
    return marking


def shows(given: PetriNet, fault: Fault, marking: Bag) -> bool:
    """Whether a marking is what the fault says, by the definition."""
    is_final = any(ending.holds(marking) for ending in given.endings)
    is_over = any(ending.is_covered(marking) for ending in given.endings)
    can_go_on = any(move.is_enabled(marking) for move in given.transitions)
    return {
        Kind.DEADLOCK: not (is_final or is_over or can_go_on),
        Kind.LIVELOCK: not is_final and can_go_on,
        Kind.IMPROPER: is_over and not is_final,
        Kind.UNBOUNDED: can_go_on,
        Kind.DOUBLE: any(count > 1 for count in marking.values()),
    }[fault.kind]


def by_definition(given: PetriNet, markings_max: int) -> tuple[set[Kind], set[str]] | None:
    """The kinds and the dead of a bounded net, with bags and sets; None where it is too large."""
    first = frozenset(given.initial.items())
    after: dict[frozenset[tuple[str, int]], set[frozenset[tuple[str, int]]]] = {}
    todo, fired = [first], set()
    while todo:
        here = todo.pop()
        if here in after:
            continue
        if len(after) > markings_max:
            return None
        moves = [move for move in given.transitions if move.is_enabled(dict(here))]
        fired.update(move.name for move in moves)
        after[here] = {frozenset(move.fire(dict(here)).items()) for move in moves}
        todo.extend(after[here])
    ends = {m for m in after if any(ending.holds(dict(m)) for ending in given.endings)}
    over = {m for m in after if any(ending.is_covered(dict(m)) for ending in given.endings)}
    over -= ends
    still = {m for m, then in after.items() if not then} - ends - over
    saved = ends | over | still
    while more := {m for m, then in after.items() if then & saved} - saved:
        saved |= more
    dead = {move.name for move in given.transitions} - fired
    doubled = {m for m in after if any(count > 1 for _, count in m)}
    found = {
        Kind.DEADLOCK: still,
        Kind.IMPROPER: over,
        Kind.LIVELOCK: set(after) - saved,
        Kind.DEAD: dead,
        Kind.DOUBLE: doubled,
    }
    return {kind for kind, shown in found.items() if shown}, dead


def random_nets(count: int = RANDOM_NETS) -> Iterator[tuple[int, PetriNet]]:
    for seed in range(count):
        yield seed, random_net(Random(seed))


def signature(judgement: Judgement) -> tuple[Answer, dict[Kind, object]]:
    """What must not depend on the reduction: kinds, what is dead, and the length of each path."""
    faults = [*judgement.faults, *([judgement.double] if judgement.double else [])]
    return judgement.answer, {
        fault.kind: fault.dead or (len(fault.path) if fault.is_shortest else None)
        for fault in faults
    }


def test_a_small_net_has_the_faults_of_the_whole_one_and_the_paths_are_as_short():
    compared = 0
    for seed, given in random_nets():
        small, whole = judge(given, 1_000), judge(given, 1_000, is_reducing=False)
        if small.is_whole and whole.is_whole:
            compared += 1
            assert signature(small) == signature(whole), seed
        for fault in (*small.faults, *([small.double] if small.double else [])):
            if fault.kind is not Kind.DEAD:
                assert shows(given, fault, walked(given, fault)), (seed, fault.kind)

    assert compared > RANDOM_NETS * 0.95


def test_the_verdict_on_a_random_net_is_that_of_the_definition():
    compared = 0
    for seed, given in random_nets(1_000):
        judgement = judge(given, 150)
        if Kind.UNBOUNDED in judgement.kinds:
            assert seed % 10 or by_definition(given, 150) is None, seed
            continue
        defined = by_definition(given, 150) if judgement.is_whole else None
        if defined is not None:
            compared += 1
            dead = {move.name for fault in judgement.faults for move in fault.dead}
            assert (judgement.kinds, dead) == defined, seed

    assert compared > 600


def test_the_random_nets_are_of_every_kind_and_the_rules_find_work():
    kinds: set[Kind] = set()
    sound = resets = weights = smaller = 0
    for _, given in random_nets(1_000):
        judgement = judge(given, 150)
        kinds |= judgement.kinds
        sound += judgement.answer is Answer.SOUND
        resets += any(move.clear for move in given.transitions)
        weights += any(count > 1 for move in given.transitions for count in move.take.values())
        smaller += judgement.effort.small_places < judgement.effort.places

    assert kinds == set(Kind)
    assert min(sound, resets, smaller) > 100
    assert weights > 20


@pytest.mark.skipif(DATA is None, reason="GUIJU_DATA names no folder")
def test_industrial_nets_get_their_published_verdicts():
    assert DATA is not None
    wrong = []
    count = 0
    for name, given, is_sound in published(Path(DATA)):
        count += 1
        judgement = judge(given)
        found = judgement.answer is Answer.SOUND and judgement.double is None
        if found != is_sound or not judgement.is_whole:
            wrong.append(name)

    assert count == 570
    assert wrong == []
