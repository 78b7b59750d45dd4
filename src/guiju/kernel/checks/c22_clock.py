"""办理时限有起有止:决定以前已经起算,停下的接着走,决定以后有截止。

On every run: the clock has begun before a decision is made; once stopped, it is resumed before
the case is decided or ends well, also where the stop would end by itself after the days that
were told, since the reason for it may be over earlier; and after a decision that is carried out
it ends before the case does, so that what a city promises can be measured.
Source: 行政许可法第四十二条、第四十五条; 行政处罚法第六十条; a suspension that is never closed is
the favourite way to cheat a clock, which a province's rules of supervision watch apart.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject, ids, words
from guiju.kernel.paths import Moves, Watch, broken, moves
from guiju.kernel.power import ClockEffect
from guiju.kernel.templates import CARRIED, DECIDE, GOOD

ID = "C22"
E = ClockEffect
STARTS = frozenset({E.START, E.ARRIVED, E.RESTART})


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each way in which the clock does not measure."""
    if not subject.can_ask_paths:
        return
    power, net = subject.power, subject.net
    decided, good = DECIDE.moves(power, net), GOOD.moves(power, net)
    begun = _with(subject, *STARTS)
    ended = _with(subject, E.END)
    resumed = _with(subject, E.RESUME, E.RESTART, E.END)
    stopped = _with(subject, E.STOP)
    if not begun:
        yield Finding(ID, "没有一个出口开始计时,办理时限无从算起")
        return
    for watch, problem in (
        (Watch(bad=decided, settles=begun, is_owed=True), "还没有起算就可能作出决定"),
        (Watch(bad=decided | good, settles=resumed, owes=stopped), "停止计时以后可能不再恢复"),
        (
            Watch(bad=good, settles=ended, owes=CARRIED.moves(power, net)),
            "决定以后可能一直没有截止计时",
        ),
    ):
        run = broken(subject.graph, watch)
        if run is not None:
            yield Finding(ID, problem, (run[-1].step.id,), words(run), ids(run))


def _with(subject: Subject, *effects: ClockEffect) -> Moves:
    return moves(subject.net, lambda m: m.outcome.clock in effects)
