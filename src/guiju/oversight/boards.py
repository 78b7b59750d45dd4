"""Boards 看板: how cases stand, counted by organ, power, level or division; and trends.

Every number is counted from open cases, as the kernel says that they stand today, and from
closings. What the public sees counts no case of a sensitive power (see ``Power.is_sensitive``):
in a village, one case of temporary assistance is a person, and what a total has more than its
rows tells as much. Such powers stand apart, for the whole city, in round tens.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from guiju.cases.models import Case
from guiju.kernel.lights import Light
from guiju.oversight.closings import Closing, passed, unclosed
from guiju.oversight.standings import (
    Known,
    Places,
    Scope,
    Stand,
    known_powers,
    open_cases,
)

WAYS = {"organ": "机关", "power": "职权", "level": "层级", "division": "区划"}
SPANS = {"week": "周", "month": "月"}
PERIODS = {"week": 13, "month": 12}  # how many a trend shows
LEVELS = ("市", "县", "乡", "村")
WORST = {Light.RED: 0, Light.YELLOW: 1, Light.BLUE: 2, Light.GREY: 3, Light.GREEN: 4}
COARSE = 10  # what is sensitive is told in steps of so many
NOBODY = "(没有机关办过)"
SHORT = timedelta(days=45)  # a longer period holds so much that an index is slower than none


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody wants to see; all of it stands in the address of the page."""

    first: date
    last: date
    by: str = "organ"
    organ: str = ""
    power: str = ""
    level: str = ""
    division: str = ""
    light: Light | None = None
    span: str = "week"


@dataclass(slots=True)
class Tally:
    """The counts of one row: open cases by light now; received and done in the period."""

    key: str
    label: str
    open: Counter[Light] = field(default_factory=Counter)
    done: Counter[Light] = field(default_factory=Counter)
    received: int = 0

    @property
    def running(self) -> int:
        """Open cases."""
        return self.open.total()

    @property
    def finished(self) -> int:
        """Cases done in the period."""
        return self.done.total()

    @property
    def in_time(self) -> int:
        """Of these, done within the promised limit."""
        return self.done[Light.GREEN]

    @property
    def rate(self) -> str:
        """Done in time of all done, in per cent with one decimal, rounded down."""
        return percent(self.in_time, self.finished)


def percent(part: int, whole: int) -> str:
    """A share with one decimal, rounded down, so that 100.0 means all; "" of nothing."""
    if not whole:
        return ""
    tenths = 1000 * part // whole
    return f"{tenths // 10}.{tenths % 10}%"


@dataclass(frozen=True, slots=True)
class Books:
    """All that one page counts, read once: open cases, and closings within a scope and choice."""

    scope: Scope
    choice: Choice
    today: date
    places: Places
    powers: Mapping[str, Known]
    stands: list[Stand]
    fresh: list[Closing]  # closings that the table does not hold yet
    aside: list[Closing]  # such closings of sensitive powers

    @classmethod
    def open(cls, scope: Scope, choice: Choice, today: date) -> "Books":
        """Read what the choice asks for, as far as the scope goes."""
        places, powers = Places.load(), known_powers()
        books = cls(scope, choice, today, places, powers, [], [], [])
        cases = Case.objects.filter(books.chosen(), ended="")
        found = open_cases(cases, places, today)
        books.stands.extend(s for s in found if books.has(s.version, s.division, s.organ))
        for each in unclosed():
            if books.has(each.version_id, each.division_id, each.organ):
                books.fresh.append(each)
            if powers[each.version_id].is_sensitive:
                books.aside.append(each)
        return books

    def chosen(self) -> Q:
        """What SQL can choose of cases and closings alike."""
        asked = self._within(self.choice.division)
        hidden = [s for s, p in self.powers.items() if self.scope.is_public and p.is_sensitive]
        if hidden:
            asked &= ~Q(version_id__in=hidden)
        if self.choice.power:
            versions = [s for s, p in self.powers.items() if p.code == self.choice.power]
            asked &= Q(version_id__in=versions)
        return asked

    def _within(self, code: str) -> Q:
        """The cases of a division and of those below; by names, as the codes are few."""
        inside = [each for each in self.places.divisions if each.startswith(code)]
        everywhere = len(inside) == len(self.places.divisions)
        return ~Q(pk="") if everywhere else Q(division__in=inside)

    def has(self, version: str, division: str, organ: str) -> bool:
        """Whether a case belongs to what was asked for, and may be counted for whoever asks."""
        choice, power = self.choice, self.powers[version]
        if self.scope.is_public:
            may = not power.is_sensitive
        else:
            may = self.scope.allows(division, organ)
        return (
            may
            and division.startswith(choice.division)
            and choice.power in ("", power.code)
            and choice.organ in ("", organ)
            and choice.level in ("", self.places.level(organ))
        )

    def closings(self) -> QuerySet[Closing]:
        """The closings in the table that belong to what was asked for."""
        found = Closing.objects.filter(self.chosen())
        if not self.scope.is_public:
            theirs = [self._within(code) for code in self.scope.divisions]
            found = found.filter(reduce(or_, theirs, Q(organ__in=self.scope.organs)))
        if self.choice.organ:
            found = found.filter(organ=self.choice.organ)
        if self.choice.level:
            level, places = self.choice.level, self.places
            found = found.filter(organ__in=[o for o in places.organs if places.level(o) == level])
        return found

    def grouped(self, column: str) -> Iterator[tuple[str, Light, int, int]]:
        """Closings by a column and light: how many done in the period, how many received."""
        period = self.choice.first, self.choice.last
        done, received = Q(closed_on__range=period), Q(opened_on__range=period)
        rows = self.closings().order_by()
        if period[1] - period[0] <= SHORT:
            rows = rows.filter(done | received)
        counted = rows.values_list(column, "light").annotate(
            done=Count("pk", filter=done), received=Count("pk", filter=received)
        )
        for value, light, n, of_these in counted:
            yield value, Light(light), n, of_these
        for each in self.fresh:
            days = each.closed_on, each.opened_on
            is_done, is_received = (int(period[0] <= day <= period[1]) for day in days)
            yield getattr(each, column), Light(each.light), is_done, is_received

    def per_day(self, day: str, first: date, **more: str) -> Counter[date]:
        """How many closings fall on each day from ``first``, by one of their days."""
        rows = self.closings().filter(**{f"{day}__gte": first}, **more).order_by()
        found = Counter(dict(rows.values_list(day).annotate(Count("pk"))))
        for each in self.fresh:
            when = getattr(each, day)
            if when and when >= first and all(getattr(each, k) == v for k, v in more.items()):
                found[when] += 1
        return found


def columns(books: Books) -> tuple[str, str, Callable[[str], tuple[str, str]]]:
    """What tells the rows of a board apart: of a stand, of a closing, and as key and label."""
    places = books.places

    def power(version: str) -> tuple[str, str]:
        return books.powers[version].code, books.powers[version].name

    def organ(name: str) -> tuple[str, str]:
        return name, name or NOBODY

    def level(name: str) -> tuple[str, str]:
        found = places.level(name)
        return found, f"{found}级" if found else NOBODY

    depths = sorted({len(code) for code in places.divisions})
    chosen = len(books.choice.division) or depths[0]
    deeper = next((depth for depth in depths if depth > chosen), depths[-1])

    def division(code: str) -> tuple[str, str]:
        code = code[:deeper]
        return code, places.divisions.get(code, (code, ""))[0]

    match books.choice.by:
        case "power":
            return "version", "version_id", power
        case "division":
            return "division", "division_id", division
        case "level":
            return "organ", "organ", level
        case _:
            return "organ", "organ", organ


def tallies(books: Books) -> list[Tally]:
    """The rows of a board, the one with most red, then yellow, cases first."""
    of_stand, of_closing, named = columns(books)
    rows: dict[str, Tally] = {}

    def row(value: str) -> Tally:
        key, label = named(value)
        return rows.setdefault(key, Tally(key, label))

    first, last = books.choice.first, books.choice.last
    for stand in books.stands:
        found = row(getattr(stand, of_stand))
        found.open[stand.standing.light] += 1
        found.received += first <= stand.opened_on <= last
    for value, light, done, received in books.grouped(of_closing):
        if done or received:
            found = row(value)
            found.done[light] += done
            found.received += received
    if books.choice.by == "level":
        order = {level: at for at, level in enumerate(LEVELS)}
        return sorted(rows.values(), key=lambda t: order.get(t.key, len(order)))
    return sorted(rows.values(), key=_urgency)


def _urgency(tally: Tally) -> tuple[int, int, int, str]:
    return -tally.open[Light.RED], -tally.open[Light.YELLOW], -tally.running, tally.label


def total(rows: Iterable[Tally]) -> Tally:
    """The sum of rows."""
    whole = Tally("", "合计")
    for each in rows:
        whole.open += each.open
        whole.done += each.done
        whole.received += each.received
    return whole


def worst_first(stands: Iterable[Stand], light: Light | None) -> list[Stand]:
    """Open cases that are yellow or red, or of one light; past the law first, then by days."""
    wanted = (light,) if light else (Light.RED, Light.YELLOW)
    chosen = (stand for stand in stands if stand.standing.light in wanted)
    return sorted(
        chosen,
        key=lambda s: (
            WORST[s.standing.light],
            s.standing.left if s.standing.left is not None else 9_999,
            s.opened_on,
            s.number,
        ),
    )


@dataclass(frozen=True, slots=True)
class Period:
    """One week or month of a trend; cases counted on the day on which it happened."""

    first: date
    last: date
    received: int
    done: int
    in_time: int
    missed: int  # passed their promised limit
    breached: int  # passed their statutory limit

    @property
    def rate(self) -> str:
        """Done in time of all done."""
        return percent(self.in_time, self.done)


def trend(books: Books) -> list[Period]:
    """The last weeks or months up to the last day of the choice, the current one not yet over."""
    spans = list(periods(books.choice.span, books.choice.last))
    first, green = spans[0][0], Light.GREEN.value
    received = books.per_day("opened_on", first)
    missed, breached = books.per_day("missed_on", first), books.per_day("breached_on", first)
    for stand in books.stands:
        over = passed(stand.standing)
        received[stand.opened_on] += 1
        for counts, day in ((missed, over.missed_on), (breached, over.breached_on)):
            if day:
                counts[day] += 1
    done = books.per_day("closed_on", first)
    in_time = books.per_day("closed_on", first, light=green)
    counted = received, done, in_time, missed, breached
    return [Period(*span, *(_within(counts, *span) for counts in counted)) for span in spans]


def _within(counts: Counter[date], first: date, last: date) -> int:
    return sum(n for day, n in counts.items() if first <= day <= last)


def periods(span: str, last: date) -> Iterator[tuple[date, date]]:
    """Weeks from Monday or months, in order; the last one holds ``last`` and ends with it."""
    starts = [last - timedelta(days=last.weekday()) if span == "week" else last.replace(day=1)]
    while len(starts) < PERIODS[span]:
        before = starts[-1] - timedelta(days=1)
        starts.append(starts[-1] - timedelta(7) if span == "week" else before.replace(day=1))
    ends = [last, *(start - timedelta(days=1) for start in starts)]
    yield from reversed(list(zip(starts, ends, strict=False)))


@dataclass(frozen=True, slots=True)
class Coarse:
    """A sensitive power as the public may see it: the whole city, in round tens."""

    name: str
    received: str
    done: str


def round_tens(count: int) -> str:
    """A number that tells of no single person."""
    return f"{count // COARSE * COARSE}多件" if count >= COARSE else f"不到{COARSE}件"


def coarse(books: Books) -> list[Coarse]:
    """Sensitive powers since the year began, each in round tens, whatever was chosen."""
    private = {sha256: known for sha256, known in books.powers.items() if known.is_sensitive}
    since = books.today.replace(month=1, day=1)
    midnight = timezone.make_aware(datetime.combine(since, time.min))
    received, done = Counter[str](), Counter[str]()
    cases = Case.objects.filter(version__in=private, opened_at__gte=midnight).order_by()
    for version, n in cases.values_list("version_id").annotate(Count("pk")):
        received[private[version].code] += n
    closed = Closing.objects.filter(version__in=private).order_by().values_list("version_id")
    for version, n in closed.annotate(n=Count("pk", filter=Q(closed_on__gte=since))):
        done[private[version].code] += n
    for each in books.aside:
        done[private[each.version_id].code] += each.closed_on >= since
    names = {known.code: known.name for known in private.values()}
    return [
        Coarse(name, round_tens(received[code]), round_tens(done[code]))
        for code, name in sorted(names.items())
    ]


def limited(choice: Choice, name: str, value: str) -> Choice:
    """The choice with one of its four limits set, or with "" taken away."""
    match name:
        case "organ":
            return replace(choice, organ=value)
        case "power":
            return replace(choice, power=value)
        case "level":
            return replace(choice, level=value)
        case _:
            return replace(choice, division=value)


def narrowed(choice: Choice, key: str) -> Choice:
    """The choice that a row of a board leads to: within it, by what comes next."""
    if choice.by == "division":
        return replace(choice, division=key)
    within = limited(choice, choice.by, key)
    ways = {"organ": within.organ, "power": within.power}
    return replace(within, by=next((way for way, value in ways.items() if not value), "division"))
