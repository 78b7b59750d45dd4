"""Cells of a source to the values of TOLD, in bulk; null where a cell says nothing or nonsense.

What has few different values is worked out once for each of them.
"""

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from math import isnan
from typing import Any

import pyarrow as pa
from pyarrow import compute

from guiju.formats.logs.schema import PRESENT

REST = "*"  # in a table of words: every other word
YES = ("是", "有", "true", "1", "y", "yes", "t")
NO = ("否", "无", "false", "0", "n", "no", "f")
AROUND = dict.fromkeys(map(ord, "\u00a5\uffe5元,\uff0c"))  # both yuan signs, both commas
FEN_MAX = 2**63 - 1
DAYS_MAX = 2**31 - 1
PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?")
TEXT_LIST = pa.list_(pa.string())
PEOPLE = pa.list_(PRESENT)


def text(values: pa.Array) -> pa.Array:
    """Any column as trimmed text; an empty one is null."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        return text(values.dictionary).take(values.indices)
    if pa.types.is_floating(kind):
        # 15 digits, as spreadsheets show them: 0.1 + 0.2 is 0.3.
        return by_value(values, _shown, pa.string())
    if pa.types.is_boolean(kind):
        return compute.if_else(values, "是", "否")
    if not pa.types.is_string(kind):
        values = compute.cast(values, pa.string())
    values = compute.utf8_trim_whitespace(values)
    empty = compute.equal(compute.binary_length(values), 0)
    return compute.if_else(empty, None, values) if compute.any(empty).as_py() else values


def _shown(number: float) -> str | None:
    """A number with the digits that a spreadsheet shows; none is an empty cell."""
    return None if isnan(number) else format(number, ".15g")


def by_value(values: pa.Array, read: Callable[[Any], Any], kind: pa.DataType) -> pa.Array:
    """What ``read`` makes of each value; asked once for each different one, never for null."""
    coded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    found = [None if each is None else read(each) for each in coded.dictionary.to_pylist()]
    return pa.array(found, kind).take(coded.indices)


def words(values: pa.Array, table: Mapping[str, str]) -> pa.Array:
    """Words of the source as words of the charts; one that is not in the table stays."""
    found = text(values)
    if table:
        found = by_value(found, lambda word: _looked_up(word, table), pa.string())
    return compute.fill_null(found, table[""]) if table.get("") else found


def _looked_up(word: str, table: Mapping[str, str]) -> str | None:
    return table.get(word, table.get(REST, word)) or None


def steps(values: pa.Array, table: Mapping[str, str]) -> tuple[pa.Array, pa.Array | None]:
    """Steps, and the outcomes that the table gives with them, if it gives any."""
    told = {word: ours.rpartition(".") for word, ours in table.items() if "." in ours}
    step = words(values, {**table} | {word: head for word, (head, _, _) in told.items()})
    if not told:
        return step, None
    outcomes = {word: outcome for word, (_, _, outcome) in told.items()}
    rest = outcomes.get(REST) if REST in told else None
    found = by_value(
        text(values),
        lambda word: outcomes.get(word, None if word in table else rest) or None,
        pa.string(),
    )
    return step, found


def money(values: pa.Array, is_yuan: bool) -> pa.Array:
    """Money in fen; null what is no amount of whole fen, or below nothing."""
    try:
        found = _fen(values) if is_yuan else compute.cast(values, pa.int64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        factor = 100 if is_yuan else 1
        return by_value(text(values), lambda x: _whole(_amount(x), factor, FEN_MAX), pa.int64())
    return compute.if_else(compute.less(found, 0), None, found)


def _fen(yuan: pa.Array) -> pa.Array:
    """Yuan as fen, where all are plain numbers of at most two decimals. Raises ArrowInvalid."""
    if pa.types.is_integer(yuan.type):
        return compute.multiply_checked(compute.cast(yuan, pa.int64()), 100)
    amounts = compute.cast(text(yuan), pa.decimal128(20, 2))
    return compute.cast(compute.multiply(amounts, pa.scalar(Decimal(100))), pa.int64())


def _amount(word: str) -> str:
    """The number in an amount as people write it: ¥1,234.50元."""
    return word.translate(AROUND).strip()


def _whole(word: str, factor: int, most: int) -> int | None:
    if not PLAIN.fullmatch(word):
        return None
    try:
        number = Decimal(word) * factor
        return int(number) if number == number.to_integral_value() and number <= most else None
    except InvalidOperation:  # more digits than any number of fen has
        return None


def days(values: pa.Array) -> pa.Array:
    """Whole days, from 0."""
    return by_value(
        text(values), lambda each: _whole(each.rstrip("天日"), 1, DAYS_MAX), pa.int32()
    )


def flags(values: pa.Array, table: Mapping[str, str]) -> pa.Array:
    """Yes or no."""
    if pa.types.is_boolean(values.type):
        return values
    return by_value(words(values, table), lambda each: _FLAGS.get(each.lower()), pa.bool_())


_FLAGS = dict.fromkeys(YES, True) | dict.fromkeys(NO, False)


def lists(values: pa.Array, table: Mapping[str, str], separator: str) -> pa.Array:
    """Lists of words: a JSON array, or words with a separator between them."""
    if pa.types.is_list(values.type):
        return values.cast(TEXT_LIST) if not table else _listed(values, table)

    def read(cell: str) -> list[str | None] | None:
        found = _json(cell) if cell.startswith("[") else cell.split(separator)
        if found is None or not all(isinstance(each, str) for each in found):
            return None
        told = (_looked_up(word, table) for each in found if (word := each.strip()))
        return [word for word in told if word]

    return by_value(text(values), read, TEXT_LIST)


def _listed(values: pa.Array, table: Mapping[str, str]) -> pa.Array:
    inner = words(values.flatten(), table)
    lengths = compute.fill_null(compute.list_value_length(values), 0)
    ends = compute.cumulative_sum(lengths.cast(pa.int32()))
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    return pa.ListArray.from_arrays(offsets, inner, mask=values.is_null())


def people(values: pa.Array, posts: Mapping[str, str], separator: str) -> pa.Array:
    """People who took part: ``person/post/order``, or a JSON array of [person, post, order]."""
    if pa.types.is_list(values.type):
        return values.cast(PEOPLE)

    def read(cell: str) -> list[dict[str, Any]] | None:
        rows = _json(cell) if cell.startswith("[") else _split(cell, separator)
        told = [_person(row, posts) for row in rows] if rows is not None else [None]
        return None if None in told else [each for each in told if each]

    return by_value(text(values), read, PEOPLE)


def _split(cell: str, separator: str) -> list[list[str]]:
    return [each.strip().split("/") for each in cell.split(separator) if each.strip()]


def _person(row: Any, posts: Mapping[str, str]) -> dict[str, Any] | None:
    if not isinstance(row, list) or not 1 <= len(row) <= 3:
        return None
    person, post, order = [*row, None, None][:3]
    if not isinstance(person, str) or not person.strip() or not isinstance(post, str | None):
        return None
    turn = _whole(str(0 if order in (None, "") else order), 1, DAYS_MAX)
    if turn is None:
        return None
    post = (post or "").strip()
    return {"person": person.strip(), "post": posts.get(post, post) or None, "order": turn}


def _json(cell: str) -> list[Any] | None:
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None
