"""An entry of the log in words, and what a receipt opens of it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date

from guiju.kernel.power import Field, FieldKind
from guiju.kernel.program import Program
from guiju.kernel.rules import yuan
from guiju.portal.words import FACTS, GROUPS, KINDS, SAID
from guiju.powers.models import Version
from guiju.powers.queries import program

Told = Mapping[str, Any]  # an entry, read


def facts(told: Told, year: int, index: int) -> list[tuple[str, str]]:
    """What an entry tells everybody, each with its label."""
    rows = {
        "kind": KINDS.get(told["kind"], str(told["kind"])),
        "power": _power(told),
        "step": _step(told),
        "post": f"{told['organ']} {told['post']}".strip(),
        "at": at_told(told["at"]),
        "subject": str(told["subject"]) if told["kind"] == "act" else "",
        "seq": f"第{told['seq']}条",
        "place": f"{year}年第{index}条",
    }
    return [(FACTS[key], value) for key, value in rows.items() if value]


def at_told(at: str) -> str:
    """The time of an entry in the city's time; of a sensitive power it is the day alone."""
    if len(at) == len("2026-09-07"):
        day = parse_date(at)
        return f"{day:%Y年%-m月%-d日}{SAID['day_only']}" if day else at
    return f"{timezone.localtime(datetime.fromisoformat(at)):%Y年%-m月%-d日 %H:%M:%S}"


def opened_lines(told: Told, group: str, text: str) -> list[tuple[str, str]]:
    """An opened group of fields, line by line."""
    value = json.loads(text)
    if isinstance(value, list):
        return [(str(kind), str(digest)) for kind, digest in value]
    fields = _fields(told)
    return [
        (
            fields[key].name if key in fields else GROUPS.get(key, key),
            _value(fields.get(key), each),
        )
        for key, each in value.items()
        if each
    ]


def documents(text: str) -> list[tuple[str, str]]:
    """Kind and SHA-256 of the documents in an opened group."""
    return [(kind, digest) for kind, digest in json.loads(text)]


def _value(field: Field | None, value: Any) -> str:
    if field is not None and field.kind is FieldKind.MONEY:
        return yuan(int(value))
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _power(told: Told) -> str:
    begun = _program(told)
    return f"{begun.power.name}({told['power']})" if begun else str(told["power"])


def _step(told: Told) -> str:
    begun = _program(told)
    move = begun.moves.get((told["step"], told["outcome"])) if begun else None
    if move:
        return f"{move.step.name}:{move.outcome.name}"
    return ":".join(each for each in (told["step"], told["outcome"]) if each)


def _fields(told: Told) -> dict[str, Field]:
    begun = _program(told)
    steps = begun.power.steps if begun else ()
    return {field.id: field for step in steps for field in step.fields}


def _program(told: Told) -> Program | None:
    if not told["power"]:
        return None
    try:
        return program(told["version"])
    except Version.DoesNotExist:
        return None
