"""The chart as one column of cards for phones; what no arrow can show is said in words.

An arrow joins two cards where the second follows from the first; every other way is a line
of text in the card that it leaves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guiju.kernel.drawing import trace
from guiju.kernel.drawing.ink import (
    BLUE,
    DARK,
    GREEN,
    LINE,
    LOOKS,
    RED,
    Rect,
    box,
    document,
    grade_mark,
    group,
    label,
    tag,
    width,
    wrap,
)
from guiju.kernel.drawing.notes import (
    ENFORCED,
    NOTE_LINE,
    Paragraph,
    description,
    drawn,
    paragraph,
    risk_paragraphs,
    tag_size,
    title_of,
)
from guiju.kernel.drawing.plan import Progress
from guiju.kernel.drawing.trace import DASH, CounterExample
from guiju.kernel.drawing.words import (
    ALSO,
    join_words,
    joins_of,
    limit_words,
    lines_of,
    outcome_words,
    post_name,
    several_words,
    way_name,
    way_words,
)
from guiju.kernel.power import Power, Step

WIDTH = 360
MARGIN = 6
PAD = 12
GAP = 26  # between two cards, with room for an arrow
NAME_SIZE = 17
NAME_LINE = 23
TEXT_SIZE = 13
ROOM = WIDTH - 2 * MARGIN - 2 * PAD
LEGEND = paragraph("的措施不满足,系统就不让办", ROOM, ENFORCED, TEXT_SIZE)
SMALLEST = tag_size(TEXT_SIZE)  # its smallest text
NAME_LEFT = 34  # where the name begins, right of the number


@dataclass(frozen=True, slots=True)
class Card:
    """One step, with all its text wrapped."""

    number: int
    step: Step
    names: tuple[str, ...]
    facts: Paragraph  # post and limit
    risks: tuple[Paragraph, ...]
    ways: tuple[tuple[Paragraph, str], ...]  # with their ink: red if a counter-example takes it
    leads_on: Paragraph | None  # the label of the arrow to the next card; None: no arrow
    mark: str  # how far the case has come, in words
    turns_on: tuple[int, ...] = ()  # the moves of a counter-example along the arrow

    @property
    def height(self) -> float:
        """How high it is drawn."""
        texts = sum(each.height for each in (self.facts, *self.risks))
        texts += sum(each.height for each, _ in self.ways)
        marks = 22.0 * (bool(self.risks) + bool(self.mark))
        return 2 * PAD + NAME_LINE * len(self.names) + texts + marks + 6


def chart_svg_narrow(
    power: Power,
    *,
    risks: bool,
    progress: Progress | None = None,
    path: CounterExample | None = None,
) -> str:
    """The chart as cards, 360 units wide, for screens under 700 px."""
    cards = cards_of(power, risks, progress, path)
    kind = "risk-narrow" if risks else "flow-narrow"
    parts, y = [], float(MARGIN)
    if risks:
        parts.append(drawn(LEGEND, MARGIN + PAD, y, TEXT_SIZE))
        y += LEGEND.height + MARGIN
    parts.append(drawn_column(cards, y, kind, risks))
    y += stack_height(cards) - _gap(cards[-1].leads_on)
    if path:
        words = trace.words_of(power, path)
        parts.append(trace.drawn_words(words, MARGIN, y, WIDTH - 2 * MARGIN))
        y += trace.words_height(words, WIDTH - 2 * MARGIN)
    texts = title_of(power, risks, path), description(power, progress, path)
    return document(kind, (WIDTH, y + MARGIN), texts, "".join(parts))


def cards_of(
    power: Power,
    risks: bool,
    progress: Progress | None = None,
    path: CounterExample | None = None,
) -> list[Card]:
    """One card for each step."""
    joins = joins_of(power)
    waits = [join_words(power, step, joins) for step in power.steps]
    return [_card(power, i, risks, progress, path, wait) for i, wait in enumerate(waits)]


def stack_height(cards: Sequence[Card]) -> float:
    """How high cards are one below the other, with the arrow below the last."""
    return sum(card.height + _gap(card.leads_on) for card in cards)


def drawn_column(cards: Sequence[Card], y: float, kind: str, risks: bool) -> str:
    """Cards one below the other."""
    parts = []
    for card in cards:
        parts.append(_drawn_card(card, y, risks))
        y += card.height
        if card.leads_on is not None:
            parts.append(_arrow(card, card.leads_on, y, kind))
        if card.leads_on is not None and card is cards[-1]:  # goes on in another column
            words = f"接第{card.number + 1}步"
            x = WIDTH / 2 - 10 - width(words, TEXT_SIZE)
            parts.append(label(words, x, y + 4 + TEXT_SIZE, TEXT_SIZE))
        y += _gap(card.leads_on)
    return "".join(parts)


def _card(
    power: Power,
    index: int,
    risks: bool,
    progress: Progress | None,
    path: CounterExample | None,
    wait: str,
) -> Card:
    """The card of one step, which may have to ``wait``."""
    step = power.steps[index]
    following = power.steps[index + 1].id if index + 1 < len(power.steps) else ""
    on = [o for o in lines_of(step) if o.to == (following,)]
    turns = {o.id: path.turns(step.id, o.id) if path else [] for o in step.outcomes}
    limit, signers = limit_words(step), several_words(power, step)
    facts = [post_name(power, step.post), f"限{limit}" if limit else "", signers]
    waits = ((paragraph(wait, ROOM, size=TEXT_SIZE), DARK),) if wait else ()
    return Card(
        number=index + 1,
        step=step,
        names=wrap(step.name, NAME_SIZE, ROOM - NAME_LEFT),
        facts=paragraph(" · ".join(filter(None, facts)), ROOM - NAME_LEFT, size=TEXT_SIZE),
        risks=risk_paragraphs(power, step, ROOM, TEXT_SIZE) if risks and step.risk else (),
        ways=(*waits, *_ways(power, step, following, turns)),
        leads_on=paragraph(way_name(step, on), WIDTH / 2 - 20, size=TEXT_SIZE) if on else None,
        mark=_mark(step, progress, path),
        turns_on=tuple(sorted(n for o in on for n in turns[o.id])),
    )


def _ways(
    power: Power, step: Step, following: str, turns: dict[str, list[int]]
) -> Iterator[tuple[Paragraph, str]]:
    """The outcomes of a step but the one that the arrow stands for, with their ink."""
    lines = lines_of(step)
    for outcome in step.outcomes:
        words, ink = outcome_words(power, outcome), DARK
        if outcome not in lines:
            words, ink = f"{ALSO}{words}", LINE
        elif outcome.to == (following,):
            continue
        elif not way_name(step, [outcome]):
            words = f"→ {way_words(power, outcome)}"
        if turns[outcome.id]:
            words, ink = f"{_turn_words(turns[outcome.id])} {words}", RED
        yield paragraph(words, ROOM, size=TEXT_SIZE), ink


def _turn_words(turns: Sequence[int]) -> str:
    return f"✗ 反例第{'、'.join(map(str, turns))}步"


def _mark(step: Step, progress: Progress | None, path: CounterExample | None) -> str:
    if path and step.id in path.steps:
        return trace.WRONG
    if progress is None:
        return ""
    if step.id in progress.current:
        return f"▲{progress.word}"
    return "✓ 已办" if step.id in progress.done else ""


def _drawn_card(card: Card, top: float, risks: bool) -> str:
    """A card from its top downwards."""
    left = float(MARGIN + PAD)
    y = top + PAD
    parts = [
        _frame(card, top, risks),
        tag("circle", cx=left + 12, cy=y + 11, r=12, fill=DARK),
        label(str(card.number), left + 12, y + 16, 13, fill="#fff", text_anchor="middle"),
    ]
    for line in card.names:
        parts.append(label(line, left + NAME_LEFT, y + 17, NAME_SIZE, font_weight="bold"))
        y += NAME_LINE
    parts.append(drawn(card.facts, left + NAME_LEFT, y, TEXT_SIZE))
    y += card.facts.height + 3
    if card.mark:
        parts.append(_pill(card.mark, left + NAME_LEFT, y))
        y += 22
    if card.risks:
        parts.append(_grade(card.step, left, y))
        y += 22
    for each in card.risks:
        parts.append(drawn(each, left, y, TEXT_SIZE))
        y += each.height
    for each, ink in card.ways:
        parts.append(drawn(each, left, y + 3, TEXT_SIZE, ink))
        y += each.height
    return group(f"第{card.number}步 {card.step.name}", "".join(parts))


def _frame(card: Card, top: float, risks: bool) -> str:
    is_current, is_done = card.mark.startswith("▲"), card.mark.startswith("✓")
    look = LOOKS[card.step.risk.grade] if risks and card.step.risk else None
    is_run = bool(card.turns_on) or any(ink == RED for _, ink in card.ways)
    if is_run or card.mark == trace.WRONG:
        rect = Rect(MARGIN, top, WIDTH - 2 * MARGIN, card.height)
        wide = 4 if card.mark == trace.WRONG else 2.5
        return box(rect, rx=6, fill="#fff", stroke=RED, stroke_width=wide, stroke_dasharray=DASH)
    return box(
        Rect(MARGIN, top, WIDTH - 2 * MARGIN, card.height),
        rx=18 if card.number == 1 else 6,
        fill="#f4f6f8" if is_done else look.tint if look else "#fff",
        stroke=BLUE if is_current else look.line if look else LINE,
        stroke_width=4 if is_current else 1.6,
    )


def _pill(mark: str, x: float, y: float) -> str:
    wide = width(mark, TEXT_SIZE) + 14
    fill = {"▲": BLUE, "✗": RED}.get(mark[0], GREEN)
    ground = box(Rect(x, y, wide, 19), rx=9, fill=fill)
    return ground + label(mark, x + wide / 2, y + 14, TEXT_SIZE, fill="#fff", text_anchor="middle")


def _grade(step: Step, x: float, y: float) -> str:
    assert step.risk is not None
    look = LOOKS[step.risk.grade]
    words = f"{step.risk.grade}风险({look.word})"
    text = label(words, x + 16, y + 15, TEXT_SIZE, fill=look.text, font_weight="bold")
    return grade_mark(step.risk.grade, x + 7, y + 10) + text


def _arrow(card: Card, words: Paragraph, y: float, kind: str) -> str:
    """The arrow from a card to the next, with the outcome that it stands for."""
    x, turns = WIDTH / 2, card.turns_on
    line = tag(
        "path",
        d=f"M{x:.0f} {y:.1f}V{y + _gap(words) - 1:.1f}",
        stroke=RED if turns else LINE,
        stroke_width=2,
        marker_end=f"url(#{kind}-{'red' if turns else 'arrow'})",
        **({"stroke_dasharray": trace.DASH} if turns else {}),
    )
    if turns:
        text = _turn_words(turns)
        left = x - 10 - width(text, TEXT_SIZE)
        line += label(text, left, y + 4 + TEXT_SIZE, TEXT_SIZE, fill=RED)
    return line + drawn(words, x + 10, y + 4, TEXT_SIZE)


def _gap(words: Paragraph | None) -> float:
    """How far the next card is."""
    return GAP + (words.height - NOTE_LINE if words else 0)
