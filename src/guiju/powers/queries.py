"""Reads about powers: versions, programs ready to run, drawings, the calendar."""

import json
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet

from guiju.formats.reader import read
from guiju.kernel.acts import State
from guiju.kernel.draw import Progress, chart_svg
from guiju.kernel.draw_narrow import chart_svg_narrow
from guiju.kernel.power import Power
from guiju.kernel.run import Program, compile_power, open_steps
from guiju.kernel.terms import Calendar, Year
from guiju.powers.models import CalendarYear, Version

PROGRAMS_KEPT = 10_000  # compiled versions kept in memory; a version never changes


def current_versions() -> QuerySet[Version]:
    """The list of powers in force, in the order of their codes."""
    return Version.objects.filter(retired_at__isnull=True).order_by("code")


@lru_cache(maxsize=PROGRAMS_KEPT)
def program(sha256: str) -> Program:
    """The program of a version. Raises Version.DoesNotExist."""
    text = Version.objects.values_list("text", flat=True).get(sha256=sha256)
    return compile_power(read(Power, json.loads(text)))


def power(sha256: str) -> Power:
    """The power as published in a version."""
    return program(sha256).power


def calendar() -> Calendar:
    """The calendar of all years that are loaded."""
    rows = tuple(CalendarYear.objects.order_by("year").values_list("text", flat=True))
    return _calendar(rows)


@lru_cache(maxsize=4)
def _calendar(rows: tuple[str, ...]) -> Calendar:
    return Calendar.of(read(Year, json.loads(row)) for row in rows)


@dataclass(frozen=True, slots=True)
class Drawings:
    """The charts of a version as SVG, for wide and for narrow screens."""

    flow: str
    flow_narrow: str
    risk: str
    risk_narrow: str


@lru_cache(maxsize=512)
def drawings(sha256: str) -> Drawings:
    """The two charts of a version, drawn once."""
    shown = power(sha256)
    return Drawings(
        chart_svg(shown, risks=False),
        chart_svg_narrow(shown, risks=False),
        chart_svg(shown, risks=True),
        chart_svg_narrow(shown, risks=True),
    )


def drawing_of_case(begun: Program, state: State) -> tuple[str, str]:
    """The risk chart with where a case stands, for wide and for narrow screens."""
    current = frozenset(step.id for step in open_steps(begun, state))
    progress = Progress(current, frozenset(state.doers) - current)
    return (
        chart_svg(begun.power, risks=True, progress=progress),
        chart_svg_narrow(begun.power, risks=False, progress=progress),
    )
