"""What a drawing costs: for every power of the sample city, and for charts of 5 to 60 steps.

    .venv/bin/python benchmarks/draw.py

Processor time, since others may be at work on the machine. Contestants take turns within every
round, so that ratios can be trusted where absolute times cannot. Needs nothing but the package
and the tests' charts.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.kernel.drawings import FILES, long_power  # noqa: E402

from guiju.formats.packs import read_one  # noqa: E402
from guiju.kernel.checks import findings  # noqa: E402
from guiju.kernel.draw import Paper, chart_svg, chart_svg_narrow, pages_svg  # noqa: E402
from guiju.kernel.drawing import ink, route  # noqa: E402
from guiju.kernel.power import Power  # noqa: E402
from guiju.kernel.unfold import unfold  # noqa: E402

ROUNDS = 41
TODAY = date(2026, 11, 22)
GROWING = ((5, 3), (10, 4), (20, 5), (40, 6), (60, 10))  # steps and posts
SEED = 3


def anew(draw: Callable[[], object]) -> Callable[[], object]:
    """The same, as if nothing had ever been drawn."""

    def run() -> object:
        for cached in (route.laid_out, ink.wrap, ink._text):
            cached.cache_clear()
        return draw()

    return run


def contestants(power: Power) -> dict[str, Callable[[], object]]:
    """Every drawing of a power; as if nothing had been drawn, but for one more case of it."""
    return {
        "wide": anew(lambda: chart_svg(power, risks=False)),
        "risks": anew(lambda: chart_svg(power, risks=True)),
        "again": lambda: chart_svg(power, risks=True),
        "narrow": anew(lambda: chart_svg_narrow(power, risks=False)),
        "A4": anew(lambda: pages_svg(power, Paper.A4, risks=True)),
    }


def measured(runs: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Milliseconds of every contestant in every round."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            if name == "again":
                run()  # what others have cleared
            start = time.process_time()
            run()
            times[name].append((time.process_time() - start) * 1000)
    return times


def show(name: str, power: Power, runs: dict[str, Callable[[], object]]) -> None:
    """One row: the median and the quickest time of every contestant."""
    times = measured(runs).values()
    columns = "".join(f"{statistics.median(each):8.1f}{min(each):6.1f}" for each in times)
    print(f"{name:38}{len(unfold(power).steps):3}{columns}", flush=True)


def main() -> None:
    """Print a row for every chart."""
    names = [*contestants(long_power(SEED, 5, 3)), "check"]
    print(f"{'median and quickest, ms':41}" + "".join(f"{each:>14}" for each in names))
    for file in FILES:
        power = read_one(file, TODAY)
        check = {"check": lambda power=power: findings(power, TODAY)}
        show(file.stem, power, contestants(power) | check)
    for steps, posts in GROWING:
        power = long_power(SEED, steps, posts)
        show(f"{posts} posts", power, contestants(power))


if __name__ == "__main__":
    main()
