"""Ids of a power as ids of XML and back, and ids made for what was drawn elsewhere.

An XML id begins with what it stands for, ``step.accept``; characters that XML does not allow
in an id are written as ``_x4e2d_``.
"""

import re
from collections.abc import Collection

UNSAFE = re.compile(r"[^A-Za-z0-9-_]|_(?=x[0-9a-f]+_)")
ESCAPED = re.compile(r"_x([0-9a-f]+)_")


def xml_id(*parts: str) -> str:
    """The XML id of something.

    >>> xml_id("step", "accept"), xml_id("post", "窗口 1")
    ('step.accept', 'post._x7a97__x53e3__x20_1')
    """
    safe = (UNSAFE.sub(lambda found: f"_x{ord(found.group()):x}_", part) for part in parts)
    return ".".join(safe)


def our_id(kind: str, id_: str) -> str:
    """The last part of an XML id, if it stands for this kind of thing, else empty.

    >>> our_id("step", "step.accept"), our_id("step", "fire.step.accept")
    ('accept', 'accept')
    >>> our_id("post", "post._x7a97__x53e3__x20_1"), our_id("step", "Activity_1x")
    ('窗口 1', '')
    """
    *before, last = id_.split(".")
    if kind not in before:
        return ""
    return ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), last)


def new_id(word: str, taken: Collection[str]) -> str:
    """An id for a chart, as near to what another tool wrote as the rules for ids allow.

    >>> new_id("Activity_0x1", ["activity_0x1"]), new_id("任务", [])
    ('activity_0x1-2', 'new')
    """
    base = re.sub("[^a-z0-9_-]", "", word.lower())[:30].lstrip("0123456789_-") or "new"
    number, id_ = 1, base
    while id_ in taken:
        number += 1
        id_ = f"{base}-{number}"
    return id_
