"""All writes about cases: opening one, and performing an act on one.

``perform_act`` is the busiest write of the house, so it speaks SQL, whatever the length of the
case: one statement reads the case and who holds which post; three write, in one transaction,
the act, the case's new state and the message to the applicant.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from guiju.cases.documents import Stored
from guiju.cases.models import Case
from guiju.cases.trace import entry_of
from guiju.kernel.acts import Act, Person, State, state_from_json, state_to_json
from guiju.kernel.power import APPLICANT, LAW
from guiju.kernel.program import Program, open_steps, posts_for, waiting_posts
from guiju.kernel.run import Refusal, Refused, perform, refusals, start
from guiju.kernel.silence import next_silence
from guiju.organs.mandate import Holding, holding_to_act, within
from guiju.organs.queries import firsts_present, holdings_of
from guiju.powers.queries import calendar, program
from guiju.record.entries import canonical
from guiju.record.keys import Keys, new_keys, unwrapped
from guiju.record.writer import Statement, first_written, key_of, write

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O 1 I L: numbers are read out on the phone
SELECT = """
SELECT c.version_id, c.division_id, c.state, c.seq, c.applicant_phone, c.applicant_email,
       k.office, k.party, h.*
FROM cases_case c
JOIN record_key k ON k.subject = c.number
LEFT JOIN ({holdings}) h ON 1 = 1
WHERE c.number = %s"""
UPDATE = "UPDATE cases_case SET state = %s, seq = %s, roles = %s WHERE number = %s"
END = "UPDATE cases_case SET ended = %s WHERE number = %s"  # apart, as it is in an index
TELL = """
INSERT INTO cases_message (case_id, seq, address, body, created_at, sent_at)
VALUES (%s, %s, %s, %s, %s, NULL)"""
KEEP = """
INSERT INTO cases_document (case_id, seq, kind, name, sha256, size)
VALUES (%s, %s, %s, %s, %s, %s)"""
STALE = "您打开页面以后,别人已经办理过本件,请刷新后再办"
LAPSED = "本件有法定期限届满,已经依法记录,请刷新后再办"


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
    branches: tuple[str, ...] = ()
    assignee: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    """A case as the database holds it, and the posts within its division that matter."""

    number: str
    version: str
    division: str
    state: State
    seq: int
    address: str  # where the applicant is told; "" when nowhere
    keys: Keys
    held: list[Holding]


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
            Case.objects.create(
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
            new_keys(number)
            row = _read(number, request, by, at)
            party = {"helper": applicant.helper_name, "applicant": applicant.name}
            _apply(program(version), row, request, (by, at), {"party": party})
    except IntegrityError:
        earlier = first_written(request.key)  # the same form, sent twice at the same moment
        if earlier is None:
            raise
        return earlier.subject
    return number


def perform_act(*, number: str, request: Request, seq: int, by: str, at: datetime) -> int:
    """Perform one act on a case that had ``seq`` acts when the page was opened.

    Answers the number of the act within the case. Called again with the same key it answers
    the same. Raises NoSuchCase, StalePage, or Refused with every reason; then nothing has
    happened.
    """
    row = _read(number, request, by, at)
    try:
        if program(row.version).silences and lapse(number=number, at=at):
            raise StalePage(LAPSED)
        if row.seq != seq:
            raise StalePage(STALE)
        return _apply(program(row.version), row, request, (by, at), {})
    except (IntegrityError, StalePage, Refused) as error:
        key = key_of(number, seq + 1)
        if key == request.key:
            return seq + 1
        if key and isinstance(error, IntegrityError):  # somebody else's act came in between
            raise StalePage(STALE) from None
        raise


def objections(case: Case, request: Request, *, by: str, at: datetime) -> tuple[Refusal, ...]:
    """Why an act would be refused, asked before it is tried; empty when it would not be."""
    row = _read(case.number, request, by, at)
    begun = program(row.version)
    try:
        post = _post(begun, row, request, by, at)[0]
    except Refused as refused:
        return refused.refusals
    return refusals(begun, row.state, _act(request, by, post, at), calendar)


def state_of(case: Case) -> State:
    """The kernel's state of a case."""
    return state_from_json(json.loads(case.state))


def new_number(on: date) -> str:
    """A case number: the day, and six letters that cannot be guessed from another number."""
    return f"{on:%Y%m%d}-" + "".join(secrets.choice(ALPHABET) for _ in range(6))


def _read(number: str, request: Request, by: str, at: datetime) -> _Row:
    """The case, and who holds the posts of those who take part. Raises NoSuchCase."""
    people = {by, request.assignee, *(person.id for person in request.present)} - {""}
    holdings, parameters = holdings_of(sorted(people), at.date())
    with connection.cursor() as cursor:
        cursor.execute(SELECT.format(holdings=holdings), (*parameters, number))
        rows = cursor.fetchall()
    if not rows:
        raise NoSuchCase(f"没有编号为“{number}”的办件,请核对编号")
    version, division, state, seq, phone, email, office, party = rows[0][:8]
    address = email or (f"{phone}@{settings.SMS_DOMAIN}" if phone else "")
    held = within((Holding(*row[8:]) for row in rows if row[8]), division)
    before = state_from_json(json.loads(state))
    keys = unwrapped(number, office, party)
    return _Row(number, version, division, before, seq, address, keys, held)


def _act(request: Request, by: str, post: str, at: datetime) -> Act:
    return Act(
        step=request.step,
        outcome=request.outcome,
        by=by,
        post=post,
        at=at,
        present=request.present,
        evidence=tuple(document.kind for document in request.documents),
        reason=request.reason,
        items=request.items,
        facts=request.facts,
        branches=request.branches,
        assignee=request.assignee,
    )


def _post(
    begun: Program, row: _Row, request: Request, by: str, at: datetime
) -> tuple[str, Holding | None]:
    """In what post the person acts, and by which holding (the applicant by none).

    Raises Refused.
    """
    move = begun.moves.get((request.step, request.outcome))
    if move is None or move.outcome.after is not None:
        return "", None  # the chart has a better answer than the posts
    posts = posts_for(begun, row.state, move.step, move.outcome)
    if APPLICANT in posts or not posts:
        if by != APPLICANT:
            raise Refused((Refusal("post", "本环节由申请人办理"),))
        _check_present(row, request, by, APPLICANT)
        return APPLICANT, None
    found = [
        holding_to_act(row.held, by, post, lambda post: firsts_present(post, at.date()))
        for post in posts
    ]
    own = next((each for each in found if isinstance(each, Holding)), None)
    if own is None:
        names = "、".join(begun.names.get(post, post) for post in posts)
        raise Refused((Refusal("post", f"“{move.step.name}”由{names}办理:{found[0]}"),))
    _check_present(row, request, by, own.role)
    if request.assignee and (request.assignee, own.role) not in _known(row):
        raise Refused((Refusal("post", "只能转给同一岗位的人"),))
    return own.role, own


def _known(row: _Row) -> set[tuple[str, str]]:
    return {(each.person, each.role) for each in row.held}


def _check_present(row: _Row, request: Request, by: str, post: str) -> None:
    """Those present hold the posts named, and nobody takes part in two. Raises Refused."""
    there = [(each.id, each.post) for each in request.present]
    if set(there) - _known(row):
        raise Refused((Refusal("present", "在场人员中有人不在所写的岗位上"),))
    ids = [id_ for id_, _ in {*there, (by, post)}]
    if len(set(ids)) < len(ids) or len(set(there)) < len(there):
        raise Refused((Refusal("present", "同一个人只能以一个岗位参加"),))


def _apply(
    begun: Program,
    row: _Row,
    request: Request,
    by_at: tuple[str, datetime],
    private: Mapping[str, object],
) -> int:
    """Decide by which post the person acts, and perform it."""
    by, at = by_at
    post, holding = _post(begun, row, request, by, at)
    return _perform(begun, row, request, _act(request, by, post, at), holding, private)


def _perform(
    begun: Program,
    row: _Row,
    request: Request,
    act: Act,
    holding: Holding | None,
    private: Mapping[str, object],
) -> int:
    """Decide, then write the act, the case, the message and the documents."""
    after = perform(begun, row.state, act, calendar)
    seq = row.seq + 1
    roles = waiting_posts(begun, after)
    waiting = f"|{'|'.join(roles)}|" if roles else ""
    state = canonical(state_to_json(after))
    follow: list[Statement] = [(UPDATE, (state, seq, waiting, row.number))]
    if after.ended:
        follow.append((END, (after.ended, row.number)))
    if row.address:
        moment = connection.ops.adapt_datetimefield_value(act.at)
        body = notice(begun, row.number, act, after)
        follow.append((TELL, (row.number, seq, row.address, body, moment)))
    follow += [
        (KEEP, (row.number, seq, each.kind, each.name, each.sha256, each.size))
        for each in request.documents
    ]
    documents = [(each.kind, each.sha256) for each in request.documents]
    told = entry_of(begun, act, holding.organ if holding else "", documents, private)
    entry = replace(told, subject=row.number, seq=seq, version=row.version, key=request.key)
    write(entry, row.keys, *follow)
    return seq


def lapse(*, number: str, at: datetime) -> int:
    """Record what silence has brought about on a case before ``at``; answers how many acts."""
    count = 0
    while True:
        row = _read(number, Request("", "", ""), LAW, at)
        begun = program(row.version)
        act = next_silence(begun, row.state, calendar, at) if begun.silences else None
        if act is None:
            return count
        request = Request(act.step, act.outcome, f"{LAW}:{number}:{row.seq + 1}")
        try:
            _perform(begun, row, request, act, None, {})
        except IntegrityError:
            if key_of(number, row.seq + 1) is None:
                raise
            continue  # somebody else has recorded it, or acted: look again
        count += 1


def lapse_all(at: datetime) -> int:
    """Record what silence has brought about on every open case; answers how many acts."""
    running = Case.objects.filter(ended="").values_list("version_id", flat=True).distinct()
    versions = [version for version in running if program(version).silences]
    numbers = Case.objects.filter(ended="", version__in=versions).values_list("number", flat=True)
    return sum(lapse(number=number, at=at) for number in numbers.iterator())


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
    first = _act(request, APPLICANT, APPLICANT, at)
    found = refusals(begun, start(begun, at), first, calendar)
    if found:
        raise Refused(found)
