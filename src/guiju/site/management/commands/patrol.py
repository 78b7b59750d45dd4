"""``guiju patrol``: compute lights, cards and reminders anew from the record; what differs.

Exit status: 0 all agree, 1 something differs.
"""

import sys

from django.core.management.base import BaseCommand

from guiju.oversight.patrol import patrol
from guiju.site import clock


class Command(BaseCommand):
    """Hold what was issued against the record."""

    help = __doc__ or ""

    def handle(self, *args: object, **options: object) -> None:
        """List each difference."""
        count = 0
        for each in patrol(clock.now()):
            self.stdout.write(f"{each.case} {each.words}")
            count += 1
        words = f"有{count}处与依记录重算的不同" if count else "灯、牌、提醒都与依记录重算的相同"
        self.stdout.write(words)
        sys.exit(1 if count else 0)
