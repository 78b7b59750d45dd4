"""Reads about posts and people."""

from datetime import date

from django.db import connection
from django.db.models import Q

from guiju.organs.mandate import Holding, divisions_above
from guiju.organs.models import Assignment, Division

HOLDINGS = """
SELECT a.person_id, p.name, o.role, a.post_id, a.rank, g.name,
       EXISTS (SELECT 1 FROM organs_absence x
               WHERE x.person_id = a.person_id AND x.first <= %s AND x.last >= %s)
FROM organs_assignment a
JOIN organs_post o ON o.id = a.post_id
JOIN organs_organ g ON g.id = o.organ_id
JOIN organs_person p ON p.id = a.person_id
WHERE g.division_id IN ({divisions}) AND a.valid_from <= %s
  AND (a.valid_to IS NULL OR a.valid_to >= %s) AND o.role IN ({roles})
ORDER BY a.rank, p.name
"""


def holdings(roles: tuple[str, ...], division: str, on: date) -> list[Holding]:
    """Who holds one of the roles for a division on a day, in one statement."""
    if not roles:
        return []
    above = divisions_above(division)
    day = on.isoformat()
    sql = HOLDINGS.format(
        divisions=", ".join(["%s"] * len(above)), roles=", ".join(["%s"] * len(roles))
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, (day, day, *above, day, day, *roles))
        return [Holding(*row) for row in cursor.fetchall()]


def posts_of(person: str, on: date) -> list[Assignment]:
    """The assignments of a person on a day, with post and organ."""
    is_valid = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    found = Assignment.objects.filter(is_valid, person_id=person, valid_from__lte=on)
    return list(found.select_related("post__organ__division").order_by("rank", "post_id"))


def place(code: str) -> str:
    """The full name of a division, from the city down."""
    names = Division.objects.filter(code__in=divisions_above(code)).order_by("code")
    return "".join(names.values_list("name", flat=True))
