"""Search in everyday words: one sentence in, the powers that fit out, the best first.

Chinese has no spaces, so text is cut into pairs of neighbouring characters. A pair counts
for more in a power's name and everyday phrases than in its summary, and for less the more
powers have it (inverse document frequency). The phrases are data of the pack: a clerk who
hears a new way of saying it adds a line to the power's file.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from guiju.kernel.power import Power

NAME, PHRASE, TEXT = 6, 4, 1  # how much a pair weighs, by where it stands
ENOUGH = 0.15  # of the best score: what scores less is not shown


@dataclass(frozen=True, slots=True)
class Index:
    """For each power, the weight of each pair in it; and how rare each pair is."""

    weights: tuple[dict[str, float], ...]
    rarity: dict[str, float]


def index(powers: Iterable[Power]) -> Index:
    """Prepare powers for searching."""
    weights = tuple(_weights(power) for power in powers)
    in_how_many = Counter(pair for each in weights for pair in each)
    rarity = {pair: log(1 + len(weights) / count) for pair, count in in_how_many.items()}
    return Index(weights, rarity)


def ranking(prepared: Index, query: str) -> list[int]:
    """The numbers of the powers that fit a sentence, the best first."""
    asked = set(pairs(query))
    scores = [
        sum(weights.get(pair, 0) * prepared.rarity[pair] for pair in asked if pair in weights)
        for weights in prepared.weights
    ]
    best = max(scores, default=0)
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    return [i for i in order if scores[i] and scores[i] >= ENOUGH * best]


def pairs(text: str) -> list[str]:
    """Pairs of neighbouring characters; letters and digits stay whole words."""
    runs = re.findall(r"[\u4e00-\u9fff]+|[a-z0-9]+", text.lower())
    return [
        pair
        for run in runs
        for pair in (
            [run]
            if run.isascii() or len(run) == 1
            else [run[i : i + 2] for i in range(len(run) - 1)]
        )
    ]


def _weights(power: Power) -> dict[str, float]:
    guide = power.guide
    parts = ((NAME, (power.name,)), (PHRASE, guide.words), (TEXT, (guide.summary, *guide.who)))
    weights: dict[str, float] = {}
    for weight, texts in parts:
        for text in texts:
            for pair in pairs(text):
                weights[pair] = max(weights.get(pair, 0), weight)
    return weights
