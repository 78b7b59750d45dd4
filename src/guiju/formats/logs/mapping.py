"""The mapping file 对照表: which column of a source is what, in TOML, kept beside the log.

    money = "yuan"                     # unit of fee and amount: fen (default) or yuan
    [columns]                          # a name of schema.TOLD = a column of the source
    case = "受理编号"
    step = "环节名称"
    at = "办理时间"
    [fixed]                            # for rows whose source does not tell it
    power = "P-014"
    [values.step]                      # a word of the source = a word of the chart
    "受理" = "accept"
    "准予" = "decide.granted"          # step and outcome; the last dot divides them
    "核查" = "visit.inspect."          # a step whose own name has a dot: end with a dot
    [values.reason]
    "*" = "是"                         # every other word; "" is an empty cell
    [ignore]
    step = ["打印", "查看"]            # words of step to leave out; they are counted
    [times]
    formats = ["iso", "%Y年%m月%d日"]   # tried in this order
    zone = "Asia/Shanghai"             # a time with an offset is converted into this zone
    [csv]
    encoding = "gb18030"
    delimiter = ","
    list_separator = ";"               # in cells of items, evidence, present (person/post/order)
    [sheet]
    name = "办件"                      # default: the first sheet
    [xes]
    lifecycle = ["complete"]           # which transitions are events; []: all
    [ocel]
    case = "case"                      # the type of the objects that are the cases

Without a zone every time is taken as it is written, an offset passed over. Without ``[columns]``
a table must have TOLD's own names, an XES or OCEL log its standard ones.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from guiju.formats.logs.batch import LogError
from guiju.formats.logs.times import DIRECTIVES, ISO, is_format
from guiju.formats.reader import Misfit, read


class Unit(StrEnum):
    """The unit in which a source writes money."""

    FEN = "fen"
    YUAN = "yuan"


@dataclass(frozen=True, slots=True)
class Columns:
    """For each name of TOLD the column of the source; empty: not told."""

    case: str = ""
    power: str = ""
    step: str = ""
    outcome: str = ""
    at: str = ""
    recorded_at: str = ""
    received: str = ""
    organ: str = ""
    post: str = ""
    person: str = ""
    present: str = ""
    certificate: str = ""
    reason: str = ""
    items: str = ""
    evidence: str = ""
    fee: str = ""
    amount: str = ""
    stop_days: str = ""
    applicant: str = ""
    division: str = ""

    def told(self) -> dict[str, str]:
        """The names that have a column."""
        pairs = ((each.name, getattr(self, each.name)) for each in fields(self))
        return {name: column for name, column in pairs if column}


@dataclass(frozen=True, slots=True)
class Fixed:
    """Constants for all rows that do not tell it themselves."""

    power: str = ""
    outcome: str = ""
    organ: str = ""
    post: str = ""
    person: str = ""
    certificate: str = ""
    applicant: str = ""
    division: str = ""


Words = dict[str, str]


@dataclass(frozen=True, slots=True)
class Values:
    """For each name, words of the source and what they are here."""

    power: Words = field(default_factory=dict)
    step: Words = field(default_factory=dict)
    outcome: Words = field(default_factory=dict)
    organ: Words = field(default_factory=dict)
    post: Words = field(default_factory=dict)
    person: Words = field(default_factory=dict)
    certificate: Words = field(default_factory=dict)
    reason: Words = field(default_factory=dict)
    items: Words = field(default_factory=dict)
    evidence: Words = field(default_factory=dict)
    applicant: Words = field(default_factory=dict)
    division: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ignore:
    """Words of the source's step to leave out."""

    step: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Times:
    """How times are written, and the city's zone; empty: as written."""

    formats: tuple[str, ...] = (ISO,)
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Csv:
    """How a text table is written."""

    encoding: str = "utf-8"
    delimiter: str = ","
    list_separator: str = ";"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Which sheet of a workbook; empty: the first."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Xes:
    """Which life-cycle transitions are events; empty: all."""

    lifecycle: tuple[str, ...] = ("complete",)


@dataclass(frozen=True, slots=True)
class Ocel:
    """The type of the objects that are the cases."""

    case: str = "case"


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping file, read."""

    note: str = ""
    money: Unit = Unit.FEN
    columns: Columns = Columns()
    fixed: Fixed = Fixed()
    values: Values = Values()
    ignore: Ignore = Ignore()
    times: Times = Times()
    csv: Csv = Csv()
    sheet: Sheet = Sheet()
    xes: Xes = Xes()
    ocel: Ocel = Ocel()


def identity() -> Mapping:
    """The mapping of a log whose columns have TOLD's names, money in fen."""
    return Mapping()


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file. Raises LogError with file, key, problem and mend."""
    file = str(path)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        mapping = read(Mapping, data)
        for check in CHECKS:
            check(mapping)
    except FileNotFoundError:
        raise LogError(file, "没有这个文件", "检查路径") from None
    except UnicodeDecodeError:
        raise LogError(file, "不是 UTF-8 文本", "另存为 UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise LogError(file, f"TOML 写法有误({error})", "改正这一行") from None
    except Misfit as error:
        raise LogError(file, error.problem, error.mend, error.where) from None
    return mapping


def _zone_exists(mapping: Mapping) -> None:
    try:
        if mapping.times.zone:
            ZoneInfo(mapping.times.zone)
    except (OSError, ValueError, KeyError):
        problem = f"没有时区“{mapping.times.zone}”"
        raise Misfit("times.zone", problem, "写成 Asia/Shanghai 这样的名字") from None


def _formats_fit(mapping: Mapping) -> None:
    if not mapping.times.formats:
        raise Misfit("times.formats", "一种写法也没有", '写 formats = ["iso"]')
    for i, each in enumerate(mapping.times.formats):
        if not is_format(each):
            mend = f"写 iso,或用 {' '.join(DIRECTIVES)} 写,至少要有年月日"
            raise Misfit(f"times.formats[{i}]", f"“{each}”不是时间的写法", mend)


def _csv_fits(mapping: Mapping) -> None:
    try:
        "".encode(mapping.csv.encoding)
    except LookupError:
        problem = f"没有编码“{mapping.csv.encoding}”"
        raise Misfit("csv.encoding", problem, "写 utf-8 或 gb18030") from None
    if len(mapping.csv.delimiter.encode()) != 1 or mapping.csv.delimiter in '"\r\n':
        raise Misfit("csv.delimiter", "应为一个 ASCII 字符", '写 ","、";" 或 "\\t"')
    if not mapping.csv.list_separator:
        raise Misfit("csv.list_separator", "不能为空", '写 ";"')


def _reasons_are_flags(mapping: Mapping) -> None:
    for word, ours in mapping.values.reason.items():
        if ours not in ("是", "否"):
            raise Misfit(f"values.reason.{word}", f"“{ours}”不是是或否", "写“是”或“否”")


def _steps_are_named(mapping: Mapping) -> None:
    for word, ours in mapping.values.step.items():
        if not ours.rpartition(".")[0 if "." in ours else 2].strip():
            raise Misfit(f"values.step.{word}", "没有写环节", "写成“环节”或“环节.结果”")


CHECKS: tuple[Callable[[Mapping], None], ...] = (
    _zone_exists,
    _formats_fit,
    _csv_fits,
    _reasons_are_flags,
    _steps_are_named,
)
