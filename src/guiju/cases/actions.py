"""All writes about cases: opening one, and performing an act on one.

``perform_act`` is the busiest write of the house, so it speaks SQL: five statements in one
transaction (the case, locked; who holds which post; the act; the case's new state; the
message to the applicant), whatever the length of the case.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from guiju.cases.documents import Stored
from guiju.cases.models import Case, Document
from guiju.kernel.acts import Act, Person, State, state_from_json, state_to_json
from guiju.kernel.power import APPLICANT
from guiju.kernel.run import Program, Refusal, Refused, asked, open_steps, perform, refusals, start
from guiju.organs.mandate import Holding, holding_to_act
from guiju.organs.queries import holdings
from guiju.powers.queries import program
from guiju.record.writer import Entry, canonical, first_written, write, written

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O 1 I L: numbers are read out on the phone
SELECT = """
SELECT version_id, division_id, state, seq, applicant_phone, applicant_email
FROM cases_case WHERE number = %s"""
UPDATE = "UPDATE cases_case SET state = %s, seq = %s, roles = %s, ended = %s WHERE number = %s"
TELL = """
INSERT INTO cases_message (case_id, seq, address, body, created_at, sent_at)
VALUES (%s, %s, %s, %s, %s, NULL)"""


class NoSuchCase(LookupError):
    """There is no case with that number."""


class StalePage(Exception):
    """Somebody else has acted since the page was opened; nothing has happened."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies, and who helps; both names are recorded."""

    name: str
    phone: str
    email: str = ""
    helper_name: str = ""
    helper_phone: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """An act as somebody asks for it; ``key`` makes a repeated request harmless."""

    step: str
    outcome: str
    key: str
    present: tuple[Person, ...] = ()
    documents: tuple[Stored, ...] = ()
    reason: str = ""
    items: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Row:
    """A case as the database holds it."""

    number: str
    version: str
    division: str
    state: State
    seq: int
    phone: str
    email: str


def open_case(
    *, version: str, division: str, applicant: Applicant, request: Request, by: str, at: datetime
) -> str:
    """Open a case with the first act of its chart; answers the case's number.

    Called again with the same key it answers the same number. Raises Refused.
    """
    earlier = first_written(request.key)
    if earlier is not None:
        return earlier.subject
    number = new_number(at.date())
    try:
        with transaction.atomic():
            case = Case.objects.create(
                number=number,
                version_id=version,
                division_id=division,
                state=canonical(state_to_json(start(program(version), at))),
                applicant_name=applicant.name,
                applicant_phone=applicant.phone,
                applicant_email=applicant.email,
                helper_name=applicant.helper_name,
                helper_phone=applicant.helper_phone,
                opened_at=at,
            )
            _perform_first(case, request, by, at)
    except IntegrityError:
        earlier = first_written(request.key)  # the same form, sent twice at the same moment
        if earlier is None:
            raise
        return earlier.subject
    return number


def _perform_first(case: Case, request: Request, by: str, at: datetime) -> None:
    begun, number = program(case.version_id), case.number
    state, phone = state_of(case), case.applicant_phone
    row = _Row(number, case.version_id, case.division_id, state, 0, phone, case.applicant_email)
    private = {"helper": case.helper_name, "applicant": case.applicant_name}
    _apply(begun, row, request, _holding(begun, row, request, by, at), (by, at), private)


def perform_act(*, number: str, request: Request, seq: int, by: str, at: datetime) -> int:
    """Perform one act on a case that had ``seq`` acts when the page was opened.

    Answers the number of the act within the case. Called again with the same key it answers
    the same. Raises NoSuchCase, StalePage, or Refused with every reason; then nothing has
    happened.
    """
    try:
        with transaction.atomic():
            row = _locked(number)
            if row.seq != seq:
                raise StalePage("您打开页面以后,别人已经办理过本件,请刷新后再办")
            begun = program(row.version)
            holding = _holding(begun, row, request, by, at)
            return _apply(begun, row, request, holding, (by, at), {})
    except (IntegrityError, StalePage, Refused):
        if written(request.key, number, seq + 1):
            return seq + 1
        raise


def objections(case: Case, request: Request, *, by: str, at: datetime) -> tuple[Refusal, ...]:
    """Why an act would be refused, asked before it is tried; empty when it would not be."""
    begun = program(case.version_id)
    row = _Row(case.number, case.version_id, case.division_id, state_of(case), case.seq, "", "")
    try:
        _holding(begun, row, request, by, at)
    except Refused as refused:
        return refused.refusals
    return refusals(begun, row.state, _act(begun, request, by, at))


def state_of(case: Case) -> State:
    """The kernel's state of a case."""
    return state_from_json(json.loads(case.state))


def new_number(on: date) -> str:
    """A case number: the day, and six letters that cannot be guessed from another number."""
    return f"{on:%Y%m%d}-" + "".join(secrets.choice(ALPHABET) for _ in range(6))


def _locked(number: str) -> _Row:
    """The case, locked until the transaction ends (on SQLite the whole database is)."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(SELECT + lock, (number,))
        found = cursor.fetchone()
    if found is None:
        raise NoSuchCase(f"没有编号为“{number}”的办件,请核对编号")
    version, division, state, seq, phone, email = found
    return _Row(number, version, division, state_from_json(json.loads(state)), seq, phone, email)


def _act(begun: Program, request: Request, by: str, at: datetime) -> Act:
    step = begun.steps.get(request.step)
    return Act(
        step=request.step,
        outcome=request.outcome,
        by=by,
        post=step.post if step else "",
        at=at,
        present=request.present,
        evidence=tuple(document.kind for document in request.documents),
        reason=request.reason,
        items=request.items,
        facts=request.facts,
    )


def _holding(begun: Program, row: _Row, request: Request, by: str, at: datetime) -> Holding | None:
    """By what post the person acts, None for the applicant. Raises Refused."""
    step = begun.steps.get(request.step)
    if step is None or step.post == APPLICANT:
        if by != APPLICANT:
            raise Refused((Refusal("post", "本环节由申请人办理"),))
        return None
    roles = tuple(sorted({step.post, *(person.post for person in request.present)}))
    held = holdings(roles, row.division, at.date())
    own = holding_to_act(held, by, step.post)
    if isinstance(own, str):
        post = begun.names.get(step.post, step.post)
        raise Refused((Refusal("post", f"“{step.name}”由{post}办理:{own}"),))
    known = {(each.person, each.role) for each in held}
    strangers = [each for each in request.present if (each.id, each.post) not in known]
    if strangers:
        raise Refused((Refusal("present", "在场人员中有人不在所写的岗位上"),))
    return own


def _apply(
    begun: Program,
    row: _Row,
    request: Request,
    holding: Holding | None,
    by_at: tuple[str, datetime],
    private: Mapping[str, object],
) -> int:
    """Decide, then write the act, the case and the message."""
    by, at = by_at
    act = _act(begun, request, by, at)
    after = perform(begun, row.state, act)
    seq = row.seq + 1
    write(_entry(begun, row, request, holding, act, private))
    roles = dict.fromkeys(step.post for step in open_steps(begun, after))
    waiting = f"|{'|'.join(roles)}|" if roles else ""
    state = canonical(state_to_json(after))
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, (state, seq, waiting, after.ended, row.number))
        if row.phone or row.email:
            address = row.email or f"{row.phone}@{settings.SMS_DOMAIN}"
            moment = connection.ops.adapt_datetimefield_value(at)
            body = notice(begun, row.number, act, after)
            cursor.execute(TELL, (row.number, seq, address, body, moment))
    if request.documents:
        _keep_documents(row.number, seq, request.documents)
    return seq


def _entry(
    begun: Program,
    row: _Row,
    request: Request,
    holding: Holding | None,
    act: Act,
    private: Mapping[str, object],
) -> Entry:
    step = begun.steps[act.step]
    public_ids = {each.id for each in asked(step.fields, act.outcome) if each.is_public}
    public = {id_: value for id_, value in act.facts.items() if id_ in public_ids}
    hidden = {id_: value for id_, value in act.facts.items() if id_ not in public_ids}
    return Entry(
        subject=row.number,
        seq=row.seq + 1,
        kind="act",
        power=begun.power.code,
        version=row.version,
        step=act.step,
        outcome=act.outcome,
        organ=holding.organ if holding else "",
        post=begun.names.get(act.post, act.post),
        person=act.by,
        at=act.at,
        key=request.key,
        public={"facts": public, "present": [person.post for person in act.present]},
        private={
            "person": act.by,
            "present": [person.id for person in act.present],
            "documents": {document.sha256: document.kind for document in request.documents},
            "reason": act.reason,
            "items": list(act.items),
            "facts": hidden,
            **private,
        },
    )


def _keep_documents(number: str, seq: int, documents: tuple[Stored, ...]) -> None:
    Document.objects.bulk_create(
        Document(
            case_id=number,
            seq=seq,
            kind=document.kind,
            name=document.name,
            sha256=document.sha256,
            size=document.size,
        )
        for document in documents
    )


def notice(begun: Program, number: str, act: Act, after: State) -> str:
    """What the applicant is told of an act: what was done, and what comes next."""
    move = begun.moves[act.step, act.outcome]
    told = move.outcome.tell or f"“{move.step.name}”已办理:{move.outcome.name}。"
    told += f"需要补齐:{'、'.join(act.items)}。" if act.items else ""
    told += f"理由:{act.reason}。" if act.reason and move.end else ""
    waiting = "、".join(step.name for step in open_steps(begun, after))
    rest = f"下一步:{waiting}。" if waiting else "本件已办结。"
    return f"【{begun.power.name}】办件{number}:{told}{rest}"


def check_first_act(*, version: str, request: Request, at: datetime) -> None:
    """Raise Refused if the first act of a new case would be; nothing is written."""
    begun = program(version)
    found = refusals(begun, start(begun, at), _act(begun, request, APPLICANT, at))
    if found:
        raise Refused(found)
