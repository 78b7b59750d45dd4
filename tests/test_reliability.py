"""The inspection of ``reliability/`` finds what is wrong: a sound database, and one harm each."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from reliability import product
from reliability.inspection import Report, inspect
from reliability.product import Done, Errand

from guiju.cases.models import Case, Document, Message
from guiju.record.append_only import REMOVE_POSTGRESQL, REMOVE_SQLITE
from guiju.record.models import Act

pytestmark = pytest.mark.django_db
ACTS = 5  # opened, accepted, surveyed with a photo, opinion, objection


@pytest.fixture
def acknowledged() -> list[Done]:
    """The acts of two cases, in a database whose triggers no longer keep anybody from harm."""
    done: list[Done] = []
    for case in range(2):
        number = ""
        for seen in range(ACTS):
            done.append(product.do(Errand(number, seen, f"key-{case}-{seen}")))
            number = done[-1].number
    product.index_all()
    remove = REMOVE_SQLITE if connection.vendor == "sqlite" else REMOVE_POSTGRESQL
    for statement in remove:
        execute(statement)
    return done


def execute(sql: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def looked_at(acknowledged: list[Done]) -> Report:
    return inspect(acknowledged, may_write=False)


def test_a_sound_database_is_clean(acknowledged: list[Done]):
    report = inspect(acknowledged)

    assert (report.lost, report.inconsistent, report.acts) == ([], [], 2 * ACTS)


def test_an_acknowledged_act_that_is_not_there_is_lost(acknowledged: list[Done]):
    last = acknowledged[-1]
    report = inspect([*acknowledged, Done(last.number, last.seq + 1, "never")])

    assert [last.number in each for each in report.lost] == [True]
    assert report.inconsistent == []


def test_the_last_act_rolled_back_with_all_that_follows_from_it_is_lost(acknowledged: list[Done]):
    """What a power cut does when the disk was not asked to flush: all is consistent, and old."""
    last = acknowledged[-1]
    rest = Act.objects.filter(subject=last.number, seq__lt=last.seq)
    Act.objects.filter(subject=last.number, seq=last.seq).delete()
    Message.objects.filter(case_id=last.number, seq=last.seq).delete()
    Case.objects.filter(number=last.number).update(seq=rest.count())
    replayed = next(c.replayed for c in product.seen().cases if c.number == last.number)
    Case.objects.filter(number=last.number).update(state=replayed)
    report = looked_at(acknowledged)

    assert len(report.lost) == 1
    assert all("of the log is not what the database" in each for each in report.inconsistent)
    assert len(report.inconsistent) == 1, "it was published, so the log knows better"


def test_another_key_in_its_place_is_a_loss_too(acknowledged: list[Done]):
    Act.objects.filter(key="key-0-3").update(key="key-of-another")

    assert len(looked_at(acknowledged).lost) == 1


def test_a_key_twice_is_found(acknowledged: list[Done]):
    Act.objects.filter(key="key-0-3").update(key="key-0-4")

    assert any("made 2 acts" in each for each in looked_at(acknowledged).inconsistent)


HARMS: dict[str, Callable[[str], object]] = {
    "its acts are not 1…": lambda number: Act.objects.filter(subject=number, seq=3).delete(),
    "says 9 acts": lambda number: Case.objects.filter(number=number).update(seq=9),
    "its state is not where its acts lead": lambda number: Case.objects.filter(
        number=number
    ).update(state=Case.objects.get(number=number).state.replace("survey", "decide")),
    "the leaf is of another row": lambda number: Act.objects.filter(subject=number, seq=2).update(
        outcome="refuse"
    ),
    "message missing": lambda number: Message.objects.filter(case_id=number, seq=2).delete(),
    "message too much": lambda number: Message.objects.create(
        case_id=number, seq=6, address="a", body="b", created_at="2026-09-07T09:00+08:00"
    ),
    "document missing": lambda number: Document.objects.filter(case_id=number).delete(),
    "document too much": lambda number: Document.objects.filter(case_id=number).update(seq=4),
    "is not on disk": lambda number: photo_of(number).unlink(),
    "is not whole on disk": lambda number: photo_of(number).write_bytes(
        photo_of(number).read_bytes()[:-1]
    ),
    "a case without an act": lambda number: Act.objects.filter(subject=number).delete(),
    "an act of no case": lambda number: Act.objects.filter(subject=number).update(
        subject="nobody"
    ),
    "indexes of the log are not": lambda number: execute(
        "UPDATE record_act SET idx = idx + 1000 WHERE subject = %s AND seq = 5", number
    ),
}


def photo_of(number: str) -> Path:
    return product.file_of(Document.objects.get(case_id=number).sha256)


@pytest.mark.parametrize("words", HARMS)
def test_each_harm_is_found(words: str, acknowledged: list[Done]):
    HARMS[words](acknowledged[0].number)
    report = inspect(acknowledged)

    assert any(words in each for each in report.inconsistent), report.inconsistent
    assert not any(acknowledged[-1].number in each for each in report.inconsistent)


def test_an_index_that_was_never_given_is_found(acknowledged: list[Done]):
    execute("UPDATE record_act SET idx = NULL WHERE subject = %s", acknowledged[0].number)
    first = looked_at(acknowledged).inconsistent

    assert all("of the log is not what the database holds" in each for each in first)
    Act.objects.filter(subject=acknowledged[0].number, seq=1).update(idx=10**6)
    assert any("indexes" in each for each in inspect(acknowledged).inconsistent)


def test_a_reference_to_nothing_is_found(acknowledged: list[Done]):
    """SQLite alone, as PostgreSQL's own triggers cannot be got around within a transaction."""
    if connection.vendor != "sqlite":
        pytest.skip("for SQLite alone")
    execute("PRAGMA defer_foreign_keys = ON")
    execute(
        "UPDATE cases_document SET case_id = 'nobody' WHERE case_id = %s", acknowledged[0].number
    )

    assert any("reference to nothing" in each for each in looked_at(acknowledged).inconsistent)
    execute(
        "UPDATE cases_document SET case_id = %s WHERE case_id = 'nobody'", acknowledged[0].number
    )
