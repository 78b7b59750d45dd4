"""Cases, their documents, and the messages that wait to be sent."""

from django.db import models

from guiju.organs.models import Division
from guiju.powers.models import Version
from guiju.record.row_id import RowId


class Case(models.Model):
    """A case 办件, pinned to the version under which it began.

    ``state`` is the kernel's state as JSON; ``seq`` counts its acts, so a page that was
    opened before somebody else acted is told apart; ``roles`` lists the posts that have
    something to do, as |role|role|, for the inboxes.
    """

    number = models.CharField("办件编号", max_length=20, primary_key=True)
    version = models.ForeignKey(Version, models.PROTECT, verbose_name="职权版本")
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="区划")
    state = models.TextField("状态")
    seq = models.IntegerField("痕迹数", default=0)
    roles = models.CharField("待办岗位", max_length=400, blank=True)
    applicant_name = models.CharField("申请人", max_length=80)
    applicant_phone = models.CharField("联系电话", max_length=20)
    applicant_email = models.EmailField("电子邮箱", blank=True)
    helper_name = models.CharField("代办人", max_length=40, blank=True)
    helper_phone = models.CharField("代办人电话", max_length=20, blank=True)
    opened_at = models.DateTimeField("收到时间")
    ended = models.CharField("终点", max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["ended", "division"], name="case_open_by_division")]

    def __str__(self) -> str:
        return self.number


class Document(models.Model):
    """A document 材料 of a case, stored by its SHA-256; the file is written before the row."""

    id = RowId(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件")
    seq = models.IntegerField("所属痕迹")
    kind = models.CharField("种类", max_length=40)
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("哈希", max_length=64)
    size = models.IntegerField("字节数")

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="document_by_content")]  # for orphans

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Message(models.Model):
    """A message 告知 to the applicant: written with the act, sent afterwards.

    ``not_before`` keeps others off while one round is sending it, and until the next try when
    that failed; ``failure`` says why it did, ``refusals`` how often it was refused for good.
    """

    id = RowId(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, verbose_name="办件", db_index=False)
    seq = models.IntegerField("所属痕迹")
    address = models.CharField("收件地址", max_length=254)
    body = models.TextField("内容")
    created_at = models.DateTimeField("生成时间")
    sent_at = models.DateTimeField("发出时间", null=True)
    not_before = models.DateTimeField("此前不再发", null=True)
    refusals = models.IntegerField("被拒次数", db_default=0)
    failure = models.CharField("没有发出的原因", max_length=200, db_default="")
    given_up_at = models.DateTimeField("不再发的时间", null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                name="message_to_send",
                condition=models.Q(sent_at__isnull=True, given_up_at__isnull=True),
            ),
            models.Index(
                fields=["case"],
                name="message_undelivered",
                condition=models.Q(sent_at__isnull=True) & ~models.Q(failure=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.seq} → {self.address}"
