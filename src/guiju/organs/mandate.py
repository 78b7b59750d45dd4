"""Who may act 岗位职权: pure decisions over who holds what on one day.

A chart asks for a role; a person may act when holding a post of that role in an organ of
the case's division or of one above it. B acts only while every A of the same post is away.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holding:
    """One person's hold of one post on the day in question."""

    person: str
    name: str
    role: str
    post: str
    rank: str
    organ: str
    is_away: bool


def divisions_above(code: str) -> tuple[str, ...]:
    """A division's code and the codes of all above it (city 4, county 6, town 9, village 12)."""
    return tuple(code[:length] for length in (4, 6, 9, 12) if length <= len(code))


def holding_to_act(holdings: Iterable[Holding], person: str, role: str) -> Holding | str:
    """The holding by which a person may act in a role, or why they may not."""
    known = [each for each in holdings if each.role == role]
    own = [each for each in known if each.person == person]
    if not own:
        return "您不在这个岗位上,不能办理"
    for each in own:
        first = [a for a in known if a.post == each.post and a.rank == "A"]
        if each.rank == "A" or all(a.is_away for a in first):
            return each
    names = "、".join(a.name for a in known if a.rank == "A" and not a.is_away)
    return f"您是B岗,A岗{names}在岗时由A岗办理"
