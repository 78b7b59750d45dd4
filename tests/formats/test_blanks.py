"""A value that is left out or blank is refused in words or found, never a crash."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from tests.kernel.charts import CALENDAR, PACKS

from guiju.formats.packs import read_charts, read_rules
from guiju.formats.reader import Misfit, read
from guiju.kernel.checks import findings
from guiju.kernel.examples import failures
from guiju.kernel.fit import ChartError
from guiju.kernel.power import Power

ON = date(2026, 9, 1)
CITY = PACKS / "changzhi"
RULES, CHARTS = read_rules(CITY, ON), read_charts(CITY, ON)
BLANKS = {str: "", int: 0, list: [], dict: {}}
Place = tuple[str | int, ...]


def places(value: Any, above: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value in plain data, with its place."""
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*above, key), each
            yield from places(each, (*above, key))


def without(data: Any, place: Place, *blank: Any) -> Any:
    """The data with another value at a place; without the place when none is given."""
    key, *rest = place
    copy = data.copy()
    if rest:
        copy[key] = without(data[key], tuple(rest), *blank)
    elif blank:
        copy[key] = blank[0]
    else:
        del copy[key]
    return copy


def changed() -> Iterator[dict[str, Any]]:
    """Powers with a value left out, and blank; each key of the language once."""
    seen = set[str]()
    for path in sorted((CITY / "powers").glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        data["examples"] = data["examples"][:1]
        for place, value in places(data):
            pattern = re.sub("[0-9]+", "n", str(place))
            if pattern not in seen:
                seen.add(pattern)
                yield without(data, place)
                if type(value) in BLANKS:
                    yield without(data, place, BLANKS[type(value)])


def test_a_power_without_one_of_its_values_is_refused_in_words_or_can_be_judged():
    for lacking in changed():
        try:
            power = replace(read(Power, lacking, RULES), charts=tuple(CHARTS.values()))
            if not findings(power, ON, RULES):
                list(failures(power, CALENDAR))  # they may come true or not, but can be tried
        except (Misfit, ChartError) as error:
            assert error.where, error
            assert error.problem, error
            assert error.mend, error
