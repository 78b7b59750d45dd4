"""How many powers a second are proven; see README.md beside this file.

    .venv/bin/python benchmarks/check.py

Everything that ``guiju check`` asks of a pack's powers: fit, soundness, all checks, staffing,
examples; each part for itself as well, and against reading the same files with the standard
library's TOML parser, which is the least that any tool has to do. Processor time.
"""

import statistics
import sys
import time
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]

from guiju.formats.packs import read_pack  # noqa: E402
from guiju.formats.staffing import staffing_findings  # noqa: E402
from guiju.kernel.checks import CHECKS, findings  # noqa: E402
from guiju.kernel.examples import failures  # noqa: E402
from guiju.kernel.net import compile_net  # noqa: E402
from guiju.kernel.soundness import soundness  # noqa: E402

ROUNDS = 15
TODAY = date(2026, 11, 22)
CITY = ROOT / "src" / "guiju" / "packs" / "changzhi"


def main() -> None:
    """Print the table."""
    pack = read_pack(CITY, TODAY)
    texts = [path.read_text() for path in sorted((CITY / "powers").glob("*.toml"))]
    parts: dict[str, Callable[[], object]] = {
        "soundness": lambda: [soundness(compile_net(power)) for power in pack.powers],
        f"{len(CHECKS)} checks": lambda: [
            findings(power, TODAY, pack.rules) for power in pack.powers
        ],
        "staffing": lambda: [[*staffing_findings(pack, power, TODAY)] for power in pack.powers],
        "examples": lambda: [[*failures(power, pack.calendar)] for power in pack.powers],
        "reading the pack": lambda: read_pack(CITY, TODAY),
        "tomllib alone": lambda: [tomllib.loads(text) for text in texts],
    }
    times: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(ROUNDS):
        for name, part in parts.items():
            begun = time.process_time()
            part()
            times[name].append(time.process_time() - begun)
    steps = sum(len(power.steps) for power in pack.powers)
    count = len(pack.powers)
    print(f"{count} powers, {steps} steps; a round takes turns through all parts\n")
    print("| part | ms a power | quickest | powers a second | quickest | ÷ tomllib |")
    print("|---|---|---|---|---|---|")
    least = times["tomllib alone"]
    for name, each in times.items():
        took, best = statistics.median(each) / count, min(each) / count
        ratio = statistics.median(a / b for a, b in zip(each, least, strict=True))
        milliseconds = f"{took * 1000:.1f} | {best * 1000:.1f}"
        print(f"| {name} | {milliseconds} | {1 / took:.0f} | {1 / best:.0f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
