"""Signed notes (C2SP signed-note v1.0.0): a text, a blank line, lines of signatures.

    — NAME base64(key id ‖ signature)

A key id is the first four bytes of SHA-256(name ‖ newline ‖ type ‖ public key). Signatures of keys
that nobody here knows are passed over; one of a known key that does not fit refuses the whole
note. Base64 must be written as it would be written again, so no byte can change unseen.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
COSIGNATURE = b"\x04"
DASH = "— "
SIGNATURES_MAX = 100
TIME_SIZE = 8


class BadNote(ValueError):
    """A note that cannot be trusted: nothing in it may be used."""


class Signer(Protocol):
    """Whoever signs: the log itself, a witness, a program outside."""

    name: str
    key_id: bytes

    def sign(self, text: bytes) -> bytes:
        """The signature over a note's text."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with its name; ``public`` begins with the byte of its type."""

    name: str
    key_id: bytes
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """From ``name+key id in hex+base64(type ‖ public key)``. Raises BadNote."""
        parts = vkey.strip().split("+", 2)
        if len(parts) != 3 or not is_name(parts[0]):
            raise BadNote(f"“{vkey}”不是公钥:应为 名称+8位十六进制+base64")
        name, hex_id, encoded = parts
        public = decode64(encoded)
        # Of a type of its own the id is whatever its owner says.
        if len(hex_id) != 8 or (public[:1] in (ED25519, COSIGNATURE) and len(public) != 33):
            raise BadNote(f"“{vkey}”不是公钥:长度不对")
        try:
            known_id = bytes.fromhex(hex_id)
        except ValueError:
            raise BadNote(f"“{vkey}”不是公钥:编号不是十六进制") from None
        if known_id != key_id(name, public):
            raise BadNote(f"“{vkey}”不是公钥:编号与公钥不符")
        return cls(name, known_id, public)

    @property
    def vkey(self) -> str:
        """As it is written down and handed on."""
        return f"{self.name}+{self.key_id.hex()}+{encode64(self.public)}"

    def is_signed(self, text: bytes, signature: bytes) -> bool:
        """Whether this key signed the text; for a cosignature, at the time that it tells."""
        kind, key = self.public[:1], self.public[1:]
        if kind == COSIGNATURE:
            if len(signature) <= TIME_SIZE:
                return False
            text, signature = cosigned_text(text, cosigned_at(signature)), signature[TIME_SIZE:]
        elif kind != ED25519:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


class Ed25519Signer:
    """A key that signs notes, from a seed of 32 bytes."""

    kind = ED25519

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        public = self.kind + self._key.public_key().public_bytes_raw()
        self.verifier = Verifier(name, key_id(name, public), public)
        self.name, self.key_id = name, self.verifier.key_id

    def sign(self, text: bytes) -> bytes:
        """The signature over a note's text."""
        return self._key.sign(text)


class CosignatureSigner(Ed25519Signer):
    """A witness's key, which says when it saw a checkpoint (C2SP tlog-cosignature)."""

    kind = COSIGNATURE

    def __init__(self, name: str, seed: bytes, at: int) -> None:
        super().__init__(name, seed)
        self.at = at  # seconds since 1970, UTC

    def sign(self, text: bytes) -> bytes:
        """The time in eight bytes, and the signature over time and text."""
        return self.at.to_bytes(TIME_SIZE, "big") + super().sign(cosigned_text(text, self.at))


@dataclass(frozen=True, slots=True)
class Note:
    """What was signed, and by which of the known keys."""

    text: str
    signers: tuple[Verifier, ...]
    times: tuple[int, ...]  # when each of the witnesses among them saw it


def key_id(name: str, public: bytes) -> bytes:
    """The four bytes by which a key is known; ``public`` begins with the byte of its type."""
    return sha256(name.encode() + b"\n" + public).digest()[:4]


def sign_note(text: str, *signers: Signer) -> str:
    """A note signed by all of these."""
    assert text.endswith("\n") and signers
    return f"{text}\n" + "".join(signature_line(text, signer) for signer in signers)


def signature_line(text: str, signer: Signer) -> str:
    """The line that one signer adds to a note with this text."""
    signature = encode64(signer.key_id + signer.sign(text.encode()))
    return f"{DASH}{signer.name} {signature}\n"


def open_note(note: str, verifiers: Iterable[Verifier]) -> Note:
    """The text of a note and which of these keys signed it. Raises BadNote."""
    if any(ord(c) < 0x20 and c != "\n" for c in note):
        raise BadNote("签名文本里有控制字符")
    text, blank, lines = note.rpartition("\n\n")
    text += "\n"
    if not blank or not lines.endswith("\n"):
        raise BadNote("签名文本不完整")
    known = {(each.name, each.key_id): each for each in verifiers}
    signers: list[Verifier] = []
    times: list[int] = []
    for name, id_, signature in _signatures(lines):
        verifier = known.get((name, id_))
        if verifier is None or verifier in signers:
            continue
        if not verifier.is_signed(text.encode(), signature):
            raise BadNote(f"“{name}”的签名不对")
        signers.append(verifier)
        if verifier.public[:1] == COSIGNATURE:
            times.append(cosigned_at(signature))
    if not signers:
        raise BadNote("没有认得的签名")
    return Note(text, tuple(signers), tuple(times))


def _signatures(lines: str) -> Iterable[tuple[str, bytes, bytes]]:
    split = lines[:-1].split("\n")
    if len(split) > SIGNATURES_MAX:
        raise BadNote("签名太多")
    for line in split:
        name, space, encoded = line.removeprefix(DASH).partition(" ")
        if not line.startswith(DASH) or not space or not is_name(name):
            raise BadNote(f"不是签名行:{line[:80]}")
        data = decode64(encoded)
        if len(data) < 5:
            raise BadNote(f"签名太短:{line[:80]}")
        yield name, data[:4], data[4:]


def is_name(name: str) -> bool:
    """Whether a key may be called so."""
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)


def cosigned_text(text: bytes, at: int) -> bytes:
    """What a witness signs when it sees a checkpoint at a time."""
    return b"cosignature/v1\ntime %d\n" % at + text


def cosigned_at(signature: bytes) -> int:
    """When a cosignature says it was made."""
    return int.from_bytes(signature[:TIME_SIZE], "big")


def encode64(data: bytes) -> str:
    """Base64 as RFC 4648 §4 writes it."""
    return base64.b64encode(data).decode()


def decode64(text: str) -> bytes:
    """The bytes of a base64 text. Raises BadNote unless it is written in the one right way."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote(f"不是 base64:{text[:60]}") from None
    if encode64(data) != text:
        raise BadNote(f"base64 写法不规范:{text[:60]}")
    return data
