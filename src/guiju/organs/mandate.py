"""Who may act 岗位职权: pure decisions over who holds what on one day.

A chart asks for a role; a person may act when holding a post of that role in an organ of
the case's division or of one above it. B acts only while every A of the same post is away.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

LIST_EDITOR = "list_editor"  # the role of posts whose holders draft powers; no chart names it


@dataclass(frozen=True, slots=True)
class Holding:
    """One person's hold of one post on the day in question, as A or as B."""

    person: str
    name: str
    role: str
    post: str
    rank: str
    organ: str
    division: str


def divisions_above(code: str) -> tuple[str, ...]:
    """A division's code and the codes of all above it (city 4, county 6, town 9, village 12)."""
    return tuple(code[:length] for length in (4, 6, 9, 12) if length <= len(code))


def within(holdings: Iterable[Holding], division: str) -> list[Holding]:
    """The holdings in organs of a division and of all above it."""
    above = divisions_above(division)
    return [each for each in holdings if each.division in above]


def holding_to_act(
    holdings: Iterable[Holding], person: str, role: str, firsts: Callable[[str], list[str]]
) -> Holding | str:
    """The holding by which a person may act in a role, or why they may not.

    ``firsts`` answers the names of those who hold a post as A and are not away; it is asked
    only for the posts that the person holds as B.
    """
    own = [each for each in holdings if each.person == person and each.role == role]
    if not own:
        return "您不在这个岗位上,不能办理"
    names: list[str] = []
    for each in sorted(own, key=lambda each: each.rank):
        present = [] if each.rank == "A" else firsts(each.post)
        if not present:
            return each
        names += present
    return f"您是B岗,A岗{'、'.join(names)}在岗时由A岗办理"
