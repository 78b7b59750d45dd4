"""The patrol 巡查: cards, reminders and closings computed anew from the record; what differs.

What lists show is held against the acts of oversight, and these against what the acts of the case,
the calendar and the policies say there must be. Nothing is mended: a difference is for people.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from guiju.cases.models import Case
from guiju.kernel.cards import Due, Kind, differences, dues, unknown
from guiju.oversight.closings import Closing, recomputed
from guiju.oversight.follow_ups import lifted_by
from guiju.oversight.leads import unlike_the_record
from guiju.oversight.models import Card, Reminder
from guiju.oversight.trail import course_of, issued, overseen
from guiju.powers.policies import policies_held
from guiju.powers.queries import calendar, program

COLUMNS = ("light", "missed_on", "breached_on", "closed_on")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something about a case that is not as the record says, in words."""

    case: str
    words: str


def patrol(at: datetime) -> Iterator[Difference]:
    """All that differs, case by case; what cannot be computed is said too."""
    for words in unlike_the_record():
        yield Difference("", words)
    days, policies = calendar(), policies_held()
    for case in Case.objects.filter(seq__gt=0).order_by("number").iterator():
        begun, acts = program(case.version_id), course_of(case)
        rows = [due for _, due in issued(case.number)]
        must = dues(begun, acts, days, policies, at.date())
        for words in (*differences(must, rows, at.date()), *_lists(case, rows)):
            yield Difference(case.number, words)
        why = unknown(begun, acts, days)
        if why:
            yield Difference(case.number, f"不可核对:{why}")
        yield from _lifted(case)
        yield from _closing(case)


def _lifted(case: Case) -> Iterator[Difference]:
    """Whether the cards shown as lifted are those that a decision has lifted."""
    acts = {row.seq for row in overseen(case.number) if row.kind == "cancel"}
    for card in Card.objects.filter(case=case).select_related("supervision", "appeal"):
        if card.cancelled is not None and (card.cancelled not in acts or not lifted_by(card)):
            yield Difference(case.number, f"牌列为已撤销,痕迹里没有这样的决定({card.key})")


def _lists(case: Case, rows: list[Due]) -> Iterator[str]:
    """What the lists of cards and reminders show, against the acts of oversight."""
    for model, kind, words in ((Card, Kind.CARD, "牌"), (Reminder, Kind.REMINDER, "提醒")):
        acts = {each.key: each for each in rows if each.kind is kind}
        shown = {row.key: row for row in model.objects.filter(case=case)}
        for key in acts.keys() - shown.keys():
            yield f"{words}的列表少了一张({key})"
        for key in shown.keys() - acts.keys():
            yield f"{words}的列表多了一张,痕迹里没有({key})"
        for key in acts.keys() & shown.keys():
            if (shown[key].day, shown[key].limit_day) != (acts[key].day, acts[key].limit_day):
                yield f"{words}的列表与痕迹不同({key})"
            if getattr(shown[key], "level", acts[key].level) != acts[key].level:
                yield f"牌的列表等级与痕迹不同({key})"


def _closing(case: Case) -> Iterator[Difference]:
    """The light of an ended case as it is kept for boards, against what the kernel says."""
    kept = Closing.objects.filter(case=case).first()
    if kept is None:
        return
    anew = recomputed(case.number)
    for name in COLUMNS:
        if anew is None or getattr(anew, name) != getattr(kept, name):
            yield Difference(case.number, "看板上记的灯与依记录重算的不同")
            return
