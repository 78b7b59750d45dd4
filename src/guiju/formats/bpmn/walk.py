"""A case of a model, step by step: what is offered, what was done, where it stands.

What follows by itself (splits, joins, ends) happens at once; activities, events and decisions
are offered. Nothing is evaluated or waited for: whoever walks decides what happens next.
"""

from dataclasses import dataclass

from guiju.formats.bpmn.translation import Move, Translated
from guiju.kernel.petri import Bag, Transition

SILENT_MAX = 10_000  # of what follows by itself; more is a loop without any step


class EndlessLoop(Exception):
    """The model goes round in its gateways and never comes to a step."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can happen next."""

    transition: Transition
    move: Move

    @property
    def words(self) -> str:
        """How it is told."""
        return self.transition.label


class Case:
    """One run of a process. Raises EndlessLoop."""

    def __init__(self, translated: Translated) -> None:
        self.translated = translated
        self.marking: Bag = dict(translated.net.initial)
        self.trail: list[str] = []
        moves = translated.net.transitions
        self._offered = [each for each in moves if translated.moves[each.name].is_offered]
        self._silent = [each for each in moves if not translated.moves[each.name].is_offered]
        self._settle()

    @property
    def is_over(self) -> bool:
        """Whether no token is left."""
        return not self.marking

    def offers(self) -> list[Offer]:
        """All that can happen next, in the order of the model."""
        moves = self.translated.moves
        return [
            Offer(each, moves[each.name])
            for each in self._offered
            if each.is_enabled(self.marking)
        ]

    def choose(self, offer: Offer) -> None:
        """Let it happen, and what follows from it by itself."""
        assert offer.transition.is_enabled(self.marking)
        self.marking = offer.transition.fire(self.marking)
        self.trail.append(offer.words)
        self._settle()

    def waiting(self) -> tuple[str, ...]:
        """Where the tokens are, in words."""
        return tuple(dict.fromkeys(self.translated.places[place] for place in self.marking))

    def _settle(self) -> None:
        for _ in range(SILENT_MAX):
            move = next((each for each in self._silent if each.is_enabled(self.marking)), None)
            if move is None:
                return
            self.marking = move.fire(self.marking)
        raise EndlessLoop
