"""Models damaged at random: understood, or answered with reasons, never a crash."""

import os
import random
from datetime import date
from pathlib import Path

import pytest
from tests.formats.charts_in_bpmn import RandomChart
from tests.kernel.charts import PACKS

from guiju.formats.bpmn.inward import from_bpmn
from guiju.formats.bpmn.model import read_model
from guiju.formats.bpmn.outward import to_bpmn
from guiju.formats.bpmn.proof import verdicts
from guiju.formats.bpmn.tree import Element, parse, serialize
from guiju.formats.packs import PackError, read_pack

MODELS = Path(os.environ.get("GUIJU_DATA", "/nonexistent")) / "miwg-reference"
RELIEF = read_pack(PACKS / "changzhi", date(2026, 9, 1)).powers[4]
HURTS = 40


def damage(element: Element, other: Element, chance: random.Random) -> None:
    """Take something out of an element, or give it what another one has."""
    names = [name for name in element.attributes if not name.startswith("xmlns")]
    match chance.choice(["child", "attribute", "value", "tag"]):
        case "child" if element.children:
            element.children.pop(chance.randrange(len(element.children)))
        case "attribute" if names:
            element.attributes.pop(chance.choice(names))
        case "value" if names and other.attributes:
            value = chance.choice(list(other.attributes.values()))
            element.attributes[chance.choice(names)] = value
        case "tag":
            element.tag = other.tag


def damaged(content: bytes, seed: int) -> bytes:
    """The same file with up to four places damaged."""
    chance = random.Random(seed)
    document = parse(content)
    elements = list(document.root.below())
    for _ in range(chance.randint(1, 4)):
        damage(chance.choice(elements), chance.choice(elements), chance)
    return serialize(document)


def answered(content: bytes) -> list[str]:
    """What is answered; a PackError is an answer too."""
    found = []
    try:
        found += [each.answer.value for each in verdicts(read_model(content))]
        found.append("power" if from_bpmn(content).power else "")
    except PackError as error:
        assert error.mend
        found.append("refused")
    return found


@pytest.mark.parametrize(
    "content", [to_bpmn(RELIEF), RandomChart(1).content], ids=["power", "chart"]
)
def test_a_damaged_model_is_answered(content: bytes) -> None:
    answers = [each for seed in range(HURTS) for each in answered(damaged(content, seed))]

    assert len(answers) > HURTS
    assert {"sound", "not executable", "refused"} <= set(answers)


@pytest.mark.skipif(not MODELS.is_dir(), reason="GUIJU_DATA names no folder with models")
def test_damaged_reference_models_are_answered() -> None:
    files = sorted(MODELS.glob("*.bpmn"))

    answers = [each for file in files for each in answered(damaged(file.read_bytes(), 7))]

    assert len(answers) > len(files)
