"""Break every power of every pack in every small way, and see whether somebody notices.

    .venv/bin/python tests/mutation.py            a table of operators, and the survivors
    .venv/bin/python tests/mutation.py --write    the same into docs/mutation.md

A mutant is a power with one thing changed: a control gone, a limit ten times as long, an outcome
that leads elsewhere. It is killed when it does not fit together (ChartError), when a check finds
something, or when one of the power's own examples does not come true. A survivor is a mistake
that could be published; docs/mutation.md says of each kind of survivor why it may live.

``sample`` is what the suite runs: every so many-th mutant, the same ones each time.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.mutators import ON, OPERATORS  # noqa: E402

from guiju.formats.packs import read_calendar, read_one, read_rules  # noqa: E402
from guiju.kernel.checks import findings  # noqa: E402
from guiju.kernel.examples import failures  # noqa: E402
from guiju.kernel.net import ChartError  # noqa: E402
from guiju.kernel.power import Power  # noqa: E402
from guiju.kernel.rules import Rule  # noqa: E402
from guiju.kernel.terms import Calendar  # noqa: E402

PACKS = ROOT / "src" / "guiju" / "packs"
REPORT = ROOT / "docs" / "mutation.md"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A power with one thing changed; ``killed`` says by whom, "" when it lives."""

    operator: str
    power: str
    what: str
    killed: str


# ─── The run


def powers() -> Iterator[tuple[Power, Path]]:
    """All powers of all packs, with their pack's folder."""
    for path in sorted(PACKS.glob("*/powers/*.toml")):
        folder = path.parents[1]
        yield read_one(path, ON), folder


def killer(power: Power, folder: Path) -> str:
    """Who notices: a check's id, 示例, 读取, or "" for nobody."""
    try:
        found = findings(power, ON, rules_of(folder))
        if found:
            return found[0].check
        return "示例" if any(failures(power, calendar_of(folder))) else ""
    except ChartError:
        return "读取"


@cache
def rules_of(folder: Path) -> Mapping[str, Rule]:
    """The rules of a pack, read once."""
    return read_rules(folder, ON)


@cache
def calendar_of(folder: Path) -> Calendar:
    """The calendar of a pack, read once."""
    return read_calendar(folder)


def mutants(every: int = 1) -> Iterator[Mutant]:
    """Every so many-th mutant of each operator and power, judged."""
    count = 0
    for power, folder in powers():
        for operator in OPERATORS:
            for what, changed in operator(power):
                count += 1
                if changed != power and count % every == 0:
                    killed = killer(changed, folder)
                    yield Mutant(operator.__name__, power.name, what, killed)


def sample() -> list[Mutant]:
    """What the suite runs."""
    return list(mutants(every=11))


def table(found: Iterable[Mutant]) -> str:
    """Operators with how many mutants there were and how many lived."""
    made, lived, by = Counter[str](), Counter[str](), defaultdict[str, Counter[str]](Counter)
    for mutant in found:
        made[mutant.operator] += 1
        lived[mutant.operator] += not mutant.killed
        by[mutant.operator][mutant.killed] += 1
    docs = {each.__name__: (each.__doc__ or "").strip().rstrip(".") for each in OPERATORS}
    lines = ["| operator | what it does | mutants | killed | first by |", "|---|---|---|---|---|"]
    for name, total in made.items():
        first = ", ".join(f"{k} {n}" for k, n in by[name].most_common(4) if k)
        killed = total - lived[name]
        lines.append(f"| `{name}` | {docs[name]} | {total} | {killed} | {first} |")
    total, dead = sum(made.values()), sum(made.values()) - sum(lived.values())
    lines.append(f"| all | | {total} | {dead} ({100 * dead / total:.1f} %) | |")
    return "\n".join(lines)


REASONS: tuple[tuple[str, str, str], ...] = (
    (
        "drop_clock",
        ":截止",
        "equivalent: the outcome ends the case, and the end of a case ends its clock",
    ),
    (
        "change_level",
        "村民自治制度",
        "right: a matter of the village may rest on its own rules",
    ),
    (
        "drop_risk",
        "",
        "allowed: steps that begin, register or close a case need no risk point (C04)",
    ),
    (
        "raise_limit",
        "",
        "no bound: the step lies before the clock starts, while it stands or after its end; "
        "where the law sets its limit, the number is a rule of the pack",
    ),
    (
        "weaken_distinct",
        "",
        "not shown: the city keeps these people apart beyond C08; an example shows the control, "
        "but not each step that it names",
    ),
    (
        "lower_number",
        "",
        "not shown: no example tries it with one person or one day",
    ),
    ("redirect", "pay.paid→granted", "not shown: the case ends paid but not filed away"),
    ("redirect", "", "not shown: no example goes this rare way to its end"),
    (
        "drop_control",
        "seal_major.seal_register",
        "twofold: the form asks for the number of the register as well",
    ),
    (
        "drop_control",
        "severe",
        "twofold: the chart leads through the review and the telling anyway, which C12 proves",
    ),
    ("drop_clock", "", "not shown: no example looks at the days after this outcome"),
)
"""Why a mutant may live: its operator, how ``what`` ends, the reason. The first to fit holds."""


def reason(mutant: Mutant) -> str:
    """Why a survivor may live; "" when nobody has said."""
    fitting = (
        why
        for operator, ending, why in REASONS
        if operator == mutant.operator and mutant.what.endswith(ending)
    )
    return next(fitting, "")


HEAD = """# Mutation: what notices a mistake in a power

Written by `.venv/bin/python tests/mutation.py --write`, which breaks every power of every pack
in every small way and sees whether the checks, the reader or the power's own examples notice.
The suite runs every eleventh mutant and holds its survivors against this list
(`tests/kernel/test_mutation.py`). "First by" is who noticed first: a check that stands late in
the list shows less than it finds.

"""


def report(found: list[Mutant]) -> str:
    """The whole of docs/mutation.md."""
    by_reason: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in found:
        if not mutant.killed:
            by_reason[reason(mutant)].append(mutant)
    parts = [HEAD + table(found), "", "## Survivors", ""]
    for why, living in by_reason.items():
        parts += [f"**{why or 'NOBODY HAS SAID WHY'}** ({len(living)})", ""]
        rows = [f"- `{mutant.operator}` {mutant.power}: {mutant.what}" for mutant in living]
        parts += [*rows, ""]
    return "\n".join(parts)


def main() -> None:
    """Print the report, or write it."""
    text = report(list(mutants()))
    if "--write" in sys.argv:
        REPORT.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
