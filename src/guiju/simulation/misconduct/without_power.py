"""胡作为: without power."""

from datetime import timedelta
from random import Random

from guiju.kernel.controls.certified import Certified
from guiju.kernel.power import (
    FieldKind,
    Operator,
)
from guiju.simulation.misconduct.occasions import move, official, rows_with
from guiju.simulation.staff import City
from guiju.simulation.told import Case, Row

STRANGE_ITEM = "与本事项无关的证明"
STRANGE_STEP = "领导打招呼"


def unlisted_power(case: Case, city: City, chance: Random) -> bool:
    """H1: another organ, whose list does not have the power, does all of it."""
    listed = {row.organ for row in city.pack.listed or () if row.power == case.rows[0].power}
    strangers = sorted({organ.id for organ in city.pack.organs} - listed)
    if not strangers or not official(case):
        return False
    organ = chance.choice(strangers)
    for row in official(case):
        row.organ = organ
    return True


def outside_chart(case: Case, _: City, chance: Random) -> bool:
    """H2: something happens that no chart has."""
    row = chance.choice(case.rows)
    twin = row.copy()
    twin.step, twin.outcome, twin.evidence, twin.items = STRANGE_STEP, "", [], []
    twin.amount = twin.fee = None
    twin.later(timedelta(minutes=1))
    case.rows.insert(case.rows.index(row) + 1, twin)
    return True


def no_mandate(case: Case, city: City, chance: Random) -> bool:
    """H3: somebody acts who holds another post altogether."""
    row = chance.choice(official(case) or [None])
    if row is None or rows_with(case, Certified).count(row):
        return False
    own = {
        person
        for post in city.pack.posts
        if post.role == row.post
        for person in city.holders[post.id]
    }
    row.person = chance.choice(sorted({p for ids in city.holders.values() for p in ids} - own))
    return True


def no_certificate(case: Case, _: City, chance: Random) -> bool:
    """H4: the certificate was not shown, or is somebody else's."""
    rows = [row for row in case.rows if row.certificate]
    if not rows:
        return False
    chance.choice(rows).certificate = chance.choice([None, "证-过期"])
    return True


def above_ceiling(case: Case, _: City, chance: Random) -> bool:
    """H5: more money than the post may decide on."""
    rows = [row for row in case.rows if row.amount and _ceiling(case, row)]
    if not rows:
        return False
    row = chance.choice(rows)
    row.amount = _ceiling(case, row) * 2
    return True


def _ceiling(case: Case, row: Row) -> int:
    """The most, in fen, that the conditions of an outcome let it decide; 0 for no limit."""
    step, outcome = move(case, row)
    money = {field.id for field in step.fields if field.kind is FieldKind.MONEY}
    return max(
        (
            each.rule.number if each.rule else int(each.value)
            for each in outcome.when
            if each.field in money and each.op in (Operator.AT_MOST, Operator.LESS)
        ),
        default=0,
    )


def unlisted_material(case: Case, _: City, chance: Random) -> bool:
    """H6: something is asked for that the guide does not name."""
    rows = [row for row in official(case) if row.items]
    if not rows or not case.played.course.power.materials:
        return False
    chance.choice(rows).items.append(STRANGE_ITEM)
    return True


def unlisted_fee(case: Case, _: City, chance: Random) -> bool:
    """H7: more is taken than the guide says."""
    rows = [row for row in official(case) if row.fee is not None]
    if not rows:
        return False
    row = chance.choice(rows)
    row.fee = (row.fee or 0) + 5000
    return True
