"""Published versions of powers, and the calendars that their limits are counted with."""

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


class CalendarYear(models.Model):
    """One year's working days 工作日历 as arranged, with source; ``text`` is JSON."""

    year = models.IntegerField("年份", primary_key=True)
    text = models.TextField("安排")

    def __str__(self) -> str:
        return str(self.year)
