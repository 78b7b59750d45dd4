"""What a drawing costs: both layouts, drawn anew and for one more case, against checking the power.

    .venv/bin/python benchmarks/draw.py

Contestants take turns within every round, so that ratios can be trusted where absolute times
cannot. Needs nothing but the package itself.
"""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]

from guiju.formats.packs import read_power, read_rules  # noqa: E402
from guiju.kernel.checks import findings  # noqa: E402
from guiju.kernel.draw import Paper, chart_svg, chart_svg_narrow, pages_svg  # noqa: E402
from guiju.kernel.drawing import courses, ink  # noqa: E402
from guiju.kernel.power import Power  # noqa: E402

ROUNDS = 41
TODAY = date(2026, 11, 22)
CITY = ROOT / "src" / "guiju" / "packs" / "changzhi"
STEPS = 20


def twenty(power: Power) -> Power:
    """The first twenty steps of a longer power; what led on beyond them ends."""
    kept = {step.id for step in power.steps[:STEPS]} | {end.id for end in power.ends}
    end = power.ends[0].id
    steps = []
    for step in power.steps[:STEPS]:
        outcomes = tuple(
            each if kept.issuperset(each.to) else replace(each, to=(end,)) for each in step.outcomes
        )
        steps.append(replace(step, outcomes=outcomes, join=()))
    return replace(power, steps=tuple(steps))


def anew(draw: Callable[[], object]) -> Callable[[], object]:
    """The same, as if nothing had ever been drawn."""

    def run() -> object:
        for cached in (courses._chosen, ink.width, ink.wrap, ink._text):  # noqa: SLF001
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
            start = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - start) * 1000)
    return times


def main() -> None:
    """Print a table for a power of twenty steps and for one of twelve."""
    rules = read_rules(CITY, TODAY)
    large = read_power(CITY / "powers" / "zuidi-shenghuo-baozhang.toml", rules)
    small = read_power(CITY / "powers" / "linshi-jiuzhu.toml", rules)
    for power in (twenty(large), small):
        times = measured(power)
        check = times["check"]
        print(f"\n{power.name}, {len(power.steps)} steps")
        print(f"{'':24}{'median ms':>10}{'quickest':>10}{'÷ check':>10}")
        for name, each in times.items():
            ratio = statistics.median(a / b for a, b in zip(each, check, strict=True))
            print(f"{name:24}{statistics.median(each):10.1f}{min(each):10.1f}{ratio:10.1f}")


if __name__ == "__main__":
    main()
