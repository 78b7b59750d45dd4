"""``guiju backup FILE``: database, documents and published log in one file, while others work.

With PostgreSQL, dump the database first (pg_dump); FILE then holds documents and log.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from guiju.site import clock
from guiju.site.archive import BadArchive, pack


class Command(BaseCommand):
    """Make a backup."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: object, file: Path, **options: object) -> None:
        """Pack, and say what was packed."""
        try:
            made = pack(file.resolve(), clock.now())
        except (BadArchive, OSError) as error:
            self.stderr.write(f"没有备份成:{error}")
            sys.exit(2)
        database = "数据库、" if made.has_database else ""
        self.stdout.write(
            f"{file}:{database}材料 {made.documents} 份、日志 {made.log_entries} 条,"
            f"{made.bytes / 1e6:.1f} MB。密钥不在其中,请另行备份"
        )
