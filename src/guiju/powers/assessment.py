"""What is to be said of a draft: what does not fit, what the checks find, what would change.

Always the whole of one stage, then the next: a draft that cannot be read has no chart, a chart
that does not fit is not drawn and not proven. Every problem names the input where to mend it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from guiju.formats.reader import Misfit, plain, read
from guiju.kernel.changes import Change, changes
from guiju.kernel.checks import findings
from guiju.kernel.controls import type_of
from guiju.kernel.draw import chart_svg_narrow
from guiju.kernel.examples import failures
from guiju.kernel.fit import ChartError, misfits
from guiju.kernel.power import APPLICANT, Power, Step, posts_of
from guiju.kernel.rules import Certainty, Rule
from guiju.kernel.terms import Calendar
from guiju.kernel.unfold import source_of, unfold
from guiju.powers.draft_form import (
    BASIS,
    GUIDE,
    GUIDE_LINES,
    HEAD,
    LIMITS,
    LISTS,
    MATERIAL,
    RAW,
    Data,
)
from guiju.powers.draft_rows import FIRST, LETTERS

PART = re.compile(r"(\w+)(?:\[(\d+)\])?")
OWN = {  # which keys of a row have an input with the id of the key
    "s": {"id", "name", "kind", "post", "limit", "join", "documents", "risk"},
    "o": {"id", "name", "to", "clock", "cancels", "choose", "tell"},
    "f": {"id", "name", "kind", "choices", "outcomes"},
    "c": {"kind", "post", "steps", "kinds", "outcomes", "rule"},
    "p": {"id", "name"},
    "e": {"id", "name"},
    "b": {*BASIS},
    "m": {*MATERIAL},
    "": {*HEAD, *LISTS},
}
WITHIN = {"limit": "limit-value", "rule": "rule-value", "risk": "risk-grade"}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps a draft from being published, and the input where to mend it."""

    message: str
    anchor: str
    mend: str = ""
    path: tuple[str, ...] = ()
    check: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that is said of a draft; no chart when it cannot be drawn."""

    problems: tuple[Problem, ...]
    chart: str = ""
    changes: tuple[Change, ...] = ()
    power: Power | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a draft is held against."""

    on: date
    calendar: Calendar
    in_force: Power | None
    roles: frozenset[str]


def power_of(data: Data) -> Power:
    """A draft as a power. Raises Misfit, with the path of the first value that does not fit."""
    for where, _ in _raw(data):
        mend = "写成 JSON,只写表里没有的键;或者清空"
        raise Misfit(where, "“其他内容”读不懂,或者有的键表里已经有了", mend)
    return read(Power, _pruned(data))


def assess(data: Data, held: Surroundings) -> Assessment:
    """All problems of a draft, its chart, and what it would change."""
    misfit: list[Misfit | ChartError] = [*_misfits_of_words(data)]
    if not misfit:
        power = power_of(data)
        misfit += misfits(power)
    if misfit:
        return Assessment(tuple(_problem(each, data) for each in misfit))
    try:
        found = findings(power, held.on)
    except ChartError as error:
        return Assessment((_problem(error, data),))
    problems = [
        Problem(each.message, _anchor_of(power, each.steps), "", each.path, each.check)
        for each in found
    ]
    problems += _unstaffed(power, held.roles)
    if held.in_force:
        problems += _unlike_the_law(data, held.in_force)
    if not problems:
        problems += [
            Problem(f"示例不符:{each}", "rest") for each in failures(power, held.calendar)
        ]
    told = changes(held.in_force, power) if held.in_force else ()
    return Assessment(tuple(problems), chart_svg_narrow(power, risks=True), told, power)


def anchor(where: str) -> str:
    """The id of the input for a path: ``steps[2].outcomes[0].to`` → ``s2-o0-to``."""
    prefix, letter = "", ""
    for name, number in PART.findall(where):
        if number and name in LETTERS and not (name == "steps" and prefix):
            letter = LETTERS[name]
            prefix += ("-" if prefix else "") + letter + number
        elif name == "limits":
            key = next((each for each in LIMITS if each in where), "")
            return f"limits-{key}-value" if key else "rest"
        elif name == "guide":
            key = where.removeprefix("guide.").partition("[")[0]
            return f"guide-{key if key in (*GUIDE, *GUIDE_LINES) else 'summary'}"
        elif name in OWN[letter]:
            return "-".join(filter(None, (prefix, WITHIN.get(name, name))))
        elif not letter:
            return {"steps": "s0", "posts": "p0-id", "ends": "e0-id", "bases": "b-add"}.get(
                name, "rest"
            )
        else:
            return _of_row(prefix, letter, name)
    return prefix


def _of_row(prefix: str, letter: str, key: str) -> str:
    """Where a key of a row is mended that has no input of its own."""
    if key == "outcomes":
        return f"{prefix}-name"
    return f"{prefix}-{'rest' if letter in ('s', 'o') else FIRST.get(letter, 'name')}"


def _problem(error: Misfit | ChartError, data: Data) -> Problem:
    return Problem(f"{_place(error.where, data)}{error.problem}", anchor(error.where), error.mend)


def _place(where: str, data: Data) -> str:
    """The step that a path is about, in words."""
    found = re.match(r"steps\[(\d+)\]", where)
    if not found:
        return ""
    name = data["steps"][int(found[1])].get("name")
    return f"第{int(found[1]) + 1}步{f'“{name}”' if name else ''}:"


def _anchor_of(power: Power, steps: tuple[str, ...]) -> str:
    """The row of the first of these steps, as they are called when written out."""
    sources = [source_of(step) for step in steps]
    rows = (i for i, step in enumerate(power.steps) if step.id in sources)
    return next((f"s{i}-name" for i in rows), "")


def _unstaffed(power: Power, roles: frozenset[str]) -> Iterator[Problem]:
    """Posts that no organ has, so that nobody could do the step."""
    told = {APPLICANT}
    for step in unfold(power).steps:
        for post in posts_of(step):
            if post not in roles | told:
                told.add(post)
                problem = f"没有机关设有岗位“{post}”,“{step.name}”没人能办"
                yield Problem(problem, _anchor_of(power, (step.id,)), "改正岗位编号,或先设岗")


def _unlike_the_law(data: Data, in_force: Power) -> Iterator[Problem]:
    """Numbers that were changed and still say that they are the text of the law."""
    law = {rule.get("id"): rule for _, rule in _rules(plain(in_force), "")}
    for where, rule in _rules(data, ""):
        known = law.get(rule.get("id"))
        if known is None or not rule["certainty"] == known["certainty"] == Certainty.LAW:
            continue
        if any(rule.get(key) != known.get(key) for key in ("value", "unit")):
            problem = f"“{rule['name']}”的数和现行版本里的法条原文不同,却还标着“{Certainty.LAW}”"
            mend = "改回原来的数;法律确实改了的,改出处和可靠程度"
            yield Problem(f"{_place(where, data)}{problem}", anchor(where), mend)


def _rules(value: Any, where: str) -> Iterator[tuple[str, Data]]:
    """All rules in plain data, with their paths."""
    if isinstance(value, list):
        for i, each in enumerate(value):
            yield from _rules(each, f"{where}[{i}]")
    elif isinstance(value, dict):
        if {"certainty", "source"} <= value.keys():
            yield where, value
        for key, each in value.items():
            yield from _rules(each, f"{where}.{key}" if where else key)


def _misfits_of_words(data: Data) -> Iterator[Misfit]:
    """What cannot be read: of every step and limit the first misfit, else of the whole."""
    parts: list[tuple[Any, Any, str]] = [
        (Rule, data["limits"][key], f"limits.{key}") for key in LIMITS
    ]
    steps = _pruned(data)["steps"] if not any(_raw(data)) else ()
    parts += [(Step, step, f"steps[{i}]") for i, step in enumerate(steps)]
    found = [each for part in parts for each in _unread(*part)]
    yield from found
    if not found:
        try:
            power_of(data)
        except Misfit as error:
            yield error


def _unread(kind: Any, data: Any, where: str) -> Iterator[Misfit]:
    try:
        read(kind, data, where=where)
    except Misfit as error:
        yield error


def _pruned(data: Data) -> Data:
    """The data without parameters that a control of its kind does not have.

    They stay in the draft, so that choosing another kind and the first one again loses nothing.
    """
    steps = [
        {**step, "controls": [_pruned_control(each) for each in step.get("controls", ())]}
        for step in data["steps"]
    ]
    return {**data, "steps": steps}


def _pruned_control(control: Data) -> Data:
    kind = type_of.get(control.get("kind", ""))
    if kind is None:
        return control
    known = {"kind", *(each.name for each in fields(kind))}
    return {key: value for key, value in control.items() if key in known}


def _raw(data: Data) -> Iterator[tuple[str, Any]]:
    """The rest areas that could not be read, with their paths."""
    rows: list[tuple[str, Data]] = [("", data)]
    for i, step in enumerate(data["steps"]):
        rows.append((f"steps[{i}].", step))
        rows += [(f"steps[{i}].outcomes[{k}].", o) for k, o in enumerate(step["outcomes"])]
    return ((f"{where}{RAW}", row[RAW]) for where, row in rows if RAW in row)
