"""A power as TOML that reads like a file written by hand; the opposite of ``packs.read_power``.

A rule is written as its id where the pack has the same rule, else in place, without the id
and the name that the reader would give it there. Defaults are left out. Comments of a file
that was read are lost: they are not part of the power.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from guiju.kernel import controls
from guiju.kernel.power import Chart, Power
from guiju.kernel.rules import Rule

LINE_MAX = 120  # columns; a list that would be longer is broken
ITEM_MAX = 40  # columns; longer items of a broken list stand on lines of their own
BARE = re.compile("[A-Za-z0-9_-]+")
ONE_WITHOUT_BRACKETS = ("to", "join")
ESCAPES = {
    ord("\\"): "\\\\",
    ord('"'): '\\"',
    ord("\n"): "\\n",
    ord("\t"): "\\t",
    ord("\r"): "\\r",
}
CONTROL = {code: f"\\u{code:04X}" for code in (*range(32), 127) if code not in ESCAPES}
NO_CHARTS: Mapping[str, Chart] = MappingProxyType({})


def power_to_toml(
    power: Power, rules: Mapping[str, Rule], charts: Mapping[str, Chart] = NO_CHARTS
) -> str:
    """The text of a power's file; ``charts`` are those of the pack, which it need not repeat."""
    own = tuple(each for each in power.charts if charts.get(each.id) != each)
    return "\n".join(_Writer(rules, own).block("", "", power)).lstrip("\n") + "\n"


@dataclass(frozen=True, slots=True)
class _Writer:
    """What of a power is written elsewhere."""

    rules: Mapping[str, Rule]
    charts: tuple[Chart, ...]

    def block(self, head: str, where: str, value: Any) -> Iterator[str]:
        """A table with its keys on lines of their own, then the tables inside it."""
        if head:
            yield from ("", head)
        name = head.strip("[]")
        parts = [(each.name, getattr(value, each.name)) for each in _told(value)]
        tables = [(key, part) for key, part in parts if _is_block(value, key, part)]
        for key, part in parts:
            if (key, part) not in tables:
                yield from self.pair(key, part, f"{where}{key}")
        for key, part in tables:
            inner = f"{name}.{key}" if name else key
            if isinstance(part, tuple):
                kept = self.charts if isinstance(value, Power) and key == "charts" else part
                for i, each in enumerate(kept):
                    yield from self.block(f"[[{inner}]]", f"{where}{key}[{i}].", each)
            else:
                yield from self.block(f"[{inner}]", f"{where}{key}.", part)

    def pair(self, key: str, part: Any, where: str) -> Iterator[str]:
        """A key and its value; a list that is too long on several lines."""
        line = f"{key} = {self.inline(part, where, key)}"
        if not isinstance(part, tuple) or (_width(line) <= LINE_MAX and "{ " not in line):
            yield line
            return
        items = [self.inline(each, f"{where}[{i}]") for i, each in enumerate(part)]
        if len(items) == 1 and _width(line) <= 2 * LINE_MAX:
            yield line
        elif any(_width(item) > ITEM_MAX for item in items):
            yield from (f"{key} = [", *(f"  {item}," for item in items), "]")
        else:
            yield from (f"{key} = [", *_filled(items), "]")

    def inline(self, part: Any, where: str, key: str = "") -> str:
        """A value on one line."""
        if isinstance(part, Rule):
            return self.rule(part, where)
        if is_dataclass(part):
            return _braced(
                (
                    each.name,
                    self.inline(getattr(part, each.name), f"{where}.{each.name}", each.name),
                )
                for each in _told(part)
            ).replace("{ ", _kind(part), 1)
        if isinstance(part, tuple):
            items = [self.inline(each, f"{where}[{i}]") for i, each in enumerate(part)]
            is_one = key in ONE_WITHOUT_BRACKETS and len(items) == 1
            return items[0] if is_one else f"[{', '.join(items)}]"
        if isinstance(part, Mapping):
            return _braced((name, self.inline(each, where)) for name, each in part.items())
        return _scalar(part)

    def rule(self, rule: Rule, where: str) -> str:
        """The id of a rule that the pack has, else the rule itself."""
        if self.rules.get(rule.id) == rule:
            return _scalar(rule.id)
        pairs = []
        for name in ("id", "name", "value", "unit", "source", "certainty", "quote"):
            part = getattr(rule, name)
            is_given = name in ("id", "name") and part == where
            if (not is_given and part not in (None, "")) or name == "source":
                pairs.append((name, _scalar(part)))
        for name in ("valid_from", "valid_to"):
            if getattr(rule, name) is not None:
                pairs.append((name, _scalar(getattr(rule, name))))
        return _braced(iter(pairs))


AS_WRITTEN = (
    *("guide", "bases", "limits", "materials", "posts", "steps", "ends", "anytime", "charts"),
    *("examples", "given", "when", "then"),  # of a power, then of an example
    *("words", "who", "place", "hours", "phone", "fee", "fee_basis", "result", "complaint"),
    *("join", "limit", "documents", "note", "fields", "outcomes", "controls", "risk"),
)
"""Where people write keys in another order than the dataclasses have them."""


def _told(value: Any) -> list[Any]:
    """The fields of a dataclass that are not at their default, as people order them."""
    names = [each.name for each in fields(value)]
    listed = [name for name in AS_WRITTEN if name in names]
    first = min((names.index(name) for name in listed), default=0)
    told = [each for each in fields(value) if getattr(value, each.name) != each.default]
    if len(listed) < 2:
        return told
    places = {name: first + i / 100 for i, name in enumerate(listed)}
    return sorted(told, key=lambda each: places.get(each.name, names.index(each.name)))


def _is_block(owner: Any, key: str, part: Any) -> bool:
    """Whether a part is a table of its own, under a head; an empty list is none."""
    if part == ():
        return False
    if isinstance(owner, Power):
        return key in AS_WRITTEN[:10]
    return isinstance(owner, Chart) and key in ("steps", "ends")


def _kind(part: Any) -> str:
    """The opening of a table; of a control with its kind."""
    is_control = type(part) in controls.type_of.values()
    return f'{{ kind = "{part.kind}", ' if is_control else "{ "


def _braced(pairs: Iterator[tuple[str, str]]) -> str:
    inside = ", ".join(f"{_key(name)} = {value}" for name, value in pairs)
    return f"{{ {inside} }}" if inside else "{}"


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _scalar(name)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{str(value).translate(ESCAPES).translate(CONTROL)}"'
    return value.isoformat() if isinstance(value, date) else str(value)


def _width(text: str) -> int:
    """Columns that a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _filled(words: list[str]) -> Iterator[str]:
    """Words with commas on lines that are as full as they may be."""
    line = " "
    for word in words:
        if len(line) > 1 and _width(line) + _width(word) > LINE_MAX:
            yield line
            line = " "
        line += f" {word},"
    yield line
