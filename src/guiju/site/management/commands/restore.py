"""``guiju restore FILE``: put a backup in place where no database is yet, and verify all of it.

With PostgreSQL, restore the dump first. Exit status 1: restored, but something does not hold.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand

from guiju.record.shards import published
from guiju.site.archive import BadArchive, unpack
from guiju.site.inspection import findings


class Command(BaseCommand):
    """Restore a backup."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What from."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: object, file: Path, **options: object) -> None:
        """Unpack, verify, and say what is to be done next."""
        try:
            made = unpack(file.resolve())
        except (BadArchive, OSError) as error:
            self.stderr.write(f"没有恢复,什么也没有改:{error}")
            sys.exit(2)
        call_command("migrate", verbosity=0)
        found = list(findings())
        for each in found:
            self.stdout.write(f"✘ {each}")
        self.stdout.write(
            f"已恢复到 {made.made_at}:材料 {made.documents} 份,日志 {made.log_entries} 条"
        )
        for shard in published():
            if not shard.signed.exists():
                self.stdout.write(
                    f"{shard.year}年的日志暂停签名:请找到公布过的最新一份,"
                    f"运行 guiju log adopt {shard.year} 目录或网址"
                )
        sys.exit(1 if found else 0)
