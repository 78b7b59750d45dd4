"""What lists show of the acts of oversight; the record holds the acts themselves."""

from django.db import models

from guiju.cases.models import Case
from guiju.organs.models import Organ
from guiju.oversight.closings import Closing

__all__ = ["Card", "Closing", "Examined", "Lead", "Reminder"]


class Card(models.Model):
    """A card 牌 as lists and filters need it: written with its act, number ``seq`` of its subject.

    The patrol holds every row against the record.
    """

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件")
    seq = models.IntegerField("痕迹序号")
    key = models.CharField("牌", max_length=120)
    level = models.CharField("等级", max_length=4)
    about = models.CharField("对象", max_length=8)
    step = models.CharField("环节", max_length=80, blank=True)
    posts = models.CharField("岗位", max_length=400)  # |role|role|
    organ = models.ForeignKey(Organ, models.PROTECT, verbose_name="机关", null=True)
    day = models.DateField("应发日期")
    limit_day = models.DateField("期限末日")
    is_lead = models.BooleanField("线索")
    cancelled = models.IntegerField("撤销的痕迹序号", null=True)
    answered = models.IntegerField("答复线索的痕迹序号", null=True)
    supervision = models.ForeignKey(
        Case, models.PROTECT, verbose_name="督办件", null=True, related_name="+"
    )
    appeal = models.ForeignKey(
        Case, models.PROTECT, verbose_name="申诉件", null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="card_once_per_case"),
            models.UniqueConstraint(fields=["case", "seq"], name="card_once_per_act"),
        ]
        indexes = [models.Index(fields=["organ", "day"], name="card_by_organ")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq}"


class Reminder(models.Model):
    """A reminder 提醒 as inboxes need it: written with its act; ``people`` is |id|id|."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件")
    seq = models.IntegerField("痕迹序号")
    key = models.CharField("提醒", max_length=160)
    whom = models.CharField("提醒谁", max_length=8)
    about = models.CharField("对象", max_length=8)
    step = models.CharField("环节", max_length=80, blank=True)
    role = models.CharField("岗位", max_length=40)
    people = models.CharField("被提醒的人", max_length=400)
    day = models.DateField("应发日期")
    limit_day = models.DateField("期限末日")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="reminder_once_per_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq}"


class Lead(models.Model):
    """A finding in logs as lists and filters need it; all of it is in its act on the record."""

    id = models.CharField("疑点编号", max_length=16, primary_key=True)
    detector = models.CharField("监察规则", max_length=4)
    group = models.CharField("类别", max_length=4)
    severity = models.CharField("等级", max_length=4)
    power = models.CharField("职权", max_length=120)
    case = models.CharField("办件", max_length=120, blank=True)  # as its own system names it
    organ = models.CharField("机关", max_length=80, blank=True)
    division = models.CharField("区划", max_length=12)
    day = models.DateField("日期")
    answered = models.IntegerField("判断的痕迹序号", null=True)

    class Meta:
        indexes = [
            models.Index(fields=["answered", "-day"], name="lead_to_judge"),
            models.Index(fields=["organ"], name="lead_by_organ"),
        ]

    def __str__(self) -> str:
        return self.id


class Examined(models.Model):
    """Up to which morning the cards and reminders of a case have been issued."""

    case = models.OneToOneField(
        Case, models.PROTECT, verbose_name="办件", primary_key=True, related_name="examined"
    )
    day = models.DateField("已发到哪一天")
    is_done = models.BooleanField("已经办结,不再看")

    class Meta:
        indexes = [models.Index(fields=["is_done", "day"], name="examined_open")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.day}"
