"""OCEL 2.0 in XML."""

from pathlib import Path

from guiju.formats.logs.batch import LogError
from guiju.formats.logs.ocel import BYTES_MAX, Event, Ocel, Thing
from guiju.formats.logs.stream import Stream
from guiju.formats.logs.xml_pieces import DEPTH_MAX, pieces


def read_xml(path: Path) -> Ocel:
    """Read a log; entries that are not as they should be are counted. Raises LogError."""
    walk = _Walk(path)
    with Stream(path, BYTES_MAX) as stream:
        for _ in pieces(path, stream, walk.start, walk.end, walk.text):
            pass
    return walk.log


class _Walk:
    """The way through a file."""

    def __init__(self, path: Path) -> None:
        self.path, self.log = path, Ocel()
        self.names: list[str] = []  # the open elements
        self.one: Event | Thing | None = None
        self.attributes: set[str] = set()  # of the open type
        self.told: dict[str, str] = {}  # of the open attribute
        self.words: list[str] = []

    def start(self, tag: str, told: dict[str, str]) -> None:
        """An element begins."""
        name = tag.rpartition(":")[2]
        self.names.append(name)
        if len(self.names) > DEPTH_MAX:
            raise LogError(str(self.path), f"嵌套超过{DEPTH_MAX}层", "不像日志,确认来源")
        match name:
            case "object-type" | "event-type":
                log, self.attributes = self.log, set()
                types = log.object_types if name == "object-type" else log.event_types
                types[told.get("name", "")] = self.attributes
            case "object" | "event" if len(self.names) == 3:
                self.one = self._begun(name, told)
            case "attribute":
                self.told, self.words = told, []
                if "type" in told:
                    self.attributes.add(told.get("name", ""))
            case "relationship" | "object" if self.one is not None:
                self.one.links.append((told.get("object-id", ""), told.get("qualifier")))

    def _begun(self, name: str, told: dict[str, str]) -> Event | Thing | None:
        """The event or object that begins; None when it cannot be one."""
        wanted = ("id", "type", "time") if name == "event" else ("id", "type")
        if any(key not in told for key in wanted):
            self.log.malformed += 1
            return None
        if name == "event":
            event = Event(told["id"], told["type"], told["time"])
            self.log.events.append(event)
            return event
        thing = Thing(told["id"], told["type"])
        self.log.things.append(thing)
        return thing

    def text(self, words: str) -> None:
        """Some text."""
        self.words.append(words)

    def end(self, _: str) -> None:
        """An element ends."""
        name = self.names.pop()
        if len(self.names) == 2 and name in ("object", "event"):
            self.one = None
        elif name == "attribute" and self.one is not None:
            key, value = self.told.get("name", ""), "".join(self.words).strip()
            if isinstance(self.one, Event):
                self.one.attributes[key] = value
            else:
                self.one.attributes.append((key, self.told.get("time", ""), value))
