"""The picture of a power's chart; see ``guiju.kernel.drawing`` for how it is made.

Geometry depends on the power and on ``risks`` alone, never on the progress of a case, so
that a case is read on the same picture that was published.
"""

from guiju.kernel.drawing.narrow import chart_svg_narrow
from guiju.kernel.drawing.paper import Paper, pages_svg
from guiju.kernel.drawing.plan import Progress
from guiju.kernel.drawing.trace import CounterExample
from guiju.kernel.drawing.wide import chart_svg

__all__ = ["CounterExample", "Paper", "Progress", "chart_svg", "chart_svg_narrow", "pages_svg"]
