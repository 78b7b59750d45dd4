"""An object-centric log after OCEL 2.0 (Berti et al. 2023), and whether it holds together.

The schemas of the standard check the form only; that an event names an object which is not
there passes them. ``remarks`` checks what refers to what.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from guiju.formats.logs.batch import Remark

Types = dict[str, set[str]]  # type → its attributes
Link = tuple[str, str | None]  # object id, qualifier
BYTES_MAX = 1 << 29  # unpacked; a log of this kind is held in memory
WORDS = {
    "object_missing": "提到了不存在的对象",
    "type_undeclared": "用了没有声明的类型",
    "attribute_undeclared": "用了没有声明的属性",
    "id_repeated": "编号重复,后出现的对象没有读",
    "qualifier_missing": "关系没有写明性质(qualifier)",
    "malformed": "写法不合格的条目,没有读",
    "several": "一个事件有几个同类对象,只取第一个",
}


@dataclass(slots=True)
class Thing:
    """An object; attributes are (name, time as text, value)."""

    id: str
    type: str
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


@dataclass(slots=True)
class Event:
    """An event; attributes by name, values as text."""

    id: str
    type: str
    time: str
    attributes: dict[str, str] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)


@dataclass(slots=True)
class Ocel:
    """A whole log, as written; ids may repeat, links may lead nowhere."""

    event_types: Types = field(default_factory=dict)
    object_types: Types = field(default_factory=dict)
    things: list[Thing] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    malformed: int = 0


def remarks(log: Ocel) -> tuple[Remark, ...]:
    """What does not hold together, each kind once, with how often."""
    found = Counter[str](malformed=log.malformed)
    known = {each.id for each in log.things}
    found["id_repeated"] = len(log.things) - len(known)
    found["id_repeated"] += len(log.events) - len({each.id for each in log.events})
    for owned, types in ((log.events, log.event_types), (log.things, log.object_types)):
        for each in owned:
            found.update(_of_one(each, types, known))
    return tuple(Remark(code, WORDS[code], found[code]) for code in WORDS if found[code])


def _names(one: Event | Thing) -> Iterable[str]:
    """The names of its attributes."""
    if isinstance(one, Event):
        return one.attributes
    return (name for name, _, _ in one.attributes)


def _of_one(one: Event | Thing, types: Mapping[str, set[str]], known: set[str]) -> Iterator[str]:
    if one.type not in types:
        yield "type_undeclared"
    else:
        strange = set(_names(one)) - types[one.type]
        yield from ["attribute_undeclared"] * len(strange)
    for target, qualifier in one.links:
        if target not in known:
            yield "object_missing"
        if not qualifier:
            yield "qualifier_missing"
