"""The markings in which a part of a process may be over, found by playing it alone."""

from collections import deque

from guiju.kernel.petri import Bag, Transition


class TooLarge(Exception):
    """More markings than are walked."""


MARKINGS_MAX = 50_000


def finals(moves: list[Transition], starts: list[Bag], ends: frozenset[str]) -> list[Bag]:
    """All markings that are reached from one of ``starts`` and fill places of ``ends`` only."""
    todo = deque(dict(start) for start in starts)
    seen = {frozenset(each.items()) for each in todo}
    found: list[Bag] = []
    while todo:
        marking = todo.popleft()
        if marking and ends.issuperset(marking):
            found.append(marking)
        if any(count > 1 for count in marking.values()):
            continue  # a doubled token is found again, and told, in the whole net
        for move in moves:
            if move.is_enabled(marking):
                after = move.fire(marking)
                key = frozenset(after.items())
                if key not in seen:
                    seen.add(key)
                    todo.append(after)
        if len(seen) > MARKINGS_MAX:
            raise TooLarge
    return found
