"""Whether somebody knows the last four digits of the telephone number left with a case.

Four digits are soon guessed by a program, so each case lets an hour have five wrong tries, whoever
makes them: no address of a visitor is kept. A try is counted before it is judged, so many at
once gain nothing.
"""

from datetime import datetime, timedelta
from hmac import compare_digest

from django.db import transaction

from guiju.cases.models import Case
from guiju.portal.models import Guesses

DIGITS = 4
TRIES_MAX = 5
PAUSE = timedelta(hours=1)


class NotKnown(Exception):
    """Why somebody is not believed to be the applicant, in words for them."""


def check_phone(case: Case, digits: str, at: datetime) -> None:
    """Raise NotKnown unless these are the last digits of the number left with the case."""
    if len(case.applicant_phone) < DIGITS:
        raise NotKnown("本件没有留申请人的电话,请到受理窗口办理")
    if not _may_try(case.number, at):
        raise NotKnown("电话后四位输错的次数太多。请过一小时再来,或者带身份证到受理窗口办理")
    if not compare_digest(digits.strip().encode(), case.applicant_phone[-DIGITS:].encode()):
        raise NotKnown("电话后四位与申请时留的不一致")
    Guesses.objects.filter(number=case.number).update(count=0)


@transaction.atomic
def _may_try(number: str, at: datetime) -> bool:
    """Count a try; answers whether it is allowed."""
    new = {"since": at, "count": 0}
    row, _ = Guesses.objects.select_for_update().get_or_create(number=number, defaults=new)
    if at - row.since >= PAUSE:
        row.since, row.count = at, 0
    if row.count >= TRIES_MAX:
        return False
    row.count += 1
    row.save()
    return True
