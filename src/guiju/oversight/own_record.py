"""Our own record as a log for ``guiju oversee``: the same questions as to any other system.

Acts are never deleted, so the n-th act stays the n-th: what a store has read before is passed
over. Applicants are left out, as the record has no pseudonym for them across cases.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import pyarrow as pa
from django.utils import timezone

from guiju.cases.models import Case
from guiju.cases.trace import act_told
from guiju.formats.logs.batch import BATCH_ROWS, Batch
from guiju.formats.logs.schema import TOLD
from guiju.kernel.controls.certified import Certified
from guiju.kernel.power import APPLICANT, LAW, FieldKind
from guiju.kernel.program import asked
from guiju.organs.models import Organ
from guiju.powers.queries import program
from guiju.record.models import Act

NAME = "本系统的办件痕迹"
NOBODY = (APPLICANT, LAW)


@dataclass(frozen=True)
class OwnRecord:
    """The acts of cases after the first so many, as they stand now."""

    after: int

    @property
    def name(self) -> str:
        """What the source is called in a store."""
        return NAME

    @property
    def sha256(self) -> str:
        """Another one whenever there are more acts."""
        last = Act.objects.filter(kind="act").order_by("-id").values_list("id", "entry").first()
        return sha256(f"{self.after} {last}".encode()).hexdigest()

    @property
    def columns(self) -> tuple[str, ...]:
        """A system of its own."""
        return (NAME,)

    @property
    def remarks(self) -> tuple[()]:
        """Nothing is odd about it."""
        return ()

    def batches(self, skip: int = 0) -> Iterator[Batch]:
        """The acts in the order in which they were written."""
        rows = Act.objects.filter(kind="act").order_by("id")[self.after + skip :]
        divisions: dict[str, tuple[str, datetime]] = {}
        organs = dict(Organ.objects.values_list("name", "id"))
        waiting: list[dict[str, Any]] = []
        read = skip
        for read, row in enumerate(rows.iterator(2_000), skip + 1):
            waiting.append({"row": read, **_told(row, divisions, organs)})
            if len(waiting) == BATCH_ROWS:
                yield _batch(waiting, read)
                waiting = []
        if waiting:
            yield _batch(waiting, read)


def _batch(rows: list[dict[str, Any]], read: int) -> Batch:
    columns = {name: [row.get(name) for row in rows] for name in TOLD.names}
    return Batch(pa.RecordBatch.from_pydict(columns, schema=TOLD), (), 0, read)


def _told(
    row: Act, cases: dict[str, tuple[str, datetime]], organs: dict[str, str]
) -> dict[str, Any]:
    """One act in the columns of a log."""
    act, begun = act_told(row), program(row.version)
    move = begun.moves[row.step, row.outcome]
    if row.subject not in cases:
        case = Case.objects.only("division_id", "opened_at").get(pk=row.subject)
        cases[row.subject] = case.division_id, case.opened_at
    division, opened = cases[row.subject]
    controls = asked(move.step.controls, move.outcome)
    is_certified = any(isinstance(c, Certified) and c.post == act.post for c in controls)
    own = next((p.certificate for p in act.present if p.id == act.by), "")
    money = [
        int(act.facts[field.id])
        for field in asked(move.step.fields, move.outcome)
        if field.kind is FieldKind.MONEY and act.facts.get(field.id)
    ]
    days = act.facts.get(move.outcome.stop_days, "") if move.outcome.stop_days else ""
    is_official = act.post not in NOBODY
    return {
        "case": row.subject,
        "power": row.power,
        "step": row.step,
        "outcome": row.outcome,
        "at": _local(row.at),
        "received": _local(opened),
        "organ": organs.get(row.organ),
        "post": act.post,
        "person": act.by if is_official else None,
        "present": [
            {"person": p.id, "post": p.post, "order": p.order or None} for p in act.present
        ],
        "certificate": own or None if is_certified else None,
        "reason": bool(act.reason),
        "items": list(act.items),
        "evidence": list(act.evidence),
        "amount": money[0] if money else None,
        "stop_days": int(days) if days else None,
        "division": division,
    }


def _local(at: datetime) -> datetime:
    """The city's wall-clock time, without a zone."""
    return timezone.localtime(at).replace(tzinfo=None)
