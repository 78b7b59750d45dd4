"""A chart compiled to a workflow net that is held as integers.

Every place is one bit. A step without ``join`` has one place, "the case is at this step"; a
step with ``join`` has one place for each step it waits for. There is one more place for the
end. Every outcome of a step is one transition: it takes the tokens of its step and puts one
at each step that follows. A marking is one int; a transition may fire when
``marking & take == take``, and firing it is ``marking & ~(take | clear) | put``. The same net
is what is proven (``soundness``), run (``run``) and drawn (``draw``).

- With ``choose`` the outcome puts a token on one place for each branch, and from there a
  silent transition leads into the branch, another past it, to where the branches join. So
  ten branches cost twenty transitions, not a thousand. (That nobody chooses no branch at all
  is held by ``run``; the net allows it too, which proves no less.)
- An outcome that ``cancels`` clears what its target had led to: every place that one token
  at the target can fill, with joins passed only when that token alone fills them. A sibling
  branch of an outer split is not among them. Before an end it clears everything.

Terms as in W. van der Aalst, "The Application of Petri Nets to Workflow Management" (1998);
clearing as the reset arcs and cancellation regions of YAWL (2005).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from guiju.kernel.fit import ChartError, fitting
from guiju.kernel.power import Outcome, Power, Step
from guiju.kernel.unfold import GIVE, OPINION, entry_of, is_opinion

END = 1  # the bit of the place that ends every case
APPLIES = Outcome("applies", "适用", ())
SKIPPED = Outcome("skipped", "不适用", ())


@dataclass(frozen=True, slots=True)
class Transition:
    """One outcome of one step; or, silent, what follows from it by itself."""

    step: Step
    outcome: Outcome
    take: int
    put: int
    end: str = ""  # the id of the end that it leads to
    clear: int = 0
    is_silent: bool = False
    routes: tuple["Route", ...] = ()  # of an outcome with ``choose``, for each branch
    is_opinion: bool = False  # asks for an opinion 加签, or gives it

    def is_enabled(self, marking: int) -> bool:
        """Whether all the tokens it takes are there."""
        return marking & self.take == self.take

    def doubles(self, marking: int) -> int:
        """The places where firing would put a second token."""
        return marking & ~(self.take | self.clear) & self.put

    def fire(self, marking: int) -> int:
        """The marking after it."""
        return marking & ~(self.take | self.clear) | self.put


@dataclass(frozen=True, slots=True)
class Route:
    """The two ways of one branch: into it, or past it to the step that ``joins``."""

    branch: str
    joins: str
    into: Transition
    past: Transition


@dataclass(frozen=True, slots=True)
class Net:
    """A chart's net; ``places[i]`` says which step waits at bit ``i``."""

    power: Power  # unfolded
    initial: int
    transitions: tuple[Transition, ...]
    places: tuple[str, ...]

    def waiting(self, marking: int) -> tuple[str, ...]:
        """The steps that hold a token, in chart order (a join may still wait for others)."""
        steps = (place for bit, place in enumerate(self.places) if bit and marking >> bit & 1)
        return tuple(dict.fromkeys(steps))


def compile_net(power: Power) -> Net:
    """Compile a chart. Raises ChartError where its parts do not fit together."""
    return _Compiler(fitting(power)).net()


class _Compiler:
    """The bits of the places while a net is made."""

    def __init__(self, power: Power) -> None:
        self.power = power
        self.steps = {step.id: step for step in power.steps}
        self.bits: dict[tuple[str, str], int] = {}
        for step in power.steps:
            for branch in step.join or ("",):
                self.bits[step.id, branch] = 1 << (len(self.bits) + 1)

    def net(self) -> Net:
        outcomes = [(step, outcome) for step in self.power.steps for outcome in step.outcomes]
        moves = [self._move(step, outcome) for step, outcome in outcomes if not outcome.choose]
        silent: list[Transition] = []
        for step, outcome in reversed([pair for pair in outcomes if pair[1].choose]):
            chosen = self._choice(step, outcome, [*moves, *silent])  # an inner choice is known
            moves.append(chosen)
            silent += [each for route in chosen.routes for each in (route.into, route.past)]
        forward = [move for move in (*moves, *silent) if not move.outcome.cancels]
        known = {(m.step.id, m.outcome.id): self._cancelling(m, forward) for m in moves}
        ordered = [known[step.id, outcome.id] for step, outcome in outcomes]
        first = self.power.steps[0].id
        places = ("", *(step for step, _ in self.bits))
        return Net(self.power, self.bits[first, ""], (*ordered, *silent), places)

    def _of(self, step: Step) -> int:
        """All the places of a step."""
        return sum(self.bits[step.id, branch] for branch in step.join or ("",))

    def _place(self, source: Step, outcome: Outcome, target: str) -> int:
        """Where a token comes to lie that goes from one step to another."""
        step = self.steps[target]
        if outcome.cancels or source.id == target + OPINION:
            return self._of(step)  # the step is done again, nothing is waited for
        return self.bits[target, entry_of(step.join, source.id) or ""]

    def _move(self, step: Step, outcome: Outcome) -> Transition:
        take, put, end = self._of(step), 0, ""
        for target in outcome.to:
            if target in self.steps:
                put |= self._place(step, outcome, target)
            else:
                put, end = put | END, target
        is_given = is_opinion(step) and outcome.id == GIVE
        is_asked = f"{step.id}{OPINION}" in outcome.to
        put = put if outcome.to else take
        return Transition(step, outcome, take, put, end, is_opinion=is_given or is_asked)

    def _choice(self, step: Step, outcome: Outcome, moves: Iterable[Transition]) -> Transition:
        """Raises ChartError when no step joins what the outcome chooses among."""
        joins, entries = self._joining(step, outcome, moves)
        routes = []
        for branch in outcome.to:
            bit = self.bits[step.id, f"{outcome.id}?{branch}"] = 1 << (len(self.bits) + 1)
            put = self._place(step, outcome, branch)
            into = Transition(self.steps[branch], APPLIES, bit, put, is_silent=True)
            past = replace(into, outcome=SKIPPED, put=self.bits[joins, entries[branch]])
            routes.append(Route(branch, joins, into, past))
        put = sum(route.into.take for route in routes)
        return Transition(step, outcome, self._of(step), put, routes=tuple(routes))

    def _joining(
        self, step: Step, outcome: Outcome, moves: Iterable[Transition]
    ) -> tuple[str, dict[str, str]]:
        """The step where the chosen branches join, and where each of them comes in."""
        reached = {b: _reach(self._place(step, outcome, b), moves) for b in outcome.to}
        for join in self.power.steps:
            came = {
                branch: [e for e in join.join if self.bits[join.id, e] & reached[branch]]
                for branch in outcome.to
            }
            entries = [entry for found in came.values() for entry in found]
            one_each = all(len(found) == 1 for found in came.values())
            if one_each and sorted(entries) == sorted(join.join):
                return join.id, {branch: found[0] for branch, found in came.items()}
        place = next(
            f"steps[{i}].outcomes" for i, each in enumerate(self.power.steps) if each.id == step.id
        )
        problem = f"出口“{outcome.name}”选择适用的分支,却没有环节恰好等待这些分支"
        raise ChartError(place, problem, "写一个环节,join 里每个分支恰有一个环节")

    def _cancelling(self, move: Transition, forward: Iterable[Transition]) -> Transition:
        if not move.outcome.cancels:
            return move
        if move.end:
            return replace(move, clear=sum(self.bits.values()) & ~move.take)
        return replace(move, clear=_reach(move.put, forward) & ~move.take)


def _reach(places: int, moves: Iterable[Transition]) -> int:
    """All places that tokens at ``places`` can fill, with nobody else's help."""
    while True:
        more = places
        for move in moves:
            if move.is_enabled(more):
                more |= move.put
        if more == places:
            return places
        places = more
