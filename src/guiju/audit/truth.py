"""Findings held against the truth about a simulated log: recall and precision of each detector.

A finding on a case, or about an organ, of which the truth knows nothing is a false lead; what
else is found of a case where something was done is counted as neither right nor false.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from guiju.audit.detectors import DETECTORS
from guiju.audit.finding import Finding


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done, and which detector should find it."""

    detector: str
    case: str
    organ: str
    words: str
    leaves_trace: bool


@dataclass(frozen=True, slots=True)
class Score:
    """How well a detector does."""

    detector: str
    name: str
    done: int  # deeds that leave a trace
    found: int  # of these
    false: int  # findings on cases where nothing was done
    missed: tuple[str, ...]  # cases or organs

    @property
    def recall(self) -> float | None:
        """The share of deeds that was found; None when there were none."""
        return self.found / self.done if self.done else None


def read_truth(path: Path) -> tuple[Deed, ...]:
    """The truth as ``guiju simulate`` has written it."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Deed(detector, case, organ, words, leaves_trace == "True")
            for detector, case, organ, words, leaves_trace in islice(csv.reader(file), 1, None)
        )


def scores(truth: Iterable[Deed], findings: Iterable[Finding]) -> list[Score]:
    """One row for each detector."""
    truth = tuple(truth)
    known = {each.case for each in truth if each.case}
    organs = {each.organ for each in truth if each.organ}
    hits: set[tuple[str, str]] = set()
    false = dict.fromkeys((each.id for each in DETECTORS), 0)
    for each in findings:
        subject = each.case or each.organ
        hits.add((each.detector, subject))
        false[each.detector] += subject not in (known if each.case else organs)
    found = []
    for detector in DETECTORS:
        own = [d for d in truth if d.detector == detector.id and d.leaves_trace]
        missed = [d.case or d.organ for d in own if (detector.id, d.case or d.organ) not in hits]
        counts = (len(own), len(own) - len(missed), false[detector.id])
        found.append(Score(detector.id, detector.name, *counts, tuple(missed)))
    return found
