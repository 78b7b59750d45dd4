"""The rows of a draft: moving them about, and showing them as a form.

An operation is a word and the path of a row, such as ``up steps.3`` or
``add steps.3.outcomes.0``: add below that row (the first one below ``-1``), remove, up, down.
"""

import copy
import json
from collections.abc import Iterable, Sequence
from enum import StrEnum

from guiju.kernel.controls import type_of
from guiju.kernel.law import Category, LawLevel, Measure
from guiju.kernel.power import ClockEffect, FieldKind, Grade, StepKind
from guiju.kernel.rules import Certainty, Unit
from guiju.powers.draft_form import (
    CONTROL,
    GUIDE,
    GUIDE_LINES,
    HEAD,
    LIMITS,
    LISTS,
    OUTCOME,
    POWER,
    RAW,
    RULE,
    STEP,
    Data,
)

LETTERS = {
    **{"steps": "s", "outcomes": "o", "fields": "f", "controls": "c"},
    **{"posts": "p", "ends": "e", "bases": "b", "materials": "m"},
}
FIRST = {"c": "kind", "b": "law"}  # the first input of a row; of all others, its name
NEW: dict[str, Data] = {
    "steps": {"name": "", "kind": "", "post": "", "outcomes": []},
    "outcomes": {"name": "", "to": []},
    "fields": {"name": "", "kind": FieldKind.TEXT},
    "controls": {"kind": "", "rule": {}},
    "posts": {"name": ""},
    "ends": {"name": ""},
    "bases": {"law": "", "level": "", "article": "", "quote": ""},
    "materials": {"name": "", "basis": ""},
}
CONTROLS = {
    "persons_min": "人数:某岗位不少于几人在场",
    "distinct": "分离:办过这些环节的人不得办",
    "evidence": "凭证:必须上传文件",
    "publicity_days": "公示:满几个自然日",
    "reason_required": "理由:必须书面说明",
    "one_notice": "告知:补正最多几次,一次列全",
    "certified": "证件:在场人员出示执法证件",
    "recusal": "回避:申报关系,有关系的不参加",
    "collective": "集体决定:到会、表决、主要负责人最后发言",
    "random_draw": "抽取:随机抽取,谁都能重抽核对",
    "amount_ceiling": "金额:不超过本岗位的权限",
    "legality_review": "审核:先经法制审核",
    "hearing_offered": "听证:先告知听证权利",
    "seal_register": "用印:登记簿编号",
    "promise": "承诺:容缺后补,或者先决定后核查",
}
LIMIT_WORDS = {"statutory": "法定时限", "promised": "承诺时限", "reminder": "提前几天亮黄灯"}
NOT_CHOSEN = ("", "请选择")

Option = tuple[str, str]  # value and words
Choice = tuple[str, str, bool]  # value, words, whether it is chosen


class NoSuchRow(ValueError):
    """An operation on a row that is not there."""


def operated(data: Data, operation: str) -> tuple[Data, str]:
    """The data after an operation, and the id of the input where the work goes on."""
    word, _, path = operation.partition(" ")
    data = copy.deepcopy(data)
    rows, place, prefix = _rows(data, path)
    if word == "add":
        place += 1
        kind = path.split(".")[-2]
        rows.insert(place, _new_row(data, kind, rows))
    elif word == "remove" and 0 <= place < len(rows):
        del rows[place]
        place = min(place, len(rows) - 1)
    elif word in ("up", "down") and 0 <= place < len(rows):
        other = place + (1 if word == "down" else -1)
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
            place = other
    else:
        raise NoSuchRow(f"没有这一行:{operation}")
    key = FIRST.get(prefix[-1:], "name")
    return data, f"{prefix}{place}-{key}" if rows else ""


def _rows(data: Data, path: str) -> tuple[list[Data], int, str]:
    """The list that a path leads into, the place in it, and the prefix of its inputs."""
    parts = path.split(".")
    table, prefix = data, ""
    try:
        while len(parts) > 2:
            table = table[parts[0]][int(parts[1])]
            prefix += f"{LETTERS[parts[0]]}{parts[1]}-"
            parts = parts[2:]
        rows, place = table.setdefault(parts[0], []), int(parts[1])
        return rows, max(-1, min(place, len(rows) - 1)), prefix + LETTERS[parts[0]]
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        raise NoSuchRow(f"没有这一行:{path}") from None


def _new_row(data: Data, kind: str, rows: Sequence[Data]) -> Data:
    row = copy.deepcopy(NEW[kind])
    if kind in ("controls", "bases", "materials"):
        return row
    taken = {str(each.get("id")) for each in rows}
    taken |= {str(each.get("id")) for part in ("steps", "ends") for each in data.get(part, ())}
    word = kind.removesuffix("s")
    number = next(n for n in range(len(rows) + 1, len(rows) + 999) if f"{word}_{n}" not in taken)
    row = {"id": f"{word}_{number}", **row}
    if kind == "steps":
        row["outcomes"] = [{"id": "done", "name": "", "to": []}]
    return row


def shown(data: Data, roles: dict[str, str]) -> dict[str, object]:
    """The whole draft as the template shows it; ``roles`` are the posts that organs have."""
    posts = [(each["id"], each["name"] or each["id"]) for each in data["posts"]]
    steps = [
        (each["id"], f"{number} {each['name'] or each['id']}")
        for number, each in enumerate(data["steps"], 1)
    ]
    ends = [(each["id"], f"终点:{each['name'] or each['id']}") for each in data["ends"]]
    rest = {k: v for k, v in data.items() if k not in POWER and k != "limits"}
    if "others" in data["limits"]:
        rest["limits"] = {"others": data["limits"]["others"]}
    return {
        "head": {key: data[key] for key in HEAD},
        "lists": {key: "\n".join(data.get(key, ())) for key in LISTS},
        "guide": {
            **{key: _text(data.get("guide", {}), key) for key in GUIDE},
            **{key: "\n".join(data.get("guide", {}).get(key, ())) for key in GUIDE_LINES},
        },
        "bases": [
            _shown_row("bases", i, each)
            | {"levels": choices([NOT_CHOSEN, *_options(LawLevel)], each["level"])}
            for i, each in enumerate(data.get("bases", ()))
        ],
        "materials": [
            _shown_row("materials", i, each) for i, each in enumerate(data.get("materials", ()))
        ],
        "all_measures": [*Measure],
        "categories": choices([*_options(Category)], data["category"]),
        "limits": [
            {"words": LIMIT_WORDS[key]} | _shown_rule(f"limits-{key}", data["limits"].get(key))
            for key in LIMITS
        ],
        "posts": [_shown_row("posts", i, each) for i, each in enumerate(data["posts"])],
        "steps": [
            _shown_step(i, step, (posts, steps, ends)) for i, step in enumerate(data["steps"])
        ],
        "ends": [_shown_row("ends", i, each) for i, each in enumerate(data["ends"])],
        "roles": sorted(roles.items()),
        "rest": _rest_text(rest),
    }


def choices(options: Iterable[Option], chosen: str) -> list[Choice]:
    """A list to choose one from; what was chosen stays in it even when it is gone."""
    known = [*options]
    if chosen not in [value for value, _ in known]:
        known.append((chosen, f"{chosen}(没有这一项)" if chosen else "请选择"))
    return [(value, words, value == chosen) for value, words in known]


def _shown_row(kind: str, place: int, row: Data, within: str = "") -> Data:
    """What all rows have: the prefix of their inputs, their path, id and name."""
    prefix = LETTERS[kind] + str(place)
    if within:
        prefix = f"s{within}-{prefix}"
    path = f"steps.{within}.{kind}.{place}" if within else f"{kind}.{place}"
    return {"prefix": prefix, "path": path, "number": place + 1, "row": row}


def _shown_step(
    place: int, step: Data, known: tuple[list[Option], list[Option], list[Option]]
) -> Data:
    posts, steps, ends = known
    risk = step.get("risk") or {}
    within, prefix = str(place), f"s{place}"
    others = [each for each in steps if each[0] != step["id"]]
    ways = [(each["id"], each["name"] or each["id"]) for each in step["outcomes"]]
    return {
        **_shown_row("steps", place, step),
        "kinds": choices([NOT_CHOSEN, *_options(StepKind)], step["kind"]),
        "posts": choices([NOT_CHOSEN, *posts], step["post"]),
        "limit": _shown_rule(f"{prefix}-limit", step.get("limit")),
        "join": _picks(others, step.get("join", ())),
        "documents": "\n".join(step.get("documents", ())),
        "grades": choices([("", "没有"), *_options(Grade)], risk.get("grade", "")),
        "points": "\n".join(risk.get("points", ())),
        "measures": "\n".join(risk.get("measures", ())),
        "responsible": choices([("", "本环节岗位"), *posts], risk.get("responsible", "")),
        "rest": _rest_text({k: v for k, v in step.items() if k not in STEP}),
        "outcomes": [
            {
                **_shown_row("outcomes", k, each, within),
                "to": _picks([*steps, *ends], each["to"]),
                "clocks": choices(
                    [("", "没有影响"), *_options(ClockEffect)], _text(each, "clock")
                ),
                "rest": _rest_text({k: v for k, v in each.items() if k not in OUTCOME}),
            }
            for k, each in enumerate(step["outcomes"])
        ],
        "fields": [
            _shown_field(k, each, within, ways) for k, each in enumerate(step.get("fields", ()))
        ],
        "controls": [
            _shown_control(k, each, within, (posts, others, ways))
            for k, each in enumerate(step.get("controls", ()))
        ],
        "extras": _extras(step),
    }


def _shown_field(place: int, field: Data, within: str, ways: Sequence[Option]) -> Data:
    return {
        **_shown_row("fields", place, field, within),
        "kinds": choices(_options(FieldKind), field["kind"]),
        "lines": "\n".join(field.get("choices", ())),
        "outcomes": _picks(ways, field.get("outcomes", ())),
        "is_required": field.get("is_required", True),
    }


def _shown_control(
    place: int, control: Data, within: str, known: tuple[list[Option], list[Option], list[Option]]
) -> Data:
    posts, others, ways = known
    row = _shown_row("controls", place, control, within)
    return {
        **row,
        "kinds": choices([NOT_CHOSEN, *CONTROLS.items()], control["kind"]),
        "posts": choices([NOT_CHOSEN, *posts], _text(control, "post")),
        "steps": _picks(others, control.get("steps", ())),
        "lines": "\n".join(control.get("kinds", ())),
        "outcomes": _picks(ways, control.get("outcomes", ())),
        "rule": _shown_rule(f"{row['prefix']}-rule", control.get("rule")),
        "rest": _rest_text({key: v for key, v in control.items() if key not in CONTROL}),
    }


def _extras(step: Data) -> str:
    """What stands in the part of a step that is folded away, in few words."""
    risk, controls = step.get("risk"), step.get("controls", ())
    words = [f"{risk.get('grade') or '?'}风险"] if risk else []
    words += [f"防控{len(controls)}项"] if controls else []
    words += [f"表单{len(step['fields'])}项"] if step.get("fields") else []
    words += [f"文书{len(step['documents'])}份"] if step.get("documents") else []
    words += [f"等{len(step['join'])}个环节"] if step.get("join") else []
    words += ["另有其他内容"] if set(step) - STEP else []
    return ",".join(words) or "还没有写"


def _picks(options: Sequence[Option], chosen: Iterable[str]) -> list[list[Choice]]:
    """One list for each that is chosen, and an empty one to add to them."""
    picks = [choices([("", "(去掉)"), *options], each) for each in chosen]
    return [*picks, choices([("", "再加" if picks else "请选择"), *options], "")]


def _shown_rule(prefix: str, rule: Data | None) -> Data:
    rule = rule or {}
    rest = {k: v for k, v in rule.items() if k not in RULE}
    return {
        "prefix": prefix,
        "value": rule.get("value", ""),
        "source": rule.get("source", ""),
        "units": choices([("", "单位"), *_options(Unit)], _text(rule, "unit")),
        "certainties": choices(_options(Certainty), rule.get("certainty") or Certainty.SAMPLE),
        "rest": json.dumps(rest, ensure_ascii=False) if rest else "",
        "quote": rest.get("quote", ""),
    }


def _rest_text(rest: Data) -> str:
    if RAW in rest:
        return str(rest[RAW])
    return json.dumps(rest, ensure_ascii=False, indent=1) if rest else ""


def _options(words: type[StrEnum]) -> list[Option]:
    return [(str(each), str(each)) for each in words]


def _text(table: Data, key: str) -> str:
    return str(table.get(key) or "")


assert CONTROLS.keys() == type_of.keys()
