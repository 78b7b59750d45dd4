"""The report of ``guiju oversee`` as one page that needs nothing else, for screen and paper."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from guiju.audit.finding import Finding, Group
from guiju.audit.kept import PLACE
from guiju.audit.oversee import Overseen
from guiju.audit.report import Asked, Told, asked, first_findings, story
from guiju.audit.store import Store
from guiju.formats.packs import Pack
from guiju.kernel.draw import Progress, chart_svg
from guiju.kernel.power import Power
from guiju.oversight.leads import EVIDENCE, Event

SHOWN = 20  # findings of each detector that the page shows one by one; JSON has them all
DRAWN = 3  # of these, with the case on its chart
REJECTED = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding with its events, on its chart."""

    finding: Finding
    power: str
    organ: str
    events: list[Told]
    chart: SafeString


@dataclass(frozen=True, slots=True)
class Section:
    """A detector with the first of its findings."""

    asked: Asked
    shown: list[Shown]

    @property
    def left_out(self) -> int:
        """How many findings are not shown."""
        return self.asked.count - len(self.shown)


def report(overseen: Overseen, store: Store, pack: Pack, on: date, made: datetime) -> str:
    """The page. ``made`` is when, ``on`` the day that running clocks were held against."""
    sections = [_section(each, overseen, store, pack) for each in asked(overseen)]
    groups = [(group, [s for s in sections if s.asked.group is group]) for group in Group]
    rejected = [row for _, row in zip(range(REJECTED), store.rejected(), strict=False)]
    names = {power.code: power.name for power in pack.powers}
    context = {
        "overseen": overseen,
        "sources": store.manifest.sources,
        "rejected": rejected,
        "rejected_count": sum(each.rejected for each in store.manifest.sources),
        "groups": groups,
        "totals": [(group, sum(s.asked.count for s in own)) for group, own in groups],
        "charts": [(names[code], value) for code, value in overseen.hashes.items()],
        "too_free": [names[code] for code in overseen.too_free],
        "pack": pack,
        "on": on,
        "made": made,
    }
    return render_to_string("oversight/log_report.html", context)


def as_leads(
    overseen: Overseen, store: Store, pack: Pack
) -> Iterator[tuple[Finding, Callable[[], tuple[Event, ...]]]]:
    """All findings, each with a way to the events of its case, for ``leads.Register``."""
    powers = {power.code: power for power in pack.powers}
    places = zip(*(overseen.found[name].to_pylist() for name in PLACE), strict=True)
    for finding, (bucket, number) in zip(overseen.findings, places, strict=True):
        yield finding, partial(_events, store, finding, (bucket, number), powers)


def _events(
    store: Store, finding: Finding, place: tuple[int, int], powers: Mapping[str, Power]
) -> tuple[Event, ...]:
    """The events of a finding's case; none where it is about no one case."""
    rows = story(store, *place, finding.rows) if finding.case else []
    named = (_named(each, powers.get(finding.power)) for each in rows)
    return tuple(
        Event(
            each.row,
            each.source,
            each.at.isoformat(" ", "minutes"),
            each.step,
            each.outcome,
            each.person,
            each.recorded_at.isoformat(" ", "minutes") if each.recorded_at else "",
            each.is_evidence,
        )
        for each in named
    )


def _section(each: Asked, overseen: Overseen, store: Store, pack: Pack) -> Section:
    found = first_findings(overseen, each.id, SHOWN)
    return Section(each, list(_shown(found, store, pack)))


def _shown(found: list[tuple[Finding, int, int]], store: Store, pack: Pack) -> Iterator[Shown]:
    powers = {power.code: power for power in pack.powers}
    organs = {organ.id: organ.name for organ in pack.organs}
    for nth, (finding, bucket, number) in enumerate(found):
        power = powers.get(finding.power)
        events = story(store, bucket, number, finding.rows) if finding.case else []
        is_drawn = power is not None and events and nth < DRAWN
        yield Shown(
            finding,
            power.name if power else finding.power or "(未写明职权)",
            organs.get(finding.organ, finding.organ),
            [_named(event, power) for event in events],
            _chart(power, events) if is_drawn and power else SafeString(""),
        )


def _named(event: Told, power: Power | None) -> Told:
    """The event with the names of step and outcome in the place of their ids."""
    for step in power.steps if power else ():
        if step.id == event.step:
            names = {outcome.id: outcome.name for outcome in step.outcomes}
            outcome = names.get(event.outcome, event.outcome)
            return Told(
                *(event.row, event.source, event.at, event.recorded_at, step.name, outcome),
                *(event.person, event.is_evidence),
            )
    return event


def _chart(power: Power, events: list[Told]) -> SafeString:
    """The chart with the steps that the log tells of; those of the evidence stand out."""
    evidence = frozenset(each.step for each in events if each.is_evidence)
    done = frozenset(each.step for each in events) - evidence
    progress = Progress(evidence, done, EVIDENCE)
    return mark_safe(chart_svg(power, risks=False, progress=progress))  # noqa: S308 - our own
