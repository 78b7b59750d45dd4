"""The walk through the markings of a net, breadth first, each marking in one integer.

While every place holds at most one token, a place is one bit and firing is three bit
operations, as in ``net``. When a second token comes, the walk begins anew with a field of
several bits for each place, the highest of which stays 0: with it set, one subtraction tells
for all places at once whether the tokens are there, because no field can borrow from the
next (L. Lamport, "Multiple Byte Processing with Full-Word Instructions", 1975).

That a net is unbounded is seen on a path whose last marking holds all the tokens of an
earlier one and more (R. Karp and R. Miller, 1969): what lies between can be repeated for
ever. With resets the surplus must lie in a place that is not emptied in between, or
repeating would not add to it; such nets may then stay undecided, as boundedness of reset
nets is undecidable (C. Dufourd, A. Finkel, Ph. Schnoebelen, 1998).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from heapq import heapify, heappop, heappush

from guiju.kernel.petri import Bag, PetriNet

Move = tuple[int, int, int]  # a transition's number, the marking after it, where that is doubled
Row = tuple[int, int, int, int]  # a transition's number, and what it takes, keeps and puts


class Kind(StrEnum):
    """What can be wrong with a net."""

    DEADLOCK = "deadlock"  # no ending, and nothing can happen
    LIVELOCK = "livelock"  # things go on happening, but neither an ending nor a stop is ahead
    IMPROPER = "improper completion"  # the tokens of an ending, and others left behind
    DEAD = "dead activity"  # a transition that can never happen
    UNBOUNDED = "unbounded"  # tokens pile up without limit
    DOUBLE = "double token"  # bounded, but a place holds two tokens; no part of soundness


class TooNarrow(Exception):
    """A place got more tokens than its field can hold."""


@dataclass(frozen=True, slots=True)
class Code:
    """A net written in integers, ``width`` bits for each place."""

    net: PetriNet
    width: int
    guard: int  # the highest bit of every field; 0 where a field is one bit
    many: int  # the bits of every field that are set when it counts two or more
    rows: tuple[Row, ...]
    touched: tuple[Mapping[int, Row], ...]  # by transition, those that its firing may (dis)able
    clears: tuple[int, ...]  # all bits of the places that each transition empties
    endings: tuple[tuple[int, int], ...]  # tokens, mask of the places that are not free
    initial: int

    def ready(self, marking: int, among: Iterable[Row]) -> list[Row]:
        """Those of some transitions that are enabled."""
        if not self.guard:
            return [row for row in among if marking & row[1] == row[1]]
        guard, guarded = self.guard, marking | self.guard
        return [row for row in among if guarded - row[1] & guard == guard]

    def ready_after(self, marking: int, before: list[Row], move: int) -> list[Row]:
        """All that is enabled after a move, in order, from what was enabled before it."""
        touched = self.touched[move]
        changed = self.ready(marking, touched.values())
        return sorted([row for row in before if row[0] not in touched] + changed)

    def moves(self, marking: int, ready: Iterable[Row]) -> list[Move]:
        """All that can happen next, when these are enabled."""
        if not self.guard:
            return [
                (number, marking & keep | put, marking & keep & put)
                for number, _, keep, put in ready
            ]
        guard, many, found = self.guard, self.many, []
        for number, take, keep, put in ready:
            after = (marking - take & keep) + put
            if after & guard:
                raise TooNarrow
            found.append((number, after, after & many))
        return found

    def covers(self, marking: int, other: int) -> bool:
        """Whether a marking holds all the tokens of another one."""
        if not self.guard:
            return marking & other == other
        return (marking | self.guard) - other & self.guard == self.guard

    def is_final(self, marking: int) -> bool:
        """Whether the net may end here."""
        for tokens, mask in self.endings:  # noqa: SIM110 (asked of every marking, twice as fast)
            if marking & mask == tokens:
                return True
        return False

    def is_improper(self, marking: int) -> bool:
        """Whether the tokens of an ending are there; asked only where it is none."""
        for tokens, _ in self.endings:  # noqa: SIM110
            if tokens and self.covers(marking, tokens):
                return True
        return False

    def pack(self, tokens: Bag) -> int:
        """Tokens by place in one integer. Raises TooNarrow where there are too many."""
        at = {place: index * self.width for index, place in enumerate(self.net.places)}
        return _packed(tokens, at, self.width)

    def unpack(self, marking: int) -> dict[str, int]:
        """A marking as tokens by place."""
        one = (1 << self.width) - 1
        counts = {
            place: marking >> index * self.width & one
            for index, place in enumerate(self.net.places)
        }
        return {place: count for place, count in counts.items() if count}


def code_of(net: PetriNet, width: int) -> Code:
    """Write a net in integers. Raises TooNarrow where a number in it is too large."""
    at = {place: index * width for index, place in enumerate(net.places)}
    ones = sum(1 << place for place in at.values())
    full = (1 << width) - 1
    everything = ones * full
    rows, clears = [], []
    for number, each in enumerate(net.transitions):
        take = _packed(each.take, at, width)
        cleared = sum(full << at[place] for place in each.clear)
        keep = ~(cleared | take) if width == 1 else ~cleared
        rows.append((number, take, keep, _packed(each.put, at, width)))
        clears.append(cleared)
    takers: dict[str, list[Row]] = {place: [] for place in net.places}
    for row, each in zip(rows, net.transitions, strict=True):
        for place in each.take:
            takers[place].append(row)
    endings = (
        (
            _packed(each.tokens, at, width),
            everything & ~sum(full << at[place] for place in each.free),
        )
        for each in net.endings
    )
    return Code(
        net,
        width,
        guard=0 if width == 1 else ones << width - 1,
        many=0 if width == 1 else ones * (full >> 1) & ~ones,
        rows=tuple(rows),
        touched=tuple(
            {
                row[0]: row
                for place in {*each.take, *each.put, *each.clear}
                for row in takers[place]
            }
            for each in net.transitions
        ),
        clears=tuple(clears),
        endings=tuple(endings),
        initial=_packed(net.initial, at, width),
    )


def _packed(tokens: Bag, at: Mapping[str, int], width: int) -> int:
    count_max = 1 if width == 1 else (1 << width - 1) - 1
    if any(count > count_max for count in tokens.values()):
        raise TooNarrow
    return sum(count << at[place] for place, count in tokens.items())


@dataclass(slots=True)
class Space:
    """What a walk has seen; markings have numbers, in order of their distance from the first."""

    code: Code
    markings_max: int
    markings: list[int]
    parent: list[int] = field(default_factory=lambda: [-1])
    by: list[int] = field(default_factory=lambda: [-1])  # the transition that led here
    before: list[list[int]] = field(default_factory=lambda: [[]])  # what leads here, see ``_ends``
    fired: set[int] = field(default_factory=set)
    ends: list[int] = field(default_factory=list)
    improper: list[int] = field(default_factory=list)
    deadlocks: list[int] = field(default_factory=list)
    double: tuple[tuple[int, ...], int] | None = None  # a path, and where it doubles
    growth: int | None = None  # a marking that shows the net to be unbounded
    is_whole: bool = False  # every marking was seen

    def path(self, number: int) -> tuple[int, ...]:
        """The transitions on a shortest way to a marking."""
        moves = []
        while number:
            moves.append(self.by[number])
            number = self.parent[number]
        return tuple(reversed(moves))

    def _ends(self, edge: int) -> tuple[int, int]:
        """A marking and what happens there; held in one integer, as there are very many."""
        return divmod(edge, len(self.code.touched))

    def cheapest(self, costs: Sequence[int], ends: Iterable[int]) -> tuple[int, ...]:
        """The cheapest path to any of these, when each transition costs so much (Dijkstra)."""
        onward: dict[int, tuple[int, int] | None] = {}  # by what to where; filled backwards
        todo: list[tuple[int, int, tuple[int, int] | None]] = [(0, end, None) for end in ends]
        heapify(todo)
        while 0 not in onward:
            cost, number, way = heappop(todo)
            if number in onward:
                continue
            onward[number] = way
            for earlier, move in map(self._ends, self.before[number]):
                if earlier not in onward:
                    heappush(todo, (cost + costs[move], earlier, (move, number)))
        moves, way = [], onward[0]
        while way is not None:
            move, number = way
            moves.append(move)
            way = onward[number]
        return tuple(moves)

    def lost(self, ends: Iterable[int]) -> int | None:
        """The first marking, in order of distance, from which none of these can be reached."""
        todo = list(ends)
        saved = bytearray(len(self.markings))
        for number in todo:
            saved[number] = 1
        while todo:
            for number, _ in map(self._ends, self.before[todo.pop()]):
                if not saved[number]:
                    saved[number] = 1
                    todo.append(number)
        first = saved.find(0)
        return None if first < 0 else first

    def trap(self) -> int | None:
        """The first marking after which things go on for ever with no ending ahead."""
        return self.lost((*self.ends, *self.improper, *self.deadlocks))

    def shows(self, kind: Kind | None) -> bool:
        """Whether a single marking or step has shown this kind so far."""
        if kind is Kind.DOUBLE:
            return self.double is not None
        if kind is Kind.DEADLOCK:
            return bool(self.deadlocks)
        if kind is Kind.IMPROPER:
            return bool(self.improper)
        return kind is Kind.UNBOUNDED and self.growth is not None


def walk(net: PetriNet, markings_max: int, until: Kind | None = None) -> Space:
    """Walk through all markings, or until a kind that one marking can show has been found."""
    width = 4 if until is Kind.UNBOUNDED else 1  # growth cannot be seen in single bits
    while True:
        try:
            return _Walk(code_of(net, width), markings_max, until).run()
        except TooNarrow:
            width *= 4


class _Walk:
    """The walk under way."""

    def __init__(self, code: Code, markings_max: int, until: Kind | None) -> None:
        self.code, self.markings_max, self.until = code, markings_max, until
        self.seen = {code.initial: 0}
        self.before: dict[int, list[Row]] = {}  # what was enabled where a marking came from
        self.space = Space(code, markings_max, [code.initial])
        self.has_resets = any(each.clear for each in code.net.transitions)
        if code.initial & code.many:
            self.space.double = ((), code.initial & code.many)

    def run(self) -> Space:
        space, markings = self.space, self.space.markings
        number = 0
        while number < len(markings):
            if len(markings) > self.markings_max:
                return space
            self.visit(number, markings[number])
            if space.growth is not None or space.shows(self.until):
                return space
            number += 1
        space.is_whole = True
        return space

    def visit(self, number: int, marking: int) -> None:
        """Note what a marking is, and all that can happen next."""
        space, code = self.space, self.code
        if number:
            ready = code.ready_after(marking, self.before.pop(number), space.by[number])
        else:
            ready = code.ready(marking, code.rows)
        if code.is_final(marking):
            space.ends.append(number)
        elif code.is_improper(marking):
            space.improper.append(number)
        elif not ready:
            space.deadlocks.append(number)
        self.follow(number, marking, ready)

    def follow(self, number: int, marking: int, ready: list[Row]) -> None:
        space, code, seen, doubles = self.space, self.code, self.seen, self.on_double
        count = len(code.touched)
        for move, after, doubled in code.moves(marking, ready):
            space.fired.add(move)
            there = seen.get(after)
            if doubled and doubles(number, move, doubled):
                continue
            if there is not None:
                space.before[there].append(number * count + move)
                continue
            there = seen[after] = len(space.markings)
            space.markings.append(after)
            space.parent.append(number)
            space.by.append(move)
            space.before.append([number * count + move])
            self.before[there] = ready
            if doubled and self.grows(there):
                space.growth = there
                return

    def on_double(self, number: int, move: int, doubled: int) -> bool:
        """Note the first doubled token; the answer is whether to stay on this side of it."""
        is_all = self.until is Kind.DOUBLE  # then nothing beyond it matters
        if not self.code.guard and not is_all:
            raise TooNarrow
        if self.space.double is None:
            self.space.double = ((*self.space.path(number), move), doubled)
        return is_all

    def grows(self, number: int) -> bool:
        """Whether a marking holds more than an earlier one on its path, for ever more."""
        space, code, cleared = self.space, self.code, 0
        marking = space.markings[number]
        while number:
            if self.has_resets:
                cleared |= code.clears[space.by[number]]
            number = space.parent[number]
            earlier = space.markings[number]
            if earlier < marking and code.covers(marking, earlier):  # the first test is cheap
                surplus = marking - earlier & ~cleared
                if surplus:
                    return True
        return False
