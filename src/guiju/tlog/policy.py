"""Trust policies (C2SP tlog-policy): which logs are believed, and how many witnesses it takes.

    log VKEY [URL]
    witness NAME VKEY [URL]
    group NAME any|all|K MEMBER…
    quorum NAME|none

Lines name only what stands above them; a line that begins with # is a comment. A log is called as
the first line of its checkpoints. No key stands for two logs, or for two witnesses.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from guiju.tlog.checkpoints import Checkpoint, open_checkpoint
from guiju.tlog.notes import CHECKED, COSIGNATURE, BadNote, Verifier, open_note

NONE = "none"
BLANK = re.compile(r"[ \t]+")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
AT_LEAST = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Group:
    """So many of these must have cosigned; a witness is a group of its own."""

    at_least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Logs, witnesses with their addresses (or ""), groups, and the group that decides."""

    logs: tuple[Verifier, ...]
    witnesses: Mapping[str, tuple[Verifier, str]]
    groups: Mapping[str, Group]
    quorum: str

    def check(self, note: str) -> Checkpoint:
        """The checkpoint, which its own log signed and the quorum cosigned. Raises BadNote."""
        checkpoint = open_checkpoint(note, self.logs)
        keys = {name: key for name, (key, _) in self.witnesses.items()}
        signers = open_note(note, [*self.logs, *keys.values()]).signers
        if not self._is_met(self.quorum, {name for name in keys if keys[name] in signers}):
            raise BadNote(f"见证人的签名不够:需要“{self.quorum}”")
        return checkpoint

    def _is_met(self, name: str, cosigned: set[str]) -> bool:
        if name in self.witnesses or name == NONE:
            return name == NONE or name in cosigned
        group = self.groups[name]
        return sum(self._is_met(each, cosigned) for each in group.members) >= group.at_least


def parse_policy(text: str) -> Policy:
    """Read a policy. Raises BadNote, with the line."""
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        words = [word for word in BLANK.split(line) if word]
        try:
            if CONTROL.search(line):
                raise BadNote("有控制字符")
            if words and not words[0].startswith("#"):
                reader.take(words)
        except BadNote as error:
            raise BadNote(f"第{number}行:{error}") from None
    if not reader.quorum:
        raise BadNote("没有 quorum 一行")
    return Policy(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum)


class _Reader:
    """What the lines so far have said."""

    def __init__(self) -> None:
        self.logs: list[Verifier] = []
        self.witnesses: dict[str, tuple[Verifier, str]] = {}
        self.groups: dict[str, Group] = {}
        self.quorum = ""

    def take(self, words: list[str]) -> None:
        """One line. Raises BadNote."""
        known = {*self.witnesses, *self.groups}
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self.logs.append(_key(vkey, CHECKED, self.logs))
            case ["witness", name, vkey, *url] if len(url) < 2:
                others = [key for key, _ in self.witnesses.values()]
                key = _key(vkey, {COSIGNATURE}, others)
                self.witnesses[_new(name, known)] = key, "".join(url)
            case ["group", name, least, *members] if members:
                self.groups[_new(name, known)] = _group(least, members, known, self.groups)
            case ["quorum", name] if not self.quorum:
                self.quorum = _known(name, {*known, NONE})
            case _:
                raise BadNote("看不懂这一行")


def _key(vkey: str, kinds: Collection[bytes], others: Iterable[Verifier]) -> Verifier:
    key = Verifier.parse(vkey)
    if key.public[:1] not in kinds:
        raise BadNote(f"“{vkey}”的种类不能用在这里")
    if any(key.public[1:] == other.public[1:] for other in others):
        raise BadNote(f"“{vkey}”的公钥上面已经有了")
    return key


def _new(name: str, known: set[str]) -> str:
    if name == NONE or name in known:
        raise BadNote(f"“{name}”已经用过")
    return name


def _known(name: str, known: set[str]) -> str:
    if name not in known:
        raise BadNote(f"上面没有“{name}”")
    return name


def _group(least: str, members: list[str], known: set[str], others: Mapping[str, Group]) -> Group:
    taken = {member for group in others.values() for member in group.members}
    for member in members:
        if _known(member, known) in taken or members.count(member) > 1:
            raise BadNote(f"“{member}”已经在一个组里")
    words = {"any": "1", "all": str(len(members))}
    at_least = words.get(least, least)
    if not AT_LEAST.fullmatch(at_least) or not 0 < int(at_least) <= len(members):
        raise BadNote(f"“{least}”应为 any、all 或者1到{len(members)}")
    return Group(int(at_least), tuple(members))
