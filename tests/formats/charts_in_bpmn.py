"""BPMN texts for tests: small ones by hand, random well-formed ones from a seed."""

import random
from dataclasses import dataclass, field
from itertools import pairwise

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="d" targetNamespace="urn:test">'
)


def model(inside: str, *, more: str = "", process: str = 'id="p" isExecutable="true"') -> bytes:
    """A file with one process."""
    text = f"{HEAD}{more}<bpmn:process {process}>{inside}</bpmn:process></bpmn:definitions>"
    return text.encode()


def flow(source: str, target: str, name: str = "", condition: str = "") -> str:
    """A sequence flow; its id is made of its ends."""
    tests = f'<bpmn:conditionExpression xsi:type="bpmn:t">{condition}</bpmn:conditionExpression>'
    return (
        f'<bpmn:sequenceFlow id="{source}-{target}" name="{name}" sourceRef="{source}" '
        f'targetRef="{target}">{tests if condition else ""}</bpmn:sequenceFlow>'
    )


def flows(*chains: str) -> str:
    """Flows along chains such as ``a b c``."""
    pairs = (pair for chain in chains for pair in pairwise(chain.split()))
    return "".join(flow(*pair) for pair in pairs)


def nodes(**tags: str) -> str:
    """Nodes: their tag and their ids, as in ``userTask="a b"``."""
    return "".join(
        f'<bpmn:{tag} id="{id_}" name="{id_}"/>'
        for tag, ids in tags.items()
        for id_ in ids.split()
    )


@dataclass
class RandomChart:
    """A block-structured chart: sequences, exclusive, parallel and inclusive blocks, loops.

    Loops hold no joins: at times SpiffWorkflow 3.2 lets a join go on too early when it comes
    the second time. That ours waits is tested by hand.
    """

    seed: int
    parts: list[str] = field(default_factory=list)
    flows: list[tuple[str, str, str, str]] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        first, last = self.block(self.chance.randint(1, 3))
        start, end = self.node("startEvent"), self.node("endEvent")
        self.join(start, first)
        self.join(last, end)

    @property
    def content(self) -> bytes:
        return model("".join(self.parts) + "".join(self._flow(*each) for each in self.flows))

    def _flow(self, id_: str, source: str, target: str, condition: str) -> str:
        tests = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>"
        return (
            f'<bpmn:sequenceFlow id="{id_}" sourceRef="{source}" targetRef="{target}">'
            f"{tests if condition else ''}</bpmn:sequenceFlow>"
        )

    def node(self, tag: str) -> str:
        self.count += 1
        id_ = f"n{self.count}"
        self.parts.append(f'<bpmn:{tag} id="{id_}" name="{id_}"/>')
        return id_

    def join(self, source: str, target: str, condition: str = "") -> None:
        id_ = f"f{len(self.flows)}"
        tests = f"'{id_}' in taken" if condition else ""
        self.flows.append((id_, source, target, tests))

    def block(self, depth: int, *, is_in_loop: bool = False) -> tuple[str, str]:
        """A block; its first and its last node."""
        kinds = [
            "sequence",
            "exclusive",
            "loop",
            *([] if is_in_loop else ["parallel", "inclusive"]),
        ]
        match self.chance.choice(kinds if depth else ["task"]):
            case "task":
                task = self.node(self.chance.choice(["userTask", "manualTask"]))
                return task, task
            case "sequence":
                count = self.chance.randint(2, 3)
                blocks = [self.block(depth - 1, is_in_loop=is_in_loop) for _ in range(count)]
                for (_, last), (first, _) in pairwise(blocks):
                    self.join(last, first)
                return blocks[0][0], blocks[-1][1]
            case "loop":
                enter, leave = self.node("exclusiveGateway"), self.node("exclusiveGateway")
                first, last = self.block(depth - 1, is_in_loop=True)
                self.join(enter, first)
                self.join(last, leave)
                self.join(leave, enter, "back")
                after = self.node("userTask")
                self.join(leave, after, "on")
                return enter, after
            case kind:
                split, merge = self.node(f"{kind}Gateway"), self.node(f"{kind}Gateway")
                for _ in range(self.chance.randint(2, 3)):
                    first, last = self.block(depth - 1, is_in_loop=is_in_loop)
                    self.join(split, first, "" if kind == "parallel" else "maybe")
                    self.join(last, merge)
                return split, merge
