"""The staff of an invented city: so many people for every post, certificates, lists and duties."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from guiju.formats.pack_rows import (
    Assignment,
    Certificate,
    Duty,
    Every,
    Listed,
    PersonRow,
    PostRow,
)
from guiju.formats.packs import Pack
from guiju.kernel.controls.certified import Certified
from guiju.kernel.power import APPLICANT
from guiju.simulation.courses import Course, certificate_of

A_POST = 16  # people for each post
FREE = "不收费"
SINCE = date(2015, 1, 1)


@dataclass(frozen=True)
class City:
    """A pack with staff, and who can be asked for what where."""

    pack: Pack
    holders: Mapping[str, tuple[str, ...]]  # post id → people
    posts: Mapping[tuple[str, str], PostRow]  # role, division → the nearest post
    places: Mapping[str, tuple[str, ...]]  # power → divisions where its cases can run
    fees: Mapping[str, int]  # power → what its guide says is taken, in fen
    last: date = date.max  # the last day of the log

    def people(self, course: Course, division: str, chance: Random) -> dict[tuple[str, str], str]:
        """Somebody for each part in a course, everybody else somebody else."""
        chosen: dict[tuple[str, str], str] = {}
        names: dict[str, str] = {}
        for name, role in course.roles():
            post = self.posts[role, division]
            if name not in names:
                free = [p for p in self.holders[post.id] if p not in names.values()]
                names[name] = chance.choice(free)
            chosen[name, role] = names[name]
        return chosen


def staffed(pack: Pack, courses: tuple[Course, ...]) -> City:
    """The city of a pack with invented people in the place of those that it has."""
    roles = {course.power.code: _roles(course) for course in courses}
    for course in courses:
        roles[course.power.code] |= _roles(course)
    posts = _nearest(pack)
    leaves = _leaves(pack)
    places = {
        code: tuple(d for d in leaves if all((role, d) in posts for role in own))
        for code, own in roles.items()
    }
    people, assignments, holders = [], [], {}
    for post in pack.posts:
        ids = tuple(f"{post.id}-{n:02}" for n in range(1, A_POST + 1))
        people += [PersonRow(id_, f"虚构{id_}", is_invented=True, login=False) for id_ in ids]
        assignments += [Assignment(id_, post.id, SINCE) for id_ in ids]
        holders[post.id] = ids
    papers = tuple(Certificate(certificate_of(p), p, SINCE) for p in _certified(pack, holders))
    listed = tuple(
        Listed(power.code, organ, SINCE)
        for power in pack.powers
        for organ in sorted(_organs(pack, power.code))
    )
    whole = replace(
        pack,
        people=tuple(people),
        assignments=tuple(assignments),
        certificates=papers,
        listed=listed,
        duties=_duties(courses, posts, places),
    )
    fees = {each.code: 0 for each in pack.powers if each.guide.fee == FREE}
    return City(whole, holders, posts, places, fees)


def _roles(course: Course) -> set[str]:
    return {role for _, role in course.roles()}


def _nearest(pack: Pack) -> dict[tuple[str, str], PostRow]:
    """For a role and a division the post of its organ, or of the nearest organ above it."""
    organs = {organ.id: organ for organ in pack.organs}
    found: dict[tuple[str, str], tuple[int, PostRow]] = {}
    for post in pack.posts:
        place = organs[post.organ].division
        for division in pack.divisions:
            if division.code.startswith(place):
                best = found.get((post.role, division.code))
                if best is None or best[0] < len(place):
                    found[post.role, division.code] = (len(place), post)
    return {key: post for key, (_, post) in found.items()}


def _leaves(pack: Pack) -> list[str]:
    codes = [division.code for division in pack.divisions]
    return [c for c in codes if not any(o != c and o.startswith(c) for o in codes)]


def _organs(pack: Pack, code: str) -> set[str]:
    """The organs whose posts a power names."""
    power = next(each for each in pack.powers if each.code == code)
    roles = {post.id for post in power.posts} - {APPLICANT}
    return {post.organ for post in pack.posts if post.role in roles}


def _certified(pack: Pack, holders: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Everybody in a post that has to show a certificate somewhere."""
    asked = {
        control.post or step.post
        for power in pack.powers
        for step in power.steps
        for control in step.controls
        if isinstance(control, Certified)
    }
    return [person for post in pack.posts if post.role in asked for person in holders[post.id]]


def _duties(
    courses: tuple[Course, ...],
    posts: Mapping[tuple[str, str], PostRow],
    places: Mapping[str, tuple[str, ...]],
) -> tuple[Duty, ...]:
    """A duty a month for the organ that begins the work of each power, in the first place."""
    duties = {}
    for course in courses:
        code = course.power.code
        first = next((act for act in course.acts if act.post != APPLICANT), None)
        if first is None or not places[code] or code in duties:
            continue
        organ = posts[first.post, places[code][0]].organ
        name = f"每月至少办理一次“{course.power.name}”"
        duties[code] = Duty(f"duty-{code}", organ, name, code, Every.MONTH, "样例设定", first.step)
    return tuple(duties.values())
