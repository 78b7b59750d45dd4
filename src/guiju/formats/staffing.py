"""能配齐人手:每个环节都有人办,该分开的分得开。

A pack knows who holds which post where. For every division in whose organs, or in those above
it, all posts of a power are held, ``kernel.staffing`` looks for one staffing of all its steps
that keeps every ``distinct``; where no division has all posts, the power cannot run at all.
Source: 行政许可法第四十八条, 行政处罚法第四十二条、第六十四条、第六十七条 ask for different
people, and so for organs that have them; a separation that nobody can keep stops every case.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from guiju.formats.packs import Pack
from guiju.kernel.checks.finding import Finding
from guiju.kernel.power import Power
from guiju.kernel.staffing import Staff, duties, unstaffed

ID = "S01"


def staffing_findings(pack: Pack, power: Power, on: date) -> Iterator[Finding]:
    """What a pack's people cannot do on a day: at most one finding for each way to be short."""
    places = {division.name: staff_in(pack, division.code, on) for division in pack.divisions}
    task = duties(power)
    needed = task.posts
    complete = {name: staff for name, staff in places.items() if not needed - staff.first.keys()}
    if not complete:
        missing = min((needed - staff.first.keys() for staff in places.values()), key=len)
        names = "、".join(sorted(power.post_name(post) for post in missing))
        yield Finding(ID, f"没有一个地方配齐各岗位,至少缺{names}")
        return
    short: dict[tuple[str, ...], list[str]] = defaultdict(list)
    answers: dict[object, tuple[str, ...]] = {}  # of places with the same people
    for name, staff in complete.items():
        people = frozenset((post, staff.first[post], staff.all[post]) for post in needed)
        if people not in answers:
            answers[people] = unstaffed(task, staff)
        if answers[people]:
            short[answers[people]].append(name)
    for core, where in short.items():
        steps = "、".join(f"“{task.names[id_]}”" for id_ in core)
        yield Finding(ID, f"{'、'.join(where)}没有足够的人把{steps}分开办", core)


def staff_in(pack: Pack, division: str, on: date) -> Staff:
    """Who holds which role in the organs of a division and of those above it."""
    organs = {organ.id for organ in pack.organs if division.startswith(organ.division)}
    roles = {post.id: post.role for post in pack.posts if post.organ in organs}
    first: dict[str, set[str]] = defaultdict(set)
    everybody: dict[str, set[str]] = defaultdict(set)
    for held in pack.assignments:
        is_now = held.valid_from <= on <= (held.valid_to or on)
        if held.post in roles and is_now:
            everybody[roles[held.post]].add(held.person)
            if held.rank == "A":
                first[roles[held.post]].add(held.person)
    return Staff(
        {role: frozenset(people) for role, people in first.items()},
        {role: frozenset(people) for role, people in everybody.items()},
    )
