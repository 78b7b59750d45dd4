"""Rules about order, against runs enumerated one by one and read off the definition."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel.charts import chart, step

from guiju.kernel.net import END, Net, compile_net
from guiju.kernel.paths import Watch, broken, graph
from guiju.kernel.power import Power

LENGTH = 7  # of the runs that are enumerated


@st.composite
def random_charts(draw) -> Power:
    """Up to four steps and any arrows between them."""
    ids = "abcd"[: draw(st.integers(1, 4))]
    to = st.lists(st.sampled_from(ids), min_size=1, max_size=2, unique=True).map(tuple)
    outcomes = st.lists(to | st.just(("good",)), min_size=1, max_size=2)
    return chart(*(step(id_, *draw(outcomes)) for id_ in ids))


def runs(net: Net, marking: int, length: int) -> Iterator[tuple[int, ...]]:
    """Every run of at most so many moves, as places in the net's list.

    None goes on after an end, or after a second token.
    """
    yield ()
    if length and not marking & END:
        for index, move in enumerate(net.transitions):
            if move.is_enabled(marking) and not move.doubles(marking):
                for rest in runs(net, move.fire(marking), length - 1):
                    yield (index, *rest)


def breaks(run: tuple[int, ...], watch: Watch) -> bool:
    """Whether the last move of a run is the bad one, by the words of the definition."""
    if not run or set(run) & watch.without:
        return False
    *before, last = run
    settled = [i for i, move in enumerate(before) if move in watch.settles]
    since = before[settled[-1] + 1 :] if settled else before
    is_owed = bool({*since, last} & watch.owes) or (watch.is_owed and not settled)
    return is_owed and last in watch.bad and last not in watch.settles


@st.composite
def questions(draw) -> tuple[Net, Watch]:
    net = compile_net(draw(random_charts()))
    some = st.frozensets(st.sampled_from(range(len(net.transitions))), max_size=3)
    without = draw(st.just(frozenset()) | some)
    return net, Watch(draw(some), draw(some), draw(some), draw(st.booleans()), without)


@settings(max_examples=300, deadline=None)
@given(questions())
def test_a_rule_is_broken_exactly_when_some_run_breaks_it_and_a_shortest_one_is_shown(question):
    net, watch = question
    found = broken(graph(net), watch)
    known = [run for run in runs(net, net.initial, LENGTH) if breaks(run, watch)]

    if found is None:
        assert known == []
        return
    places = {id(move): index for index, move in enumerate(net.transitions)}
    run = tuple(places[id(move)] for move in found)
    assert breaks(run, watch)
    assert len(run) > LENGTH or (run in known and len(run) == min(map(len, known)))


def test_a_net_with_too_many_markings_is_not_whole():
    net = compile_net(chart(step("a", ("b",)), step("b", ("good",))))
    assert graph(net).is_whole

    assert not graph(net, 2).is_whole
