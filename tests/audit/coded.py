"""Small logs as coded events, for tests of what is done with them."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from guiju.audit.events import CODED, NEVER, UNTOLD, Events, Words

MINUTE = 60_000_000
LISTS = ("present", "items", "evidence")


def events_of(words: Words, rows: Sequence[Mapping[str, object]]) -> Events:
    """Events from rows; words as texts, what is left out is not told; sorted as they must be."""
    untold = {
        "at": 0,
        "recorded_at": NEVER,
        "received": NEVER,
        "reason": UNTOLD,
        "fee": UNTOLD,
        "amount": UNTOLD,
    }
    untold |= {"stop_days": UNTOLD, "applicant": UNTOLD, **{name: [] for name in LISTS}}
    whole = []
    for number, row in enumerate(rows, 1):
        coded = {name: untold.get(name, 0) for name in CODED.names} | {"row": number}
        for name, value in row.items():
            is_word = isinstance(value, str)
            coded[name] = words.code(value) if is_word else value
        whole.append(coded)
    whole.sort(key=lambda row: (row["case"], row["at"], row["row"]))
    return Events({f.name: pa.array([row[f.name] for row in whole], f.type) for f in CODED})
