"""Writes about drafts 草稿: begin, save, set aside, take up again. Nothing is published here.

No typed word is ever lost: a save keeps what does not fit yet, a save that comes too late is
refused with both texts in hand and may become a draft of its own, and a draft that is set
aside keeps its text.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from guiju.kernel.law import Category
from guiju.kernel.power import APPLICANT, StepKind
from guiju.kernel.rules import Certainty, Unit
from guiju.organs.mandate import LIST_EDITOR
from guiju.organs.queries import holds
from guiju.powers.models import Draft, Version
from guiju.record.entries import canonical

CODE = re.compile("[0-9A-Za-z_-]{1,40}")
TITLE_MAX = 80


class NotAnEditor(PermissionError):
    """Somebody who holds no post that drafts powers."""


class UnfitCode(ValueError):
    """A code that could not be the address of a power."""


class StaleDraft(ValueError):
    """Somebody else saved in the meantime; ``draft`` is theirs, ``words`` are the refused ones."""

    def __init__(self, draft: Draft, words: "Words") -> None:
        super().__init__(f"草稿已由{draft.changed_by}改过(第{draft.revision}次保存),没有覆盖")
        self.draft, self.words = draft, words


@dataclass(frozen=True, slots=True)
class Words:
    """What a page sends to be saved.

    ``page`` and ``count`` tell one page's sendings apart, so that a page whose last answer was
    lost on the way is not taken for a stranger, and a late sending not for a new one.
    """

    text: str
    title: str
    revision: int
    page: str = ""
    count: int = 0


@transaction.atomic
def start_draft(
    *,
    code: str,
    by: str,
    at: datetime,
    title: str = "",
    base: Version | None = None,
    key: str = "",
) -> Draft:
    """Begin a draft from a version, or with an empty skeleton; with the same key, only once.

    Raises NotAnEditor, UnfitCode.
    """
    text = base.text if base else canonical(skeleton(code, title))
    return _begun(Draft(code=code, base=base, title=title or code, text=text, key=key), by, at)


@transaction.atomic
def branch_draft(*, draft: int, words: Words, by: str, at: datetime) -> Draft:
    """Keep words that came too late as a draft of their own, beside the one they were for.

    The same words of the same page are kept once.
    """
    of = Draft.objects.get(pk=draft)
    title = f"{words.title[: TITLE_MAX - 5]}(另一份)"
    told = f"{draft}\0{words.page}\0{words.title}\0{words.text}"
    key = sha256(told.encode()).hexdigest() if words.page else ""
    return _begun(Draft(code=of.code, base=of.base, title=title, text=words.text, key=key), by, at)


@transaction.atomic
def save_draft(
    *, draft: int, words: Words, by: str, at: datetime, moved: str = "", undoes: bool = False
) -> Draft:
    """Save what was typed, whether it fits or not; the same words again change nothing.

    ``moved`` is the text after a row was added, moved or removed; with ``undoes`` the last such
    change is taken back, and by the next done again. Of a page that sends twice the first counts.
    Raises NotAnEditor, and StaleDraft when somebody else saved since the page was made.
    """
    _expect_editor(by, at)
    row = Draft.objects.select_for_update().get(pk=draft)
    is_same_page = bool(words.page) and row.page == words.page
    if is_same_page and words.count <= row.count:
        return row  # a repetition, or overtaken by what the same page sent later
    if words.revision != row.revision and not is_same_page:
        raise StaleDraft(row, words)
    row.page, row.count = words.page, words.count
    _put(row, words.text, words.title[:TITLE_MAX], by, at)
    if moved:
        row.before = row.text
        _put(row, moved, row.title, by, at)
    if undoes and row.before:
        before, row.before = row.before, row.text
        _put(row, before, row.title, by, at)
    row.save()
    return row


def _put(row: Draft, text: str, title: str, by: str, at: datetime) -> None:
    if (row.text, row.title) != (text, title):
        row.text, row.title, row.revision = text, title, row.revision + 1
        row.changed_by, row.changed_at = by, at


@transaction.atomic
def discard_draft(*, draft: int, by: str, at: datetime, back: bool = False) -> Draft:
    """Set a draft aside, or with ``back`` take it up again; its text stays."""
    _expect_editor(by, at)
    row = Draft.objects.select_for_update().get(pk=draft)
    if back == (row.discarded_at is None):
        return row  # it is so already
    row.discarded_at = None if back else at
    row.changed_by, row.changed_at = by, at
    row.save()
    return row


def is_editor(person: str, at: datetime) -> bool:
    """Whether a person may draft powers at a moment."""
    return holds(person, LIST_EDITOR, at.date())


def skeleton(code: str, name: str) -> dict[str, Any]:
    """The least from which a power can be written: one application, nothing after it."""
    words = ("summary", "place", "hours", "phone", "fee", "fee_basis", "complaint", "remedies")
    days = {"unit": Unit.WORKING_DAY, "source": "", "certainty": Certainty.SAMPLE}
    return {
        "code": code,
        "name": name,
        "category": Category.OTHER,
        "level": "",
        "organ": "",
        "source": "",
        "guide": {"who": [], **dict.fromkeys(words, "")},
        "bases": [],
        "limits": {name: dict(days) for name in ("statutory", "promised", "reminder")},
        "posts": [{"id": APPLICANT, "name": "申请人"}],
        "steps": [
            {
                "id": "apply",
                "name": "提出申请",
                "kind": StepKind.APPLY,
                "post": APPLICANT,
                "outcomes": [{"id": "submit", "name": "提交", "to": []}],
            }
        ],
        "ends": [{"id": "done", "name": "办结"}],
    }


def _begun(draft: Draft, by: str, at: datetime) -> Draft:
    _expect_editor(by, at)
    if not CODE.fullmatch(draft.code):
        mend = "只用数字、英文字母、横线、下划线,不超过40个字"
        raise UnfitCode(f"编码“{draft.code}”不合写法:{mend}")
    draft.title = draft.title[:TITLE_MAX]
    draft.author = draft.changed_by = by
    draft.created_at = draft.changed_at = at
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError:
        earlier = Draft.objects.filter(key=draft.key).first() if draft.key else None
        if earlier is None:
            raise
        return earlier  # the same form, sent twice
    return draft


def _expect_editor(person: str, at: datetime) -> None:
    if not is_editor(person, at):
        raise NotAnEditor("只有职权清单编辑岗可以起草和修改")
