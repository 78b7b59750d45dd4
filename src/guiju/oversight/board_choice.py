"""What a board shows, read from its address and written into one."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from guiju.kernel.lights import Light
from guiju.oversight.boards import LEVELS, SPANS, WAYS, Choice

LENGTH_MAX = 80  # of what an address may name


class Unclear(ValueError):
    """The address asks for something that there is not; the message says what, and the mend."""


def choice_of(asked: Mapping[str, str], today: date) -> Choice:
    """The choice that an address makes; without dates, the year so far. Raises Unclear."""
    first = _day(asked, "from", today.replace(month=1, day=1))
    last = _day(asked, "to", today)
    if first > last:
        raise Unclear("开始日期晚于结束日期,请对调")
    light = asked.get("light", "")
    return Choice(
        first,
        last,
        _one_of(asked, "by", WAYS, "organ"),
        _word(asked, "organ"),
        _word(asked, "power"),
        _one_of(asked, "level", ("", *LEVELS), ""),
        _word(asked, "division"),
        Light(_one_of(asked, "light", tuple(Light), "")) if light else None,
        _one_of(asked, "span", SPANS, "week"),
    )


def address(choice: Choice, today: date, **more: str) -> str:
    """The query of an address that makes this choice; what goes without saying is left out."""
    usual = choice_of({}, today)
    parts = {
        "by": choice.by,
        "organ": choice.organ,
        "power": choice.power,
        "level": choice.level,
        "division": choice.division,
        "light": choice.light.value if choice.light else "",
        "span": choice.span,
        "from": choice.first.isoformat() if choice.first != usual.first else "",
        "to": choice.last.isoformat() if choice.last != usual.last else "",
    }
    plain = {"by": usual.by, "span": usual.span}
    told = {key: value for key, value in parts.items() if value and plain.get(key) != value}
    query = urlencode({**told, **more})
    return f"?{query}" if query else "?"


def _day(asked: Mapping[str, str], name: str, usual: date) -> date:
    text = asked.get(name, "")
    try:
        return date.fromisoformat(text) if text else usual
    except ValueError:
        raise Unclear(f"日期“{text[:20]}”不对,请写成 2026-01-31 的样子") from None


def _one_of(
    asked: Mapping[str, str], name: str, known: Mapping[str, str] | tuple[str, ...], usual: str
) -> str:
    text = asked.get(name, "") or usual
    if text not in known:
        raise Unclear(f"不能按“{text[:20]}”查看,请从页面上的选项里选")
    return text


def _word(asked: Mapping[str, str], name: str) -> str:
    text = asked.get(name, "")
    if len(text) > LENGTH_MAX or "\x00" in text:
        raise Unclear("查看条件太长或不是文字,请从页面上的选项里选")
    return text
