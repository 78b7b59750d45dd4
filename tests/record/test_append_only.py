"""The database itself refuses to change or delete an act; tried on whichever database runs."""

import pytest
from django.db import DatabaseError, connection, transaction
from tests.walk import Walk

from guiju.record.models import Act
from guiju.record.sequencer import sequence

pytestmark = pytest.mark.django_db

CHANGES = (
    "UPDATE record_act SET step = 'x' WHERE subject = %s",
    "UPDATE record_act SET entry = 'x' WHERE subject = %s",
    "UPDATE record_act SET people = '{}' WHERE subject = %s",
    "UPDATE record_act SET private = '{}' WHERE subject = %s",
    "UPDATE record_act SET private = '', step = 'x' WHERE subject = %s",
    "UPDATE record_act SET shard = 2025 WHERE subject = %s",
    "UPDATE record_act SET held_until = NULL WHERE subject = %s",
    "UPDATE record_act SET idx = NULL WHERE subject = %s",
    "UPDATE record_act SET idx = 999999 WHERE subject = %s AND idx IS NOT NULL",
    "DELETE FROM record_act WHERE subject = %s",
)


@pytest.mark.parametrize("sql", CHANGES)
def test_the_database_refuses_update_and_delete(sql: str):
    walk = Walk.begin()
    sequence(2026, walk.later(1).at.date())

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [walk.number])

    assert Act.objects.filter(subject=walk.number, idx__isnull=False).count() == 1


def test_the_sequencer_gives_every_act_an_index_without_a_gap():
    walk = Walk.begin()
    today = walk.at.date()
    while sequence(2026, today):
        pass
    before = Act.objects.filter(idx__isnull=False).count()
    assert Act.objects.get(subject=walk.number).idx is None, "its day is not over"
    walk.to_publicity()

    assert sequence(2026, walk.later(1).at.date()) == 4
    assert sequence(2026, walk.at.date()) == 0
    indexes = sorted(Act.objects.values_list("idx", flat=True))
    assert indexes == list(range(before + 4))
    assert walk.case.seq == 4
