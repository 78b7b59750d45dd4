"""``guiju load PACK``: load a pack's organs and publish its powers."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from guiju.formats.packs import PackError, read_pack
from guiju.organs.actions import load_organs
from guiju.powers.actions import NotPublishable, load_powers
from guiju.powers.policies import publish_policies
from guiju.site import clock


class Command(BaseCommand):
    """Load a pack whole, or not at all."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder of the pack."""
        parser.add_argument("pack", type=Path)

    def handle(self, *args: object, pack: Path, **options: object) -> None:
        """Read, check, load."""
        now = clock.now()
        try:
            read = read_pack(pack.resolve(), now.date())
            with transaction.atomic():
                people = load_organs(read)
                new = load_powers(pack=read, by="guiju load", at=now)
                publish_policies(read.policies, by="guiju load", at=now)
        except (PackError, NotPublishable) as error:
            raise CommandError(str(error), returncode=1) from error
        self.stdout.write(
            f"{read.head.name}:区划 {len(read.divisions)},机关 {len(read.organs)},"
            f"人员 {people},职权 {len(read.powers)}(新公布 {len(new)})"
        )
