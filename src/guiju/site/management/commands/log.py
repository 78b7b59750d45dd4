"""``guiju log verify|adopt|keys|witness``: the transparency log.

verify   [PLACE] [--key VKEY] [--policy FILE] [--receipt FILE] [--old FILE]
         the log of a year, a folder or an address; without PLACE, all that this installation holds
adopt    YEAR PLACE: go on from this published copy, after the last signed checkpoint was lost
keys     make the keys of this installation where there are none; print the public ones
witness  --dir DIR --policy FILE [--port N] [--name NAME]: cosign the logs that FILE names

Exit status: 0 holds, 1 finds, 2 cannot.
"""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand

from guiju.record.adoption import adopt
from guiju.record.keys import FILE, make_secret
from guiju.record.shards import KEY_FILE, Shard, Unsignable
from guiju.site import clock
from guiju.site.inspection import findings as own_findings
from guiju.site.log_reader import reader_of
from guiju.site.log_verdict import Trust, Verdict, verdict_of, verdict_of_receipt
from guiju.site.witness_server import serve
from guiju.tlog.notes import BadNote, Verifier
from guiju.tlog.policy import parse_policy


class Command(BaseCommand):
    """Verify the log, take it up again, make keys, be a witness."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One set of arguments for each verb."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify")
        verify.add_argument("place", nargs="?", help="a folder or an address, of one year")
        verify.add_argument("--key", action="append", default=[], help="a public key, as vkey")
        verify.add_argument("--policy", type=Path, help="whom to trust (C2SP tlog-policy)")
        verify.add_argument("--receipt", type=Path, action="append", default=[])
        verify.add_argument("--old", type=Path, help="a checkpoint that was kept")
        verify.add_argument("--json", action="store_true", help="print JSON")
        adopted = verbs.add_parser("adopt")
        adopted.add_argument("year", type=int)
        adopted.add_argument("place", help="a folder or an address")
        verbs.add_parser("keys")
        witness = verbs.add_parser("witness")
        witness.add_argument("--port", type=int, default=8100)
        witness.add_argument("--name", default="", help="of the witness's key; first time only")
        witness.add_argument("--dir", type=Path, required=True)
        witness.add_argument("--policy", type=Path, required=True)

    def handle(self, *args: object, **options: Any) -> None:
        """Do what the verb says."""
        try:
            found = getattr(self, options["verb"])(**options)
        except (BadNote, Unsignable, ImproperlyConfigured, OSError, ValueError) as error:
            self.stderr.write(str(error))
            sys.exit(2)
        sys.exit(1 if found else 0)

    def verify(self, place: str | None, **options: Any) -> list[str]:
        """Say what holds and what does not; answers what does not."""
        if place is None and not options["receipt"]:
            verdict = Verdict(list(own_findings()), ["数据库、材料与已公布的日志相符"])
        else:
            policy, old = options["policy"], options["old"]
            trust = Trust(
                tuple(map(Verifier.parse, options["key"])),
                parse_policy(policy.read_text(encoding="utf-8")) if policy else None,
            )
            verdict = verdict_of(place, trust, old.read_text(encoding="utf-8") if old else None)
            for file in options["receipt"]:
                verdict += verdict_of_receipt(file.read_text(encoding="utf-8"), trust)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(verdict), ensure_ascii=False, indent=1))
        else:
            lines = [f"✘ {each}" for each in verdict.findings]
            self.stdout.write("\n".join(lines + [f"✔ {each}" for each in verdict.holds]))
        return verdict.findings

    def adopt(self, year: int, place: str, **options: Any) -> None:
        """Take up the log of a year from a published copy."""
        size = adopt(Shard(year), reader_of(place)[0])
        self.stdout.write(f"{year}年的日志从第{size}条接着写({clock.now():%Y-%m-%d %H:%M})")

    def keys(self, **options: Any) -> None:
        """Make what is missing, print what may be known."""
        for name in (KEY_FILE, FILE):
            if not (settings.KEYS_ROOT / name).exists():
                make_secret(settings.KEYS_ROOT, name)
                self.stdout.write(f"已生成 {settings.KEYS_ROOT / name},请另行妥善备份")
        self.stdout.write(Shard(clock.now().year).signer.verifier.vkey)

    def witness(self, port: int, policy: Path, name: str, **options: Any) -> None:
        """Serve until told to stop."""
        serve(port, options["dir"], policy, name)
