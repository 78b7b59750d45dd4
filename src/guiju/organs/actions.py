"""Writes about organs: loading them from a pack."""

from datetime import date

from django.db import transaction

from guiju.formats.packs import Pack, PackError
from guiju.organs.models import Absence, Assignment, Division, Organ, Person, Post


@transaction.atomic
def load_organs(pack: Pack) -> int:
    """Bring divisions, organs, posts, people and assignments to what the pack says.

    Nothing is deleted: a person or a post that a pack no longer names keeps its history,
    and an assignment ends by its own date. Answers the number of people. Raises PackError.
    """
    for division in pack.divisions:
        Division.objects.update_or_create(
            code=division.code, defaults={"name": division.name, "level": division.level}
        )
    for organ in pack.organs:
        values = {"name": organ.name, "phone": organ.phone, "address": organ.address}
        Organ.objects.update_or_create(
            id=organ.id, defaults={**values, "division_id": organ.division}
        )
    _load_posts(pack)
    for person in pack.people:
        flags = {"is_active": person.login, "is_invented": person.is_invented}
        words = {"name": person.name, "email": person.email}
        Person.objects.update_or_create(id=person.id, defaults={**words, **flags})
    for row in pack.assignments:
        Assignment.objects.update_or_create(
            person_id=row.person,
            post_id=row.post,
            valid_from=row.valid_from,
            defaults={"rank": row.rank, "valid_to": row.valid_to},
        )
    return len(pack.people)


def _load_posts(pack: Pack) -> None:
    """Posts first, then who leads them: a post may come before its leader. Raises PackError."""
    leaders = {organ.id: organ.leader for organ in pack.organs}
    known = {post.id for post in pack.posts}
    for post in pack.posts:
        values = {"role": post.role, "name": post.name, "oversees": post.oversees}
        Post.objects.update_or_create(id=post.id, defaults={**values, "organ_id": post.organ})
    for post in pack.posts:
        leader = post.leader or leaders.get(post.organ, "")
        if leader and leader not in known:
            problem = f"“{post.name}”的负责岗位“{leader}”不存在"
            raise PackError("organs.toml", 1, "leader", problem, "改正 leader,或补设这个岗位")
        Post.objects.filter(id=post.id).update(leader=leader or None)


@transaction.atomic
def report_absence(*, person: str, first: date, last: date, reason: str) -> Absence:
    """Record that somebody is away on the days from ``first`` to ``last``."""
    assert first <= last
    return Absence.objects.create(person_id=person, first=first, last=last, reason=reason)
