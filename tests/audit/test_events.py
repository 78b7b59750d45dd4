"""Events in order, words and codes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from guiju.audit.events import UNTOLD, Words, by_case_and_time

PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(-3, 3)), max_size=40)


@given(PAIRS)
def test_order_by_case_and_time_is_stable(pairs: list[tuple[int, int]]) -> None:
    case = np.array([c for c, _ in pairs], np.int32)
    at = np.array([t for _, t in pairs], np.int64)
    expected = sorted(range(len(pairs)), key=lambda i: (pairs[i], i))
    assert by_case_and_time(case, at).tolist() == expected


def test_a_word_has_one_code_and_none_before_it_is_seen() -> None:
    words = Words()
    assert words.find("受理") == UNTOLD
    assert [words.code(each) for each in ("受理", "办结", "受理")] == [1, 2, 1]
    assert words.text(2) == "办结" and words.text(0) == ""
