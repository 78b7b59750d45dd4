"""How open cases stand today, for boards: thousands at once, each as the kernel says.

A light depends on little: the limits and the clock; before the clock begins, on the version, the
open steps and the days on which they began. Cases that agree in these stand alike, so the kernel
is asked once for all of them. Nothing is kept from one page to the next.
"""

import json
from bisect import insort
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from guiju.cases.models import Case
from guiju.formats.pack_rows import Overseen
from guiju.kernel.acts import state_from_json
from guiju.kernel.lights import Policy, Standing, standing
from guiju.kernel.power import APPLICANT, LAW, Limits
from guiju.kernel.terms import Calendar
from guiju.organs.models import Assignment, Division, Organ, Post
from guiju.organs.queries import firsts_present, posts_of
from guiju.oversight.closings import last_organ
from guiju.powers.models import Version
from guiju.powers.policies import policy_on
from guiju.powers.queries import PROGRAMS_KEPT, calendar, power, program


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose cases somebody may see one by one; nobody's: only public totals."""

    divisions: tuple[str, ...] = ()
    organs: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()  # divisions of whose cards only the leads are seen

    @property
    def is_public(self) -> bool:
        """Whether only public totals are shown."""
        return not (self.divisions or self.organs)

    def allows(self, division: str, organ: str) -> bool:
        """Whether a case of that division, in the hands of that organ, may be seen."""
        return organ in self.organs or division.startswith(self.divisions or ("-",))


def scope_of(person: str, on: date) -> Scope:
    """What a person may see by the posts of a day: as A, or as B while A is away."""
    held = [
        each.post
        for each in posts_of(person, on)
        if each.post.oversees and (each.rank == "A" or not firsts_present(each.post_id, on))
    ]
    seen: dict[str, set[str]] = {each: set() for each in Overseen}
    for post in held:
        is_own = post.oversees == Overseen.ORGAN
        seen[post.oversees].add(post.organ.name if is_own else post.organ.division_id)
    wide, own, leads = (seen[each] for each in (Overseen.ALL, Overseen.ORGAN, Overseen.LEADS))
    return Scope(tuple(sorted(wide)), tuple(sorted(own)), tuple(sorted(leads)))


@dataclass(frozen=True, slots=True)
class Places:
    """Divisions, organs and posts, as they are today."""

    divisions: Mapping[str, tuple[str, str]]  # code → name, level
    organs: Mapping[str, str]  # name → code of the division
    seats: Mapping[str, list[tuple[int, str, str]]]  # role → (-depth, division, organ), deep first

    @classmethod
    def load(cls) -> "Places":
        """Read them; three small statements."""
        seats: dict[str, list[tuple[int, str, str]]] = {}
        rows = Post.objects.values_list("role", "organ__division_id", "organ__name")
        for role, division, organ in rows:
            insort(seats.setdefault(role, []), (-len(division), division, organ))
        return cls(
            {code: (name, level) for code, name, level in Division.objects.values_list()},
            dict(Organ.objects.values_list("name", "division_id")),
            seats,
        )

    def level(self, organ: str) -> str:
        """The level of an organ; "" where it is not known."""
        return self.divisions.get(self.organs.get(organ, ""), ("", ""))[1]

    def organ_for(self, roles: str, division: str) -> str:
        """The organ with the first of these posts that there is, the nearest to the division."""
        for role in roles.strip("|").split("|"):
            for _, place, organ in self.seats.get(role, ()):
                if division.startswith(place):
                    return organ
        return ""


@dataclass(frozen=True, slots=True)
class Known:
    """A power as boards name it, whatever its version."""

    code: str
    name: str
    is_sensitive: bool


def known_powers() -> dict[str, Known]:
    """For the SHA-256 of each version its power; sensitive if any version ever was."""
    rows = list(Version.objects.order_by("published_at").values_list("sha256", "code", "name"))
    names = {code: name for _, code, name in rows}
    private = {code for sha256, code, _ in rows if _is_sensitive(sha256)}
    return {sha256: Known(code, names[code], code in private) for sha256, code, _ in rows}


@lru_cache(maxsize=PROGRAMS_KEPT)
def _is_sensitive(sha256: str) -> bool:
    return power(sha256).is_sensitive


@dataclass(frozen=True, slots=True)
class Stand:
    """An open case as boards count and list it."""

    number: str
    version: str
    division: str
    organ: str  # whose post it waits for; that acted last where it waits for the applicant
    roles: tuple[str, ...]
    opened_on: date
    standing: Standing


@dataclass(slots=True)
class Lights:
    """The kernel's answers of one day, asked once for all that stand alike."""

    days: Calendar
    today: date
    policy: Policy | None = None
    _known: dict[tuple[object, ...], Standing] = field(default_factory=dict)
    _limits: dict[str, tuple[object, ...]] = field(default_factory=dict)

    def of(self, version: str, text: str) -> Standing:
        """How a case stands, from its version and its state as stored."""
        plain = json.loads(text)
        if version not in self._limits:
            self._limits[version] = _limits_key(program(version).power.limits)
        key = _light_key(version, self._limits[version], plain)
        if key not in self._known:
            state = state_from_json(plain)
            self._known[key] = standing(
                program(version), state, self.days, self.today, self.policy
            )
        return self._known[key]


def _limits_key(limits: Limits) -> tuple[object, ...]:
    return tuple((r.value, r.unit) for r in (limits.promised, limits.statutory, limits.reminder))


def _light_key(
    version: str, limits: tuple[object, ...], plain: Mapping[str, Any]
) -> tuple[object, ...]:
    """All that a light depends on; before the clock begins, that is each open step's day."""
    if plain["start"] is None:
        since = tuple((step, at[:10]) for step, at in sorted(plain["since"].items()))
        return version, plain["marking"], since, plain["ended"]
    extensions = plain.get("extensions")
    return limits, plain["start"], plain["end"], repr(plain["stops"]), repr(extensions)


def open_cases(cases: QuerySet[Case], places: Places, today: date) -> list[Stand]:
    """How these open cases stand today, in no order."""
    columns = ("number", "version_id", "division_id", "state", "roles", "opened_at")
    lights, whose = Lights(calendar(), today, policy_on(today)), _Whose(places, cases)
    return [
        Stand(
            number,
            version,
            division,
            whose.organ(number, roles, division),
            tuple(role for role in roles.split("|") if role),
            timezone.localtime(opened_at).date(),
            lights.of(version, state),
        )
        for number, version, division, state, roles, opened_at in cases.values_list(*columns)
    ]


class _Whose:
    """In the hands of which organ cases are; those with the applicant are looked up together."""

    def __init__(self, places: Places, cases: QuerySet[Case]) -> None:
        self._places = places
        self._found: dict[tuple[str, str], str] = {}
        idle = cases.filter(roles__in=("", f"|{APPLICANT}|", f"|{LAW}|"))
        self._last = dict(idle.annotate(by_organ=last_organ()).values_list("number", "by_organ"))

    def organ(self, number: str, roles: str, division: str) -> str:
        if number in self._last:
            return self._last[number] or ""
        key = roles, division
        if key not in self._found:
            self._found[key] = self._places.organ_for(roles, division)
        return self._found[key]


def holders(stands: Collection[Stand], places: Places, on: date) -> dict[str, list[str]]:
    """For each of these cases the people whose posts it waits for: post and name, A first."""
    wanted = {role for stand in stands for role in stand.roles}
    rows = (
        Assignment.objects.filter(post__role__in=wanted, valid_from__lte=on)
        .exclude(valid_to__lt=on)
        .order_by("rank", "person__name")
        .values_list("post__role", "post__organ__name", "post__name", "person__name", "rank")
    )
    held: dict[tuple[str, str], list[str]] = {}
    for role, organ, post, name, rank in rows:
        held.setdefault((role, organ), []).append(f"{post} {name}" + ("(B岗)" * (rank == "B")))
    return {
        stand.number: [
            name
            for role in stand.roles
            for name in held.get((role, places.organ_for(role, stand.division)), ())
        ]
        for stand in stands
    }
