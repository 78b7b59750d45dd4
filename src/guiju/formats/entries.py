"""Acts as the published log tells them: a line of it back to an act that a chart can follow.

A line says which step and outcome, when, in which post, and on what the course depends (see
``guiju.record.entries``); it does not say who. Of a sensitive power the time is the day. That is
enough for the states of a case and their mornings, so for every light, card and reminder:
``tests/oversight/test_issuing.py`` holds what comes of it against the whole record.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, tzinfo
from typing import Any

from guiju.kernel.acts import Act
from guiju.kernel.program import Program


def act_of(line: Mapping[str, Any], program: Program, zone: tzinfo) -> Act:
    """The act of one line, in the city's time; who acted is left out.

    Raises KeyError for a line that tells of no act, ValueError for a time that is none.
    """
    told, names = line["told"], {post.name: post.id for post in program.power.posts}
    return Act(
        step=line["step"],
        outcome=line["outcome"],
        by="",
        post=names.get(line["post"], line["post"]),
        at=_moment(line["at"], zone),
        facts=told.get("facts", {}),
        branches=tuple(told.get("branches", ())),
    )


def _moment(text: str, zone: tzinfo) -> datetime:
    if len(text) == len("2026-09-07"):
        return datetime.combine(date.fromisoformat(text), time(), zone)
    return datetime.fromisoformat(text).astimezone(zone)
