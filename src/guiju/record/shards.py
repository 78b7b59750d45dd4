"""The log of a year: where it lies, what it is called, who signs it.

A year is a shard of its own, with its own origin, key name and tree, so that an old one can be
archived or retired whole. ``LOG_ROOT/YEAR`` is what the public reads. ``SIGNED_ROOT/YEAR`` holds
the last checkpoint that was signed, apart from everything that is ever restored from a backup: it
is what keeps the log from ever being forked.
"""

import hmac
import re
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shlex import split

from django.conf import settings

from guiju.record.durable import write_durably
from guiju.record.keys import secret
from guiju.tlog.checkpoints import Checkpoint, claimed_checkpoint, open_checkpoint
from guiju.tlog.notes import BadNote, Ed25519Signer, Signer, Verifier

YEAR = re.compile("[0-9]{4}")
KEY_FILE = "log.key"
SIGNER_SECONDS = 10


class Unsignable(Exception):
    """Nothing can be signed, as it might contradict what was signed before; nothing was."""


@dataclass(frozen=True, slots=True)
class Shard:
    """The log of one year."""

    year: int

    @property
    def origin(self) -> str:
        """Its name, which is the first line of its checkpoints and the name of its key."""
        return f"{settings.LOG_ORIGIN}/{self.year}"

    @property
    def folder(self) -> Path:
        """What is published."""
        return Path(settings.LOG_ROOT) / str(self.year)

    @property
    def signed(self) -> Path:
        """The file of the last signed checkpoint."""
        return Path(settings.SIGNED_ROOT) / str(self.year)

    @property
    def signer(self) -> Ed25519Signer:
        """The log's own key, another one each year, as no two logs may share one."""
        seed = secret(settings.KEYS_ROOT, KEY_FILE)
        return Ed25519Signer(self.origin, hmac.digest(seed, self.origin.encode(), "sha256"))

    @property
    def verifier(self) -> Verifier | None:
        """Its public key as it is published, so that pages need no secret; None: not published."""
        with suppress(FileNotFoundError):
            for line in keys_file().read_text(encoding="utf-8").split():
                if line.startswith(f"{self.origin}+"):
                    return Verifier.parse(line)
        return None

    @property
    def signers(self) -> Sequence[Signer]:
        """All who sign its checkpoints: the log's own key, and a second one if there is one."""
        second = settings.LOG_SECOND_SIGNER, settings.LOG_SECOND_SIGNER_KEY
        return [self.signer, *([Program(*second)] if all(second) else [])]

    def read(self, path: str) -> bytes:
        """A published file. Raises FileNotFoundError."""
        return (self.folder / path).read_bytes()

    def public(self) -> tuple[str, int]:
        """The published checkpoint, and how many entries it covers; "" and 0 without one."""
        try:
            note = self.read("checkpoint").decode()
        except FileNotFoundError:
            return "", 0
        return note, claimed_checkpoint(note).size

    def last_signed(self) -> Checkpoint | None:
        """What was signed last; None: nothing ever was. Raises Unsignable."""
        if not self.signed.exists():
            return None
        try:
            return open_checkpoint(self.signed.read_text(encoding="utf-8"), [self.signer.verifier])
        except BadNote as error:
            raise Unsignable(f"{self.signed} 不是本日志的密钥签的:{error}") from error


def keys_file() -> Path:
    """The public keys of all years, one a line."""
    return Path(settings.LOG_ROOT) / "keys"


def publish_key(shard: Shard) -> None:
    """Add the public key of a year to those that are published, once."""
    file = keys_file()
    lines = file.read_text(encoding="utf-8").split() if file.exists() else []
    vkey = shard.signer.verifier.vkey
    if vkey not in lines:
        kept = [line for line in lines if not line.startswith(f"{shard.origin}+")]
        write_durably(file, "".join(f"{line}\n" for line in [*kept, vkey]).encode())


def published() -> list[Shard]:
    """The shards that have a public checkpoint, the newest first."""
    folders = Path(settings.LOG_ROOT).glob("[0-9]*/checkpoint")
    years = {each.parent.name for each in folders}
    return [Shard(int(year)) for year in sorted(filter(YEAR.fullmatch, years), reverse=True)]


class Program:
    """A second signature from a program outside, such as one that speaks to a signing machine.

    The program reads the checkpoint's text and writes the signature's bytes, nothing else. Its key
    is of type 0xff with a name of the algorithm, for instance SM2 with SM3; verifiers that do not
    know it pass it over.
    """

    def __init__(self, command: str, vkey: str) -> None:
        self.command = split(command)
        verifier = Verifier.parse(vkey)
        self.name, self.key_id = verifier.name, verifier.key_id

    def sign(self, text: bytes) -> bytes:
        """The signature. Raises Unsignable."""
        try:
            done = subprocess.run(  # noqa: S603 - the command comes from the settings
                self.command, input=text, capture_output=True, timeout=SIGNER_SECONDS, check=True
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise Unsignable(f"第二个签名没有成功:{error}") from error
        return done.stdout
