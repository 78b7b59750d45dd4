"""What is to be said of a log that lies somewhere, and of receipts, by keys that one trusts."""

from dataclasses import dataclass

from django.conf import settings

from guiju.record.receipts import contents
from guiju.record.shards import KEY_FILE, Shard
from guiju.site.log_reader import reader_of
from guiju.tlog.checkpoints import claimed_checkpoint, open_checkpoint
from guiju.tlog.notes import BadNote, Verifier
from guiju.tlog.policy import Policy
from guiju.tlog.receipts import check, parse_receipt
from guiju.tlog.verification import check_extends, findings


@dataclass(frozen=True, slots=True)
class Verdict:
    """What does not hold, and what does, in words."""

    findings: list[str]
    holds: list[str]

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(self.findings + other.findings, self.holds + other.holds)


@dataclass(frozen=True, slots=True)
class Trust:
    """The public keys that somebody trusts, and whose witness it takes."""

    keys: tuple[Verifier, ...]
    policy: Policy | None = None

    def verifiers(self, note: str) -> list[Verifier]:
        """Those for a checkpoint; with none given, the installation's own. Raises BadNote."""
        given = [*self.keys, *(self.policy.logs if self.policy else ())]
        if given:
            return given
        origin = claimed_checkpoint(note).origin
        name, _, year = origin.rpartition("/")
        if name != settings.LOG_ORIGIN or not (settings.KEYS_ROOT / KEY_FILE).exists():
            raise BadNote(f"请用 --key 写明“{origin}”的公钥")
        return [Shard(int(year)).signer.verifier]

    def check(self, note: str) -> None:
        """Raise BadNote where the policy asks for more than the log's own signature."""
        if self.policy is not None:
            self.policy.check(note)


def verdict_of(place: str | None, trust: Trust, old: str | None) -> Verdict:
    """A log in a folder or at an address, and whether it extends a checkpoint that was kept."""
    if place is None:
        return Verdict([], [])
    read, names = reader_of(place)
    note = read("checkpoint").decode()
    verifiers = trust.verifiers(note)
    checkpoint, found = findings(read, verifiers, names)
    if checkpoint is None or found:
        return Verdict([str(each) for each in found], [])
    try:
        trust.check(note)
    except BadNote as error:
        return Verdict([str(error)], [])
    told = f"{checkpoint.origin}:{checkpoint.size}条全部相符,根哈希 {checkpoint.root.hex()}"
    if old is None:
        return Verdict([], [told])
    before = open_checkpoint(old, verifiers)
    if not check_extends(read, before, checkpoint):
        return Verdict([f"不是从留存的第{before.size}条接着写的:以前的内容被改过"], [told])
    return Verdict([], [told, f"留存的前{before.size}条没有变"])


def verdict_of_receipt(text: str, trust: Trust) -> Verdict:
    """A receipt, checked offline: the entry's place in the log, and all that it opens."""
    try:
        receipt = parse_receipt(text)
        inside = contents(receipt)
        checkpoint = check(receipt, inside.entry.encode(), trust.verifiers(receipt.checkpoint))
        trust.check(receipt.checkpoint)
    except BadNote as error:
        return Verdict([f"回执:{error}"], [])
    changed = [group for group in inside.opened if not inside.is_opened(group)]
    told = inside.told
    what = f"{told.get('power')} {told.get('step')} {told.get('outcome')}({told.get('at')})"
    opened = "、".join(inside.opened) or "无"
    return Verdict(
        [f"回执:“{group}”部分与日志中的承诺值不符,内容被改动过" for group in changed],
        [f"回执:{what}是 {checkpoint.origin} 第{receipt.index}条,打开的部分:{opened}"],
    )
