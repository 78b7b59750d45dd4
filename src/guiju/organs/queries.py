"""Reads about posts and people."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from guiju.organs.mandate import Holding, divisions_above
from guiju.organs.models import Absence, Assignment, Division, Person, Post

HOLDINGS = """
SELECT a.person_id, p.name, o.role, a.post_id, a.rank, g.name, g.division_id
FROM organs_assignment a
JOIN organs_post o ON o.id = a.post_id
JOIN organs_organ g ON g.id = o.organ_id
JOIN organs_person p ON p.id = a.person_id
WHERE a.valid_from <= %s AND (a.valid_to IS NULL OR a.valid_to >= %s)"""


def holdings_of(people: Sequence[str], on: date) -> tuple[str, tuple[str, ...]]:
    """What these people hold on a day: SQL and its parameters, each row a Holding.

    The statement, not its rows, so that a room above can read them together with its own.
    """
    sql = f"{HOLDINGS} AND a.person_id IN ({_marks(people)})"
    return sql, (on.isoformat(), on.isoformat(), *people)


def holdings_in(roles: Sequence[str], division: str, on: date) -> list[Holding]:
    """Who holds one of the roles for a division on a day, by name."""
    above, day = divisions_above(division), on.isoformat()
    sql = f"{HOLDINGS} AND g.division_id IN ({_marks(above)}) AND o.role IN ({_marks(roles)})"
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY a.rank, p.name", (day, day, *above, *roles))
        return [Holding(*row) for row in cursor.fetchall()]


def firsts_present(post: str, on: date) -> list[str]:
    """The names of those who hold a post as A on a day and are not away."""
    away = Absence.objects.filter(person=OuterRef("person"), first__lte=on, last__gte=on)
    first = Assignment.objects.filter(_valid(on), ~Exists(away), post=post, rank="A")
    return list(first.order_by("person__name").values_list("person__name", flat=True))


def _valid(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def _marks(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))


def posts_of(person: str, on: date) -> list[Assignment]:
    """The assignments of a person on a day, with post and organ."""
    found = Assignment.objects.filter(_valid(on), person_id=person)
    return list(found.select_related("post__organ__division").order_by("rank", "post_id"))


def holds(person: str, role: str, on: date) -> bool:
    """Whether a person may act on a day in a post of a role: as A, or as B while A is away."""
    held = (each for each in posts_of(person, on) if each.post.role == role)
    return any(each.rank == "A" or not firsts_present(each.post_id, on) for each in held)


def names_of(people: Collection[str]) -> dict[str, str]:
    """The names of people."""
    return dict(Person.objects.filter(pk__in=people).values_list("id", "name"))


def roles() -> dict[str, str]:
    """All roles of posts that there are, with a name that a post has."""
    return dict(Post.objects.order_by("-id").values_list("role", "name"))


def place(code: str) -> str:
    """The full name of a division, from the city down."""
    names = Division.objects.filter(code__in=divisions_above(code)).order_by("code")
    return "".join(names.values_list("name", flat=True))
