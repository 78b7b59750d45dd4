"""How often somebody guessed at the telephone number of a case."""

from django.db import models


class Guesses(models.Model):
    """Wrong tries at a case since a moment; of whoever guessed nothing is kept."""

    number = models.CharField("办件编号", max_length=20, primary_key=True)
    since = models.DateTimeField("从何时起")
    count = models.IntegerField("次数")

    def __str__(self) -> str:
        return f"{self.number}:{self.count}"
