"""The public keys that the log is held against: of each year, of a second signer, of witnesses."""

from dataclasses import dataclass

from django.conf import settings

from guiju.record.shards import published
from guiju.record.witnesses import witness_keys
from guiju.tlog.notes import COSIGNATURE, ED25519, Verifier


@dataclass(frozen=True, slots=True)
class Named:
    """A public key and whose it is, in words."""

    whose: str
    verifier: Verifier
    is_log: bool = False

    @property
    def vkey(self) -> str:
        """As it is written down and handed on."""
        return self.verifier.vkey


def named_keys() -> list[Named]:
    """All public keys, those of the log first, the newest year first."""
    years = ((each.year, each.verifier) for each in published())
    logs = [Named(f"{year}年日志", key, is_log=True) for year, key in years if key]
    second = settings.LOG_SECOND_SIGNER_KEY
    others = [Named("第二个签名", Verifier.parse(second))] if second else []
    return [*logs, *others, *(Named("见证人", each) for each in witness_keys())]


def verifiers() -> list[Verifier]:
    """The keys whose signatures can be checked here; of another kind are those of a machine."""
    return [
        each.verifier
        for each in named_keys()
        if each.verifier.public[:1] in (ED25519, COSIGNATURE)
    ]
