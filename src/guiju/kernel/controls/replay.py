"""The third face of a control: did it hold in this log?

A log of another system tells less than our own acts do. A control therefore says which parts
of the record it looks at, and where one of them is not there the answer is ``Unchecked``, never
silence. ``known`` names those parts: fields of an ``Act`` (``present``, ``evidence``, ``reason``,
``items``, ``facts``), of a ``Person`` (``certificate``, ``relation``, ``vote``, ``order``,
``opinion``) and of a ``State`` (``since``, ``doers``, ``counts``). Who acted, when, on what and
with what outcome is always there; without it there is no event.
"""

from dataclasses import dataclass

Known = frozenset[str]
ALL: Known = frozenset(
    {
        *("present", "evidence", "reason", "items", "facts"),
        *("certificate", "relation", "vote", "order", "opinion"),
        *("since", "doers", "counts"),
    }
)
"""What our own record tells."""


@dataclass(frozen=True, slots=True)
class Unchecked:
    """不可核对: the record lacks these parts."""

    lacks: tuple[str, ...]


Replay = str | Unchecked | None
"""What was wrong, in words; or that it cannot be told; or None: the control held."""


def answer(refusal: str | None, known: Known, *parts: str) -> Replay:
    """A guard's answer after the fact, when the record has the parts that it looks at."""
    lacks = tuple(part for part in parts if part not in known)
    return Unchecked(lacks) if lacks else refusal
