"""A smaller net with the same faults: rules that take away places and transitions.

Each rule keeps, one by one, every kind of fault that ``statespace.Kind`` names, and whether a
place can hold two tokens; so the markings of the small net need only be walked. The rules are
those of T. Murata, "Petri Nets: Properties, Analysis and Applications" (1989), §V, and
G. Berthelot, "Transformations and Decompositions of Nets" (1987), with more asked for where
a net has several endings or resets. ``tests/kernel/test_petri.py`` holds small against whole
on random nets, and ``benchmarks/soundness.py`` does so on many more.

- ``_drop_dead``: what can never be marked even if tokens were never taken away, never fires.
- ``_fuse``: a place that no ending speaks of, first empty, whose takers need nothing else, goes:
  whoever put there does at once what the takers would do. A taker can always fire and only
  adds tokens, so firing it at once hides no deadlock, choice or second token. It must put
  something (or a second token would vanish); what it puts must be emptied by the same
  transitions as the place (or a reset would find other tokens); and not only into places that
  an ending leaves free (or a left-over token would become a proper end).
- ``_merge_transitions``: two that take, clear and put the same are one.
- ``_drop_idle``: one that puts back what it takes goes if another takes just the same; without
  another, a livelock would become a deadlock.
- ``_merge_places``: two with the same neighbours, first tokens, resets and endings are one.
- ``_drop_constant``: a place that always holds its one token, or none, hinders nobody.

A small net's transition remembers what it stands for: ``trace``, the transitions of the whole
net that it fires in order, and ``stands_for``, all those that can fire if and only if it can.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from guiju.kernel.petri import Ending, PetriNet, Transition

Trace = int | tuple["Trace", "Trace", int]  # one transition; or a trace, then another n times


@dataclass(slots=True)
class _Move:
    """A transition while the rules work on it."""

    take: dict[str, int]
    put: dict[str, int]
    clear: frozenset[str]
    trace: Trace
    steps: int  # the length of the trace
    stands_for: int  # one bit for each transition of the whole net


@dataclass(frozen=True, slots=True)
class Reduced:
    """The small net, and what its transitions stand for in the whole one."""

    net: PetriNet
    traces: tuple[Trace, ...]
    stands_for: tuple[int, ...]
    steps: tuple[int, ...]  # how many transitions of the whole net each one fires

    @property
    def keeps_steps(self) -> bool:
        """Whether a cheapest path to a deadlock, counted in ``steps``, is a shortest one.

        It is without resets: what was fused has to fire on the way to a deadlock in the whole
        net, too, and may do so at once. With resets, a token that still had a way to go may
        vanish instead.
        """
        return not any(each.clear for each in self.net.transitions)

    def path(self, moves: Iterable[int], steps_max: int) -> tuple[int, ...] | None:
        """A path of the small net as one of the whole net; None when longer than ``steps_max``."""
        whole: list[int] = []
        for number in moves:
            for step in _steps(self.traces[number]):
                if len(whole) == steps_max:
                    return None
                whole.append(step)
        return tuple(whole)

    def alive(self, fired: Iterable[int]) -> int:
        """One bit for each transition of the whole net that can fire when these do."""
        alive = 0
        for number in fired:
            alive |= self.stands_for[number]
        return alive


def reduced(net: PetriNet) -> Reduced:
    """Make a net as small as the rules can."""
    draft = _Draft(net)
    _drop_dead(draft)
    while any(rule(draft) for rule in RULES):
        pass
    return draft.result()


def unreduced(net: PetriNet) -> Reduced:
    """The net itself, in the same shape."""
    return _Draft(net).result()


class _Draft:
    """The net that the rules work on, with its arcs by place."""

    def __init__(self, net: PetriNet) -> None:
        self.net = net
        self.moves: dict[int, _Move] = {}
        self.takers: defaultdict[str, set[int]] = defaultdict(set)
        self.putters: defaultdict[str, set[int]] = defaultdict(set)
        self.clearers: defaultdict[str, set[int]] = defaultdict(set)
        self.places = dict.fromkeys(net.places)
        self.next = 0
        self.spoken_of = {p for each in net.endings for p in (*each.tokens, *each.free)}
        self.dirty = dict.fromkeys(
            net.places, 0
        )  # places to look at once more; a dict keeps order
        for number, each in enumerate(net.transitions):
            move = _Move(dict(each.take), dict(each.put), each.clear, number, 1, 1 << number)
            self.add(move)

    def add(self, move: _Move) -> None:
        number = self.next
        self.next += 1
        self.moves[number] = move
        for arcs, places in self._arcs(move):
            for place in places:
                arcs[place].add(number)
        self.dirty |= move.take

    def put_more(self, number: int, places: Iterable[str]) -> None:
        """Note that a transition now puts into these places, too."""
        for place in places:
            self.putters[place].add(number)
        self.dirty |= self.moves[number].take

    def drop(self, number: int) -> _Move:
        move = self.moves.pop(number)
        for arcs, places in self._arcs(move):
            for place in places:
                arcs[place].discard(number)
        self.dirty |= move.take
        return move

    def drop_place(self, place: str) -> None:
        """Take a place away, with all its arcs; those beside it may then have more in common."""
        takers, putters = self.takers.pop(place, set()), self.putters.pop(place, set())
        for number in takers | putters:
            move = self.moves[number]
            move.take.pop(place, None)
            move.put.pop(place, None)
            self.dirty |= move.take
        for number in self.clearers.pop(place, ()):
            self.moves[number].clear -= {place}
            self.dirty |= self.moves[number].take
        del self.places[place]
        self.dirty.pop(place, None)

    def _arcs(self, move: _Move) -> Iterator[tuple[defaultdict[str, set[int]], Iterable[str]]]:
        yield self.takers, move.take
        yield self.putters, move.put
        yield self.clearers, move.clear

    def role(self, place: str) -> tuple[int, ...]:
        """What each ending asks of a place: so many tokens, or -1, any number."""
        return tuple(
            -1 if place in each.free else each.tokens.get(place, 0) for each in self.net.endings
        )

    def result(self) -> Reduced:
        places = self.places
        moves = list(self.moves.values())
        transitions = tuple(
            Transition(str(number), each.take, each.put, each.clear)
            for number, each in enumerate(moves)
        )
        endings = tuple(
            Ending(
                {place: n for place, n in each.tokens.items() if place in places},
                each.free.intersection(places),
            )
            for each in self.net.endings
        )
        initial = {place: n for place, n in self.net.initial.items() if place in places}
        net = PetriNet(tuple(places), transitions, initial, endings)
        return Reduced(
            net,
            tuple(each.trace for each in moves),
            tuple(each.stands_for for each in moves),
            tuple(each.steps for each in moves),
        )


def _drop_dead(draft: _Draft) -> None:
    marked = {*draft.net.initial}
    waiting = {number: set(each.take) - marked for number, each in draft.moves.items()}
    todo = [number for number, places in waiting.items() if not places]
    while todo:
        for place in draft.moves[todo.pop()].put:
            if place in marked:
                continue
            marked.add(place)
            for number in draft.takers[place]:
                waiting[number].discard(place)
                if not waiting[number]:
                    todo.append(number)
    for number, places in waiting.items():
        if places:
            draft.drop(number)


def _fuse_series(draft: _Draft) -> bool:
    """Fuse wherever there is one taker; what changes nearby is looked at again."""
    has_changed = False
    while draft.dirty:
        place, _ = draft.dirty.popitem()
        if len(draft.takers[place]) == 1 and _can_fuse(draft, place):
            _fuse(draft, place)
            has_changed = True
    return has_changed


def _fuse_choice(draft: _Draft) -> bool:
    """Fuse one place with one putter, so that transitions get fewer; then the rest has a turn."""
    for place in draft.places:
        if len(draft.putters[place]) == 1 and _can_fuse(draft, place):
            _fuse(draft, place)
            return True
    return False


def _can_fuse(draft: _Draft, place: str) -> bool:
    if place in draft.spoken_of or place in draft.net.initial or not draft.putters[place]:
        return False
    takers = [draft.moves[number] for number in draft.takers[place]]
    clearers = draft.clearers[place]
    for each in takers:
        if len(each.take) > 1 or each.take[place] != 1 or each.clear:
            return False
        if not each.put or place in each.put:
            return False
        if any(draft.clearers[after] != clearers for after in each.put):
            return False
    if len(takers) > 1 and not _puts_one_each(draft, place):
        return False
    return any(_stays_left_over(draft, each) for each in takers)


def _puts_one_each(draft: _Draft, place: str) -> bool:
    """Whether no transition puts two tokens there, which two takers could share."""
    return all(draft.moves[number].put[place] == 1 for number in draft.putters[place])


def _stays_left_over(draft: _Draft, taker: _Move) -> bool:
    """Whether an improper end is still none after this transition has moved what was left."""
    endings = draft.net.endings
    if not any(each.tokens for each in endings):
        return True  # no end is ever improper
    if len(endings) == 1:
        return not endings[0].free.issuperset(taker.put)
    return not draft.spoken_of.issuperset(taker.put)


def _fuse(draft: _Draft, place: str) -> None:
    takers = [draft.drop(number) for number in sorted(draft.takers[place])]
    for number in sorted(draft.putters[place]):
        if len(takers) == 1:
            _join(draft.moves[number], takers[0], place)
            draft.put_more(number, takers[0].put)
            continue
        first = draft.drop(number)
        for then in takers:
            both = replace(first, take=first.take.copy(), put=first.put.copy())
            _join(both, then, place)
            draft.add(both)
    draft.drop_place(place)


def _join(first: _Move, then: _Move, place: str) -> None:
    """Let a transition do at once what the next would do with what it puts in a place."""
    times = first.put.pop(place)
    for after, count in then.put.items():
        first.put[after] = first.put.get(after, 0) + count * times
    first.trace = first.trace, then.trace, times
    first.steps += then.steps * times
    first.stands_for |= then.stands_for


def _merge_transitions(draft: _Draft) -> bool:
    first: dict[object, int] = {}
    has_changed = False
    for number, move in list(draft.moves.items()):
        key = frozenset(move.take.items()), frozenset(move.put.items()), move.clear
        if key not in first:
            first[key] = number
            continue
        kept = draft.moves[first[key]]
        if move.steps < kept.steps:
            kept.trace, kept.steps = move.trace, move.steps
        kept.stands_for |= move.stands_for
        draft.drop(number)
        has_changed = True
    return has_changed


def _drop_idle(draft: _Draft) -> bool:
    has_changed = False
    for number, move in list(draft.moves.items()):
        if move.clear or move.take != move.put or not move.take:
            continue
        beside = draft.takers[next(iter(move.take))]
        for other in beside:
            if other != number and draft.moves[other].take == move.take:
                draft.moves[other].stands_for |= move.stands_for
                draft.drop(number)
                has_changed = True
                break
    return has_changed


def _merge_places(draft: _Draft) -> bool:
    alike: dict[object, list[str]] = {}  # by numbers that are the same for the same neighbours
    for place in draft.places:
        takers, putters = draft.takers[place], draft.putters[place]
        key = len(takers), sum(takers), len(putters), sum(putters)
        alike.setdefault(key, []).append(place)
    has_changed = False
    for places in alike.values():
        first: set[object] = set()
        for place in places if len(places) > 1 else ():
            identity = _identity(draft, place)
            if identity in first:
                draft.drop_place(place)
                has_changed = True
            first.add(identity)
    return has_changed


def _identity(draft: _Draft, place: str) -> object:
    """All that can tell a place from another."""
    takers, putters = sorted(draft.takers[place]), sorted(draft.putters[place])
    return (
        tuple((number, draft.moves[number].take[place]) for number in takers),
        tuple((number, draft.moves[number].put[place]) for number in putters),
        frozenset(draft.clearers[place]),
        draft.net.initial.get(place, 0),
        draft.role(place),
    )


def _drop_constant(draft: _Draft) -> bool:
    has_changed = False
    for place in list(draft.places):
        if _is_constant(draft, place):
            draft.drop_place(place)
            has_changed = True
    return has_changed


def _is_constant(draft: _Draft, place: str) -> bool:
    """Whether a place keeps its one token, or none, and all endings are content with that."""
    count = draft.net.initial.get(place, 0)
    around = draft.takers[place] | draft.putters[place]
    moves = [draft.moves[number] for number in around]
    if count > 1 or (draft.clearers[place] and count) or (moves and not count):
        return False
    if any(each.take.get(place, 0) != 1 or each.put.get(place, 0) != 1 for each in moves):
        return False
    return all(
        place in each.free
        or (each.tokens.get(place, 0) == count and (not count or _asks_more(draft, each)))
        for each in draft.net.endings
    )


def _asks_more(draft: _Draft, ending: Ending) -> bool:
    """Whether an ending asks for tokens in more than one of the places that are left."""
    return len(draft.places.keys() & ending.tokens.keys()) > 1


def _steps(trace: Trace) -> Iterator[int]:
    """The transitions of a trace, in order; without recursion, as traces may be deep."""
    todo = [(trace, 1)]
    while todo:
        here, times = todo.pop()
        if times > 1:
            todo.append((here, times - 1))
        if isinstance(here, int):
            yield here
        else:
            first, then, then_times = here
            todo.append((then, then_times))
            todo.append((first, 1))


RULES: tuple[Callable[[_Draft], bool], ...] = (
    _fuse_series,
    _merge_transitions,
    _drop_idle,
    _merge_places,
    _drop_constant,
    _fuse_choice,
)
"""In the order in which they are tried; the cheap ones go first, again and again."""
