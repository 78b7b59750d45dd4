"""Times in every spelling, against what Python makes of them one by one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.logs.told import TIMES, wall

from guiju.formats.logs.times import is_format, wall_times

ZONE = "Asia/Shanghai"
FORMATS = ("iso", "%Y年%m月%d日", "%Y/%m/%d %H:%M", "%d.%m.%Y %H:%M:%S.%f%z")


def read(*texts: str | None, zone: str = "", formats: tuple[str, ...] = FORMATS) -> list[object]:
    return wall_times(pa.array(texts, pa.string()), formats, zone).to_pylist()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-02", wall("2024-01-02")),
        ("2024-01-02 03:04", wall("2024-01-02T03:04")),
        ("2024-01-02T03:04:05.25", wall("2024-01-02T03:04:05.250000")),
        ("2024-01-02T03:04:05.1234567", wall("2024-01-02T03:04:05.123456")),
        ("2024年2月9日", wall("2024-02-09")),
        ("2024/3/4 5:06", wall("2024-03-04T05:06")),
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

    assert read(*texts) == [wall("2024-01-02T03:04:05")] * 3


def test_the_first_format_that_fits_is_taken() -> None:
    assert read("2024-02-01", formats=("%Y-%d-%m", "iso")) == [wall("2024-01-02")]
    assert read("2024-02-01", formats=("iso", "%Y-%d-%m")) == [wall("2024-02-01")]


def test_times_that_are_typed_already_are_taken() -> None:
    time = datetime(2024, 1, 2, 3, tzinfo=UTC)
    zoned = pa.array([time, None], pa.timestamp("ns", "UTC"))

    assert wall_times(zoned, FORMATS, ZONE).to_pylist() == [wall("2024-01-02T11:00"), None]
    assert wall_times(zoned, FORMATS, "").to_pylist() == [wall("2024-01-02T03:00"), None]
    days = pa.array([time.date()], pa.date32())
    assert wall_times(days, FORMATS, "").to_pylist() == [wall("2024-01-02")]


def test_a_format_needs_a_day_and_known_directives() -> None:
    assert is_format("iso")
    assert is_format("%d/%m/%Y")
    assert not is_format("%d/%m")
    assert not is_format("%Y-%m-%d %j")
    assert not is_format("%Y-%m-%d %d")
    assert not is_format("%Y-%m-%d%")
