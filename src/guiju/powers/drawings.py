"""The charts of published versions as SVG, for wide and for narrow screens."""

from dataclasses import dataclass
from functools import lru_cache

from guiju.kernel.acts import State
from guiju.kernel.draw import Progress, chart_svg, chart_svg_narrow
from guiju.kernel.program import Program, open_steps
from guiju.powers.queries import power


@dataclass(frozen=True, slots=True)
class Drawings:
    """The charts of a version as SVG, for wide and for narrow screens."""

    flow: str
    flow_narrow: str
    risk: str
    risk_narrow: str


@lru_cache(maxsize=512)
def drawings(sha256: str) -> Drawings:
    """The two charts of a version, drawn once."""
    shown = power(sha256)
    return Drawings(
        chart_svg(shown, risks=False),
        chart_svg_narrow(shown, risks=False),
        chart_svg(shown, risks=True),
        chart_svg_narrow(shown, risks=True),
    )


@dataclass(frozen=True, slots=True)
class CaseDrawing:
    """The chart of a case as SVG: with the risks where there is room, without where not."""

    wide: str
    narrow: str


def drawing_of_case(begun: Program, state: State) -> CaseDrawing:
    """The chart with where a case stands on it."""
    current = frozenset(step.id for step in open_steps(begun, state))
    progress = Progress(current, frozenset(state.doers) - current)
    return CaseDrawing(
        chart_svg(begun.power, risks=True, progress=progress),
        chart_svg_narrow(begun.power, risks=False, progress=progress),
    )
