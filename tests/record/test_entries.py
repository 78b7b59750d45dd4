"""What the log tells of an act, and what it only commits to."""

import hmac
import json
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from tests.walk import MONDAY, Walk

from guiju.record.entries import is_intact
from guiju.record.keys import Erased, WrongKey, keys_of, new_keys
from guiju.record.models import Act, Key

pytestmark = pytest.mark.django_db


def first_act(number: str) -> Act:
    return Act.objects.get(subject=number, seq=1)


def test_the_log_tells_power_post_and_step_and_no_person_and_no_number():
    walk = Walk.begin()
    act = first_act(walk.number)
    told = json.loads(act.entry)

    assert (told["step"], told["outcome"], told["power"]) == ("apply", "submit", act.power)
    assert told["subject"] == keys_of(walk.number).pseudonym
    for secret in (walk.number, "郭志强", "13800000000", "李帮办", "子女上学"):
        assert secret not in act.entry
    assert "李帮办" in act.private
    assert "13800000000" not in act.private


def test_of_a_sensitive_power_the_log_tells_the_day_of_others_the_moment():
    sensitive = first_act(Walk.begin().number)
    assert json.loads(sensitive.entry)["at"] == f"{MONDAY.date()}"
    assert sensitive.held_until is not None

    publication = Act.objects.filter(kind="publish").first()
    assert publication is not None
    assert publication.held_until is None
    assert json.loads(publication.entry)["at"] == "2026-09-01T01:00:00.000000Z"


def test_whoever_is_given_the_key_of_a_group_can_prove_it_with_plain_hmac():
    walk = Walk.begin()
    act = first_act(walk.number)
    group = json.loads(act.private)["party"]
    text = json.dumps(group, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    key = keys_of(walk.number).of(1, "party")

    committed = json.loads(act.entry)["committed"]
    assert hmac.new(key, text.encode(), "sha256").hexdigest() == committed["party"]
    assert len(set(committed.values())) == len(committed)


def test_no_two_groups_or_acts_or_subjects_share_a_key():
    keys = [new_keys("a"), new_keys("b")]
    derived = [each.of(seq, g) for each in keys for seq in (1, 2) for g in ("people", "facts")]

    assert len(set(derived)) == 8
    assert keys_of("a") == keys[0]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("outcome", "refuse"), ("person", "sb"), ("post", "x"), ("seq", 7)),
        ("at", datetime(2026, 9, 9, tzinfo=UTC)),
        *(("private", '{"facts":{}}'), ("people", '{"by":"sb"}'), ("subject", "x")),
    ],
)
def test_a_changed_row_no_longer_fits_its_entry(column: str, value: object):
    walk = Walk.begin()
    walk.act("hbz-window", "accept", "accept")
    act = Act.objects.get(subject=walk.number, seq=2)
    keys = keys_of(walk.number)
    assert is_intact(act, keys)

    setattr(act, column, value)

    other = new_keys("x") if column == "subject" else keys
    assert not is_intact(act, other)


def test_keys_lie_encrypted_and_bound_to_their_subject():
    keys = new_keys("a")
    new_keys("b")
    row = Key.objects.get(subject="a")
    assert keys.office not in bytes(row.office)

    Key.objects.filter(subject="b").update(office=row.office, party=row.party)

    with pytest.raises(WrongKey):
        keys_of("b")


def test_what_is_erased_is_gone_and_the_rest_is_still_proven():
    walk = Walk.begin()
    before = first_act(walk.number).entry
    Act.objects.filter(subject=walk.number).update(private="")
    Key.objects.filter(subject=walk.number).update(party=None)

    act, keys = first_act(walk.number), keys_of(walk.number)

    assert act.entry == before
    assert is_intact(act, keys)
    with pytest.raises(Erased):
        keys.of(1, "party")


def test_private_data_can_be_emptied_and_never_replaced():
    walk = Walk.begin()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE record_act SET private = '{}' WHERE subject = %s", [walk.number])
    assert "party" in first_act(walk.number).private
