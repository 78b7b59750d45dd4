"""Times as they are written, in bulk, to the city's wall-clock times.

A format such as ``%Y年%m月%d日 %H:%M`` becomes a regular expression and what it finds becomes ISO
8601, which Arrow casts. Arrow's own ``strptime`` would be shorter, but it knows no fractions and
takes 30 February for 1 March.
"""

import re

import pyarrow as pa
from pyarrow import compute

ISO = "iso"
WALL = pa.timestamp("us")
DIRECTIVES = {
    "%Y": r"(?P<Y>[0-9]{4})",
    "%m": r"(?P<m>[0-9]{1,2})",
    "%d": r"(?P<d>[0-9]{1,2})",
    "%H": r"(?P<H>[0-9]{1,2})",
    "%M": r"(?P<M>[0-9]{1,2})",
    "%S": r"(?P<S>[0-9]{1,2})",
    "%f": r"(?P<f>[0-9]{1,6})",
    "%z": r"(?P<z>Z|[+-][0-9]{2}(?::?[0-9]{2})?)",
}
OFFSET = r"(Z|:[0-9.]+[+-][0-9]{2}(:?[0-9]{2})?)$"
SHAPE = (
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?$"
)
TOO_FINE = r"(\.[0-9]{6})[0-9]+"  # nanoseconds, which nobody means
JUST_OFFSET = r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"


def is_format(text: str) -> bool:
    """Whether a format can be read: iso, or directives among which are year, month and day."""
    found = re.findall("%.?", text)
    is_known = all(each in DIRECTIVES for each in found) and len(set(found)) == len(found)
    return text == ISO or (is_known and {"%Y", "%m", "%d"} <= set(found))


def wall_times(values: pa.Array, formats: tuple[str, ...], zone: str) -> pa.Array:
    """Times of the zone's wall clock, microseconds; null where a value is none.

    ``values``: strings or timestamps. ``zone``: empty takes every time as written.
    """
    if pa.types.is_timestamp(values.type):
        return _of_timestamps(values, zone)
    if pa.types.is_date(values.type):
        return values.cast(WALL)
    found = pa.nulls(len(values), WALL)
    for each in formats:
        missing = compute.and_(compute.is_null(found), compute.is_valid(values))
        if not compute.any(missing).as_py():
            break
        if found.null_count == len(found):
            found = _read(values, each, zone)
        else:
            rest = _read(values.filter(missing), each, zone)
            found = compute.replace_with_mask(found, missing, rest)
    return found


def _of_timestamps(values: pa.Array, zone: str) -> pa.Array:
    if values.type.tz is None:
        return compute.cast(values, WALL, safe=False)  # finer than a microsecond is cut off
    fine = pa.timestamp("us", zone or values.type.tz)
    return compute.local_timestamp(compute.cast(values, fine, safe=False))


def _read(values: pa.Array, format_: str, zone: str) -> pa.Array:
    texts = values if format_ == ISO else _as_iso(values, format_)
    try:
        return compute.cast(texts, WALL)
    except pa.ArrowInvalid:
        texts = compute.replace_substring_regex(texts, TOO_FINE, r"\1")
        looks_well = compute.match_substring_regex(texts, SHAPE)  # casting bad ones is slow
        texts = compute.if_else(looks_well, texts, None)
    has_offset = compute.fill_null(compute.match_substring_regex(texts, OFFSET), False)
    found = _tolerant(compute.if_else(has_offset, None, texts), WALL)
    offset = texts.filter(has_offset)
    if not len(offset):
        return found
    if zone:
        instants = _tolerant(offset, pa.timestamp("us", "UTC"))
        rest = compute.local_timestamp(instants.cast(pa.timestamp("us", zone)))
    else:
        rest = _tolerant(compute.replace_substring_regex(offset, JUST_OFFSET, ""), WALL)
    return compute.replace_with_mask(found, has_offset, rest)


def _tolerant(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    """A cast that gives null for what cannot be cast, found by halving."""
    try:
        return compute.cast(texts, kind)
    except pa.ArrowInvalid:
        half = len(texts) // 2
    if half:
        parts = [_tolerant(each, kind) for each in (texts[:half], texts[half:])]
        return pa.concat_arrays(parts)
    return pa.nulls(1, kind)


def _as_iso(values: pa.Array, format_: str) -> pa.Array:
    """Texts of a format as ISO 8601; null where a text is not of it."""
    parts = re.split("(%.)", format_)
    pattern = "".join(DIRECTIVES[p] if p in DIRECTIVES else re.escape(p) for p in parts)
    found = compute.extract_regex(values, f"^{pattern}$")

    def part(name: str, default: str, width: int = 2) -> pa.Array:
        if found.type.get_field_index(name) < 0:
            return default
        return compute.utf8_lpad(found.field(name), width, "0")

    day = compute.binary_join_element_wise(part("Y", "", 4), part("m", ""), part("d", ""), "-")
    clock = (part("H", "00"), part("M", "00"), part("S", "00"))
    iso = compute.binary_join_element_wise(day, compute.binary_join_element_wise(*clock, ":"), "T")
    if "%f" in format_:
        iso = compute.binary_join_element_wise(iso, found.field("f"), ".")
    if "%z" in format_:
        iso = compute.binary_join_element_wise(iso, found.field("z"), "")
    return compute.if_else(compute.is_null(values), None, _valid(found, iso))


def _valid(found: pa.Array, iso: pa.Array) -> pa.Array:
    """``iso`` where the expression was found."""
    return compute.if_else(compute.is_null(found), None, iso)
