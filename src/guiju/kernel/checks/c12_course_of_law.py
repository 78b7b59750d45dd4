"""无论怎样走,先后次序都合乎法律:先受理后决定、先告知后处罚、先决定后送达。

Order and presence on every run of the chart, decided on the net itself: whether, say, a penalty
can be decided on some run without the party having been told. A finding shows such a run. Where
a stage is missing altogether, C11 says so and this check does not repeat it.
Source: each row of ``templates.TEMPLATES`` names its article and how certain it is.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject, ids, words
from guiju.kernel.paths import broken
from guiju.kernel.power import Power
from guiju.kernel.templates import TEMPLATES, Event, Shape

ID = "C12"


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each row that some run breaks."""
    if not subject.can_ask_paths:
        return
    power, net = subject.power, subject.net
    missing = _missing(power)
    for row in TEMPLATES:
        if row.shape is Shape.STAGE or not row.applies(power) or missing & {row.first, row.then}:
            continue
        run = broken(subject.graph, row.watch(power, net))
        if run is not None:
            yield Finding(ID, row.words(), (run[-1].step.id,), words(run), ids(run))


def _missing(power: Power) -> set[Event]:
    """The stages that C11 finds missing."""
    kinds = {step.kind for step in power.steps}
    rows = (row for row in TEMPLATES if row.shape is Shape.STAGE and row.applies(power))
    return {row.first for row in rows if not row.first.kinds & kinds}
