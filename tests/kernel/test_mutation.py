"""A mistake in a power of a pack is noticed; the few that are not are known, with the reason."""

from tests.mutation import OPERATORS, REPORT, Mutant, reason, sample

FOUND: list[Mutant] = sample()


def test_nearly_every_mistake_is_noticed():
    killed = [mutant for mutant in FOUND if mutant.killed]

    assert len(FOUND) > 150
    assert {mutant.operator for mutant in FOUND} > {"drop_control", "redirect", "weaken_distinct"}
    assert len(killed) >= 0.93 * len(FOUND)  # of the sample; of all, see docs/mutation.md


def test_every_survivor_is_told_in_the_document_with_its_reason():
    text = REPORT.read_text(encoding="utf-8")
    told = [f"`{m.operator}` {m.power}: {m.what}\n" for m in FOUND if not m.killed]

    assert [row for row in told if row not in text] == [], "run tests/mutation.py --write"
    assert [m for m in FOUND if not m.killed and not reason(m)] == []
    assert "NOBODY HAS SAID WHY" not in text


def test_every_operator_is_in_the_document():
    text = REPORT.read_text(encoding="utf-8")

    assert [each.__name__ for each in OPERATORS if f"| `{each.__name__}` |" not in text] == []
