"""What the tests of the kernel share: the national calendar, one sound power, short builders."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from guiju.formats.packs import read_pack, read_power
from guiju.kernel.acts import Act, Person
from guiju.kernel.power import End, Outcome, Post, Power, Step, StepKind
from guiju.kernel.program import Program, compile_power
from guiju.kernel.rules import Certainty, Rule, Unit
from guiju.kernel.terms import Calendar

ROOT = Path(__file__).resolve().parents[2]
PACKS = ROOT / "src" / "guiju" / "packs"
DATA = ROOT / "tests" / "data"
CITY_TIME = timezone(timedelta(hours=8))
CALENDAR: Calendar = read_pack(PACKS / "national", date(2026, 9, 1)).calendar
SOUND: Power = read_power(DATA / "sound.toml", {})


POSTS = (Post("p", "某岗"), Post("q", "另一岗"))


def rule(number: int, unit: Unit = Unit.WORKING_DAY) -> Rule:
    """A rule with a number and nothing else that matters."""
    return Rule("r", "r", "某法第一条", Certainty.LAW, number, unit)


def moment(day: int, hour: int = 9, month: int = 9) -> datetime:
    """A moment of 2026, in September unless told."""
    return datetime(2026, month, day, hour, tzinfo=CITY_TIME)


def step(id_: str, *outcomes: tuple[str, ...], join: Iterable[str] = (), post: str = "p") -> Step:
    """A step; outcome ``o0`` goes to the steps of the first tuple, and so on."""
    exits = tuple(Outcome(f"o{i}", f"o{i}", to) for i, to in enumerate(outcomes))
    return Step(id_, id_, StepKind.REVIEW, post, exits, tuple(join))


def chart(*steps: Step) -> Power:
    """A power with these steps, the posts ``p`` and ``q`` and the ends ``good`` and ``bad``."""
    ends = (End("good", "good"), End("bad", "bad", is_refusal=True))
    return replace(SOUND, posts=POSTS, steps=steps, ends=ends, examples=())


def program(*steps: Step) -> Program:
    """These steps, ready to run."""
    return compile_power(chart(*steps))


def act(step_id: str, outcome: str, at: datetime, by: str = "甲", post: str = "p") -> Act:
    """An act with nothing but who, where and when."""
    return Act(step_id, outcome, by, post, at)


def people(post: str, *ids: str) -> tuple[Person, ...]:
    """People who are present in one post."""
    return tuple(Person(id_, post) for id_ in ids)
