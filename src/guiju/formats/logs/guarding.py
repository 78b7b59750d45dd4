"""Cells that a spreadsheet would run as a formula (CWE-1236), written so that it does not.

As OWASP advises, a cell that begins with = + - @ or with a tab or carriage return gets an
apostrophe in front; so does one that begins with apostrophes before such a sign, so that taking
one away restores every cell.
"""

import pyarrow as pa
from pyarrow import compute

RISKY = "^('*[=+@\t\r-])"
GUARDED = "^'('*[=+@\t\r-])"


def guarded(texts: pa.Array) -> pa.Array:
    """Texts as cells that no spreadsheet runs."""
    return compute.replace_substring_regex(texts, RISKY, r"'\1")


def unguarded(texts: pa.Array) -> pa.Array:
    """The opposite of ``guarded``."""
    if not compute.any(compute.starts_with(texts, "'")).as_py():
        return texts
    return compute.replace_substring_regex(texts, GUARDED, r"\1")
