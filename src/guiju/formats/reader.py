"""Plain data to the kernel's frozen dataclasses: unknown keys and wrong types are errors.

``read(Power, data, rules)`` walks the type hints of a dataclass. Three forms are allowed
that the values do not have, because people write the files: one string where a list of
strings is asked for; the id of a rule where a rule is asked for; and a rule written in
place, without an id, when no other file needs it. A control is told by its ``kind``.

The same reader reads what ``plain`` wrote, so a published version is its own source.
"""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from functools import cache, partial
from typing import Any, TypeVar

from guiju.kernel import controls
from guiju.kernel.rules import Certainty, Rule

T = TypeVar("T")


class Misfit(ValueError):
    """A value that does not fit; ``where`` is its path, such as ``steps[2].limit``."""

    def __init__(self, where: str, problem: str, mend: str) -> None:
        super().__init__(f"{where}: {problem}。{mend}")
        self.where, self.problem, self.mend = where, problem, mend


def read(kind: type[T], data: Any, rules: Mapping[str, Rule] | None = None, where: str = "") -> T:
    """``data`` as a ``kind``. Raises Misfit with the path of the first value that does not fit."""
    hint: Any = kind
    value = _reader(hint)(data, where, rules or {})
    assert isinstance(value, kind)
    return value


def plain(value: Any) -> Any:
    """The opposite of ``read``: dataclasses as dicts, dates as text, defaults left out."""
    if is_dataclass(value):
        pairs = ((f, getattr(value, f.name)) for f in fields(value))
        table = {f.name: plain(v) for f, v in pairs if v != f.default}
        kind = getattr(value, "kind", "")
        return table if "kind" in table or not kind else {"kind": kind, **table}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else value


@cache
def _reader(hint: Any) -> Callable[[Any, str, Mapping[str, Rule]], Any]:
    """What reads values of a type."""
    if hint is controls.Control:
        return _control
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _reader(next(each for each in inner if each is not type(None)))
    if origin is tuple:
        return partial(_list, inner[0])
    if origin is dict:
        return _words
    if is_dataclass(hint):
        return _rule if hint is Rule else partial(_table, hint)
    return partial(_scalar, hint)


def _words(data: Any, where: str, rules: Mapping[str, Rule]) -> dict[str, Any]:
    _expect(data, dict, where)
    return {key: _scalar(str, value, f"{where}.{key}", rules) for key, value in data.items()}


def _list(hint: Any, data: Any, where: str, rules: Mapping[str, Rule]) -> tuple[Any, ...]:
    items = [data] if isinstance(data, str) and hint is str else data
    if not isinstance(items, list | tuple):
        raise Misfit(where, f"应为列表,写的是{_word(data)}", "用方括号写成列表")
    reader = _reader(hint)
    return tuple(reader(item, f"{where}[{i}]", rules) for i, item in enumerate(items))


@cache
def _keys(kind: Any) -> tuple[dict[str, Any], dict[str, "Field[Any]"]]:
    """The type of every key of a dataclass, and its field."""
    return typing.get_type_hints(kind), {each.name: each for each in fields(kind)}


def _table(kind: Any, data: Any, where: str, rules: Mapping[str, Rule]) -> Any:
    _expect(data, dict, where)
    hints, known = _keys(kind)
    prefix = f"{where}." if where else ""
    for key in data:
        if key not in known:
            near = get_close_matches(str(key), known, 1)
            mend = f"是不是“{near[0]}”?" if near else f"可用的键:{'、'.join(known)}"
            raise Misfit(f"{prefix}{key}", f"不认识的键“{key}”", mend)
    if kind is Rule:
        data = {"id": where, "name": where, "certainty": Certainty.SAMPLE, **data}
    for name, each in known.items():
        if name not in data and each.default is MISSING and each.default_factory is MISSING:
            raise Misfit(where or name, f"缺少“{name}”", f"补写 {name} = …")
    return kind(**{k: _reader(hints[k])(v, f"{prefix}{k}", rules) for k, v in data.items()})


def _control(data: Any, where: str, rules: Mapping[str, Rule]) -> Any:
    _expect(data, dict, where)
    kind = controls.type_of.get(str(data.get("kind", "")))
    if kind is None:
        mend = f"可用的控制:{'、'.join(controls.type_of)}"
        raise Misfit(f"{where}.kind", f"没有控制“{data.get('kind', '')}”", mend)
    return _table(kind, {k: v for k, v in data.items() if k != "kind"}, where, rules)


def _rule(data: Any, where: str, rules: Mapping[str, Rule]) -> Any:
    if not isinstance(data, str):
        return _table(Rule, data, where, rules)
    if data in rules:
        return rules[data]
    near = get_close_matches(data, rules, 1)
    mend = (
        f"是不是“{near[0]}”?"
        if near
        else "在 rules.toml 中写明,或就地写成 { value, unit, source }"
    )
    raise Misfit(where, f"没有规则“{data}”,或当日不在施行", mend)


def _scalar(hint: Any, data: Any, where: str, _: Mapping[str, Rule]) -> Any:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        try:
            return hint(data)
        except ValueError:
            choice = f"可选:{'、'.join(hint)}"
            raise Misfit(where, f"“{data}”不在可选值之内", choice) from None
    if hint is date and isinstance(data, str):
        try:
            return date.fromisoformat(data)
        except ValueError:
            raise Misfit(where, f"“{data}”不是日期", "写成 2026-01-31") from None
    _expect(data, hint, where)
    if hint is str and not data.strip() and where.rsplit(".", 1)[-1] in {"id", "name", "source"}:
        raise Misfit(where, "不能为空", "写上内容")
    return data


def _expect(data: Any, kind: type, where: str) -> None:
    is_other = (kind is int and isinstance(data, bool)) or isinstance(data, datetime)
    if not isinstance(data, kind) or is_other:
        raise Misfit(
            where, f"应为{_WORDS.get(kind, kind.__name__)},写的是{_word(data)}", "改正类型"
        )


_WORDS = {str: "文字", int: "整数", bool: "true 或 false", dict: "表", list: "列表", date: "日期"}


def _word(data: Any) -> str:
    return f"{_WORDS.get(type(data), type(data).__name__)}({str(data)[:20]})"
