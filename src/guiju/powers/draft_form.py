"""From the posted form of a draft to the data of a power, losing nothing on the way.

The form has one name for every input: ``s2-o0-name`` is the name of the first outcome of the
third step (s step, o outcome, c control, p post, e end). What the table has no input for stands
as JSON in ``rest`` areas, one for the power, each step, outcome and control; rules carry theirs
in a hidden input. So the form alone says everything, and nothing is looked up in the draft.

Nothing is judged here: a number that is not one stays the text that was typed, and JSON that is
not one stays under ``RAW``; the reader says afterwards what is wrong.

A row remembers in ``was`` the id under which the page was made. Another id is a renaming, and
what names the row follows. (tests/powers/test_drafts.py sends every power through.)
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from guiju.kernel.rules import Certainty

RAW = "其他内容"  # the key of what was typed into a rest area and is not JSON of other keys
RULE = ("value", "unit", "source", "certainty")
HEAD = ("name", "category", "level", "organ", "source")
LIMITS = ("statutory", "promised", "reminder")
GUIDE = (
    "summary",
    "place",
    "hours",
    "phone",
    "fee",
    "fee_basis",
    "result",
    "complaint",
    "remedies",
)
GUIDE_LINES = ("who", "words")
MATERIAL = ("name", "basis", "copies", "note")
BASIS = ("law", "level", "article", "quote", "valid_from", "valid_to")
LISTS = ("measures", "notes")  # one line each
BLOCKS = ("guide", "bases", "materials", "posts", "steps", "ends")
POWER = frozenset({"code", *HEAD, *LISTS, *BLOCKS})
OUTCOME = frozenset({"id", "name", "to", "clock", "cancels", "choose", "tell"})
CONTROL = frozenset({"kind", "rule", "post", "steps", "kinds", "outcomes"})
STEP = frozenset(
    {
        "id",
        "name",
        "kind",
        "post",
        "outcomes",
        "join",
        "limit",
        "documents",
        "fields",
        "controls",
        "risk",
    }
)
NUMBER_DIGITS_MAX = 9
STEP_KEYS = ("step", "steps", "open", "ended", "during", "to", "branches", "join")
POST_KEYS = ("post", "posts", "reviewer", "responsible")

Data = dict[str, Any]
Names = Mapping[str, str]  # old id → new id


class Renames:
    """The rows that got other ids since the page was made."""

    def __init__(self, posted: QueryDict) -> None:
        places = _renamed_rows(posted, ["s", "e"])
        self.posts = _renamed_rows(posted, ["p"])
        self.by_key = dict.fromkeys(STEP_KEYS, places) | dict.fromkeys(POST_KEYS, self.posts)
        self.places = places
        self.outcomes = {
            posted.get(f"s{i}-was", ""): _renamed_rows(posted, [f"s{i}-o"])
            for i in indices(posted, "s")
        }

    def followed(self, value: Any) -> Any:
        """Other content, with new ids in the place of old ones; other charts have their own."""
        if isinstance(value, list):
            return [self.followed(each) for each in value]
        if not isinstance(value, dict):
            return value
        table = {k: self._followed_key(k, v) for k, v in value.items()}
        ways = self.outcomes.get(str(value.get("step")), {})
        if isinstance(value.get("outcome"), str):
            table["outcome"] = ways.get(value["outcome"], value["outcome"])
        return table

    def _followed_key(self, key: str, value: Any) -> Any:
        if key == "charts":
            return value
        names = self.by_key.get(key, {})
        if isinstance(value, str):
            return names.get(value, value)
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return [names.get(each, each) for each in value]
        return self.followed(value)


def data_from(posted: QueryDict, code: str) -> Data:
    """The data of a power as a form says it."""
    renames = Renames(posted)
    rest = renames.followed(_rest(posted, "rest", POWER))
    limits = rest.pop("limits", None)
    others = limits if isinstance(limits, dict) else {}
    power = {
        **rest,
        "code": code,
        **{key: posted.get(key, "") for key in HEAD},
        **{key: _lines(posted, key) for key in LISTS},
        "guide": _guide(posted),
        "bases": [_basis(posted, f"b{i}") for i in indices(posted, "b")],
        "materials": [_material(posted, f"m{i}") for i in indices(posted, "m")],
        "limits": {
            **({"others": others["others"]} if "others" in others else {}),
            **{key: _rule(posted, f"limits-{key}") or {} for key in LIMITS},
        },
        "posts": [_named(posted, f"p{i}") for i in indices(posted, "p")],
        "steps": [_step(posted, f"s{i}", renames) for i in indices(posted, "s")],
        "ends": [
            _named(posted, f"e{i}") | _flags(posted, f"e{i}", "is_refusal")
            for i in indices(posted, "e")
        ],
    }
    return _without_blanks(power, *LISTS, "materials")


def indices(posted: QueryDict, prefix: str) -> list[int]:
    """The numbers of the rows of one kind, in their order."""
    row = re.compile(rf"{re.escape(prefix)}(\d{{1,4}})-(?:id|kind|name|law)")
    return sorted({int(found[1]) for key in posted if (found := row.fullmatch(key))})


def _step(posted: QueryDict, prefix: str, renames: Renames) -> Data:
    ways = renames.outcomes.get(posted.get(f"{prefix}-was", ""), {})
    rest = renames.followed(_rest(posted, f"{prefix}-rest", STEP))
    step = {
        **rest,
        **_named(posted, prefix),
        "kind": posted.get(f"{prefix}-kind", ""),
        "post": _mapped([posted.get(f"{prefix}-post", "")], renames.posts)[0],
        "outcomes": [
            _outcome(posted, f"{prefix}-o{k}", renames) for k in indices(posted, f"{prefix}-o")
        ],
        "join": _picked(posted, f"{prefix}-join", renames.places),
        "limit": _rule(posted, f"{prefix}-limit"),
        "documents": _lines(posted, f"{prefix}-documents"),
        "fields": [_field(posted, f"{prefix}-f{k}", ways) for k in indices(posted, f"{prefix}-f")],
        "controls": [
            _control(posted, f"{prefix}-c{k}", renames, ways)
            for k in indices(posted, f"{prefix}-c")
        ],
        "risk": _risk(posted, f"{prefix}-risk", renames),
    }
    return _without_blanks(step, "join", "limit", "documents", "fields", "controls", "risk")


def _guide(posted: QueryDict) -> Data:
    words = {key: posted.get(f"guide-{key}", "").replace("\r\n", "\n") for key in GUIDE}
    lines = {key: _lines(posted, f"guide-{key}") for key in GUIDE_LINES}
    return _without_blanks(words | lines, "result", "words")


def _material(posted: QueryDict, prefix: str) -> Data:
    words = {key: posted.get(f"{prefix}-{key}", "") for key in MATERIAL}
    return _without_blanks(words, "copies", "note") | _flags(posted, prefix, "may_follow")


def _basis(posted: QueryDict, prefix: str) -> Data:
    words = {key: posted.get(f"{prefix}-{key}", "").replace("\r\n", "\n") for key in BASIS}
    return _without_blanks(words, "valid_from", "valid_to")


def _field(posted: QueryDict, prefix: str, ways: Names) -> Data:
    field = {
        **_named(posted, prefix),
        "kind": posted.get(f"{prefix}-kind", ""),
        "choices": _lines(posted, f"{prefix}-choices"),
        "outcomes": _picked(posted, f"{prefix}-outcomes", ways),
        **({} if posted.get(f"{prefix}-is_required") else {"is_required": False}),
        **_flags(posted, prefix, "is_public"),
    }
    return _without_blanks(field, "choices", "outcomes")


def _outcome(posted: QueryDict, prefix: str, renames: Renames) -> Data:
    outcome = {
        **renames.followed(_rest(posted, f"{prefix}-rest", OUTCOME)),
        **_named(posted, prefix),
        "to": _picked(posted, f"{prefix}-to", renames.places),
        "clock": posted.get(f"{prefix}-clock", ""),
        "tell": posted.get(f"{prefix}-tell", "").replace("\r\n", "\n"),
        **_flags(posted, prefix, "cancels", "choose"),
    }
    return _without_blanks(outcome, "clock", "tell")


def _control(posted: QueryDict, prefix: str, renames: Renames, ways: Names) -> Data:
    control = {
        **renames.followed(_rest(posted, f"{prefix}-rest", CONTROL)),
        "kind": posted.get(f"{prefix}-kind", ""),
        "rule": _rule(posted, f"{prefix}-rule") or {},
        "post": _mapped([posted.get(f"{prefix}-post", "")], renames.posts)[0],
        "steps": _picked(posted, f"{prefix}-steps", renames.places),
        "kinds": _lines(posted, f"{prefix}-kinds"),
        "outcomes": _picked(posted, f"{prefix}-outcomes", ways),
    }
    return _without_blanks(control, "post", "steps", "kinds", "outcomes")


def _risk(posted: QueryDict, prefix: str, renames: Renames) -> Data | None:
    risk = {
        "grade": posted.get(f"{prefix}-grade", ""),
        "points": _lines(posted, f"{prefix}-points"),
        "measures": _lines(posted, f"{prefix}-measures"),
        "responsible": _mapped([posted.get(f"{prefix}-responsible", "")], renames.posts)[0],
    }
    return _without_blanks(risk, "measures", "responsible") if any(risk.values()) else None


def _rule(posted: QueryDict, prefix: str) -> Data | None:
    """A rule; None when neither number nor source is written."""
    value, source = posted.get(f"{prefix}-value", ""), posted.get(f"{prefix}-source", "")
    if not value.strip() and not source.strip():
        return None
    rule = {
        **_json(posted.get(f"{prefix}-rest", "")),
        "value": _number(value),
        "unit": posted.get(f"{prefix}-unit", ""),
        "source": source,
        "certainty": posted.get(f"{prefix}-certainty", "") or Certainty.SAMPLE,
    }
    if value == "":
        rule["unit"] = ""  # a unit counts something, or says nothing
    return _without_blanks(rule, "value", "unit")


def _rest(posted: QueryDict, name: str, shown: Iterable[str]) -> Data:
    """A rest area: JSON of keys that the table does not have; else what was typed, under RAW."""
    text = posted.get(name, "").strip()
    if not text:
        return {}
    found = _json(text)
    limits = found.get("limits", {})
    is_other = (isinstance(limits, dict) and not set(limits) - {"others"}) or name != "rest"
    if not found or RAW in found or not is_other or set(found) & set(shown):
        return {RAW: text.replace("\r\n", "\n")}
    return found


def _json(text: str) -> Data:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _named(posted: QueryDict, prefix: str) -> Data:
    return {key: posted.get(f"{prefix}-{key}", "") for key in ("id", "name")}


def _flags(posted: QueryDict, prefix: str, *keys: str) -> Data:
    return {key: True for key in keys if posted.get(f"{prefix}-{key}")}


def _picked(posted: QueryDict, name: str, names: Names) -> list[str]:
    return _mapped([each for each in posted.getlist(name) if each], names)


def _mapped(ids: Iterable[str], names: Names) -> list[str]:
    return [names.get(each, each) for each in ids]


def _lines(posted: QueryDict, name: str) -> list[str]:
    return [line for line in posted.get(name, "").splitlines() if line.strip()]


def _number(text: str) -> int | str:
    is_number = text.isascii() and text.isdecimal() and len(text) <= NUMBER_DIGITS_MAX
    return int(text) if is_number else text


def _without_blanks(table: Data, *keys: str) -> Data:
    """The table without those keys that say nothing."""
    return {k: v for k, v in table.items() if k not in keys or v not in ("", [], None)}


def _renamed_rows(posted: QueryDict, prefixes: Iterable[str]) -> dict[str, str]:
    rows = [f"{prefix}{i}" for prefix in prefixes for i in indices(posted, prefix)]
    pairs = [(posted.get(f"{row}-was", ""), posted.get(f"{row}-id", "")) for row in rows]
    times = Counter(was for was, _ in pairs)
    return {was: id_ for was, id_ in pairs if was and id_ and was != id_ and times[was] == 1}
