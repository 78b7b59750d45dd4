"""``guiju erase NUMBER --ground GROUND --by PERSON``: erase the data of a finished case's party.

个人信息保护法第四十七条. The log stays valid; what it committed to can no longer be shown.
"""

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from guiju.cases.erasure import GROUNDS, NotErasable, erase
from guiju.cases.models import Case
from guiju.site import clock


class Command(BaseCommand):
    """Erase the data of one case."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which case, why, and who decided it."""
        parser.add_argument("number")
        parser.add_argument("--ground", required=True, help=" | ".join(GROUNDS))
        parser.add_argument("--by", required=True, help="the person who decided it")

    def handle(self, *args: object, number: str, **options: object) -> None:
        """Erase, or say why not."""
        ground, by = str(options["ground"]), str(options["by"])
        try:
            erase(number=number, ground=ground, by=by, at=clock.now())
        except Case.DoesNotExist:
            self.stderr.write(f"没有编号为“{number}”的办件")
            sys.exit(2)
        except NotErasable as error:
            self.stderr.write(f"没有删除:{error}")
            sys.exit(1)
        self.stdout.write(f"办件{number}的个人资料和密钥已删除;痕迹和日志仍然有效")
