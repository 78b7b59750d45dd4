"""How long it takes to prove a net; see README.md beside this file for the commands.

soundness.py                    the published nets, and parallel branches
soundness.py pm4py [NETS]       the same verdict from pm4py's Woflan, and how much slower
soundness.py random [NETS]      small nets against whole ones; prints the differences
"""

import multiprocessing
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from guiju.kernel.petri import Ending, PetriNet, Transition, bag  # noqa: E402
from guiju.kernel.proof import Answer, Fault, Judgement, judge  # noqa: E402
from guiju.kernel.reduction import reduced  # noqa: E402
from guiju.kernel.statespace import walk  # noqa: E402
from tests.kernel.nets import parallel, published, random_net  # noqa: E402

DATA = Path(os.environ.get("GUIJU_DATA", ""))
ROUNDS = 9
SECONDS_MAX = 20  # for pm4py, per net
SIZES = ((0, 20), (20, 40), (40, 60), (60, 100), (100, 10_000))  # transitions
BRANCHES = (5, 10, 20, 40)


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The quickest of some rounds: others may be at work on the machine."""
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def told(times: Iterable[float]) -> str:
    """Median, 99th percentile and maximum, in milliseconds."""
    ordered = sorted(times)
    at = (ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1])
    return " | ".join(f"{1000 * each:.2f}" for each in at)


def on_published() -> None:
    """Time and verdict on every net of the published set."""
    rows = []
    for _, net, is_sound in published(DATA):
        judgement = judge(net)
        is_right = is_sound == (judgement.answer is Answer.SOUND and judgement.double is None)
        decided = seconds(lambda net=net: walk(reduced(net).net, 200_000))
        rows.append((len(net.transitions), seconds(lambda net=net: judge(net)), decided, is_right))
    total = sum(row[1] for row in rows)
    print(f"{len(rows)} nets, {sum(row[3] for row in rows)} verdicts as published")
    print(f"judge: {total:.2f} s; reduction and walk alone: {sum(row[2] for row in rows):.2f} s")
    print("\n| transitions | nets | judge ms: median | p99 | max | walk ms: median | p99 | max |")
    print("|---|---|---|---|---|---|---|---|")
    for low, high in (*SIZES, (0, 10_000)):
        some = [row for row in rows if low <= row[0] < high]
        size = f"{low}–{high - 1}" if high < 10_000 else f"≥ {low}"
        both = f"{told(row[1] for row in some)} | {told(row[2] for row in some)}"
        print(f"| {size} | {len(some)} | {both} |")


def on_parallel() -> None:
    """Time on parallel branches, small and whole."""
    print("\n| parallel branches | ms | markings |\n|---|---|---|")
    for branches in BRANCHES:
        net = parallel(branches)
        took = 1000 * seconds(lambda net=net: judge(net))
        print(f"| {branches} | {took:.2f} | {judge(net).effort.markings} |")


def signature(judgement: Judgement) -> tuple[object, ...]:
    """What must be the same for a small net and the whole one."""
    faults = [*judgement.faults, *([judgement.double] if judgement.double else [])]
    return judgement.answer, sorted((each.kind, _shown(each)) for each in faults)


def _shown(fault: Fault) -> tuple[int, list[str]]:
    return len(fault.path) if fault.is_shortest else -1, [move.name for move in fault.dead]


def on_random(count: int) -> int:
    """Small nets against whole ones; the number of differences."""
    compared = differences = 0
    kinds: Counter[str] = Counter()
    for seed in range(count):
        net = random_net(Random(seed))
        small, whole = judge(net, 1_000), judge(net, 1_000, is_reducing=False)
        if not (small.is_whole and whole.is_whole):
            continue
        compared += 1
        kinds.update(small.kinds or {"sound and one-safe"})
        kinds.update({"with resets"} if any(each.clear for each in net.transitions) else ())
        if signature(small) != signature(whole):
            differences += 1
            print(f"seed {seed}: {signature(small)} is not {signature(whole)}\n{net}")
    print(f"{count} random nets, {compared} decided both ways, {differences} differences")
    print("; ".join(f"{kind}: {number}" for kind, number in sorted(kinds.items())))
    return differences


def workflow_net(net: PetriNet) -> PetriNet:
    """With one sink, as Woflan needs it: where there are several, all are joined."""
    sinks = net.sinks()
    last = Transition("last", bag(sinks), {"last": 1})
    places, transitions = (*net.places, "last"), (*net.transitions, last)
    return PetriNet(places, transitions, net.initial, (Ending({"last": 1}),))


def _woflan(net: PetriNet) -> Callable[[], bool]:
    """The same net, ready to be checked by pm4py."""
    from pm4py.algo.analysis.woflan import algorithm
    from pm4py.objects.petri_net.obj import Marking
    from pm4py.objects.petri_net.obj import PetriNet as Theirs
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    theirs = Theirs()
    places = {each: Theirs.Place(each) for each in net.places}
    theirs.places.update(places.values())
    for each in net.transitions:
        move = Theirs.Transition(each.name, each.name)
        theirs.transitions.add(move)
        for place in each.take:
            add_arc_from_to(places[place], move, theirs)
        for place in each.put:
            add_arc_from_to(move, places[place], theirs)
    first = Marking({places[place]: count for place, count in net.initial.items()})
    last = Marking({places["last"]: 1})
    options = {"return_asap_when_not_sound": True, "print_diagnostics": False}
    return lambda: bool(algorithm.apply(theirs, first, last, parameters=options))


def _serve(pipe: Connection) -> None:
    """Answer for each net with both verdicts and both times; runs in a process of its own."""
    sys.stdout = Path(os.devnull).open("w")  # pm4py greets
    while True:
        net = pipe.recv()
        ours = judge(net).answer is Answer.SOUND
        took = seconds(lambda net=net: judge(net))
        check = _woflan(net)
        begun = time.process_time()
        try:
            theirs = str(check())
        except Exception as error:  # whatever it is, the table shall say so
            theirs = type(error).__name__
        pipe.send((ours, took, theirs, time.process_time() - begun))


def on_pm4py(count: int) -> None:
    """The same verdict from pm4py, and the ratio of times."""
    nets = [workflow_net(net) for _, net, _ in published(DATA)]
    Random(1).shuffle(nets)
    sound = [net for net in nets if judge(net).answer is Answer.SOUND]
    others = [net for net in nets if judge(net).answer is not Answer.SOUND]
    ratios: dict[bool, list[float]] = {True: [], False: []}
    late = 0
    answers: list[str] = []
    worker = pipe = None
    for net in [*sound[: count // 2], *others[: count - count // 2]]:
        if worker is None:
            pipe, end = multiprocessing.Pipe()
            worker = multiprocessing.Process(target=_serve, args=(end,), daemon=True)
            worker.start()
            pipe.send(workflow_net(parallel(2)))  # what the first net costs is not measured
            pipe.recv()
        assert pipe is not None
        pipe.send(net)
        if not pipe.poll(SECONDS_MAX):
            worker.kill()
            worker, late = None, late + 1
            continue
        ours, took, theirs, woflan = pipe.recv()
        answers.append("the same" if theirs == str(ours) else f"{theirs}, not {ours}")
        ratios[ours].append(woflan / took)
    every = ratios[True] + ratios[False]
    print(f"{dict(Counter(answers))}; {late} had no answer within {SECONDS_MAX} s")
    for name, some in (("sound", ratios[True]), ("unsound", ratios[False]), ("all", every)):
        low, *_, high = statistics.quantiles(some, n=10)
        median = statistics.median(some)
        print(f"pm4py ÷ guiju, {name}: median {median:.0f} ({low:.0f}–{high:.0f})")


def main() -> None:
    """What the command line asks for."""
    what, *rest = sys.argv[1:] or ["all"]
    if what == "pm4py":
        on_pm4py(int(rest[0]) if rest else 60)
    elif what == "random":
        sys.exit(on_random(int(rest[0]) if rest else 100_000) > 0)
    else:
        on_published()
        on_parallel()


if __name__ == "__main__":
    main()
