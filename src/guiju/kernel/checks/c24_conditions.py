"""出口的条件:无论表单怎样填都有出路,问到的表单项先已填好,没有永远不成立的条件。

At every step, whatever the fields say that its conditions ask about, some outcome can be taken
by which the case goes on; not counted are outcomes beside the step's work and those that come
by silence. Values are looked at one from each region: conditions compare with finitely many
constants, so the constants themselves and one value from each gap between them tell all. On
every run a field has been asked for, before or by the same act, when a condition asks about it.
A condition that no value meets makes a show-piece of its outcome.
Source: the software's own rule. The proof of the chart takes every outcome as possible (C01);
that is only right where the conditions leave one.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import chain, combinations, count, islice, product
from math import prod

from guiju.kernel.checks.finding import Finding, Subject, ids, words
from guiju.kernel.forms import LIST_MARK, holds, misfit
from guiju.kernel.net import Transition
from guiju.kernel.paths import Watch, broken, moves
from guiju.kernel.power import Condition, Field, FieldKind, Outcome, Power, Step
from guiju.kernel.program import asked
from guiju.kernel.rules import yuan

ID = "C24"
REGIONS_MAX = 10_000
NUMBERS = frozenset({FieldKind.NUMBER, FieldKind.MONEY})
Fields = Mapping[str, tuple[Field, ...]]  # id → wherever it is asked for


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each step without a way out, outcome without a value, field not filled."""
    fields = _fields(subject.power)
    for step in subject.power.steps:
        conditional = [outcome for outcome in step.outcomes if outcome.when]
        if conditional:
            yield from _unalike(step, conditional, fields)
            yield from _never(step, conditional, fields)
            yield from _no_way(step, fields)
    if subject.can_ask_paths:
        for id_, same in fields.items():
            yield from _not_yet_filled(subject, id_, same[0].name)


def _fields(power: Power) -> Fields:
    """The fields that conditions ask about."""
    named = {each.field for step in power.steps for o in step.outcomes for each in o.when}
    written = [field for step in power.steps for field in step.fields]
    return {id_: tuple(f for f in written if f.id == id_) for id_ in sorted(named)}


def _unalike(step: Step, outcomes: list[Outcome], fields: Fields) -> Iterator[Finding]:
    for id_ in dict.fromkeys(each.field for outcome in outcomes for each in outcome.when):
        if len({(field.kind, frozenset(field.choices)) for field in fields[id_]}) > 1:
            message = f"“{step.name}”的条件问到的表单项“{id_}”,几处写的类型、选项不一样"
            yield Finding(ID, message, (step.id,))


def _never(step: Step, outcomes: list[Outcome], fields: Fields) -> Iterator[Finding]:
    for outcome in outcomes:
        values = _values(outcome.when, fields)
        for id_ in values:  # each condition is about one field, so each field may be asked alone
            here = tuple(each for each in outcome.when if each.field == id_)
            if not any(_meets(here, {id_: value}, fields) for value in values[id_]):
                message = f"“{step.name}”的出口“{outcome.name}”永远选不了:"
                message += f"“{fields[id_][0].name}”怎样填都不合条件"
                yield Finding(ID, message, (step.id,))


def _no_way(step: Step, fields: Fields) -> Iterator[Finding]:
    ways = [o for o in step.outcomes if o.to and not (o.aside or o.after)]
    if not all(outcome.when for outcome in ways):
        return
    values = _values(tuple(chain(*(outcome.when for outcome in ways))), fields)
    if prod(map(len, values.values())) > REGIONS_MAX:
        yield Finding(ID, f"“{step.name}”的条件太多,没有得出是否总有出路的结论", (step.id,))
        return
    for chosen in product(*values.values()):
        facts = dict(zip(values, chosen, strict=True))
        if not any(_meets(outcome.when, facts, fields) for outcome in ways):
            told = "、".join(_told(fields[id_][0], value) for id_, value in facts.items())
            yield Finding(ID, f"当{told}时,“{step.name}”没有出路", (step.id,))
            return


def _meets(when: tuple[Condition, ...], facts: Mapping[str, str], fields: Fields) -> bool:
    return not any(holds(each, fields[each.field][-1], facts) for each in when)


def _told(field: Field, value: str) -> str:
    if not value:
        return f"{field.name}没有填"
    return f"{field.name}为{yuan(int(value)) if field.kind is FieldKind.MONEY else value}"


def _values(when: tuple[Condition, ...], fields: Fields) -> dict[str, tuple[str, ...]]:
    """Of each field that is asked about, a value from each region, those easy to read first."""
    found = {}
    for id_ in dict.fromkeys(each.field for each in when):
        field = fields[id_][-1]
        constants = [text for each in when if each.field == id_ for text in _constants(each)]
        values = dict.fromkeys(_regions(field, constants))
        empty = () if all(each.is_required for each in fields[id_]) else ("",)
        found[id_] = (*(text for text in values if not misfit(field, text)), *empty)
    return found


def _constants(condition: Condition) -> tuple[str, ...]:
    if condition.rule is not None:
        return (str(condition.rule.number),)
    return condition.values or (condition.value,)


def _regions(field: Field, constants: list[str]) -> Iterator[str]:
    """The constants, and something from each gap between them, if there is anything."""
    if field.kind in NUMBERS:
        unit = 100 if field.kind is FieldKind.MONEY else 1  # whole yuan, where there are any
        near = {int(text) + more for text in constants for more in (-unit, -1, 0, 1, unit)}
        yield from map(str, sorted({0, *near}, key=lambda n: (n % unit != 0, n)))
        return
    others = {
        FieldKind.CHOICE: iter(field.choices),
        FieldKind.CHOICES: _several(field.choices),
        FieldKind.DATE: ((date(2000, 1, 1) + timedelta(i)).isoformat() for i in count()),
    }.get(field.kind, (f"别的内容{i or ''}" for i in count()))
    yield from constants
    yield from islice(others, len(field.choices) + len(constants) + 1)


def _several(choices: tuple[str, ...]) -> Iterator[str]:
    some = (combinations(choices, many) for many in range(1, len(choices) + 1))
    return (LIST_MARK.join(chosen) for chosen in chain.from_iterable(some))


def _not_yet_filled(subject: Subject, id_: str, name: str) -> Iterator[Finding]:
    """A run on which the condition comes before the field."""

    def fills(move: Transition) -> bool:
        by_itself = move.is_silent or move.outcome.after
        return not by_itself and any(f.id == id_ for f in asked(move.step.fields, move.outcome))

    ask = moves(subject.net, lambda m: any(each.field == id_ for each in m.outcome.when))
    filled = moves(subject.net, fills)
    run = broken(subject.graph, Watch(bad=ask, settles=filled, is_owed=True))
    if run is not None:
        step, outcome = run[-1].step, run[-1].outcome
        message = f"“{step.name}”的出口“{outcome.name}”要看“{name}”,那时可能还没有填"
        yield Finding(ID, message, (step.id,), words(run), ids(run))
