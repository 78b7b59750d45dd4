"""The picture of a power's chart; see ``guiju.kernel.drawing`` for how it is made.

Geometry depends on the power and on ``risks`` alone, never on the progress of a case, so
that a case is read on the same picture that was published.
"""

from dataclasses import replace

from guiju.kernel.drawing import narrow, wide
from guiju.kernel.drawing.plan import Progress
from guiju.kernel.power import Power
from guiju.kernel.unfold import unfold

__all__ = ["Progress", "chart_svg", "chart_svg_narrow"]


def chart_svg(power: Power, *, risks: bool, progress: Progress | None = None) -> str:
    """The chart on lanes, for paper and wide screens."""
    return wide.chart_svg(_lines(power), risks=risks, progress=progress)


def chart_svg_narrow(power: Power, *, risks: bool, progress: Progress | None = None) -> str:
    """The chart as one column of cards, for phones."""
    return narrow.chart_svg_narrow(_lines(power), risks=risks, progress=progress)


def _lines(power: Power) -> Power:
    """The power with only those outcomes that are drawn as lines: not what stands beside."""
    steps = (
        replace(step, outcomes=tuple(o for o in step.outcomes if not o.aside))
        for step in unfold(power).steps
    )
    return replace(power, steps=tuple(steps), anytime=(), charts=())
