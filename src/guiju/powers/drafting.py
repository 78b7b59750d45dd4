"""Writes about drafts 草稿: begin, save, set aside, take up again. Nothing is published here.

No typed word is ever lost: a save keeps what does not fit yet, a save that comes too late is
refused with both texts in hand and may become a draft of its own, and a draft that is set
aside keeps its text.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

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
    *, code: str, by: str, at: datetime, title: str = "", base: Version | None = None
) -> Draft:
    """Begin a draft from a version, or with an empty skeleton. Raises NotAnEditor, UnfitCode."""
    text = base.text if base else canonical(skeleton(code, title))
    return _begun(Draft(code=code, base=base, title=title or code, text=text), by, at)


@transaction.atomic
def branch_draft(*, draft: int, words: Words, by: str, at: datetime) -> Draft:
    """Keep words that came too late as a draft of their own, beside the one they were for."""
    of = Draft.objects.get(pk=draft)
    title = f"{words.title[: TITLE_MAX - 5]}(另一份)"
    return _begun(Draft(code=of.code, base=of.base, title=title, text=words.text), by, at)


@transaction.atomic
def save_draft(
    *, draft: int, words: Words, by: str, at: datetime, keeps_before: bool = False
) -> Draft:
    """Save what was typed, whether it fits or not; the same words again change nothing.

    With ``keeps_before`` the text until now can be taken back with ``undo_draft``.
    Raises NotAnEditor, and StaleDraft when somebody else saved since the page was made.
    """
    _expect_editor(by, at)
    row = Draft.objects.select_for_update().get(pk=draft)
    is_same_page = bool(words.page) and row.page == words.page
    if is_same_page and words.count <= row.count:
        return row  # overtaken by what the same page sent later
    if words.revision != row.revision and not is_same_page:
        raise StaleDraft(row, words)
    row.page, row.count = words.page, words.count
    title = words.title[:TITLE_MAX]
    if (row.text, row.title) != (words.text, title):
        row.before = row.text if keeps_before else row.before
        row.text, row.title, row.revision = words.text, title, row.revision + 1
        row.changed_by, row.changed_at = by, at
    row.save()
    return row


@transaction.atomic
def undo_draft(*, draft: int, revision: int, by: str, at: datetime) -> Draft:
    """Take the last row that was added, moved or removed back; again, and it is done again.

    Raises NotAnEditor, and StaleDraft when somebody else saved in the meantime.
    """
    _expect_editor(by, at)
    row = Draft.objects.select_for_update().get(pk=draft)
    if row.revision != revision:
        raise StaleDraft(row, Words(row.text, row.title, revision))
    if row.before:
        row.text, row.before = row.before, row.text
        row.revision, row.changed_by, row.changed_at = row.revision + 1, by, at
        row.save()
    return row


@transaction.atomic
def discard_draft(*, draft: int, by: str, at: datetime, back: bool = False) -> Draft:
    """Set a draft aside, or with ``back`` take it up again; its text stays."""
    _expect_editor(by, at)
    row = Draft.objects.select_for_update().get(pk=draft)
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
    draft.save()
    return draft


def _expect_editor(person: str, at: datetime) -> None:
    if not is_editor(person, at):
        raise NotAnEditor("只有职权清单编辑岗可以起草和修改")
