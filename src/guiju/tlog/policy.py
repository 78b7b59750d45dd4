"""Trust policies (C2SP tlog-policy): which logs are believed, and how many witnesses it takes.

    log VKEY [URL]
    witness NAME VKEY [URL]
    group NAME any|all|K MEMBER…
    quorum NAME|none

Lines name only what stands above them; # begins a comment.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from guiju.tlog.notes import BadNote, Verifier, open_note

NONE = "none"


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

    def check(self, note: str) -> None:
        """Raise BadNote unless one of the logs signed the note and the quorum cosigned it."""
        keys = {name: key for name, (key, _) in self.witnesses.items()}
        signers = open_note(note, [*self.logs, *keys.values()]).signers
        if not set(signers) & set(self.logs):
            raise BadNote("没有认得的日志签名")
        if not self._is_met(self.quorum, {name for name in keys if keys[name] in signers}):
            raise BadNote(f"见证人的签名不够:需要“{self.quorum}”")

    def _is_met(self, name: str, cosigned: set[str]) -> bool:
        if name in self.witnesses or name == NONE:
            return name == NONE or name in cosigned
        group = self.groups[name]
        return sum(self._is_met(each, cosigned) for each in group.members) >= group.at_least


def parse_policy(text: str) -> Policy:
    """Read a policy. Raises BadNote, with the line."""
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
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
                self.logs.append(Verifier.parse(vkey))
            case ["witness", name, vkey, *url] if len(url) < 2:
                self.witnesses[_new(name, known)] = Verifier.parse(vkey), "".join(url)
            case ["group", name, least, *members] if members:
                self.groups[_new(name, known)] = _group(least, members, known, self.groups)
            case ["quorum", name] if not self.quorum:
                self.quorum = _known(name, {*known, NONE})
            case _:
                raise BadNote("看不懂这一行")


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
    if not at_least.isascii() or not at_least.isdecimal() or not 0 < int(at_least) <= len(members):
        raise BadNote(f"“{least}”应为 any、all 或者1到{len(members)}")
    return Group(int(at_least), tuple(members))
