"""编码合乎国家写法,类别与编码一致,层级写得出。

The basic code has twelve digits: region 2, type 2, department 2, main item 3, sub-item 3; the
type is the category's place in the national order, 10 and above for 其他. An implementing code
has 31: unified social credit code 18 with its check digit, level 1, basic code 12. The level is
one of the national words, or several with 、 between.
Source: C0109-2018 and GB/T 39554.1-2020 as told by real codes; GB 32100-2015 for the check digit;
GB/T 39046-2020 table A.1 for types and levels. The texts of the first two were not read.
"""

import re
from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject
from guiju.kernel.law import Category

ID = "C20"
BASIC = re.compile(r"\d{2}(?P<type>\d{2})\d{8}")
IMPLEMENTING = re.compile(r"(?P<body>[0-9A-HJ-NPQRTUWXY]{18})(?P<level>[1-7])(?P<basic>\d{12})")
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LEVELS = {"国家": "1", "省": "2", "市": "3", "县": "4", "乡镇": "5", "村": "6", "社区": "6"}
SEVERAL = "7"  # 分级管理
TYPES = {category: f"{place:02}" for place, category in enumerate(Category, 1)}


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for the code, one for the level."""
    power = subject.power
    levels = power.level.split("、")
    unknown = [level for level in levels if level not in LEVELS]
    if unknown:
        yield Finding(ID, f"层级“{'、'.join(unknown)}”不在{'、'.join(LEVELS)}之内")
    whole = IMPLEMENTING.fullmatch(power.code)
    basic = BASIC.fullmatch(whole["basic"] if whole else power.code)
    if basic is None:
        yield Finding(ID, f"编码“{power.code}”既不是12位基本编码,也不是31位实施编码")
    elif not _is_of(power.category, basic["type"]):
        message = f"编码的类别是{basic['type']},{power.category}应为{TYPES[power.category]}"
        yield Finding(ID, message)
    if whole and not is_credit_code(whole["body"]):
        yield Finding(ID, f"实施编码中的统一社会信用代码“{whole['body']}”校验不符")
    if whole and whole["level"] not in ({SEVERAL} | {LEVELS.get(level, "") for level in levels}):
        yield Finding(ID, f"实施编码的层级是{whole['level']},与“{power.level}”不符")


def _is_of(category: Category, type_: str) -> bool:
    return type_ == TYPES[category] or (
        category is Category.OTHER and type_ > TYPES[Category.OTHER]
    )


def is_credit_code(code: str) -> bool:
    """Whether the last character of a unified social credit code checks the others.

    >>> is_credit_code("11440232MB2D06811W"), is_credit_code("11440232MB2D06811X")
    (True, False)
    """
    total = sum(ALPHABET.index(letter) * pow(3, i, 31) for i, letter in enumerate(code[:17]))
    return ALPHABET[(31 - total % 31) % 31] == code[17]
