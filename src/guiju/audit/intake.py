"""From rows as they are told to rows of integers: words become codes, cases still have names."""

from hashlib import sha256
from zlib import crc32

import numpy as np
import pyarrow as pa
from pyarrow import compute

from guiju.audit.events import CODED, NEVER, PRESENT, UNTOLD, Ints, Words

WORDS = ("power", "step", "outcome", "organ", "post", "person", "certificate", "division")
TIMES = ("recorded_at", "received")
NUMBERS = ("fee", "amount", "stop_days")
RAW = pa.schema([pa.field("case", pa.string()), *[f for f in CODED if f.name != "case"]])


def coded(table: pa.Table, words: Words, first: int) -> pa.Table:
    """Rows as they are told with their words as codes, cases still by name."""
    columns = {
        "case": table["case"],
        "row": pa.array(table["row"].to_numpy() + first),
        "at": table["at"].cast(pa.int64()),
        **{name: _filled(table[name].cast(pa.int64()), NEVER) for name in TIMES},
        "reason": _filled(table["reason"].cast(pa.int8()), UNTOLD),
        "applicant": _applicants(table["applicant"]),
        "present": _present(table["present"], words),
        **{name: _words(table[name], words) for name in WORDS},
        **{name: _filled(table[name], UNTOLD) for name in NUMBERS},
        **{name: _listed(table[name], words) for name in ("items", "evidence")},
    }
    return pa.table([columns[f.name] for f in RAW], schema=RAW)


def _filled(column: pa.ChunkedArray, value: int) -> pa.Array:
    """A column of numbers with this value where there is none; quick where all or none is told."""
    if not column.null_count:
        return column
    if column.null_count == len(column):
        return pa.array(np.full(len(column), value, column.type.to_pandas_dtype()))
    return compute.fill_null(column, value)


def _words(column: pa.ChunkedArray, words: Words) -> pa.Array:
    """A column of words as codes, 0 where there is none."""
    told = column.combine_chunks().dictionary_encode()
    codes = np.array([words.code(each) if each else 0 for each in told.dictionary.to_pylist()])
    codes = np.append(codes, 0).astype(np.int32)  # the last one for what is null
    return pa.array(codes[_places(told, len(codes) - 1)])


def _places(told: pa.DictionaryArray, null: int) -> Ints:
    """Where in its dictionary each value stands; ``null`` for none."""
    if told.null_count == len(told):
        return np.full(len(told), null)
    found: Ints = compute.fill_null(told.indices, null).to_numpy()
    return found


def _listed(column: pa.ChunkedArray, words: Words) -> pa.Array:
    """A column of lists of words as lists of codes."""
    lists = (
        compute.fill_null(column, []).combine_chunks()
        if column.null_count
        else column.combine_chunks()
    )
    codes = _words(pa.chunked_array([lists.flatten()], pa.string()), words)
    return pa.ListArray.from_arrays(_offsets(lists), codes)


def _present(column: pa.ChunkedArray, words: Words) -> pa.Array:
    """People who took part, coded."""
    lists = column.combine_chunks()
    lengths = compute.fill_null(compute.list_value_length(lists), 0).to_numpy()
    people = lists.flatten()
    coded = [_words(pa.chunked_array([people.field(name)]), words) for name in ("person", "post")]
    order = compute.fill_null(people.field("order"), 0)
    structs = pa.StructArray.from_arrays([*coded, order], fields=list(PRESENT))
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), structs)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()


def _offsets(lists: pa.Array) -> pa.Array:
    lengths = compute.fill_null(compute.list_value_length(lists), 0).to_numpy()
    return pa.array(np.concatenate(([0], np.cumsum(lengths))).astype(np.int32))


def _applicants(column: pa.ChunkedArray) -> pa.Array:
    """Applicants as 63 bits of a SHA-256, 0 where none is told."""
    told = column.combine_chunks().dictionary_encode()
    texts = told.dictionary.to_pylist()
    codes = [int.from_bytes(sha256(t.encode()).digest()[:8], "big") >> 1 for t in texts]
    lookup = np.array([*codes, 0], np.int64)
    return pa.array(lookup[_places(told, len(texts))])


def buckets_of(cases: pa.ChunkedArray, buckets: int) -> Ints:
    """The bucket of each of these cases."""
    names = cases.combine_chunks().dictionary_encode()
    lookup = [crc32(name.encode()) % buckets for name in names.dictionary.to_pylist()]
    found: Ints = np.array(lookup, np.int64)[names.indices.to_numpy()]
    return found


def told(coded: pa.Table) -> set[str]:
    """The columns that some row tells; speaking order is one of its own."""
    untold: dict[str, int] = dict.fromkeys(WORDS, 0)
    untold |= dict.fromkeys(("reason", *NUMBERS), UNTOLD)
    untold |= {"applicant": 0, **dict.fromkeys(TIMES, NEVER)}
    found = {name for name, none in untold.items() if (coded[name].to_numpy() != none).any()}
    found.update(name for name in ("present", "items", "evidence") if len(_flat(coded[name])))
    people = _flat(coded["present"])
    for name, field in (("order", "order"), ("named", "person")):
        if len(people) and people.field(field).to_numpy().any():
            found.add(name)
    return found


def _flat(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks().flatten()
