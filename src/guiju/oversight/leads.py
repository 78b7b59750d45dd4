"""Findings of ``guiju oversee`` as leads on our own record: registered once, judged by a person.

Each is an act of its own under ``lead:ID``, which the database refuses to delete. The public log
tells a pseudonym and which question was asked; case, people, organ and words are committed to.

    kind     told              private
    lead     detector          finding: all that it says; events: those of its case
    answer   verdict           reason
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from guiju.audit.finding import Finding
from guiju.formats.packs import Pack
from guiju.formats.reader import plain, read
from guiju.organs.models import Division, Organ, Person
from guiju.oversight.models import Lead
from guiju.oversight.standings import Scope
from guiju.oversight.trail import PROGRAM, VERDICTS, NotAllowed, told_of
from guiju.record.entries import Entry
from guiju.record.keys import keys_or_new
from guiju.record.models import Act
from guiju.record.writer import write

PREFIX = "lead:"
EVIDENCE = "证据"  # what steps are called on a chart that a lead rests on
AT_ONCE = 200  # leads of one transaction
Progress = Callable[[int], None]  # how many are registered so far


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the case that a lead is about, in the words of the log that it came from."""

    row: int
    source: str
    at: str  # local time, to the minute
    step: str
    outcome: str = ""
    person: str = ""
    recorded_at: str = ""
    is_evidence: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A lead with all that the record holds of it."""

    lead: Lead
    finding: Finding
    events: tuple[Event, ...]
    verdict: str = ""
    reason: str = ""
    by: str = ""  # the name of who judged it
    on: date | None = None


@dataclass(frozen=True)
class Register:
    """Puts leads on the record; what is there already stays as it is."""

    pack: Pack
    at: datetime
    division: str = field(init=False)  # the whole place: of what no organ of ours is told

    def __post_init__(self) -> None:
        """Find the place that all divisions lie in."""
        codes = Division.objects.values_list("code", flat=True)
        object.__setattr__(self, "division", min(codes, key=len, default=""))

    def all(
        self, rows: Iterable[tuple[Finding, Callable[[], tuple[Event, ...]]]], progress: Progress
    ) -> int:
        """Register findings, each with a way to its events; answers how many were new."""
        known = set(Lead.objects.values_list("id", flat=True))
        new = [(finding, events) for finding, events in rows if finding.id not in known]
        for start in range(0, len(new), AT_ONCE):
            with transaction.atomic():
                for finding, events in new[start : start + AT_ONCE]:
                    self._one(finding, events())
            progress(min(start + AT_ONCE, len(new)))
        return len(new)

    def _one(self, finding: Finding, events: tuple[Event, ...]) -> None:
        organ = Organ.objects.filter(pk=finding.organ).first()
        names = {power.code: power.name for power in self.pack.powers}
        Lead.objects.create(
            id=finding.id,
            detector=finding.detector,
            group=finding.group,
            severity=finding.severity,
            power=names.get(finding.power, finding.power)[:120],
            case=finding.case[:120],
            organ=organ.name if organ else finding.organ[:80],
            division=organ.division_id if organ else self.division,
            day=finding.day,
        )
        private = {"finding": plain(finding), "events": [plain(each) for each in events]}
        told = {"detector": finding.detector}
        _write(finding.id, "lead", told, {"lead": private}, (PROGRAM, self.at))


def _write(
    id_: str,
    kind: str,
    told: Mapping[str, Any],
    private: Mapping[str, Any],
    by: tuple[str, datetime],
) -> int:
    """Append an act about a lead; answers its number."""
    subject = f"{PREFIX}{id_}"
    seq = Act.objects.filter(subject=subject).count() + 1
    entry = Entry(
        subject=subject,
        seq=seq,
        kind=kind,
        power="",
        version="",
        person=by[0],
        at=by[1],
        key=f"{kind}:{id_}",
        told=told,
        private=private,
    )
    write(entry, keys_or_new(subject))
    return seq


def visible(scope: Scope) -> QuerySet[Lead]:
    """The leads that a scope lets somebody see: what is not judged first, the latest first."""
    allowed = Q(pk__in=())
    for code in (*scope.divisions, *scope.leads):
        allowed |= Q(division__startswith=code)
    for name in scope.organs:
        allowed |= Q(organ=name)
    return Lead.objects.filter(allowed).order_by("answered", "-day", "id")


def told(lead: Lead) -> Told:
    """A lead from the record."""
    acts = {act.kind: act for act in Act.objects.filter(subject=f"{PREFIX}{lead.pk}")}
    data = json.loads(acts["lead"].private)["lead"]
    finding = read(Finding, data["finding"])
    events = tuple(read(Event, each) for each in data["events"])
    answer = acts.get("answer")
    if answer is None:
        return Told(lead, finding, events)
    return Told(
        lead,
        finding,
        events,
        told_of(answer)["verdict"],
        json.loads(answer.private)["reason"],
        Person.objects.get(pk=answer.person).name,
        timezone.localtime(answer.at).date(),
    )


@transaction.atomic
def judge(lead: Lead, *, verdict: str, reason: str, by: str, scope: Scope, at: datetime) -> None:
    """Judge a lead, once: a named person of the duty post, with reasons. Raises NotAllowed.

    The same again by the same person is harmless.
    """
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    if verdict not in VERDICTS:
        raise NotAllowed("判断只有查实和不成立两种")
    if not reason.strip():
        raise NotAllowed("作判断要写明理由")
    if not lead.division.startswith(scope.leads or ("-",)):
        raise NotAllowed("线索由本地方的纪检监察值班岗判断")
    if lead.answered is not None:
        known = Act.objects.get(subject=f"{PREFIX}{lead.pk}", kind="answer")
        before = known.person, told_of(known)["verdict"], json.loads(known.private)["reason"]
        if before == (by, verdict, reason.strip()):
            return
        raise NotAllowed("这条线索已经有人判断")
    private = {"reason": reason.strip()}
    lead.answered = _write(lead.pk, "answer", {"verdict": verdict}, private, (by, at))
    lead.save(update_fields=["answered"])


def unlike_the_record() -> list[str]:
    """The leads whose row is not as the record has it, or is not there; in words."""
    subjects = Act.objects.filter(kind="lead", subject__startswith=PREFIX)
    acts = set(subjects.values_list("subject", flat=True))
    rows = {f"{PREFIX}{pk}" for pk in Lead.objects.values_list("pk", flat=True)}
    words = [f"线索的列表少了一条({subject})" for subject in sorted(acts - rows)]
    words += [f"线索的列表多了一条,痕迹里没有({subject})" for subject in sorted(rows - acts)]
    answered = Act.objects.filter(kind="answer", subject__startswith=PREFIX)
    judged = dict(answered.values_list("subject", "seq"))
    for pk, seq in Lead.objects.values_list("pk", "answered"):
        if judged.get(f"{PREFIX}{pk}") != seq:
            words.append(f"线索的判断与痕迹不同({pk})")
    return words
