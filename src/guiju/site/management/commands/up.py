"""``guiju up``: from nothing to a running sample city on http://localhost:PORT."""

import os
import sys
import threading
import time
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import BaseCommand

from guiju.formats.packs import read_pack
from guiju.organs.models import Person
from guiju.organs.queries import posts_of
from guiju.powers.queries import current_versions
from guiju.site import background, clock

PACK = "changzhi"
PASSWORD = "guiju-demo"  # noqa: S105 - of invented people in a demonstration
"""The password of all demo logins; ``up`` refuses to run in production."""


class Command(BaseCommand):
    """Migrate, load the sample city, serve."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The port, and whether the clock may be moved."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--fast", action="store_true", help="a clock that can be moved ahead")
        parser.add_argument("--no-serve", action="store_true", help="prepare, and stop there")

    def handle(self, *args: object, **options: object) -> None:
        """Prepare what is missing, say where to go, serve."""
        if settings.IS_PRODUCTION:
            sys.exit("up 只用于演示和开发;正式运行见 docs/running.md")
        began = time.monotonic()
        Path(settings.VAR).mkdir(parents=True, exist_ok=True)
        self.stdout.write("准备数据库 …")
        call_command("migrate", verbosity=0)
        self.stdout.write("载入示范城市 …")
        call_command("load", str(settings.PACKS / PACK), stdout=self.stdout)
        locked_out = Person.objects.filter(is_active=True, password="")
        if locked_out.exists():
            locked_out.update(password=make_password(PASSWORD))
        logins = read_pack(settings.PACKS / PACK, clock.now().date()).head.demo_logins
        self._tell(int(str(options["port"])), time.monotonic() - began, logins)
        if not options["no_serve"]:
            self._serve(int(str(options["port"])), is_fast=bool(options["fast"]))

    def _tell(self, port: int, seconds: float, demo_logins: tuple[str, ...]) -> None:
        address = f"http://localhost:{port}"
        self.stdout.write(f"\n就绪({seconds:.1f} 秒,{current_versions().count()} 项职权)")
        self.stdout.write(f"  群众   {address}/            不用登录")
        self.stdout.write(f"  清单   {address}/powers/")
        self.stdout.write(f"  工作人员 {address}/staff/   密码都是 {PASSWORD}")
        for id_ in demo_logins:
            names = "、".join(a.post.name for a in posts_of(id_, clock.now().date()))
            self.stdout.write(f"    {id_:24}{names}")

    def _serve(self, port: int, *, is_fast: bool) -> None:
        if is_fast:
            settings.CLOCK_FILE = str(Path(settings.VAR) / "clock")
            os.environ["GUIJU_CLOCK_FILE"] = settings.CLOCK_FILE
        background.start(threading.Event())
        call_command("runserver", f"127.0.0.1:{port}", use_reloader=False, verbosity=0)
