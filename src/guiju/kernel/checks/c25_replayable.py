"""可以回放:流程图编成的回放表不超过规定的大小,任何系统的办件记录都能拿来逐条核对。

Oversight holds the records of any system against the chart by its table (``kernel.table``). A
chart that leaves nearly everything open at every moment has a table without bound: nobody, and
no machine, could say of a record whether it kept to such a chart.
Source: the software's own rule (a budget of states, not a norm of law).
"""

from collections.abc import Iterator

from guiju.kernel.behaviour import TooManyStates, behaviour_of
from guiju.kernel.checks.finding import Finding, Subject
from guiju.kernel.table import STATES_MAX, compiled

ID = "C25"


def check(subject: Subject, states_max: int = STATES_MAX) -> Iterator[Finding]:
    """One finding for a chart whose table is too large; none for one that is not sound yet."""
    if not subject.can_ask_paths:
        return
    try:
        compiled(behaviour_of(subject.net), states_max)
    except TooManyStates:
        message = f"回放表超过{states_max:,}个状态,办件记录无法逐条核对;请减少同时进行的分支"
        yield Finding(ID, message)
