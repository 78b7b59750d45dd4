"""An act 痕迹 that somebody tries, and the state 状态 of a case that it is tried on.

The state is bounded by the chart, not by the history: where the tokens are, since when,
who has done each step, how often each outcome was taken, and the clock. So the
four-hundredth act of a case costs what the first did.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from guiju.kernel.rules import Unit
from guiju.kernel.terms import Clock, Extension, Stop

NOT_STARTED = Clock()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part in an act, in the capacity of a post.

    Whoever acts may be listed among those present too, to say more than who it is.
    """

    id: str
    post: str
    certificate: str = ""  # number of the enforcement certificate 执法证 that was shown
    relation: str = ""  # declared relation to the case; "无" says there is none, "" says nothing
    vote: str = ""  # in a collective decision: 赞成, 反对 or 弃权
    order: int = 0  # speaking order there, from 1; 0: did not speak
    opinion: str = ""  # what was said there: reasons, dissent


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody tries to do at a step; ``at`` is aware, in the city's time zone."""

    step: str
    outcome: str
    by: str
    post: str
    at: datetime
    present: tuple[Person, ...] = ()
    evidence: tuple[str, ...] = ()  # kinds of the documents that come with it
    reason: str = ""
    items: tuple[str, ...] = ()  # what a supplement notice asks for
    facts: Mapping[str, str] = field(default_factory=dict)
    branches: tuple[str, ...] = ()  # the steps that apply, of an outcome with ``choose``
    assignee: str = ""  # who the step is handed over to

    def people(self, post: str = "") -> frozenset[str]:
        """Ids of all who take part, or of those who do so in one post."""
        everyone = (Person(self.by, self.post), *self.present)
        return frozenset(each.id for each in everyone if not post or each.post == post)

    def everyone(self, post: str = "") -> tuple[Person, ...]:
        """All who take part, each once, with what is said of them; or those in one post."""
        own = () if any(each.id == self.by for each in self.present) else (self.by,)
        all_ = (*(Person(id_, self.post) for id_ in own), *self.present)
        return tuple({each.id: each for each in all_ if not post or each.post == post}.values())


@dataclass(frozen=True, slots=True)
class State:
    """Where a case stands."""

    marking: int
    since: Mapping[str, datetime]  # open step → when its last token arrived
    doers: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # step → all who did its work
    counts: Mapping[str, int] = field(default_factory=dict)  # "step.outcome" → how often
    clock: Clock = NOT_STARTED
    ended: str = ""  # the id of the end
    signed: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Open step that several posts sign → who has signed so far: post and outcome."""
    holders: Mapping[str, str] = field(default_factory=dict)  # open step → who it was handed to
    facts: Mapping[str, str] = field(default_factory=dict)  # what conditions ask about


def state_to_json(state: State) -> dict[str, object]:
    """Plain values for the database; ``state_from_json`` gives the same state back.

    What is empty in most cases is left out.
    """
    clock = state.clock
    seldom = {
        "signed": {step: list(map(list, votes)) for step, votes in state.signed.items()},
        "holders": dict(state.holders),
        "facts": dict(state.facts),
        "extensions": [[e.on.isoformat(), e.days, e.unit, e.reason] for e in clock.extensions],
    }
    return {
        "marking": state.marking,
        "since": {step: at.isoformat() for step, at in state.since.items()},
        "doers": {step: list(people) for step, people in state.doers.items()},
        "counts": dict(state.counts),
        "start": clock.start and clock.start.isoformat(),
        "end": clock.end and clock.end.isoformat(),
        "stops": [
            [s.since.isoformat(), s.reason, s.days_max, s.until and s.until.isoformat()]
            for s in clock.stops
        ],
        "ended": state.ended,
        **{key: value for key, value in seldom.items() if value},
    }


def state_from_json(plain: Mapping[str, Any]) -> State:
    """Read what ``state_to_json`` wrote. Raises ValueError."""
    try:
        return State(
            int(plain["marking"]),
            {step: datetime.fromisoformat(at) for step, at in plain["since"].items()},
            {step: tuple(people) for step, people in plain["doers"].items()},
            plain["counts"],
            _clock(plain),
            str(plain["ended"]),
            {
                step: tuple((post, outcome) for post, outcome in votes)
                for step, votes in plain.get("signed", {}).items()
            },
            plain.get("holders", {}),
            plain.get("facts", {}),
        )
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f"not a state: {plain!r}") from error


def _clock(plain: Mapping[str, Any]) -> Clock:
    return Clock(
        _day(plain["start"]),
        tuple(Stop(date.fromisoformat(s[0]), s[1], s[2], _day(s[3])) for s in plain["stops"]),
        _day(plain["end"]),
        tuple(
            Extension(date.fromisoformat(on), days, Unit(unit), reason)
            for on, days, unit, reason in plain.get("extensions", ())
        ),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
