"""An act of a case as the record holds it: written from what was done, and read back.

Its private part lies in groups of fields, each of which the log commits to by itself:

    shown       form fields that may be shown on public pages
    facts       the other form fields
    documents   [kind, SHA-256] of each document that came with the act
    words       reason, items, branches, as far as there are any
    party       with the first act: who applies, and who helps

Who acted, who was there and who it was handed over to is the group of people.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from guiju.kernel.acts import Act, Person
from guiju.kernel.program import Program, asked
from guiju.record import models
from guiju.record.entries import Entry


def entry_of(
    begun: Program,
    act: Act,
    organ: str,
    documents: Sequence[tuple[str, str]],
    more: Mapping[str, object],
) -> Entry:
    """What is written of an act: its kinds and hashes of documents, more groups if there are any.

    Subject, number, version and key are those of the case, for the caller to fill in.
    """
    move = begun.moves[act.step, act.outcome]
    public = {each.id for each in asked(move.step.fields, move.outcome) if each.is_public}
    groups = {
        "shown": {id_: value for id_, value in act.facts.items() if id_ in public},
        "facts": {id_: value for id_, value in act.facts.items() if id_ not in public},
        "documents": [list(each) for each in documents],
        "words": _filled(
            {"reason": act.reason, "items": list(act.items), "branches": list(act.branches)}
        ),
        **more,
    }
    present = [_filled(asdict(person)) for person in act.present]
    handed_to = {"assignee": act.assignee} if act.assignee else {}
    return Entry(
        subject="",
        seq=0,
        kind="act",
        power=begun.power.code,
        version="",
        step=act.step,
        outcome=act.outcome,
        organ=organ,
        post=begun.names.get(act.post, act.post),
        person=act.by,
        at=act.at,
        key="",
        told={"present": [person.post for person in act.present], **_course(begun, act)},
        people={"post": act.post, "present": present, **handed_to},
        private=_filled(groups),
        is_sensitive=begun.power.is_sensitive,
    )


def _course(begun: Program, act: Act) -> dict[str, object]:
    """On what clock and course of the case depend, so that anybody can follow them by the log.

    That is no personal data: which branches apply, the days of a stop, which posts sign.
    """
    facts = {id_: value for id_, value in act.facts.items() if id_ in begun.told}
    return _filled({"branches": list(act.branches), "facts": facts})


def act_told(row: models.Act) -> Act:
    """An act as the record tells it, for controls to be replayed on."""
    people, private = json.loads(row.people), json.loads(row.private or "{}")
    words = private.get("words", {})
    return Act(
        step=row.step,
        outcome=row.outcome,
        by=row.person,
        post=people["post"],
        at=row.at,
        present=tuple(Person(**each) for each in people["present"]),
        evidence=tuple(kind for kind, _ in private.get("documents", ())),
        reason=words.get("reason", ""),
        items=tuple(words.get("items", ())),
        facts={**private.get("shown", {}), **private.get("facts", {})},
        branches=tuple(words.get("branches", ())),
        assignee=people.get("assignee", ""),
    )


def _filled(parts: Mapping[str, object]) -> dict[str, object]:
    """Without what was not asked for."""
    return {part: value for part, value in parts.items() if value}
