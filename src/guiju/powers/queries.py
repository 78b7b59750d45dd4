"""Reads about powers: versions, programs ready to run, the calendar."""

import json
from functools import lru_cache

from django.db.models import OuterRef, QuerySet, Subquery

from guiju.formats.reader import read
from guiju.kernel.behaviour import behaviour_of
from guiju.kernel.power import Power
from guiju.kernel.program import Program, compile_power
from guiju.kernel.table import Table, compiled
from guiju.kernel.terms import Calendar, Year
from guiju.organs.models import Person
from guiju.powers.models import CalendarYear, Draft, Version
from guiju.record.entries import canonical

PROGRAMS_KEPT = 10_000  # compiled versions kept in memory; a version never changes


def current_versions() -> QuerySet[Version]:
    """The list of powers in force, in the order of their codes."""
    return Version.objects.filter(retired_at__isnull=True).order_by("code")


@lru_cache(maxsize=PROGRAMS_KEPT)
def program(sha256: str) -> Program:
    """The program of a version. Raises Version.DoesNotExist."""
    text = Version.objects.values_list("text", flat=True).get(sha256=sha256)
    return compile_power(read(Power, json.loads(text)))


@lru_cache(maxsize=512)
def table(sha256: str) -> Table:
    """The table by which records are held against a version. Raises TooManyStates."""
    return compiled(behaviour_of(program(sha256).net))


def power(sha256: str) -> Power:
    """The power as published in a version."""
    return program(sha256).power


def drafts() -> QuerySet[Draft]:
    """All drafts with the names of their people, the last changed first, discarded ones too."""
    names = {
        f"{key}_name": Subquery(Person.objects.filter(pk=OuterRef(key)).values("name"))
        for key in ("author", "changed_by")
    }
    found = Draft.objects.select_related("base").annotate(**names)
    return found.order_by("-changed_at", "-id")


def list_text() -> str:
    """The list of powers in force as canonical JSON: for each code its name and version."""
    rows = current_versions().values_list("code", "name", "sha256")
    return canonical({code: [name, sha256] for code, name, sha256 in rows})


def version_in_force(code: str) -> Version | None:
    """The version of a power that is in force, if any."""
    return current_versions().filter(code=code).first()


def calendar() -> Calendar:
    """The calendar of all years that are loaded."""
    rows = tuple(CalendarYear.objects.order_by("year").values_list("text", flat=True))
    return _calendar(rows)


@lru_cache(maxsize=4)
def _calendar(rows: tuple[str, ...]) -> Calendar:
    return Calendar.of(read(Year, json.loads(row)) for row in rows)
