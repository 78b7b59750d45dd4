"""A pack 内容包: a folder of TOML files that makes the software fit a nation or a city.

    pack.toml                 id, name, note, and the pack it builds on
    calendar.toml             [[years]]: working days as arranged, with source
    rules.toml                [[rules]]: numbers and norms, dated, with source and certainty
    divisions.toml            [[divisions]]: code, name; a code begins with its parent's code
    organs.toml               [[organs]] and [[posts]]
    people.toml               [[people]] and [[assignments]]
    lights.toml               [[policies]]: lights, cards and reminders, see guiju.kernel.lights
    certificates.toml         [[certificates]]: enforcement certificates; may be left out
    list.toml                 [[listed]]: which organ's list names which power; may be left out
    duties.toml               [[duties]]: what an organ owes to do regularly; may be left out
    powers/*.toml             one power each, see guiju.kernel.power
    charts/*.toml             one chart each that powers call by the name of the file

A rule may point to another (``same_as``: the law applies another law's rule); the pointing
may not go in a circle. A rule may stand several times with different dates; the powers are
read with the rules that hold on one day.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from guiju.formats.pack_rows import (
    Assignment,
    Certificate,
    Division,
    Duty,
    Listed,
    Organ,
    PersonRow,
    PostRow,
)
from guiju.formats.reader import Misfit, read
from guiju.kernel.fit import ChartError
from guiju.kernel.lights import Policy
from guiju.kernel.net import compile_net
from guiju.kernel.power import APPLICANT, Chart, Power, posts_of
from guiju.kernel.rules import Rule
from guiju.kernel.terms import Calendar, Year
from guiju.kernel.unfold import source_of, unfold

NO_CHARTS: Mapping[str, Chart] = MappingProxyType({})


class PackError(ValueError):
    """Something in a pack that cannot be read: file, line, key, problem and mend."""

    def __init__(self, file: str, line: int, key: str, problem: str, mend: str) -> None:
        super().__init__(f"{file} 第{line}行 {key}:{problem}。{mend}")
        self.file, self.line, self.key, self.problem, self.mend = file, line, key, problem, mend


@dataclass(frozen=True, slots=True)
class RuleRow(Rule):
    """A rule as a file has it: it may take its number from another rule."""

    same_as: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What ``pack.toml`` says."""

    id: str
    name: str
    note: str = ""
    demo_logins: tuple[str, ...] = ()  # people to try the sample with, one for each post
    builds_on: str = ""  # the folder name of the pack below, beside this one


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack and all it builds on, read."""

    head: Head
    calendar: Calendar
    years: tuple[Year, ...]
    rules: Mapping[str, Rule]
    divisions: tuple[Division, ...]
    organs: tuple[Organ, ...]
    posts: tuple[PostRow, ...]
    people: tuple[PersonRow, ...]
    assignments: tuple[Assignment, ...]
    powers: tuple[Power, ...]
    policies: tuple[Policy, ...] = ()
    certificates: tuple[Certificate, ...] | None = None  # None: there is no such file
    listed: tuple[Listed, ...] | None = None
    duties: tuple[Duty, ...] | None = None


def read_pack(folder: Path, on: date) -> Pack:
    """Read a pack with the rules in force on a day. Raises PackError at the first error."""
    folders = stack(folder)
    years = _years(folders)
    rules = _rules(folders, on)
    posts = _rows(folder / "organs.toml", "posts", PostRow, beside="organs")
    charts = _charts(folders, rules)
    files = sorted((folder / "powers").glob("*.toml"))
    powers = tuple(_staffed(read_power(file, rules, charts), file, posts) for file in files)
    if not years:
        raise PackError(
            str(folder), 1, "calendar", "没有工作日历", "写 calendar.toml 或 builds_on"
        )
    return Pack(
        head=_head(folder),
        calendar=Calendar.of(years),
        years=years,
        rules=rules,
        divisions=_rows(folder / "divisions.toml", "divisions", Division),
        organs=_rows(folder / "organs.toml", "organs", Organ, beside="posts"),
        posts=posts,
        people=_rows(folder / "people.toml", "people", PersonRow, beside="assignments"),
        assignments=_rows(folder / "people.toml", "assignments", Assignment, beside="people"),
        powers=powers,
        policies=_policies(folders, rules),
        certificates=_optional(folder / "certificates.toml", "certificates", Certificate),
        listed=_optional(folder / "list.toml", "listed", Listed),
        duties=_optional(folder / "duties.toml", "duties", Duty),
    )


def _policies(folders: list[Path], rules: Mapping[str, Rule]) -> tuple[Policy, ...]:
    """The policies of lights and cards, in order; no two hold on the same day."""
    files = [folder / "lights.toml" for folder in folders]
    rows = [(row, f) for f in files for row in _rows(f, "policies", Policy, rules=rules)]
    rows.sort(key=lambda each: each[0].valid_from or date.min)
    for (one, _), (other, file) in pairwise(rows):
        if one.holds_on(other.valid_from or date.min):
            line = _line_of(file.read_text(encoding="utf-8"), f'"{other.id}"')
            problem = f"“{other.name}”与“{one.name}”同日有效"
            raise PackError(str(file), line, "valid_from", problem, "旧的写上 valid_to")
    return tuple(row for row, _ in rows)


def digest(folder: Path) -> str:
    """SHA-256 of all files of a pack and of those that it builds on, as hex."""
    whole = sha256()
    for each in stack(folder):
        for path in sorted(each.rglob("*.toml")):
            content = path.read_bytes()
            head = f"{path.relative_to(each).as_posix()} {len(content)}\n"
            whole.update(head.encode() + content)
    return whole.hexdigest()


def read_calendar(folder: Path) -> Calendar:
    """The calendar of the pack in ``folder`` and of those it builds on."""
    return Calendar.of(_years(stack(folder)))


def _years(folders: list[Path]) -> tuple[Year, ...]:
    years = tuple(y for f in folders for y in _rows(f / "calendar.toml", "years", Year))
    if not years:
        mend = "写 calendar.toml 或 builds_on"
        raise PackError(str(folders[-1]), 1, "calendar", "没有工作日历", mend)
    return years


def read_rules(folder: Path, on: date) -> Mapping[str, Rule]:
    """The rules that hold on a day for the pack in ``folder``, by id."""
    return _rules(stack(folder), on)


def read_one(path: Path, on: date) -> Power:
    """Read one power's file, with the rules and charts of its pack if it lies in one.

    Raises PackError.
    """
    folder = path.parent.parent
    if not (folder / "pack.toml").exists():
        return read_power(path, {})
    folders = stack(folder)
    rules = _rules(folders, on)
    return read_power(path, rules, _charts(folders, rules))


def _charts(folders: list[Path], rules: Mapping[str, Rule]) -> dict[str, Chart]:
    """The charts that powers may call, by id."""
    charts = {}
    for path in (path for f in folders for path in sorted((f / "charts").glob("*.toml"))):
        data, text = _toml(path)
        try:
            charts[path.stem] = read(Chart, {"id": path.stem, **data}, rules)
        except Misfit as error:
            raise _located(path, text, error) from None
    return charts


def read_charts(folder: Path, on: date) -> Mapping[str, Chart]:
    """The charts that the powers of the pack in ``folder`` may call, by id."""
    folders = stack(folder)
    return _charts(folders, _rules(folders, on))


def read_power(
    path: Path, rules: Mapping[str, Rule], charts: Mapping[str, Chart] = NO_CHARTS
) -> Power:
    """Read one power's file, with the charts that it calls. Raises PackError."""
    data, text = _toml(path)
    try:
        power = read(Power, data, rules)
        power = replace(power, charts=(*power.charts, *_called(power, charts)))
        compile_net(power)
    except (Misfit, ChartError) as error:
        raise _located(path, text, error) from None
    return power


def _called(power: Power, charts: Mapping[str, Chart]) -> tuple[Chart, ...]:
    """The known charts that a power calls, itself or through one that it calls."""
    found = {chart.id: chart for chart in power.charts}
    steps = (power.steps, *(chart.steps for chart in power.charts))
    todo = [step.call for owned in steps for step in owned]
    while todo:
        id_ = todo.pop(0)
        if id_ in charts and id_ not in found:
            found[id_] = charts[id_]
            todo += [step.call for step in charts[id_].steps]
    return tuple(found.values())[len(power.charts) :]


def _staffed(power: Power, file: Path, posts: tuple[PostRow, ...]) -> Power:
    """The power, when every post that its steps name exists in some organ. Raises PackError."""
    roles = {post.role for post in posts} | {APPLICANT}
    for i, step in enumerate(power.steps):
        parts = (each for each in unfold(power).steps if source_of(each.id) == step.id)
        named = (post for part in parts for post in posts_of(part))
        for post in dict.fromkeys(each for each in named if each not in roles):
            text = file.read_text(encoding="utf-8")
            problem = f"没有机关设有岗位“{post}”,这一步没人能办"
            error = Misfit(f"steps[{i}].post", problem, "改正岗位,或在 organs.toml 中设岗")
            raise _located(file, text, error)
    return power


def _head(folder: Path) -> Head:
    data, text = _toml(folder / "pack.toml")
    try:
        return read(Head, data)
    except Misfit as error:
        raise _located(folder / "pack.toml", text, error) from None


def stack(folder: Path) -> list[Path]:
    """The pack's folder and those it builds on, the lowest first."""
    found: list[Path] = []
    while True:
        if folder in found:
            chain = " → ".join(each.name for each in (*found, folder))
            raise PackError(str(folder), 1, "builds_on", f"循环引用:{chain}", "去掉其中一个")
        found.append(folder)
        below = _head(folder).builds_on
        if not below:
            return found[::-1]
        folder = folder.parent / below


def _rows(
    path: Path, name: str, kind: Any, beside: str = "", rules: Mapping[str, Rule] | None = None
) -> tuple[Any, ...]:
    """The rows of one array of tables; a file that is not there has none."""
    if not path.exists():
        return ()
    data, text = _toml(path)
    try:
        for key in data:
            if key not in (name, beside):
                raise Misfit(key, f"不认识的表“{key}”", f"本文件只写 {name} {beside}")
        rows = data.get(name, [])
        if not isinstance(rows, list):
            raise Misfit(name, f"“{name}”不是一行行的表", f"每行以 [[{name}]] 开头")
        return tuple(read(kind, row, rules, f"{name}[{i}]") for i, row in enumerate(rows))
    except Misfit as error:
        raise _located(path, text, error) from None


def _optional(path: Path, name: str, kind: Any) -> tuple[Any, ...] | None:
    """The rows of a file that may be left out; None when it is."""
    return _rows(path, name, kind) if path.exists() else None


def _rules(folders: list[Path], on: date) -> dict[str, Rule]:
    """All rules in force; a city's rule with the same id goes before the nation's."""
    files = [folder / "rules.toml" for folder in folders]
    rows = [(row, file) for file in files for row in _rows(file, "rules", RuleRow)]
    known = {row.id: (row, file) for row, file in rows if row.holds_on(on)}
    return {id_: _followed(id_, known) for id_ in known}


def _followed(id_: str, known: Mapping[str, tuple[RuleRow, Path]]) -> Rule:
    """The rule with the number of the rule that it points to, through any number of steps."""
    own, file = known[id_]
    chain, end = [id_], own
    while end.same_as:
        problem = ""
        if end.same_as in chain:
            problem = f"规则循环引用:{' → '.join((*chain, end.same_as))}"
        elif end.same_as not in known:
            problem = f"没有规则“{end.same_as}”,或当日不在施行"
        if problem:
            line = _line_of(file.read_text(encoding="utf-8"), f'"{id_}"')
            raise PackError(str(file), line, "same_as", problem, "改正 same_as")
        chain.append(end.same_as)
        end = known[end.same_as][0]
    values = {each.name: getattr(own, each.name) for each in fields(Rule)}
    if end is not own:
        values |= {"value": end.value, "unit": end.unit}
        values["source"] = f"{own.source},适用{end.source}"
        values["certainty"] = own.certainty if end.certainty.is_firm else end.certainty
    return Rule(**values)


def _toml(path: Path) -> tuple[dict[str, Any], str]:
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text), text
    except FileNotFoundError:
        raise PackError(str(path), 1, "", "没有这个文件", "检查路径") from None
    except UnicodeDecodeError:
        raise PackError(str(path), 1, "", "不是 UTF-8 文本", "另存为 UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) if found else text.count("\n") + 1
        raise PackError(str(path), line, "", f"TOML 写法有误({error})", "改正这一行") from None


def _located(path: Path, text: str, error: Misfit | ChartError) -> PackError:
    """The error with the line on which its key stands, as near as the text tells."""
    lines = text.split("\n")
    first, last = 0, len(lines)
    for name, index in re.findall(r"(\w+)(?:\[(\d+)\])?", error.where):
        if index:
            heads = [i for i in _heads(lines, name) if first <= i < last]
            if int(index) < len(heads):
                first = heads[int(index)]
                last = heads[int(index) + 1] if int(index) + 1 < len(heads) else last
        else:
            key = re.compile(rf"^\[([\w.]+\.)?{name}\]|(^|[\s{{,]){name}\s*=")
            first = next((i for i in range(first, last) if key.search(lines[i])), first)
    return PackError(str(path), first + 1, error.where, error.problem, error.mend)


def _heads(lines: list[str], name: str) -> Iterator[int]:
    """The lines that begin an item of a list: its [[head]], or a { in its brackets."""
    is_inside = False
    for i, line in enumerate(lines):
        if re.match(rf"\[\[([\w.]+\.)?{name}\]\]", line):
            yield i
        opens = re.match(rf"\s*{name}\s*=\s*\[", line)
        if opens or is_inside:
            is_inside = not line.rstrip().endswith("]") or line.rstrip().endswith("[")
            if "{" in line:
                yield i


def _line_of(text: str, word: str) -> int:
    return next((i for i, line in enumerate(text.split("\n"), 1) if word in line), 1)
