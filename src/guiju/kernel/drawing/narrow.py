"""The chart as one column of cards for phones; what no arrow can show is said in words."""

from guiju.kernel.drawing.plan import Progress
from guiju.kernel.power import Power


def chart_svg_narrow(power: Power, *, risks: bool, progress: Progress | None = None) -> str:
    """The chart as cards, 360 units wide."""
    return ""
