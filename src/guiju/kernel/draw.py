"""The picture of a power's chart; see ``guiju.kernel.drawing`` for how it is made.

Geometry depends on the power and on ``risks`` alone, never on the progress of a case, so
that a case is read on the same picture that was published.
"""

from guiju.kernel.drawing import narrow, paper, wide
from guiju.kernel.drawing.paper import Paper
from guiju.kernel.drawing.plan import Progress
from guiju.kernel.drawing.trace import CounterExample
from guiju.kernel.power import Power
from guiju.kernel.unfold import unfold

__all__ = ["CounterExample", "Paper", "Progress", "chart_svg", "chart_svg_narrow", "pages_svg"]


def chart_svg(
    power: Power,
    *,
    risks: bool,
    progress: Progress | None = None,
    path: CounterExample | None = None,
) -> str:
    """The chart on lanes, for wide screens; a counter-example is drawn over it in red."""
    return wide.chart_svg(unfold(power), risks=risks, progress=progress, path=path)


def chart_svg_narrow(
    power: Power,
    *,
    risks: bool,
    progress: Progress | None = None,
    path: CounterExample | None = None,
) -> str:
    """The chart as one column of cards, for phones."""
    return narrow.chart_svg_narrow(unfold(power), risks=risks, progress=progress, path=path)


def pages_svg(power: Power, size: Paper, *, risks: bool) -> tuple[str, ...]:
    """The chart on pages of paper."""
    return paper.pages_svg(unfold(power), size, risks=risks)
