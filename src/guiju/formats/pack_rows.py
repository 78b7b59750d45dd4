"""Rows of a pack's files: divisions, organs, posts, people; what only oversight asks for."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Division:
    """A division 区划; its code begins with the code of the division it belongs to."""

    code: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class Organ:
    """An organ 机关 in a division."""

    id: str
    name: str
    division: str
    phone: str = ""
    address: str = ""
    leader: str = ""  # the post that leads its posts, but those that name another


class Overseen(StrEnum):
    """Which cards a post sees; ``NONE`` is the rule."""

    NONE = ""
    ALL = "全部"  # of its division and those below
    ORGAN = "本机关"
    LEADS = "线索"  # of its division and those below, and leads only


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post 岗位 of an organ; ``role`` is the word that charts use for it."""

    id: str
    role: str
    name: str
    organ: str
    leader: str = ""  # the post that leads it; empty: its organ's leader
    oversees: Overseen = Overseen.NONE


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person; in a sample pack every one is invented and says so."""

    id: str
    name: str
    is_invented: bool
    login: bool = True
    email: str = ""  # where reminders go, besides the inbox


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who holds which post from when to when, as A or as B (who stands in for A)."""

    person: str
    post: str
    valid_from: date
    valid_to: date | None = None
    rank: str = "A"


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
