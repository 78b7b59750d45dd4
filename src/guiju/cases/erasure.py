"""Erasing the data of those whom a case is about, when no law keeps it any longer.

个人信息保护法第四十七条: personal information is erased when its purpose is met or its term of
keeping is over, when consent is withdrawn, when it was handled against the law. What the log
published stays and stays valid: it holds no data, and with the key destroyed its commitments tell
nothing. Which official acted, in what post and when, can be proven as before.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from guiju.cases.actions import state_of
from guiju.cases.models import Case, Document, Message
from guiju.kernel.acts import state_to_json
from guiju.record.entries import Entry, canonical
from guiju.record.keys import keys_of
from guiju.record.models import Act, Key
from guiju.record.writer import write

GROUNDS = (
    "处理目的已实现或者不再必要",
    "保存期限已届满",
    "个人撤回同意",
    "违反法律、行政法规或者约定处理",
)


class NotErasable(Exception):
    """The data of this case must be kept for now; nothing was erased."""


@transaction.atomic
def erase(*, number: str, ground: str, by: str, at: datetime) -> None:
    """Erase what a case holds of its party, its key with it, and leave an act that says so.

    The files of its documents are removed afterwards, as files that nobody names any more.
    Raises NotErasable, and Case.DoesNotExist.
    """
    if ground not in GROUNDS:
        raise NotErasable(f"删除的理由应为其中之一:{'、'.join(GROUNDS)}(个人信息保护法第四十七条)")
    case = Case.objects.get(number=number)
    if not case.ended:
        raise NotErasable(f"办件{number}还没有办结,办理所需的资料不能删除")
    keys = keys_of(number)
    if keys.party is None:
        raise NotErasable(f"办件{number}的资料已经删除")
    entry = Entry(
        subject=f"erase:{number}",
        seq=1,
        kind="erase",
        power=case.version.code,
        version=case.version_id,
        person=by,
        at=at,
        key=f"erase:{number}",
        told={"ground": ground},
        is_sensitive=True,
    )
    write(entry, keys)
    Act.objects.filter(subject=number).update(private="")
    Key.objects.filter(subject=number).update(party=None)
    Document.objects.filter(case=case).update(name="", sha256="", size=0)
    Message.objects.filter(case=case, sent_at=None).update(sent_at=at)
    Message.objects.filter(case=case).update(address="", body="")
    Case.objects.filter(number=number).update(
        state=canonical(state_to_json(replace(state_of(case), facts={}))),
        applicant_name="",
        applicant_phone="",
        applicant_email="",
        helper_name="",
        helper_phone="",
    )
