"""The tables of acts and of the keys under which they are committed to."""

from django.db import models

from guiju.record.row_id import RowId


class Act(models.Model):
    """An act 痕迹: who did what in which post, when, on what; appended, never changed.

    ``entry`` is its line in the log of the year ``shard``, at ``idx``. ``people`` and ``private``
    are what the entry only commits to, as JSON; ``private`` alone can be erased, to "".
    """

    id = RowId(primary_key=True)
    shard = models.IntegerField("日志年份")
    idx = models.BigIntegerField("日志序号", null=True)
    held_until = models.DateField("最早编入日志的日期", null=True)
    subject = models.CharField("办件或职权", max_length=40)
    seq = models.IntegerField("本件序号")
    kind = models.CharField("种类", max_length=20)
    power = models.CharField("职权编码", max_length=40)
    version = models.CharField("职权版本", max_length=64)
    step = models.CharField("环节", max_length=40)
    outcome = models.CharField("出口", max_length=40)
    organ = models.CharField("机关", max_length=80)
    post = models.CharField("岗位", max_length=80)
    person = models.CharField("经办人", max_length=40)
    at = models.DateTimeField("时间")
    entry = models.TextField("日志条目")
    people = models.TextField("经办人与在场人")
    private = models.TextField("不公开部分")
    key = models.CharField("防重复键", max_length=64)

    class Meta:
        # Few indexes, because every act pays for each: the key of a later act need not be one,
        # as (subject, seq) tells already whether it was written; and the index of ``idx`` finds
        # the acts that wait for one as well.
        constraints = [
            models.UniqueConstraint(fields=["subject", "seq"], name="act_once_per_seq"),
            models.UniqueConstraint(fields=["shard", "idx"], name="act_once_per_index"),
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(seq=1), name="act_first_once_per_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}#{self.seq}"


class Key(models.Model):
    """The two keys of a subject, encrypted; the party's is NULL once its data is erased."""

    subject = models.CharField("办件或职权", max_length=40, primary_key=True)
    office = models.BinaryField("机关密钥")
    party = models.BinaryField("当事人密钥", null=True)

    def __str__(self) -> str:
        return self.subject
