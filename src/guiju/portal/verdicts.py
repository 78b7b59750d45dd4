"""What is said of a receipt or of a printed paper, check by check, from the published log.

The same as ``static/portal/verify.js`` says in the browser, for those who have no JavaScript.
Nothing that is handed in is stored.
"""

from dataclasses import dataclass, field

from guiju.portal import telling
from guiju.portal.public_keys import verifiers
from guiju.portal.words import CHECKS, GROUPS, SAID
from guiju.record.receipts import Contents, contents, told_by
from guiju.record.shards import Shard, published
from guiju.tlog import leaf_hash
from guiju.tlog.checkpoints import Checkpoint, open_checkpoint
from guiju.tlog.notes import COSIGNATURE, BadNote, open_note
from guiju.tlog.proofs import inclusion_proof, is_included
from guiju.tlog.receipts import Receipt, parse_receipt
from guiju.tlog.tiles import read_entry, stored_nodes
from guiju.tlog.verification import check_extends

RIGHT, WRONG, OPEN = "ok", "bad", "unsure"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: right, wrong, or left open."""

    name: str
    mark: str
    said: str


@dataclass(slots=True)
class Verdict:
    """All checks of one receipt or paper, and what it tells if they hold."""

    source: str
    good: str  # the sentence if all is right
    checks: list[Check] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    opened: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    documents: list[tuple[str, str]] = field(default_factory=list)
    index: int = 0

    def add(self, name: str, is_right: bool | None, said: str, **values: object) -> bool:
        """Note a check; answers whether it is right."""
        mark = OPEN if is_right is None else RIGHT if is_right else WRONG
        label = CHECKS[name].format_map(values) if name in CHECKS else name
        self.checks.append(Check(label, mark, said.format_map(values)))
        return bool(is_right)

    @property
    def mark(self) -> str:
        """Wrong when anything is wrong; open when the log itself could not be asked."""
        marks = [check.mark for check in self.checks]
        return next((each for each in (WRONG, OPEN) if each in marks), RIGHT)

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        if self.mark == RIGHT:
            return self.good
        name = next(check.name for check in self.checks if check.mark == self.mark)
        return SAID["bad" if self.mark == WRONG else "unsure"].format(name=name)


def of_receipt(source: str, data: bytes) -> Verdict:
    """The verdict on a receipt's file."""
    verdict = Verdict(source, SAID["good_receipt"])
    try:
        receipt = parse_receipt(data.decode())
        told = contents(receipt)
    except (UnicodeDecodeError, BadNote) as error:
        verdict.add("form", False, "{why}", why=_words(error))
        return verdict
    checkpoint = _signed(verdict, receipt.checkpoint)
    if checkpoint is None or not _included(verdict, receipt, told, checkpoint):
        return verdict
    _open_groups(verdict, told)
    _check_log(verdict, checkpoint)
    if verdict.mark != WRONG:
        _tell(verdict, checkpoint.origin, receipt.index, told)
    return verdict


def of_paper(year: int, index: int, leaf: str) -> Verdict:
    """The verdict on a printed paper: which leaf it says stands where."""
    verdict = Verdict("", SAID["good_paper"])
    shard = next((each for each in published() if each.year == year), None)
    if shard is None:
        verdict.add("leaf", False, SAID["no_log"], year=year)
        return verdict
    try:
        _judge_paper(verdict, shard, index, leaf)
    except (OSError, ValueError) as error:  # a file of the log is missing or cut off
        verdict.add("log", None, SAID["log_unread"], why=error)
    return verdict


def of_document(digest: str, verdicts: list[Verdict]) -> Verdict:
    """Whether a file with this SHA-256 is among what the receipts open."""
    good = [each for each in verdicts if each.mark != WRONG]
    found = [(each, kind) for each in good for kind, known in each.documents if known == digest]
    verdict = Verdict(digest, SAID["not_found"].format(file=digest))
    for each, kind in found:
        verdict.good = SAID["found"].format(file=digest, index=each.index, kind=kind)
    verdict.add("document", bool(found), verdict.good if good else SAID["failed_receipt"])
    return verdict


def _judge_paper(verdict: Verdict, shard: Shard, index: int, leaf: str) -> None:
    checkpoint = _signed(verdict, shard.read("checkpoint").decode())
    if checkpoint is None:
        return
    if index >= checkpoint.size:
        verdict.add("leaf", False, SAID["beyond"], index=index, size=checkpoint.size)
        return
    entry = read_entry(shard.read, index, checkpoint.size)
    is_leaf = leaf_hash(entry).hex() == leaf
    if not verdict.add("leaf", is_leaf, SAID["leaf" if is_leaf else "not_leaf"], index=index):
        return
    proof = inclusion_proof(stored_nodes(shard.read, checkpoint.size), index, checkpoint.size)
    told = Contents(entry.decode(), told_by(entry.decode()), {})
    if _included(verdict, Receipt(index, tuple(proof), ""), told, checkpoint):
        _tell(verdict, checkpoint.origin, index, told)


def _signed(verdict: Verdict, note: str) -> Checkpoint | None:
    """The checkpoint of a note, once its signatures are right."""
    keys = verifiers()
    try:
        checkpoint = open_checkpoint(note, keys)
        signers = open_note(note, keys).signers
    except BadNote as error:
        verdict.add("signature", False, "{why}", why=error)
        return None
    witnesses = sum(each.public[:1] == COSIGNATURE for each in signers)
    said = SAID["signature"] + (SAID["cosigned"] if witnesses else "")
    verdict.add(
        "signature", True, said, origin=checkpoint.origin, size=checkpoint.size, count=witnesses
    )
    return checkpoint


def _included(verdict: Verdict, receipt: Receipt, told: Contents, checkpoint: Checkpoint) -> bool:
    leaf = leaf_hash(told.entry.encode())
    is_right = is_included(leaf, receipt.index, checkpoint.size, receipt.proof, checkpoint.root)
    said = SAID["inclusion" if is_right else "not_included"]
    return verdict.add("inclusion", is_right, said, index=receipt.index)


def _open_groups(verdict: Verdict, told: Contents) -> None:
    for group in told.opened:
        is_right = told.is_opened(group)
        said = SAID["opened" if is_right else "not_opened"]
        verdict.add("opened", is_right, said, group=GROUPS.get(group, group))


def _check_log(verdict: Verdict, old: Checkpoint) -> None:
    """Whether what is published now has grown out of what the receipt's checkpoint says."""
    try:
        shard = next(each for each in published() if each.origin == old.origin)
        new = open_checkpoint(shard.read("checkpoint").decode(), verifiers())
        sizes = {"old": old.size, "new": new.size}
        if new.size < old.size:
            verdict.add("log", False, SAID["log_shorter"], **sizes)
            return
        is_grown = check_extends(shard.read, old, new)
    except (StopIteration, OSError, ValueError) as error:
        verdict.add("log", None, SAID["log_unread"], why=str(error) or old.origin)
        return
    said = "log_same" if new.size == old.size else "log"
    verdict.add("log", is_grown, SAID[said if is_grown else "log_forked"], **sizes)


def _tell(verdict: Verdict, origin: str, index: int, told: Contents) -> None:
    """What the entry and the opened groups say, in words; as it stands where words are missing."""
    verdict.index = index
    try:
        verdict.facts = telling.facts(told.told, int(origin.rpartition("/")[2]), index)
        for group, (_, text) in told.opened.items():
            lines = telling.opened_lines(told.told, group, text)
            verdict.opened.append((GROUPS.get(group, group), lines))
        if "documents" in told.opened:
            verdict.documents = telling.documents(told.opened["documents"][1])
    except (LookupError, TypeError, ValueError, AttributeError):
        verdict.facts = [("", told.entry)]


def _words(error: Exception) -> str:
    return "不是文字" if isinstance(error, UnicodeDecodeError) else str(error)
