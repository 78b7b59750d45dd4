"""Who is meant by a card or a reminder: the organ of a post, its holders, its leader."""

from collections.abc import Collection
from datetime import date

from guiju.kernel.cards import Due
from guiju.kernel.lights import Whom
from guiju.organs.mandate import divisions_above
from guiju.organs.models import Assignment, Organ, Post
from guiju.organs.queries import holdings_in


def posts_of_roles(roles: Collection[str], division: str) -> list[Post]:
    """The posts that have these roles for a division, the nearest first."""
    above = divisions_above(division)
    found = Post.objects.filter(role__in=roles, organ__division_id__in=above)
    rows = found.select_related("organ", "leader").order_by("id")
    return sorted(rows, key=lambda post: -len(post.organ.division_id))


def organ_of(roles: Collection[str], division: str) -> Organ | None:
    """The organ that is to act: of the first role, the nearest to the division."""
    for role in roles:
        posts = posts_of_roles([role], division)
        if posts:
            return posts[0].organ
    return None


def holders(roles: Collection[str], division: str, on: date) -> list[str]:
    """Everybody who holds one of the roles for a division, as A or as B."""
    found = holdings_in(sorted(roles), division, on) if roles else []
    return sorted({each.person for each in found})


def reminded(due: Due, division: str, on: date) -> list[str]:
    """Whom a reminder is for on a day; nobody when the post has nobody of that rank."""
    match due.whom:
        case Whom.LEADER:
            leaders = {post.leader_id for post in posts_of_roles(due.posts, division)} - {None}
            return _firsts(leaders, on)
        case Whom.FIRST | Whom.STAND_IN:
            rank = "A" if due.whom is Whom.FIRST else "B"
            found = holdings_in(sorted(due.posts), division, on)
            return sorted({each.person for each in found if each.rank == rank})
    return []


def _firsts(posts: Collection[str | None], on: date) -> list[str]:
    held = Assignment.objects.filter(post__in=posts, rank="A", valid_from__lte=on)
    rows = held.exclude(valid_to__lt=on).values_list("person_id", flat=True)
    return sorted(set(rows))
