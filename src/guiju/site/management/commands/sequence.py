"""``guiju sequence``: give waiting acts their index in the log, and send waiting messages."""

from django.core.management.base import BaseCommand

from guiju.site.background import round_of_work


class Command(BaseCommand):
    """One round; a scheduler calls it again and again."""

    help = __doc__ or ""

    def handle(self, *args: object, **options: object) -> None:
        """Do one round and say what was done."""
        indexed, sent = round_of_work()
        self.stdout.write(f"编入日志 {indexed} 条,发出告知 {sent} 条")
