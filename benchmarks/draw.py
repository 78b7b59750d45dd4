"""What a drawing costs: both layouts, drawn anew and for one more case, against checking the power.

    .venv/bin/python benchmarks/draw.py

Processor time, since others may be at work on the machine. Contestants take turns within every
round, so that ratios can be trusted where absolute times cannot. Needs nothing but the package.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]

from guiju.formats.packs import read_power, read_rules  # noqa: E402
from guiju.kernel.checks import findings  # noqa: E402
from guiju.kernel.draw import Paper, chart_svg, chart_svg_narrow, pages_svg  # noqa: E402
from guiju.kernel.drawing import ink, route  # noqa: E402
from guiju.kernel.power import Power  # noqa: E402

ROUNDS = 41
TODAY = date(2026, 11, 22)
CITY = ROOT / "src" / "guiju" / "packs" / "changzhi"


def anew(draw: Callable[[], object]) -> Callable[[], object]:
    """The same, as if nothing had ever been drawn."""

    def run() -> object:
        for cached in (route.laid_out, ink.wrap, ink._text):  # noqa: SLF001
            cached.cache_clear()
        return draw()

    return run


def measured(power: Power) -> dict[str, list[float]]:
    """Milliseconds of every contestant in every round."""
    draws: dict[str, Callable[[], object]] = {
        "wide": lambda: chart_svg(power, risks=False),
        "wide, risks": lambda: chart_svg(power, risks=True),
        "narrow": lambda: chart_svg_narrow(power, risks=False),
        "narrow, risks": lambda: chart_svg_narrow(power, risks=True),
    }
    runs = draws | {f"{name}, anew": anew(draw) for name, draw in draws.items()}
    runs["A4 pages, risks"] = lambda: pages_svg(power, Paper.A4, risks=True)
    runs["check"] = lambda: findings(power, TODAY)
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            if "anew" not in name:
                run()  # what others have cleared
            start = time.process_time()
            run()
            times[name].append((time.process_time() - start) * 1000)
    return times


def main() -> None:
    """Print a table for the sample power nearest to twenty steps, and for one of twelve."""
    rules = read_rules(CITY, TODAY)
    large = read_power(CITY / "powers" / "zuidi-shenghuo-baozhang.toml", rules)
    small = read_power(CITY / "powers" / "linshi-jiuzhu.toml", rules)
    for power in (large, small):
        times = measured(power)
        check = times["check"]
        print(f"\n{power.name}, {len(power.steps)} steps")
        print(f"{'':24}{'median ms':>10}{'quickest':>10}{'÷ check':>10}")
        for name, each in times.items():
            ratio = statistics.median(a / b for a, b in zip(each, check, strict=True))
            print(f"{name:24}{statistics.median(each):10.1f}{min(each):10.1f}{ratio:10.1f}")


if __name__ == "__main__":
    main()
