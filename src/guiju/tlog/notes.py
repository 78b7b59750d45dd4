"""Signed notes (C2SP signed-note v1.0.0): a text, a blank line, lines of signatures.

    — NAME base64(key id ‖ signature)

A key id is the first four bytes of SHA-256(name ‖ newline ‖ type ‖ public key); of types that are
not checked here it may be something else. Signatures of keys that nobody here knows are passed
over; one of a known key that does not fit refuses the whole note. Base64 must be written as it
would be written again, so no byte can change unseen.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
COSIGNATURE = b"\x04"
CHECKED = {ED25519, COSIGNATURE}
PUBLIC_SIZE = 33  # of these types, with the byte of the type
KEY_ID = re.compile(r"[0-9A-Fa-f]{8}")
DASH = "— "
SIGNATURES_MAX = 100
TIME_SIZE = 8
TIME_MAX = 2**63 - 1


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
        if len(parts) != 3 or not is_name(parts[0]) or not KEY_ID.fullmatch(parts[1]):
            raise BadNote(f"“{vkey}”不是公钥:应为 名称+8位十六进制+base64")
        name, known_id, public = parts[0], bytes.fromhex(parts[1]), decode64(parts[2])
        if len(public) < 2 or (public[:1] in CHECKED and len(public) != PUBLIC_SIZE):
            raise BadNote(f"“{vkey}”不是公钥:长度不对")
        if public[:1] in CHECKED and known_id != key_id(name, public):
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
            if len(signature) <= TIME_SIZE or cosigned_at(signature) > TIME_MAX:
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


class SignatureLine(NamedTuple):
    """A line below a note: whose signature it claims to be, and the signature."""

    line: str
    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """What was signed, and by which of the known keys."""

    text: str
    signers: tuple[Verifier, ...]
    lines: str  # the signature lines of these, and no others


def key_id(name: str, public: bytes) -> bytes:
    """The four bytes by which a key is known; ``public`` begins with the byte of its type."""
    return sha256(name.encode() + b"\n" + public).digest()[:4]


def sign_note(text: str, *signers: Signer) -> str:
    """A note signed by all of these. Raises BadNote when one has a name that no note can hold."""
    assert text.endswith("\n") and signers
    return f"{text}\n" + "".join(signature_line(text, signer) for signer in signers)


def signature_line(text: str, signer: Signer) -> str:
    """The line that one signer adds to a note with this text. Raises BadNote."""
    if not is_name(signer.name):
        raise BadNote(f"“{signer.name}”不能作签名者的名称:有空格或加号")
    signature = encode64(signer.key_id + signer.sign(text.encode()))
    return f"{DASH}{signer.name} {signature}\n"


def open_note(note: str, verifiers: Iterable[Verifier]) -> Note:
    """The text of a note and which of these keys signed it. Raises BadNote."""
    text, signatures = parse_note(note)
    known = {(each.name, each.key_id): each for each in verifiers}
    signed: dict[Verifier, str] = {}
    for each in signatures:
        verifier = known.get((each.name, each.key_id))
        if verifier is None:
            continue
        if not verifier.is_signed(text.encode(), each.signature):
            raise BadNote(f"“{each.name}”的签名不对")
        signed.setdefault(verifier, f"{each.line}\n")
    if not signed:
        raise BadNote("没有认得的签名")
    return Note(text, tuple(signed), "".join(signed.values()))


def parse_note(note: str) -> tuple[str, Sequence[SignatureLine]]:
    """The text of a note and its signatures, none of them checked. Raises BadNote."""
    if any(ord(c) < 0x20 and c != "\n" for c in note):
        raise BadNote("签名文本里有控制字符")
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise BadNote("签名文本不完整")
    split = lines[:-1].split("\n")
    if len(split) > SIGNATURES_MAX:
        raise BadNote("签名太多")
    return f"{text}\n", [_signature(line) for line in split]


def _signature(line: str) -> SignatureLine:
    name, space, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not space or not is_name(name):
        raise BadNote(f"不是签名行:{line[:80]}")
    data = decode64(encoded)
    if len(data) < 5:
        raise BadNote(f"签名太短:{line[:80]}")
    return SignatureLine(line, name, data[:4], data[4:])


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
