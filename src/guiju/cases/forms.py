"""From a posted form to a Request: one reading for applicants and staff."""

import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from guiju.cases.actions import Applicant, Request
from guiju.cases.documents import Stored, store
from guiju.kernel.acts import Person
from guiju.kernel.controls.certified import Certified
from guiju.kernel.controls.collective import Collective
from guiju.kernel.controls.evidence import Evidence
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.controls.promise import Promise
from guiju.kernel.controls.random_draw import RandomDraw
from guiju.kernel.controls.recusal import Recusal
from guiju.kernel.forms import LIST_MARK
from guiju.kernel.power import Field, FieldKind, Outcome, Step
from guiju.kernel.program import asked
from guiju.kernel.run import Refusal

KEY = re.compile(r"[0-9a-f-]{36}")
ORDER = re.compile(r"\d{1,3}")
PARTS = {
    **dict.fromkeys(("persons_min", "certified", "recusal", "collective"), "people"),
    **dict.fromkeys(("random_draw", "distinct", "present"), "people"),
    **dict.fromkeys(("evidence", "promise"), "documents"),
    "branch": "branches",
    "one_notice": "missing",
    "reason_required": "reason",
}  # kind of refusal → the part of the form where it is mended
PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}")


class Unreadable(ValueError):
    """A form that no page of ours would have sent, or an applicant's slip, in words."""


def request_from(
    step: Step, data: QueryDict, files: "MultiValueDict[str, UploadedFile[Any]]"
) -> Request:
    """What somebody asks for at a step. Raises Unreadable, or Unacceptable for a file."""
    outcome = _outcome(step, data)
    key = data.get("key", "")
    if not KEY.fullmatch(key):
        raise Unreadable("表单已失效,请刷新页面后重新填写")
    return Request(
        step=step.id,
        outcome=outcome.id,
        key=key,
        present=tuple(
            _person(step, outcome, key, data) for key in dict.fromkeys(data.getlist("present"))
        ),
        documents=_documents(step, outcome, files),
        reason=data.get("reason", "").strip(),
        items=tuple(line.strip() for line in data.get("items", "").splitlines() if line.strip()),
        facts=facts_from(step, outcome, data),
        branches=tuple(data.getlist("branch")),
        assignee=data.get("assignee", ""),
    )


def facts_from(step: Step, outcome: Outcome, data: QueryDict) -> dict[str, str]:
    """The form fields that an outcome asks for; money is turned into fen."""
    fields = asked(step.fields, outcome)
    return {each.id: _text(each, data.getlist(f"f-{each.id}")) for each in fields}


def applicant_from(data: QueryDict) -> Applicant:
    """Who applies and who helps. Raises Unreadable."""
    name, phone = data.get("name", "").strip(), data.get("phone", "").strip()
    helper, helper_phone = data.get("helper", "").strip(), data.get("helper_phone", "").strip()
    if not name:
        raise Unreadable("请填写申请人姓名")
    if not PHONE.fullmatch(phone):
        raise Unreadable("请填写能联系上的电话:11位手机号,或区号加座机号")
    if helper and not PHONE.fullmatch(helper_phone):
        raise Unreadable("请填写代办人的电话")
    return Applicant(
        name[:80], phone, data.get("email", "").strip()[:254], helper[:40], helper_phone
    )


def beside(refusals: Iterable[Refusal]) -> dict[str, list[Refusal]]:
    """What was refused, by the part of the form where it is mended; "fields" names its field."""
    told = defaultdict[str, list[Refusal]](list)
    for each in refusals:
        told["fields" if each.field else PARTS.get(each.kind, "")].append(each)
    return dict(told)


def evidence_kinds(step: Step, outcome: Outcome) -> list[str]:
    """The kinds of documents that an outcome needs."""
    kinds: list[str] = []
    for control in asked(step.controls, outcome):
        match control:
            case Evidence():
                kinds += control.kinds
            case RandomDraw():
                kinds.append(control.evidence)
            case Promise():
                kinds.append(control.document)
    return list(dict.fromkeys(kinds))


def posts_present(step: Step, outcome: Outcome) -> set[str]:
    """The posts whose holders may be named as taking part in an outcome."""
    posts: set[str] = set()
    for control in asked(step.controls, outcome):
        match control:
            case PersonsMin() | Certified() | RandomDraw():
                posts.add(control.post)
            case Collective():
                posts |= {control.post, control.principal}
    return posts - {""}


def parts_asked(step: Step, outcome: Outcome, post: str) -> list[str]:
    """What an outcome asks to be told of whoever takes part in a post: fields of a Person."""
    parts: list[str] = []
    for control in asked(step.controls, outcome):
        match control:
            case Certified() if control.post == post:
                parts.append("certificate")
            case Recusal():
                parts.append("relation")
            case Collective() if post in (control.post, control.principal):
                parts += ["order"] * bool(control.principal) + ["vote", "opinion"]
    return list(dict.fromkeys(parts))


def _outcome(step: Step, data: QueryDict) -> Outcome:
    chosen = data.get("outcome", "")
    found = next((outcome for outcome in step.outcomes if outcome.id == chosen), None)
    if found is None:
        raise Unreadable("没有这个出口,请刷新页面后重新填写")
    return found


def _documents(
    step: Step, outcome: Outcome, files: "MultiValueDict[str, UploadedFile[Any]]"
) -> tuple[Stored, ...]:
    pairs = ((kind, files.getlist(f"e-{kind}")) for kind in evidence_kinds(step, outcome))
    return tuple(
        store(kind, file.name or "", file.chunks()) for kind, uploads in pairs for file in uploads
    )


def _person(step: Step, outcome: Outcome, key: str, data: QueryDict) -> Person:
    """Somebody who takes part, and of them what the outcome asks for and nothing else."""
    id_, _, post = key.partition("|")
    parts = parts_asked(step, outcome, post)
    said = {part: data.get(f"{part}-{key}", "").strip() for part in parts}
    order = said.pop("order", "") or "0"
    if not ORDER.fullmatch(order):
        raise Unreadable("发言次序请填数字,第一个发言的填1")
    return Person(id_, post, order=int(order), **said)


def _text(field: Field, texts: list[str]) -> str:
    if field.kind is FieldKind.CHOICES:
        return LIST_MARK.join(texts)
    text = texts[-1].strip() if texts else ""
    if field.kind is not FieldKind.MONEY or not text:
        return text
    try:
        fen = Decimal(text.replace(",", "")) * 100
    except InvalidOperation:
        return text
    is_whole = fen.is_finite() and fen == fen.to_integral_value() and fen >= 0
    return str(int(fen)) if is_whole else text
