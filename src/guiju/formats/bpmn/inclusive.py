"""Which inclusive join belongs to which split, where that is clear.

The standard's inclusive join waits while a token might still come from anywhere, and engines
disagree on what that means in loops. Here a join is executed only where no two readings are
possible: one gateway splits, each of its branches keeps to itself and comes in by one flow
of the join, nothing enters or leaves on the way. Then the join waits for just the branches
that were chosen.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from guiju.formats.bpmn.model import Flow, Node, Scope
from guiju.formats.bpmn.names import Kind

SUBSETS_MAX = 8  # flows that may be chosen together: 255 subsets
SPLITS = (Kind.INCLUSIVE, Kind.PARALLEL, Kind.EXCLUSIVE)


@dataclass(frozen=True, slots=True)
class Match:
    """The split of a join, and by which flow each of its branches comes in."""

    split: Node
    entries: dict[str, str]  # id of a flow out of the split → id of a flow into the join


def match(scope: Scope, join: Node) -> Match | None:
    """The split that an inclusive join belongs to, or None where that is not clear."""
    for split in scope.nodes.values():
        is_candidate = split.kind in SPLITS and split is not join
        if is_candidate and len(scope.out_of(split)) == len(scope.into(join)):
            entries = _entries(scope, split, join)
            if entries is not None:
                return Match(split, entries)
    return None


def joins_of(scope: Scope) -> dict[str, tuple[Node, Match]]:
    """All inclusive joins with more than one way in, by the id of their split."""
    joins = [node for node in scope.nodes.values() if node.kind is Kind.INCLUSIVE]
    found = [(each, match(scope, each)) for each in joins if len(scope.into(each)) > 1]
    return {matched.split.id: (join, matched) for join, matched in found if matched is not None}


def _entries(scope: Scope, split: Node, join: Node) -> dict[str, str] | None:
    entries: dict[str, str] = {}
    for flow in scope.out_of(split):
        branch = _branch(scope, flow, split, join)
        if branch is None:
            return None
        into = [f for f in scope.into(join) if f is flow or f.source in branch]
        if len(into) != 1:
            return None
        entries[flow.id] = into[0].id
    return entries if len(set(entries.values())) == len(scope.into(join)) else None


def _branch(scope: Scope, first: Flow, split: Node, join: Node) -> set[str] | None:
    """The nodes of a branch, or None where something enters it, leaves it or ends in it."""
    branch: set[str] = set()
    todo = [first.target]
    while todo:
        node = scope.nodes.get(todo.pop())
        if node is None or node is split:
            return None
        if node is join or node.id in branch:
            continue
        branch.add(node.id)
        after = _after(scope, node)
        if not after:
            return None
        todo += after
    entered = (
        flow
        for flow in scope.flows.values()
        if flow.target in branch and flow.source not in branch and flow is not first
    )
    return None if any(entered) or _starts(scope, branch) else branch


def _after(scope: Scope, node: Node) -> list[str]:
    """Where a token may go next; the events on an activity's boundary are beside it."""
    beside = [each.id for each in scope.boundaries(node)]
    return [flow.target for flow in scope.out_of(node)] + beside


def _starts(scope: Scope, branch: Iterable[str]) -> bool:
    return any(scope.nodes[id_].kind is Kind.START for id_ in branch)
