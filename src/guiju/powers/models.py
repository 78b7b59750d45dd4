"""Published versions of powers, drafts of new ones, and the calendars that limits need."""

from django.db import models


class Version(models.Model):
    """A published version 版本 of a power; ``text`` is its canonical JSON, rules resolved.

    The primary key is the SHA-256 of the text: cases are pinned to it, acts name it.
    """

    sha256 = models.CharField("哈希", max_length=64, primary_key=True)
    code = models.CharField("职权编码", max_length=40, db_index=True)
    name = models.CharField("名称", max_length=80)
    category = models.CharField("类别", max_length=4)
    level = models.CharField("层级", max_length=8)
    organ = models.CharField("行使主体", max_length=80)
    text = models.TextField("正文")
    published_at = models.DateTimeField("公布时间")
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(retired_at__isnull=True),
                name="one_current_version_per_power",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.sha256[:12]}"


class Draft(models.Model):
    """A draft 草稿 of a power: its words as typed, whether or not they fit together yet.

    ``text`` is JSON of the shape that ``plain(power)`` has. A draft binds nobody, so its
    changes are no acts of the record; who began it and who changed it last stands here.
    """

    code = models.CharField("职权编码", max_length=40, db_index=True)
    base = models.ForeignKey(Version, models.PROTECT, verbose_name="起草所据版本", null=True)
    title = models.CharField("标题", max_length=80)
    text = models.TextField("正文")
    before = models.TextField("上一次增删移动以前的正文", blank=True)
    author = models.CharField("起草人", max_length=40)
    changed_by = models.CharField("最后修改人", max_length=40)
    revision = models.IntegerField("第几次保存", default=1)
    page = models.CharField("最后保存的网页", max_length=36, blank=True)
    count = models.IntegerField("该网页第几次发来", default=0)
    created_at = models.DateTimeField("起草时间")
    changed_at = models.DateTimeField("修改时间")
    discarded_at = models.DateTimeField("弃用时间", null=True, blank=True)
    key = models.CharField("防重复键", max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~models.Q(key=""), name="draft_once_per_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}#{self.revision}"


class CalendarYear(models.Model):
    """One year's working days 工作日历 as arranged, with source; ``text`` is JSON."""

    year = models.IntegerField("年份", primary_key=True)
    text = models.TextField("安排")

    def __str__(self) -> str:
        return str(self.year)
