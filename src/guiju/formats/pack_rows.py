"""Rows of a pack that only oversight asks for; their files may be left out."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Certificate:
    """An enforcement certificate 执法证."""

    number: str
    person: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A power on the list 权责清单 of an organ, from when to when."""

    power: str
    organ: str
    valid_from: date | None = None
    valid_to: date | None = None


class Every(StrEnum):
    """How often a duty is due."""

    MONTH = "月"
    QUARTER = "季"
    YEAR = "年"


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty 责任事项 of an organ: this step of this power once in every period."""

    id: str
    organ: str
    name: str
    power: str
    every: Every
    basis: str
    step: str = ""  # empty: any step
