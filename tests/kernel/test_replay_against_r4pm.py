"""Our replay and explanations against r4pm's alignments (Rust): never another answer.

On the runs of the sample city's charts and thousands of damaged copies, and on three logs of
real administrations with models of them, when GUIJU_DATA names the folder that holds them.
"""

import gzip
import os
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from r4pm import bindings
from tests.kernel.traces import damaged, programs, run_of

from guiju.formats.bpmn.model import read_model_file
from guiju.formats.bpmn.translation import translate
from guiju.formats.pnml import read_pnml
from guiju.kernel.alignment import explain
from guiju.kernel.behaviour import Activity, Behaviour, behaviour_of, behaviour_of_net
from guiju.kernel.fusion import fused
from guiju.kernel.petri import Ending, PetriNet, Transition
from guiju.kernel.table import Table

DATA = Path(os.environ.get("GUIJU_DATA", "/nonexistent"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="GUIJU_DATA names no folder")


def peer_of(behaviour: Behaviour) -> dict[str, object]:
    """The same behaviour as a net for r4pm: its markings as places, one token among them."""
    seen, todo, arcs, transitions = {behaviour.initial}, [behaviour.initial], [], {}
    while todo:
        marking = todo.pop()
        for move in behaviour.moves:
            if not move.is_enabled(marking):
                continue
            after, name = move.fire(marking), f"t{len(transitions)}"
            transitions[name] = {"id": name, "label": _told(move.activity)}
            arcs += [("PlaceTransition", f"p{marking}", name)]
            arcs += [("TransitionPlace", name, f"p{after}")]
            if after not in seen:
                seen.add(after)
                todo.append(after)
    (final,) = behaviour.finals
    return _peer(seen, transitions, arcs, {f"p{behaviour.initial}"}, {f"p{final}"})


def _peer(places, transitions, arcs, first, last):
    places = [each if isinstance(each, str) else f"p{each}" for each in places]
    ids = {
        name: f"00000000-0000-0000-0000-{i:012}" for i, name in enumerate([*places, *transitions])
    }
    return {
        "places": {ids[each]: {"id": ids[each]} for each in places},
        "transitions": {
            ids[name]: {"id": ids[name], "label": each["label"]}
            for name, each in transitions.items()
        },
        "arcs": [
            {"from_to": {"type": kind, "nodes": [ids[a], ids[b]]}, "weight": 1}
            for kind, a, b in arcs
        ],
        "initial_marking": {ids[each]: 1 for each in first},
        "final_markings": [{ids[each]: 1 for each in last}],
    }


def peer_of_net(net: PetriNet) -> dict[str, object]:
    """A net from a file, for r4pm."""
    arcs = [
        ("PlaceTransition", place, each.name) for each in net.transitions for place in each.take
    ]
    arcs += [
        ("TransitionPlace", each.name, place) for each in net.transitions for place in each.put
    ]
    transitions = {each.name: {"label": each.label or None} for each in net.transitions}
    (ending,) = net.endings
    return _peer(list(net.places), transitions, arcs, net.initial, ending.tokens)


def _told(activity: Activity | None) -> str | None:
    return ".".join(filter(None, activity)) if activity else None


def disagreements(
    behaviour: Behaviour,
    peer: dict[str, object],
    traces: Iterable[Sequence[Activity]],
) -> Iterator[object]:
    """The traces of which we and r4pm say something else: whether they fit, how many changes."""
    table = Table(behaviour)
    for trace in traces:
        words = [_told(activity) for activity in trace]
        theirs = bindings.align_trace(peer, words)["cost"]
        least = explain(behaviour, trace)
        state, fits = 0, True
        for activity in trace:
            found = table.step(state, table.number_of.get(activity, 0))
            fits = fits and not found.code
            state = table.number(found.state)
        fits = fits and table.is_over[state]
        if least is None or least.cost != theirs or fits != (theirs == 0):
            yield trace, least, theirs


def test_on_charts_and_damaged_records() -> None:
    chance, tried = random.Random(11), 0
    for program in programs():
        behaviour = behaviour_of(program.net)
        runs = (run_of(program, chance, 20) for _ in range(100_000))
        whole = [next(run for run in runs if run) for _ in range(100)]
        traces = [damaged(run, behaviour.activities, chance) for run in whole for _ in range(11)]
        tried += len(traces)
        traces = [[each for each in trace if each[1]] for trace in (*whole, *traces)]
        assert list(disagreements(behaviour, peer_of(behaviour), traces)) == []
    assert tried > 10_000


def variants(log: Path) -> list[tuple[Activity, ...]]:
    """The distinct traces of a log in XES."""
    with gzip.open(log) if log.suffix == ".gz" else log.open("rb") as file:
        found, trace = {}, []
        for _, element in ElementTree.iterparse(file):  # noqa: S314 - our own test data
            tag = element.tag.rpartition("}")[2]
            if tag == "event":
                named = (e.get("value") for e in element if e.get("key") == "concept:name")
                trace.append((next(named) or "", ""))
            elif tag == "trace":
                found[tuple(trace)] = trace = []
                element.clear()
    return list(found)


LOGS = {
    "Road_Traffic_Fine_Management_Process.xes.gz": "roadtraffic.pnml",
    "receipt.xes.gz": "receipt.bpmn",
}


def model_of(file: Path, told: set[str]) -> PetriNet:
    """A model, in which only what the log may tell has a label."""
    if file.suffix == ".pnml":
        return read_pnml(file).net
    model = read_model_file(file)
    net = translate(model, model.processes[0]).net
    moves = (m if m.label in told else replace(m, label="") for m in net.transitions)
    return replace(net, transitions=tuple(moves))


@needs_data
@pytest.mark.parametrize("log", LOGS)
def test_on_real_logs_and_their_models(log: str) -> None:
    traces = variants(DATA / log)
    net = model_of(DATA / LOGS[log], {step for trace in traces for step, _ in trace})
    behaviour, chance = behaviour_of_net(net), random.Random(12)
    copies = [damaged(chance.choice(traces), behaviour.activities, chance) for _ in range(150)]
    assert list(disagreements(behaviour, peer_of_net(fused(net)), [*traces, *copies])) == []


MAIN = "010 011? 015 020 | 030_1 030_2? & 061? 065_1? 065_2? | 101? 180? 195? 200? 330? 370? "
"""The order of the main procedure of building permits, by the numbers of its steps.

``?``: may be left out; between bars two branches side by side.
"""
CLOSING = "375? 380? 430? 480? 490_1? 490_2? 495? 500? 510_1? 510_2?"
PREFIX = "01_HOOFD_"


def main_procedure() -> PetriNet:
    """A net of ``MAIN`` and ``CLOSING``: a token runs along, and two where branches are."""
    places, moves = ["start"], []

    def line(words: str, at: str) -> str:
        for word in words.split():
            number = word.rstrip("?")
            place, name = f"after {number}", PREFIX + number
            places.append(place)
            moves.append(Transition(name, Counter({at: 1}), Counter({place: 1}), label=name))
            if word.endswith("?"):
                moves.append(Transition(f"no {number}", Counter({at: 1}), Counter({place: 1})))
            at = place
        return at

    first, branches, last = MAIN.split("|")
    split = line(first, "start")
    begun = [f"branch {i}" for i in range(2)]
    places.extend(begun)
    moves.append(Transition("split", Counter({split: 1}), Counter(begun)))
    ends = [line(part, at) for part, at in zip(branches.split("&"), begun, strict=True)]
    places.append("joined")
    moves.append(Transition("join", Counter(ends), Counter({"joined": 1})))
    end = line(last + CLOSING, "joined")
    ending = Ending(Counter({end: 1}))
    return PetriNet(tuple(places), tuple(moves), Counter({"start": 1}), (ending,))


@needs_data
def test_on_building_permits_and_the_order_of_their_steps() -> None:
    net = main_procedure()
    known = {each.label for each in net.transitions}
    whole = variants(DATA / "bpic15_1.xes.gz")
    traces = list(dict.fromkeys(tuple(a for a in trace if a[0] in known) for trace in whole))
    assert len(traces) > 400
    assert list(disagreements(behaviour_of_net(net), peer_of_net(fused(net)), traces)) == []
