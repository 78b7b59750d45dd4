"""Tracks: the places that lines take side by side in one channel.

Lines that overlap get tracks of their own, in the order that makes the fewest crossings;
which of two goes first decides about their crossings alone, as in the channel routing of
printed circuits (Hashimoto and Stevens 1971). Lines that do not overlap share a track.
"""

from dataclasses import dataclass
from itertools import combinations

TRACK = 11.0  # between two tracks
CLEAR = 4.0  # between two lines one behind the other on the same track


@dataclass(slots=True)
class Track:
    """The part of a line that lies in a channel, from ``lo`` to ``hi``.

    ``ends`` are the two places where it turns away, each with the side it turns to: -1
    towards the start of the channel's breadth (up, left), 1 towards its end (down, right).
    """

    lo: float
    hi: float
    ends: tuple[tuple[float, int], ...]
    breadth: float = TRACK
    at: float = 0  # its place across the channel, once that is known


def set_tracks(tracks: list[Track], start: float) -> float:
    """Give every track its place from ``start`` on; how broad they are together."""
    ranks: list[list[Track]] = []
    for track in _ordered(tracks):
        met = [rank for rank, group in enumerate(ranks) if any(_meets(track, t) for t in group)]
        rank = max(met, default=-1) + 1
        if rank == len(ranks):
            ranks.append([])
        ranks[rank].append(track)
    breadth = 0.0
    for group in ranks:
        broad = max(track.breadth for track in group)
        for track in group:
            track.at = start + breadth + broad / 2 - TRACK / 2
        breadth += broad
    return breadth


def _meets(one: Track, two: Track) -> bool:
    return one.lo <= two.hi + CLEAR and two.lo <= one.hi + CLEAR


def _ordered(tracks: list[Track]) -> list[Track]:
    """Tracks are moved to better places for as long as that saves a crossing."""
    tracks = sorted(tracks, key=lambda track: (track.lo, track.hi))
    if not any(_crossings(*pair) for pair in combinations(tracks, 2)):
        return tracks
    costs = [[_crossings(one, two) for two in tracks] for one in tracks]  # of one before two
    order = list(range(len(tracks)))
    for _ in tracks:
        before = list(order)
        for track in before:
            _move(order, track, costs)
        if order == before:
            break
    return [tracks[each] for each in order]


def _move(order: list[int], track: int, costs: list[list[int]]) -> None:
    """Put one track where it makes the fewest crossings with all the others."""
    now = order.index(track)
    order.remove(track)
    cost = sum(costs[track][each] for each in order)
    found = [(cost, now, 0)]
    for place, each in enumerate(order, 1):
        cost += costs[each][track] - costs[track][each]
        found.append((cost, abs(place - now), place))
    order.insert(min(found)[2], track)


def _crossings(first: Track, second: Track) -> int:
    """How often two tracks cross when the first lies before the second."""
    found = 0
    for at, side in first.ends:
        found += side > 0 and second.lo <= at <= second.hi
    for at, side in second.ends:
        found += side < 0 and first.lo <= at <= first.hi
    return found
