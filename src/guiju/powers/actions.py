"""Writes about powers: checking and publishing them, loading calendars."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction

from guiju.formats.packs import Pack
from guiju.formats.reader import plain
from guiju.formats.staffing import staffing_findings
from guiju.kernel.checks import NO_RULES, findings
from guiju.kernel.checks.finding import Finding
from guiju.kernel.examples import failures
from guiju.kernel.power import Power
from guiju.kernel.rules import Rule
from guiju.kernel.terms import Calendar, Year
from guiju.powers.models import CalendarYear, Version
from guiju.powers.queries import list_text
from guiju.record.entries import Entry, canonical
from guiju.record.keys import keys_or_new
from guiju.record.models import Act
from guiju.record.writer import write


class NotPublishable(ValueError):
    """A power that the checks or its own examples find wrong; nothing is published."""

    def __init__(self, power: Power, found: tuple[Finding | str, ...]) -> None:
        super().__init__(f"“{power.name}”不能公布:" + ";".join(map(str, found)))
        self.found = found


@transaction.atomic
def load_powers(*, pack: Pack, by: str, at: datetime) -> list[Version]:
    """Publish all powers of a pack, or none. Answers the versions that are new.

    Raises NotPublishable, also where the pack's people cannot keep the separations of a power
    (S01): a pack is loaded with its people, and a step for which nobody is left would stop
    running cases. A place with a vacant post does not count, so a vacancy refuses no pack.
    """
    load_calendar(pack.years, by=by, at=at)
    published = []
    for power in pack.powers:
        published.append(
            publish_power(power=power, calendar=pack.calendar, rules=pack.rules, by=by, at=at)
        )
        short = tuple(staffing_findings(pack, power, at.date()))
        if short:
            raise NotPublishable(power, short)
    new = [version for version in published if version is not None]
    if new:
        _publish("list", "list", sha256(list_text().encode()).hexdigest(), (by, at))
    return new


@transaction.atomic
def publish_power(
    *,
    power: Power,
    calendar: Calendar,
    by: str,
    at: datetime,
    rules: Mapping[str, Rule] = NO_RULES,
) -> Version | None:
    """Publish a power as a new version; None when the version in force says the same.

    Raises NotPublishable when a check finds something or an example does not come true.
    Running cases keep the version that they began under.
    """
    text = canonical(plain(power))
    digest = sha256(text.encode()).hexdigest()
    current = Version.objects.filter(code=power.code, retired_at__isnull=True).first()
    if current is not None and current.sha256 == digest:
        return None
    found: list[Finding | str] = [*findings(power, at.date(), rules), *failures(power, calendar)]
    if found:
        raise NotPublishable(power, tuple(found))
    version = _version(power, text, digest, at)
    try:
        version.clean_fields()
    except ValidationError as error:
        raise NotPublishable(power, tuple(error.messages)) from None
    Version.objects.filter(code=power.code, retired_at__isnull=True).update(retired_at=at)
    version.save()  # a version that was in force before comes into force again
    _publish(power.code, "publish", digest, (by, at), power=power.code, told={"name": power.name})
    return version


def _version(power: Power, text: str, digest: str, at: datetime) -> Version:
    return Version(
        sha256=digest,
        code=power.code,
        name=power.name,
        category=power.category,
        level=power.level,
        organ=power.organ,
        text=text,
        published_at=at,
    )


@transaction.atomic
def load_calendar(years: Iterable[Year], *, by: str, at: datetime) -> None:
    """Store and publish the years' arrangements; a year that is there is brought up to date."""
    known = dict(CalendarYear.objects.values_list("year", "text"))
    for year in years:
        text = canonical(plain(year))
        if known.get(year.year) != text:
            CalendarYear.objects.update_or_create(year=year.year, defaults={"text": text})
            digest = sha256(text.encode()).hexdigest()
            _publish(f"calendar:{year.year}", "calendar", digest, (by, at))


def _publish(
    subject: str,
    kind: str,
    digest: str,
    by_at: tuple[str, datetime],
    *,
    power: str = "",
    told: Mapping[str, str] | None = None,
) -> None:
    """Leave in the record that a text with this SHA-256 is in force from now on."""
    by, at = by_at
    seq = Act.objects.filter(subject=subject).count() + 1
    entry = Entry(
        subject=subject,
        seq=seq,
        kind=kind,
        power=power,
        version=digest,
        person=by,
        at=at,
        key=f"{kind}:{subject}:{seq}",
        told=told or {},
        is_case=False,
    )
    write(entry, keys_or_new(subject))
