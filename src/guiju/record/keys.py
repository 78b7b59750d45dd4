"""The keys under which acts are committed to: two of 32 random bytes for each subject.

The *office's* key commits to who acted; the *party's* to everything else. Both lie encrypted
(AES-256-GCM, bound to their subject) under a key that is in no database and no backup of one.
For each group of fields of each act a key of its own is derived (HMAC-SHA256), so that one group
can be opened to somebody without opening another. To erase a person's data, the party's key is
destroyed together with the data: what remains in the log proves nothing any more, while who
acted for the office can still be proven.
"""

import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from guiju.record.durable import write_durably
from guiju.record.models import Key

SIZE = 32
NONCE_SIZE = 12
OFFICE_GROUPS = frozenset({"people"})
FILE = "record.key"


class Erased(LookupError):
    """The key was destroyed with the data; what was committed to can no longer be shown."""


class WrongKey(ImproperlyConfigured):
    """The keys of the database were not encrypted under the key of this installation."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one subject; ``party`` is None once the party's data is erased."""

    office: bytes
    party: bytes | None

    @property
    def pseudonym(self) -> str:
        """What the subject is called in the log: 32 hex digits that nobody can lead back."""
        return hmac.digest(self.office, b"pseudonym", "sha256")[:16].hex()

    def of(self, seq: int, group: str) -> bytes:
        """The key of one group of fields of one act. Raises Erased."""
        key = self.office if group in OFFICE_GROUPS else self.party
        if key is None:
            raise Erased(group)
        return hmac.digest(key, f"{seq}:{group}".encode(), "sha256")

    def commitment(self, seq: int, group: str, text: str) -> str:
        """HMAC-SHA256 of a group's canonical JSON under its key, in hex. Raises Erased."""
        return hmac.digest(self.of(seq, group), text.encode(), "sha256").hex()


def new_keys(subject: str) -> Keys:
    """Make and store the keys of a subject, in the caller's transaction."""
    keys = Keys(secrets.token_bytes(SIZE), secrets.token_bytes(SIZE))
    assert keys.party is not None
    Key.objects.create(
        subject=subject,
        office=_wrapped(keys.office, f"office:{subject}"),
        party=_wrapped(keys.party, f"party:{subject}"),
    )
    return keys


def keys_of(subject: str) -> Keys:
    """The keys of a subject. Raises Key.DoesNotExist."""
    row = Key.objects.get(subject=subject)
    return unwrapped(subject, row.office, row.party)


def keys_or_new(subject: str) -> Keys:
    """The keys of a subject, made when there are none yet, in the caller's transaction."""
    return keys_of(subject) if Key.objects.filter(subject=subject).exists() else new_keys(subject)


def unwrapped(subject: str, office: bytes | memoryview, party: bytes | memoryview | None) -> Keys:
    """Keys as the database holds them, decrypted. Raises WrongKey."""
    try:
        return Keys(
            _unwrapped(office, f"office:{subject}"),
            None if party is None else _unwrapped(party, f"party:{subject}"),
        )
    except InvalidTag:
        raise WrongKey(
            f"数据库里的密钥不是用 {settings.KEYS_ROOT / FILE} 加密的:请放回本库原来的密钥文件"
        ) from None


def _wrapped(key: bytes, bound_to: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_SIZE)
    return nonce + _cipher(settings.KEYS_ROOT).encrypt(nonce, key, bound_to.encode())


def _unwrapped(wrapped: bytes | memoryview, bound_to: str) -> bytes:
    whole = bytes(wrapped)
    nonce, text = whole[:NONCE_SIZE], whole[NONCE_SIZE:]
    return _cipher(settings.KEYS_ROOT).decrypt(nonce, text, bound_to.encode())


@lru_cache(maxsize=2)
def _cipher(folder: Path) -> AESGCM:
    return AESGCM(secret(folder, FILE))


def secret(folder: Path, name: str) -> bytes:
    """32 secret bytes from a file of hex; outside production it is made when it is not there."""
    file = folder / name
    if not file.exists():
        if settings.IS_PRODUCTION:
            raise ImproperlyConfigured(f"没有密钥文件 {file}:先运行 guiju log keys")
        make_secret(folder, name)
    return bytes.fromhex(file.read_text().strip())


def make_secret(folder: Path, name: str) -> None:
    """Make a file of 32 secret bytes in hex that only its owner reads; never overwrites one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = folder / f"{name}.{secrets.token_hex(4)}"
    write_durably(new, f"{secrets.token_hex(SIZE)}\n".encode())
    new.chmod(0o600)
    with suppress(FileExistsError):  # another process was first: then its file counts
        (folder / name).hardlink_to(new)
    new.unlink()
