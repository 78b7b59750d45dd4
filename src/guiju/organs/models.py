"""Divisions, organs, posts, people, and who holds what when."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class Division(models.Model):
    """A division 区划: city, county, township, village. A code begins with its parent's."""

    code = models.CharField("代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=40)
    level = models.CharField("层级", max_length=4)

    def __str__(self) -> str:
        return self.name


class Organ(models.Model):
    """An organ 机关 of a division."""

    id = models.CharField("编号", max_length=40, primary_key=True)
    name = models.CharField("名称", max_length=80)
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="区划")
    phone = models.CharField("电话", max_length=40, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A post 岗位 of an organ; ``role`` is the word by which charts ask for it.

    Its leader is a post, too: whose holder is told when nobody else has acted.
    """

    id = models.CharField("编号", max_length=40, primary_key=True)
    role = models.CharField("职能", max_length=40, db_index=True)
    name = models.CharField("名称", max_length=80)
    organ = models.ForeignKey(Organ, models.PROTECT, verbose_name="机关")
    leader = models.ForeignKey("self", models.PROTECT, verbose_name="负责岗位", null=True)
    oversees = models.CharField("看哪些牌", max_length=4, blank=True)  # packs.Overseen

    def __str__(self) -> str:
        return f"{self.organ}·{self.name}"


class Person(AbstractBaseUser):
    """A person who works here or takes part; the ones who log in have a password."""

    id = models.CharField("编号", max_length=40, primary_key=True)
    name = models.CharField("姓名", max_length=40)
    is_invented = models.BooleanField("虚构人物", default=False)
    is_active = models.BooleanField("可以登录", default=True)
    email = models.EmailField("电子邮箱", blank=True)

    objects = BaseUserManager()

    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """Who holds a post from when to when: as A, or as B who stands in for A (AB岗)."""

    class Rank(models.TextChoices):
        """First holder and stand-in."""

        A = "A"
        B = "B"

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位")
    rank = models.CharField("AB岗", max_length=1, choices=Rank.choices, default=Rank.A)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "post", "valid_from"], name="assignment_once_per_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.post} {self.rank}"


class Absence(models.Model):
    """Days on which somebody is away, so that B may act."""

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员")
    first = models.DateField("起")
    last = models.DateField("止")
    reason = models.CharField("事由", max_length=80)

    def __str__(self) -> str:
        return f"{self.person} {self.first}—{self.last}"
