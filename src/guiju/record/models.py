"""The table of acts."""

from django.db import models

from guiju.record.row_id import RowId


class Act(models.Model):
    """An act 痕迹: who did what in which post, when, on what; appended, never changed."""

    id = RowId(primary_key=True)
    idx = models.BigIntegerField("日志序号", null=True, unique=True)
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
    public = models.TextField("公开部分")
    private = models.TextField("不公开部分")
    salt = models.CharField("承诺密钥", max_length=64)
    key = models.CharField("防重复键", max_length=64)
    leaf = models.CharField("叶哈希", max_length=64)

    class Meta:
        # Few indexes, because every act pays for each: the key of a later act need not be one,
        # as (subject, seq) tells already whether it was written; and the index of ``idx`` finds
        # the acts that wait for one as well.
        constraints = [
            models.UniqueConstraint(fields=["subject", "seq"], name="act_once_per_seq"),
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(seq=1), name="act_first_once_per_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}#{self.seq}"
