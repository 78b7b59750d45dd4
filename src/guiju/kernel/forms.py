"""What a form field may say, and what a condition asks of it. Money is whole fen."""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date

from guiju.kernel.power import Condition, Field, FieldKind, Operator
from guiju.kernel.rules import yuan

NUMBER = re.compile("[0-9]{1,15}")  # as fen: up to ten thousand billion yuan
COMPARE = {
    Operator.IS: operator.eq,
    Operator.IS_NOT: operator.ne,
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.MORE: operator.gt,
    Operator.AT_LEAST: operator.ge,
}
LIST_MARK = "、"  # between the choices of a field that takes several
WORDS = {
    Operator.IS: "为",
    Operator.IS_NOT: "不为",
    Operator.LESS: "少于",
    Operator.AT_MOST: "不超过",
    Operator.MORE: "超过",
    Operator.AT_LEAST: "不少于",
    Operator.ONE_OF: "属于",
}


def misfit(field: Field, text: str) -> str:
    """What is wrong with a field's text, or ""."""
    if not text:
        return "没有填写" if field.is_required else ""
    match field.kind:
        case FieldKind.CHOICE if text not in field.choices:
            return f"只能是{'、'.join(field.choices)}"
        case FieldKind.NUMBER | FieldKind.MONEY if not NUMBER.fullmatch(text):
            return "应为不小于零的数字"
        case FieldKind.CHOICES if not set(text.split(LIST_MARK)) <= set(field.choices):
            return f"只能从{'、'.join(field.choices)}中选"
        case FieldKind.DATE:
            try:
                date.fromisoformat(text)
            except ValueError:
                return "应为日期,如 2026-01-31"
    return ""


def holds(condition: Condition, field: Field, facts: Mapping[str, str]) -> str:
    """What a condition asks for, in words, when the facts do not meet it; else ""."""
    text = facts.get(field.id, "")
    return "" if text and _compare(condition, field, text) else condition_words(condition, field)


def condition_words(condition: Condition, field: Field) -> str:
    """A condition in words, such as 金额不超过5000元."""
    if condition.rule is not None:
        value = _amount(str(condition.rule.number), field) + condition.rule.mark
    elif condition.op is Operator.ONE_OF:
        value = "、".join(condition.values)
    else:
        value = _amount(condition.value, field)
    return f"{field.name}{WORDS[condition.op]}{value}"


def _amount(value: str, field: Field) -> str:
    return yuan(int(value)) if field.kind is FieldKind.MONEY else value


def _compare(condition: Condition, field: Field, text: str) -> bool:
    is_number = field.kind in (FieldKind.NUMBER, FieldKind.MONEY)
    if is_number and not NUMBER.fullmatch(text):
        return False
    read: Callable[[str], int | str] = int if is_number else str
    if condition.op is Operator.ONE_OF:
        return read(text) in map(read, condition.values)
    wanted = str(condition.rule.number) if condition.rule else condition.value
    return bool(COMPARE[condition.op](read(text), read(wanted)))
