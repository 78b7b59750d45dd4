"""``guiju sequence``: what goes on beside the pages, once or with --forever."""

import signal
import threading
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from guiju.site import background

GRACE_SECONDS = 30.0  # for work that is under way when the order to end comes


class Command(BaseCommand):
    """Lapsed terms, indexing acts into the log, messages, tidying."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once or forever."""
        parser.add_argument("--forever", action="store_true", help="until SIGTERM")

    def handle(self, *args: object, **options: object) -> None:
        """Do one round and say what was done, or go on until told to stop."""
        if options["forever"]:
            self._forever()
            return
        done = background.round_of_work()
        told = [f"{words} {count}" for words, count in done.items() if count is not None]
        self.stdout.write(",".join(told))
        failed = [words for words, count in done.items() if count is None]
        if failed:
            message = f"没有办成,下一轮再试:{'、'.join(failed)}(原因见上面的日志)"
            raise CommandError(message, returncode=2)

    def _forever(self) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        threads = background.start(stop)
        self.stdout.write("后台工作已经开始,收到结束信号为止")
        self.stdout.flush()
        stop.wait()
        for thread in threads:
            thread.join(GRACE_SECONDS)
        self.stdout.write("后台工作已经结束")
