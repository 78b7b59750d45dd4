"""What detectors cost: CPU seconds of each on so many made-up events, with all columns told.

    python benchmarks/detectors.py [EVENTS] [BUCKETS]

Cases of six events along the chart of ``tests/data/overseen.toml``; now and then something is
wrong, so that there is something to find. Clocks of three kinds for each case, a stop for each
hundredth. Times are those of the process, all threads together.
"""

import resource
import sys
from collections import defaultdict
from time import process_time

import numpy as np
import pyarrow as pa
from tests.audit.logs import FIRST, PACK, POWER, TODAY

from guiju.audit.context import Context, context_of
from guiju.audit.detection import Asking, detect
from guiju.audit.detector import Scope
from guiju.audit.detectors import DETECTORS
from guiju.audit.engine import Duck
from guiju.audit.events import CODED, Events, Words
from guiju.audit.feeds import Feeds
from guiju.audit.relations import ACROSS, DAY, GIVEN, across, relate, told

STEPS = [
    ("apply", "submit", "applicant"),
    ("accept", "accept", "window"),
    ("visit", "done", "officer"),
    ("review", "agree", "reviewer"),
    ("meeting", "held", "leader"),
    ("decide", "grant", "leader"),
]
START = 20_454  # 2026-01-01
PEOPLE = {post.role: [] for post in PACK.posts}
for held in PACK.assignments:
    PEOPLE[held.post.removeprefix("bureau-")].append(held.person)


def bucket_of(cases: int, number: int, words: Words, seed: int) -> Events:
    """The events of one bucket."""
    chance = np.random.default_rng(seed)
    size = len(STEPS)
    n = np.tile(np.arange(size), cases)
    first = START + chance.integers(0, 200, cases)
    gaps = chance.integers(0, 5, (cases, size))
    at = (first[:, None] + gaps.cumsum(1)).ravel() * DAY + 32_400_000_000 + n * 60_000_000
    one = {role: words.code(people[0]) for role, people in PEOPLE.items() if people}
    person = np.tile([one.get(role, words.code("民")) for _, _, role in STEPS], cases)
    wrong = chance.random(len(n)) < 0.001
    person = np.where(wrong, one["window"], person)
    code = {name: np.tile([words.code(s[i]) for s in STEPS], cases) for i, name in enumerate(("step", "outcome", "post"))}
    count = len(n)
    offsets = pa.array(np.arange(0, 2 * count + 1, 2), pa.int32())
    pairs = np.repeat(person, 2)
    pairs[1::2] = np.tile([words.code(f"陪{i}") for i in range(len(STEPS))], cases)
    pairs[5::12] = words.code("查乙")
    posts = np.repeat(code["post"], 2)
    orders = np.tile([2, 1], count)
    present = pa.StructArray.from_arrays(
        [pa.array(each, pa.int32()) for each in (pairs, posts, orders)], ["person", "post", "order"]
    )
    single = pa.array(np.arange(count + 1), pa.int32())

    def listed(text: str) -> pa.Array:
        return pa.ListArray.from_arrays(single, pa.array(np.full(count, words.code(text)), pa.int32()))

    columns = {
        "case": np.repeat(np.arange(cases), size),
        "row": np.arange(count) * 32 + number,
        "at": at,
        "recorded_at": at + (chance.random(count) < 0.01) * 5 * DAY,
        "power": np.full(count, words.code(POWER)),
        **code,
        "organ": np.full(count, words.code("bureau")),
        "person": person,
        "certificate": np.full(count, words.code("证1")),
        "reason": np.ones(count),
        "fee": np.where(wrong, 2000, 1000),
        "amount": np.where(wrong, 10**6, 1000),
        "stop_days": np.full(count, -1),
        "applicant": np.repeat(chance.integers(1, 10**6, cases), size),
        "division": np.full(count, words.code("10")),
    }
    arrays = {f.name: pa.array(columns[f.name], f.type) for f in CODED if f.name in columns}
    arrays |= {"present": pa.ListArray.from_arrays(offsets, present)}
    arrays |= {"items": listed("申请书"), "evidence": listed("核查记录")}
    return Events(arrays, number)


def given_of(events: Events) -> dict[str, pa.Table]:
    """Made-up clocks, stops and deviations of a bucket."""
    first, last = events.starts[:-1], events.starts[1:] - 1
    day = events.array("at") // DAY
    many = len(first)
    clocks = []
    for kind in (1, 2, 3):
        left = np.where(np.arange(many) % 50 == kind, -1, 3)
        clocks.append([np.full(many, v) if np.isscalar(v) else v for v in (
            events.bucket, np.arange(many), events.array("row")[last], kind, 0,
            day[first], day[last], day[last] + left, left)])
    clock = [np.concatenate(each) for each in zip(*clocks, strict=True)]
    some = np.arange(0, many, 100)
    stop = (np.full(len(some), events.bucket), some, events.array("row")[first[some] + 2],
            day[first[some] + 2], day[first[some] + 3], np.full(len(some), 5))
    odd = np.arange(0, many, 200)
    deviation = (np.full(len(odd), events.bucket), odd, np.full(len(odd), 3),
                 events.array("row")[first[odd] + 3], 1 + odd // 200 % 4, np.zeros(len(odd)))
    rows = {"clock": clock, "stop": stop, "deviation": deviation}
    return {
        name: pa.table([pa.array(v, pa.int64(), safe=False) for v in rows[name]], names=schema.names)
        for name, schema in GIVEN.items()
    }


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    buckets = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    words = Words()
    bucket_of(1, 0, words, 0)  # so that every word has its code
    cases = count // len(STEPS) // buckets
    made = (bucket_of(cases, i, words, i) for i in range(buckets))
    context = context_of(PACK, words, FIRST, TODAY)
    spent: dict[str, float] = defaultdict(float)
    found: dict[str, int] = defaultdict(int)
    parts: dict[str, list[pa.Table]] = {name: [] for name in ACROSS}
    for events in made:
        asking = Asking(context, Feeds.one(told(events)), TODAY, lambda b, c: f"{b}-{c}")
        duck, given = Duck(), given_of(events)
        began = process_time()
        relate(duck, relations_of(events, context, given), context)
        spent["relations"] += process_time() - began
        ask(duck, asking, Scope.BUCKET, spent, found)
        for name in ACROSS:
            parts[name].append(duck.table(f"FROM {name}"))
    together = Duck()
    across(together, context, *(pa.concat_tables(parts[name]) for name in ACROSS))
    ask(together, asking, Scope.STORE, spent, found)
    for name, seconds in spent.items():
        print(f"{name:10} {seconds:7.2f} {found[name]:8}")
    print(f"{'all':10} {sum(spent.values()):7.2f} {sum(found.values()):8}")
    print("peak MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def ask(duck, asking: Asking, scope: Scope, spent, found) -> None:  # noqa: ANN001
    """Ask each detector alone and add up what it took."""
    for detector in DETECTORS:
        if detector.scope is scope:
            began = process_time()
            result = detect(duck, [detector], asking, scope)
            spent[detector.id] += process_time() - began
            found[detector.id] += len(result.findings)


if __name__ == "__main__":
    main()
