"""What a chart allows to follow what, as a record of it would tell: for replay.

A net (``net``) says which outcome fires on which marking. A record says less and more: it does
not tell silent moves, or what silence brought about in systems that do not write it down, or
perhaps which outcome a step had; and it tells every signature of a joint one 会签, not only the
last. A behaviour is the net seen through such a record. Where a record leaves open which move
happened, the case may be at any of several markings, so a state here is a set of markings,
closed under the silent moves: the subset construction of automata theory (Rabin, Scott 1959).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from guiju.kernel.fusion import fused
from guiju.kernel.net import END, Net, Transition
from guiju.kernel.petri import Bag, PetriNet
from guiju.kernel.power import Step

Activity = tuple[str, str]
"""Step and outcome; the outcome is "" where a record does not tell it."""
State = frozenset[int]
"""The markings at which a case may be, with all that silent moves lead to."""
Firing = tuple[int, int, int, int]
"""A move in four masks: what it takes, what may not be there, what stays, what it puts."""
MARKINGS_MAX = 10_000  # in one state; a chart that needs more is too free to be held against


class TooManyStates(Exception):
    """The chart leaves so much open that replaying it would take more room than is allowed."""


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that can happen: takes tokens, clears places, puts tokens."""

    activity: Activity | None  # None: no record tells of it
    take: int
    put: int
    clear: int = 0
    is_lapse: bool = False  # what silence brings about: told by some records, not by others
    is_aside: bool = False  # beside the step's own work: not meant where only the step is told

    def is_enabled(self, marking: int) -> bool:
        """Whether all the tokens it takes are there, and none would be doubled."""
        return marking & self.take == self.take and not (
            marking & ~(self.take | self.clear) & self.put
        )

    def tells(self, activity: Activity) -> bool:
        """Whether this is how an activity of a record may have happened."""
        own = self.activity
        return own == activity or (
            own is not None and not activity[1] and own[0] == activity[0] and not self.is_aside
        )

    def fire(self, marking: int) -> int:
        """The marking after it."""
        return marking & ~(self.take | self.clear) | self.put


@dataclass(frozen=True)
class Behaviour:
    """All moves, where a case begins, where it may end; markings as ints, one bit a place."""

    initial: int
    finals: frozenset[int]
    moves: tuple[Move, ...]
    skippable: tuple[Move, ...] = field(default=())  # what somebody may have left out

    @cached_property
    def activities(self) -> tuple[Activity, ...]:
        """All that a record may tell of, in chart order: each outcome, each step without one."""
        told = dict.fromkeys(move.activity for move in self.moves if move.activity)
        return tuple(dict.fromkeys(each for a in told for each in ((a[0], ""), a)))

    @cached_property
    def doing(self) -> dict[Activity, tuple[Move, ...]]:
        """The moves by which each activity can happen."""
        return {a: tuple(move for move in self.moves if move.tells(a)) for a in self.activities}

    @cached_property
    def silent(self) -> tuple[Move, ...]:
        """Moves that no record tells of."""
        return tuple(move for move in self.moves if move.activity is None)

    @cached_property
    def lapses(self) -> frozenset[Activity]:
        """The outcomes that silence brings about."""
        return frozenset(m.activity for m in self.moves if m.activity and m.is_lapse)

    @cached_property
    def lapsing(self) -> tuple[Move, ...]:
        """The same, and what silence brings about."""
        return tuple(move for move in self.moves if move.activity is None or move.is_lapse)

    @cached_property
    def start(self) -> State:
        """The state of a new case."""
        return self.closed([self.initial])

    def closed(self, markings: Iterable[int]) -> State:
        """Those markings and all that silent moves lead to. Raises TooManyStates."""
        return _closed(markings, self._silent_by_place, self._silently)

    def lapsed(self, state: State) -> State:
        """The state when silence may have had any of its effects. Raises TooManyStates."""
        return _closed(state, self._lapsing_by_place, self._by_lapses)

    def after(self, state: State, activity: Activity) -> State:
        """The state after an activity; empty when it cannot happen there."""
        found = self._after.get((state, activity))
        if found is None:
            fired = _fired(state, self.doing.get(activity, ()))
            found = self.closed(fired)
            # Of equal states one is kept: to look one up is then to compare two addresses.
            found = self._after[state, activity] = self._states.setdefault(found, found)
        return found

    @cached_property
    def _states(self) -> dict[State, State]:
        return {}

    @cached_property
    def _after(self) -> dict[tuple[State, Activity], State]:
        return {}

    @cached_property
    def _silent_by_place(self) -> dict[int, list[Firing]]:
        return _by_place(self.silent)

    @cached_property
    def _lapsing_by_place(self) -> dict[int, list[Firing]]:
        return _by_place(self.lapsing)

    @cached_property
    def _silently(self) -> dict[int, State]:
        return {}

    @cached_property
    def _by_lapses(self) -> dict[int, State]:
        return {}

    def onward(self, state: State) -> tuple[tuple[Activity, State], ...]:
        """All outcomes that can happen at a state, and the state after each."""
        found = self._onward.get(state)
        if found is None:
            told = {m.activity: None for m in self.moves if m.activity and _fired(state, (m,))}
            found = tuple((each, self.after(state, each)) for each in told)
            self._onward[state] = found
        return found

    @cached_property
    def _onward(self) -> dict[State, tuple[tuple[Activity, State], ...]]:
        return {}

    def may_end(self, state: State) -> bool:
        """Whether the case may be over."""
        return not self.finals.isdisjoint(state)


def _fired(markings: Iterable[int], moves: Iterable[Move]) -> set[int]:
    """The markings after each of these moves at each of these markings that enables it."""
    fired: set[int] = set()
    for move in moves:
        take, gone, put = move.take, move.take | move.clear, move.put
        doubled = put & ~gone
        fired |= {at & ~gone | put for at in markings if at & take == take and not at & doubled}
    return fired


def _by_place(moves: Iterable[Move]) -> dict[int, list[Firing]]:
    """Moves by the lowest place that they take from, so that a marking asks few of them."""
    found: dict[int, list[Firing]] = {}
    for move in moves:
        gone = move.take | move.clear
        masks = (move.take, move.put & ~gone, ~gone, move.put)
        found.setdefault(move.take & -move.take, []).append(masks)
    return found


def _closed(
    markings: Iterable[int], moves: Mapping[int, list[Firing]], known: dict[int, State]
) -> State:
    """All that these moves lead to; ``known`` keeps what they lead to from each marking."""
    found: set[int] = set()
    for marking in markings:
        if marking in found:  # then all that it leads to is there, too
            continue
        if marking not in known:
            known[marking] = _reached(marking, moves, known)
        found |= known[marking]
        if len(found) > MARKINGS_MAX:
            raise TooManyStates(f"more than {MARKINGS_MAX} markings at once")
    return frozenset(found)


def _reached(marking: int, moves: Mapping[int, list[Firing]], known: Mapping[int, State]) -> State:
    found, todo = {marking}, [marking]
    while todo:
        at = rest = todo.pop()
        while rest:
            place = rest & -rest
            rest ^= place
            for take, doubled, stays, put in moves.get(place, ()):
                if at & take != take or at & doubled:
                    continue
                after = at & stays | put
                if after in found:
                    continue
                if after in known:
                    found |= known[after]
                else:
                    found.add(after)
                    todo.append(after)
        if len(found) > MARKINGS_MAX:
            raise TooManyStates(f"more than {MARKINGS_MAX} markings at once")
    return frozenset(found)


def behaviour_of(net: Net) -> Behaviour:
    """What a chart allows, seen through a record."""
    expanded = [move for each in net.transitions for move in _moves(each)]
    joint = tuple(dict.fromkeys(each.step.id for each in net.transitions if each.step.several))
    bit = 1 << len(net.places)
    for step in joint:
        first = next(each for each in net.transitions if each.step.id == step)
        votes = _Votes(first.step, first.take, bit)
        own = [move for move in expanded if move.take == first.take and move.activity]
        others = [move for move in expanded if move not in own]
        expanded = [*map(votes.clearing, others), *votes.moves(own)]
        bit <<= len(votes.places)
    skippable = tuple(m for m in expanded if m.activity and not m.is_aside and not m.clear)
    return Behaviour(net.initial, frozenset((END,)), tuple(expanded), skippable)


def _moves(each: Transition) -> Iterator[Move]:
    outcome = each.outcome
    yield Move(
        None if each.is_silent else (each.step.id, outcome.id),
        each.take,
        each.put,
        each.clear,
        is_lapse=outcome.after is not None and not each.is_silent,
        is_aside=outcome.aside and not each.is_silent,
    )


class _Votes:
    """The signatures of one joint step as places of their own: so many for, so many against.

    Where a field names the signers of a case, a record may not tell it: then any number of
    them may have been asked.
    """

    def __init__(self, step: Step, take: int, bit: int) -> None:
        several = step.several
        assert several is not None
        self.step, self.take = step, take
        most = len(several.posts)
        self.sizes = range(1, most + 1) if several.field else (most,)
        self.needs = {size: min(several.need or size, size) for size in self.sizes}
        counts = (
            (size, yes, no)
            for size in self.sizes
            for yes in range(self.needs[size])
            for no in range(size - self.needs[size] + 1)
            if yes or no
        )
        self.places = {count: bit << i for i, count in enumerate(counts)}
        self.all = sum(self.places.values())

    def clearing(self, move: Move) -> Move:
        """A move of another step; what clears the step clears its signatures too."""
        return replace(move, clear=move.clear | self.all) if move.clear & self.take else move

    def moves(self, own: list[Move]) -> Iterator[Move]:
        """The step's own moves, on no signature or on some."""
        outcomes = [o.id for o in self.step.outcomes if not (o.aside or o.after)]
        for move in own:
            assert move.activity is not None
            if move.activity[1] in outcomes:
                yield from self._signing(move, outcomes.index(move.activity[1]), own)
                continue
            yield move
            for place in self.places.values():
                put = place if move.put == move.take else move.put
                yield replace(move, take=place, put=put)

    def _signing(self, move: Move, side: int, own: list[Move]) -> Iterator[Move]:
        """One more signature: it closes the step, or is counted."""
        starts = ((size, 0, 0) for size in self.sizes)
        for size, yes, no in (*starts, *self.places):
            after = (size, yes + (side == 0), no + (side == 1))
            take = self.places.get((size, yes, no), self.take)
            closes = side == 0 and after[1] >= self.needs[size]
            fails = side == 1 and after[2] > size - self.needs[size]
            if closes or fails:
                yield replace(move, take=take)
            elif after in self.places:
                yield replace(move, take=take, put=self.places[after], clear=0)


def behaviour_of_net(net: PetriNet) -> Behaviour:
    """What a net that came from a file allows; labels are its activities, no label is silent.

    Places that a record cannot tell apart are one (``fusion``). Only nets that hold at most one
    token a place can be replayed: a move that would double a token is taken as one that cannot
    happen. Raises ValueError for weights and free places.
    """
    net = fused(net)
    bits = {place: 1 << i for i, place in enumerate(net.places)}

    def mask(tokens: Bag) -> int:
        if any(count > 1 for count in tokens.values()):
            raise ValueError("a net with weights cannot be replayed")
        return sum(bits[place] for place in tokens)

    if any(ending.free for ending in net.endings):
        raise ValueError("a net with free places cannot be replayed")
    moves = tuple(
        Move(
            (each.label, "") if each.label else None,
            mask(each.take),
            mask(each.put),
            sum(bits[place] for place in each.clear),
        )
        for each in net.transitions
    )
    finals = frozenset(mask(ending.tokens) for ending in net.endings)
    return Behaviour(mask(net.initial), finals, moves, tuple(m for m in moves if m.activity))
