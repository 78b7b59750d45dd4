"""The database itself refuses to change or delete an act; tried on whichever database runs."""

import pytest
from django.db import DatabaseError, connection, transaction
from tests.walk import Walk

from guiju.record.models import Act
from guiju.record.sequencer import log_root, sequence
from guiju.record.writer import is_intact
from guiju.tlog import root

pytestmark = pytest.mark.django_db

CHANGES = (
    "UPDATE record_act SET step = 'x' WHERE subject = %s",
    "UPDATE record_act SET leaf = 'x' WHERE subject = %s",
    "UPDATE record_act SET idx = NULL WHERE subject = %s",
    "UPDATE record_act SET idx = 999999 WHERE subject = %s AND idx IS NOT NULL",
    "DELETE FROM record_act WHERE subject = %s",
)


@pytest.mark.parametrize("sql", CHANGES)
def test_the_database_refuses_update_and_delete(sql: str):
    walk = Walk.begin()
    sequence()

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [walk.number])

    assert Act.objects.filter(subject=walk.number, idx__isnull=False).count() == 1


def test_the_sequencer_gives_every_act_an_index_without_a_gap():
    sequence()
    before = Act.objects.count()
    walk = Walk.begin().to_publicity()

    assert sequence() == 4
    assert sequence() == 0
    indexes = sorted(Act.objects.values_list("idx", flat=True))
    assert indexes == list(range(before + 4))
    size, _ = log_root()
    assert size == before + 4
    assert walk.case.seq == 4


def test_a_leaf_proves_its_row_and_a_changed_row_does_not_fit():
    walk = Walk.begin()
    act = Act.objects.get(subject=walk.number)
    assert is_intact(act)

    act.outcome = "refuse"
    assert not is_intact(act)


def test_the_published_part_holds_no_name_or_phone():
    walk = Walk.begin()
    act = Act.objects.get(subject=walk.number)

    assert "郭志强" not in act.public
    assert "13800000000" not in act.public + act.private
    assert "李帮办" in act.private


def test_the_root_is_the_tree_over_all_leaves():
    Walk.begin()
    sequence()

    leaves = Act.objects.order_by("idx").values_list("leaf", flat=True)
    assert log_root() == (len(leaves), root([bytes.fromhex(leaf) for leaf in leaves]).hex())
