"""OCEL 2.0 in JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from guiju.formats.logs.batch import LogError
from guiju.formats.logs.ocel import BYTES_MAX, Event, Link, Ocel, Thing, Types
from guiju.formats.logs.stream import Stream

KEYS = ("eventTypes", "objectTypes", "events", "objects")


def read_json(path: Path) -> Ocel:
    """Read a log; entries that are not as they should be are counted. Raises LogError."""
    try:
        with Stream(path, BYTES_MAX) as stream:
            data = json.loads(stream.readall().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise LogError(str(path), "不是 UTF-8 文本", "另存为 UTF-8") from None
    except json.JSONDecodeError as error:
        problem = f"第{error.lineno}行不是合格的 JSON({error.msg})"
        raise LogError(str(path), problem, "重新导出") from None
    except RecursionError:
        raise LogError(str(path), "JSON 嵌套太深", "不像日志,确认来源") from None
    missing = [key for key in KEYS if not isinstance(data, dict) or key not in data]
    if missing:
        problem = f"不是 OCEL 2.0:没有 {'、'.join(missing)}"
        raise LogError(str(path), problem, "导出为 OCEL 2.0 的 JSON")
    log = Ocel(_types(data["eventTypes"]), _types(data["objectTypes"]))
    for each in _rows(data["objects"]):
        _add(log, each, is_event=False)
    for each in _rows(data["events"]):
        _add(log, each, is_event=True)
    return log


def _rows(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _tables(value: Any) -> Iterator[dict[str, Any]]:
    return (each for each in _rows(value) if isinstance(each, dict))


def _types(value: Any) -> Types:
    return {
        str(each.get("name")): {str(a.get("name")) for a in _tables(each.get("attributes"))}
        for each in _tables(value)
    }


def _add(log: Ocel, told: Any, is_event: bool) -> None:
    """Add an event or object, or count it as malformed."""
    wanted = ("id", "type", "time") if is_event else ("id", "type")
    if not isinstance(told, dict) or not all(isinstance(told.get(key), str) for key in wanted):
        log.malformed += 1
        return
    attributes = [each for each in _tables(told.get("attributes")) if "name" in each]
    links: list[Link] = [
        (str(each.get("objectId")), each.get("qualifier"))
        for each in _tables(told.get("relationships"))
    ]
    if is_event:
        values = {str(a["name"]): _text(a.get("value")) for a in attributes}
        log.events.append(Event(told["id"], told["type"], told["time"], values, links))
    else:
        history = [(str(a["name"]), str(a.get("time", "")), _text(a.get("value")))
                   for a in attributes]  # fmt: skip
        log.things.append(Thing(told["id"], told["type"], history, links))


def _text(value: Any) -> str:
    """A value as text, lists as JSON."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "是" if value else "否"
    return json.dumps(value, ensure_ascii=False)
