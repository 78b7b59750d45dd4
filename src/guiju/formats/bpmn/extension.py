"""The kernel's values as XML under our own namespace, and back into plain data.

A dataclass is an element: its texts, numbers, dates and yes-or-no are attributes, everything
else is child elements named after the field, one for each item of a list. Defaults are left
out. Reading is led by the type hints and gives the plain data that ``reader.read`` checks, so
a key that we do not know is told, never dropped.
"""

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from typing import Any

from guiju.formats.bpmn.names import OURS
from guiju.formats.bpmn.tree import Element
from guiju.kernel import controls

PREFIX = "guiju"


def write_value(element: Element, value: Any, leave_out: frozenset[str] = frozenset()) -> None:
    """Write the fields of a dataclass into an element."""
    kind = getattr(value, "kind", "")
    if type(value) in controls.type_of.values():
        element.attributes["kind"] = str(kind)
    for each in fields(value):
        part = getattr(value, each.name)
        if each.name not in leave_out and part != each.default:
            _write(element, each.name, part)


def _write(element: Element, name: str, part: Any) -> None:
    if isinstance(part, tuple):
        for item in part:
            child = element.add(f"{PREFIX}:{name}")
            if isinstance(item, str):
                child.children = [item] if item else []
            else:
                write_value(child, item)
    elif isinstance(part, Mapping):
        table = element.add(f"{PREFIX}:{name}")
        for key, value in part.items():
            table.add(f"{PREFIX}:entry", {"key": key, "value": value})
    elif is_dataclass(part):
        write_value(element.add(f"{PREFIX}:{name}"), part)
    else:
        element.attributes[name] = _word(part)


def _word(scalar: Any) -> str:
    if isinstance(scalar, bool):
        return "true" if scalar else "false"
    return scalar.isoformat() if isinstance(scalar, date) else str(scalar)


def read_value(hint: Any, element: Element) -> Any:
    """The plain data of an element that holds a ``hint``."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint is controls.Control:
        kind = controls.type_of.get(element.get("kind"))
        data = _table(kind, element) if kind else {}
        return {"kind": element.get("kind"), **data}
    if origin in (types.UnionType, typing.Union):
        return read_value(next(each for each in inner if each is not type(None)), element)
    if origin is dict:
        return {entry.get("key"): entry.get("value") for entry in element.elements(OURS, "entry")}
    if is_dataclass(hint):
        return _table(hint, element)
    return "".join(each for each in element.children if isinstance(each, str))


def _table(kind: Any, element: Element) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    data: dict[str, Any] = {
        each.name: []
        for each in fields(kind)
        if typing.get_origin(hints[each.name]) is tuple and each.default is MISSING
    }
    for name, word in element.attributes.items():
        if not (name == "kind" and kind in controls.type_of.values()) and ":" not in name:
            data[name] = _scalar(hints.get(name), word)
    for child in element.elements(OURS):
        hint = hints.get(child.local)
        if typing.get_origin(hint) is tuple:
            item = typing.get_args(hint)[0]
            data.setdefault(child.local, []).append(read_value(item, child))
        else:
            data[child.local] = read_value(hint, child)
    return data


def _scalar(hint: Any, word: str) -> Any:
    kinds = typing.get_args(hint) or (hint,)
    if bool in kinds and word in ("true", "false"):
        return word == "true"
    if int in kinds and word.lstrip("-").isascii() and word.lstrip("-").isdigit():
        return int(word)
    return word
