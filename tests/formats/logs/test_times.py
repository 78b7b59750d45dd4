"""Times in every spelling, against what Python makes of them one by one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.logs.told import TIMES

from guiju.formats.logs.times import is_format, wall_times

ZONE = "Asia/Shanghai"
FORMATS = ("iso", "%Y年%m月%d日", "%Y/%m/%d %H:%M", "%d.%m.%Y %H:%M:%S.%f%z")


def read(*texts: str | None, zone: str = "", formats: tuple[str, ...] = FORMATS) -> list[object]:
    return wall_times(pa.array(texts, pa.string()), formats, zone).to_pylist()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-02", datetime(2024, 1, 2)),
        ("2024-01-02 03:04", datetime(2024, 1, 2, 3, 4)),
        ("2024-01-02T03:04:05.25", datetime(2024, 1, 2, 3, 4, 5, 250000)),
        ("2024-01-02T03:04:05.1234567", datetime(2024, 1, 2, 3, 4, 5, 123456)),
        ("2024年2月9日", datetime(2024, 2, 9)),
        ("2024/3/4 5:06", datetime(2024, 3, 4, 5, 6)),
        ("2024年2月30日", None),  # strptime of C would take it for 1 March
        ("2024-13-01", None),
        ("2024-01-02 25:00", None),
        ("昨天", None),
        ("20240102", None),
    ],
)
def test_a_time_is_read_or_is_none(text: str, expected: datetime | None) -> None:
    assert read(text) == [expected]
    assert read("2024-01-01", text, None, "2024-01-03")[1] == expected


@given(st.lists(st.tuples(TIMES, st.integers(-14, 14), st.booleans()), min_size=1))
def test_an_offset_is_converted_into_the_zone(rows: list[tuple[datetime, int, bool]]) -> None:
    texts, expected = [], []
    for time, hours, is_told in rows:
        sign = "-" if hours < 0 else "+"
        texts.append(time.isoformat() + (f"{sign}{abs(hours):02}:00" if is_told else ""))
        instant = (time - timedelta(hours=hours)).replace(tzinfo=UTC)
        converted = instant.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
        expected.append(converted if is_told else time)

    assert read(*texts, zone=ZONE) == expected


def test_without_a_zone_a_time_is_taken_as_written() -> None:
    texts = ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05+08:00", "02.01.2024 03:04:05.0-0500")

    assert read(*texts) == [datetime(2024, 1, 2, 3, 4, 5)] * 3


def test_the_first_format_that_fits_is_taken() -> None:
    assert read("2024-02-01", formats=("%Y-%d-%m", "iso")) == [datetime(2024, 1, 2)]
    assert read("2024-02-01", formats=("iso", "%Y-%d-%m")) == [datetime(2024, 2, 1)]


def test_times_that_are_typed_already_are_taken() -> None:
    time = datetime(2024, 1, 2, 3, tzinfo=UTC)
    zoned = pa.array([time, None], pa.timestamp("ns", "UTC"))

    assert wall_times(zoned, FORMATS, ZONE).to_pylist() == [datetime(2024, 1, 2, 11), None]
    assert wall_times(zoned, FORMATS, "").to_pylist() == [datetime(2024, 1, 2, 3), None]
    days = pa.array([time.date()], pa.date32())
    assert wall_times(days, FORMATS, "").to_pylist() == [datetime(2024, 1, 2)]


def test_a_format_needs_a_day_and_known_directives() -> None:
    assert is_format("iso")
    assert is_format("%d/%m/%Y")
    assert not is_format("%d/%m")
    assert not is_format("%Y-%m-%d %j")
    assert not is_format("%Y-%m-%d %d")
    assert not is_format("%Y-%m-%d%")
