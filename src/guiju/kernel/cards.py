"""Cards 牌 and reminders 提醒: all that there must be up to a day, computed from a case's acts.

Nothing else decides about them: what is issued, what a patrol expects and what a score counts
come from ``dues``, which needs the chart, the acts as the log tells them, the calendar, the
policies and a day. So anybody can compute them again.

A card belongs to a *morning*: the first one on which a limit stood passed (or, of a warning, was
so many days away), as far as the acts of the days before tell. What is done on a day comes too
late for its morning, but a lapse that the law itself ends at midnight counts at once. As each
state of a case is looked at for the mornings that it lasted, a later stop or extension takes
back nothing, and asking day by day gives what asking once gives.

- A limit in working days is passed on the next working day, so whoever ends a case on the
  weekend after its last day is in time, as in ``terms.left``.
- Each limit gives one card of each level, however often its day is moved: it is named by when
  its term began, not by when it ends.
- A rung of reminders falls away when it would come on the day of an earlier rung for the same
  limit and post: nobody's leader hears of a one-day step before its holder.

Our days against the hours of a provincial rule set (accepted 2018-10-15 10:00, promised 7,
statutory 10: warning after 10-19 10:00, yellow after 10-24 10:00, red after 10-29 10:00, where
one second over counts as a day): with the day of acceptance left out (民法典第二百零一条) the
last days are 10-24 and 10-29, so yellow is due on the morning of 10-25 and red on that of
10-30; "fewer than three days left" begins on 10-19 there, and the warning three working days
ahead falls on 10-19 here. ``tests/kernel/test_cards.py`` holds that.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import partial

from guiju.kernel.acts import Act, State
from guiju.kernel.lights import About, CardRule, Level, Policy, Whom
from guiju.kernel.power import APPLICANT, LAW
from guiju.kernel.program import Program, open_steps, posts_for, waiting_posts
from guiju.kernel.rules import Rule, Unit
from guiju.kernel.run import followed, start
from guiju.kernel.terms import ONE_DAY, Calendar, CalendarMissing, Clock, due, stop_due


@dataclass(frozen=True, slots=True)
class Held:
    """A policy and the mornings on which it counts: from ``first`` to ``last``, both included."""

    policy: Policy
    first: date
    last: date | None = None


def in_force(policies: Iterable[Held], day: date) -> Policy | None:
    """The policy that counts on the morning of ``day``, if any."""
    found = (h.policy for h in policies if h.first <= day <= (h.last or day))
    return next(found, None)


class Kind(StrEnum):
    """What is due."""

    CARD = "card"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Due:
    """A card or a reminder that there must be.

    ``key`` names it within its case; ``limit_day`` is the last day of the limit that it is about.
    """

    kind: Kind
    key: str
    day: date  # the morning on which it is due
    about: About
    limit_day: date
    rule: str  # the id of the rule of the policy
    policy: str
    posts: tuple[str, ...]  # roles: who is to act
    level: Level | None = None  # of a card
    whom: Whom | None = None  # of a reminder
    step: str = ""  # of a step's own limit
    is_lead: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """A state of a case, and the mornings that it lasted: ``first`` and all before ``end``."""

    act: Act
    state: State
    first: date
    end: date | None  # None: it lasts

    def morning(self, day: date) -> date | None:
        """``day``, or the first morning when the day was before it; None when it is too late."""
        at = max(day, self.first)
        return at if self.end is None or at < self.end else None


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of one state: what it is about, since when, its last day, who is to act."""

    about: About
    began: str  # names the limit: the day its term began, with its step if it is a step's
    last: date
    is_working: bool  # whether it counts working days
    posts: tuple[str, ...]
    step: str = ""
    ended: date | None = None  # when the clock ended


def moments(program: Program, acts: Sequence[Act]) -> tuple[Moment, ...]:
    """The states of a case with their mornings, from its acts in order.

    Raises KeyError for an act that is not on the chart.
    """
    if not acts:
        return ()
    state = start(program, acts[0].at)
    states = [state := followed(program, state, act) for act in acts]
    firsts = [_morning(program, act) for act in acts]
    return tuple(map(Moment, acts, states, firsts, [*firsts[1:], None]))


def dues(
    program: Program,
    acts: Sequence[Act],
    calendar: Calendar,
    policies: Sequence[Held],
    today: date,
) -> tuple[Due, ...]:
    """All cards and reminders of a case up to the morning of ``today``, in order of days.

    ``policies`` stand in order and do not overlap. What needs a year that the calendar does not
    have is left out; ``unknown`` says so. Raises KeyError for an act that is not on the chart.
    """
    found: dict[str, Due] = {}
    for moment in moments(program, acts):
        lasted = [each for each in limits(program, moment, calendar) if isinstance(each, Limit)]
        for held in policies:
            asked = [*_lapses(program, moment, held)]
            for limit in lasted:
                asked += _cards(limit, moment, held, calendar)
                asked += _reminders(limit, moment, held, calendar, found)
            for each in asked:
                if each.day <= today and (held.last is None or each.day <= held.last):
                    found.setdefault(each.key, each)
    return tuple(sorted(found.values(), key=lambda each: (each.day, each.key)))


def unknown(program: Program, acts: Sequence[Act], calendar: Calendar) -> str:
    """Why not all limits of a case can be computed, in words; "" when they can."""
    for moment in moments(program, acts):
        for each in limits(program, moment, calendar):
            if not isinstance(each, Limit):
                return str(each)
    return ""


def differences(must: Iterable[Due], issued: Sequence[Due], today: date) -> Iterator[str]:
    """What a patrol finds: issued and computed anew, each that differs, in words.

    What is due on ``today`` itself may still be on its way.
    """
    expected = {each.key: each for each in must}
    seen: set[str] = set()
    for each in issued:
        wanted = expected.get(each.key)
        if wanted is None:
            yield f"{title(each)}多发:依记录重算没有这一张({each.key})"
        elif each.key in seen:
            yield f"{title(each)}重发:同一张发了两次({each.key})"
        elif wanted != each:
            yield f"{title(each)}有误:{_changed(each, wanted)}({each.key})"
        seen.add(each.key)
    for key, wanted in expected.items():
        if key not in seen and wanted.day < today:
            yield f"{title(wanted)}缺失:应于{wanted.day}发出({key})"


def title(each: Due) -> str:
    """A card or a reminder in words."""
    return f"{each.about}{each.level}" if each.level else f"{each.about}提醒({each.whom})"


WORDS = {
    "kind": "种类",
    "day": "日期",
    "about": "对象",
    "limit_day": "期限末日",
    "rule": "规则",
    "policy": "办法",
    "posts": "岗位",
    "level": "等级",
    "whom": "提醒谁",
    "step": "环节",
    "is_lead": "是否线索",
}


def _changed(is_: Due, wanted: Due) -> str:
    pairs = ((words, getattr(is_, name), getattr(wanted, name)) for name, words in WORDS.items())
    return ",".join(f"{words}写的是{a},应为{b}" for words, a, b in pairs if a != b)


def _morning(program: Program, act: Act) -> date:
    """The first morning that knows of an act."""
    move = program.moves[act.step, act.outcome]
    return act.at.date() if move.outcome.after is not None else act.at.date() + ONE_DAY


def limits(
    program: Program, moment: Moment, calendar: Calendar
) -> Iterator[Limit | CalendarMissing]:
    """The limits that run in a state; of one that ends beyond the calendar, that it does."""
    for compute in _computations(program, moment.state, calendar):
        try:
            limit = compute()
        except CalendarMissing as missing:
            yield missing
        else:
            if limit is not None:
                yield limit


def _computations(
    program: Program, state: State, calendar: Calendar
) -> Iterator[Callable[[], Limit | None]]:
    whole, clock = program.power.limits, state.clock
    posts = tuple(p for p in waiting_posts(program, state) if p not in (APPLICANT, LAW))
    if clock.start is not None:
        of = partial(_whole, clock, calendar, posts)
        yield partial(of, About.PROMISED, whole.promised)
        yield partial(of, About.STATUTORY, whole.statutory)
    if clock.is_stopped:
        yield partial(_of_stop, clock, calendar, posts)
    for step in () if state.ended else open_steps(program, state):
        own = _posts(program, state, step.id)
        if step.limit is not None and own:
            yield partial(_of_step, state, step.id, step.limit, calendar, own)


def _whole(
    clock: Clock, calendar: Calendar, posts: tuple[str, ...], about: About, rule: Rule
) -> Limit | None:
    assert clock.start is not None
    last, is_working = due(clock, rule, calendar), rule.unit is Unit.WORKING_DAY
    began = clock.start.isoformat()
    return None if last is None else Limit(about, began, last, is_working, posts, ended=clock.end)


def _of_stop(clock: Clock, calendar: Calendar, posts: tuple[str, ...]) -> Limit | None:
    stop = clock.stops[-1]
    last = stop_due(stop, calendar)
    return None if last is None else Limit(About.STOP, stop.since.isoformat(), last, True, posts)


def _of_step(
    state: State, step: str, rule: Rule, calendar: Calendar, posts: tuple[str, ...]
) -> Limit | None:
    since = state.since[step].date()
    last = due(Clock(since, state.clock.stops), rule, calendar)
    is_working = rule.unit is Unit.WORKING_DAY
    return (
        None
        if last is None
        else Limit(About.STEP, f"{step}@{since}", last, is_working, posts, step)
    )


def _posts(program: Program, state: State, step: str) -> tuple[str, ...]:
    """The posts of the office that a step waits for."""
    found = program.steps[step]
    own = (o for o in found.outcomes if not (o.aside or o.after))
    posts = (post for o in own for post in posts_for(program, state, found, o))
    return tuple(post for post in dict.fromkeys(posts) if post not in (APPLICANT, LAW))


def _cards(limit: Limit, moment: Moment, held: Held, calendar: Calendar) -> Iterator[Due]:
    """The cards of one limit in one state."""
    for row in held.policy.cards:
        if row.about is not limit.about:
            continue
        is_warning = row.level is Level.WARNING
        known = _ahead(limit, row.rule, calendar) if is_warning else _over(limit, row, calendar)
        if known is None or (limit.ended is not None and (is_warning or limit.ended < known)):
            continue
        day = moment.morning(max(known, held.first))
        if day is not None and not (is_warning and day > limit.last):
            yield Due(
                kind=Kind.CARD,
                key=f"{row.level}:{limit.about}:{limit.began}",
                day=day,
                about=limit.about,
                limit_day=limit.last,
                rule=row.rule.id,
                policy=held.policy.id,
                posts=limit.posts,
                level=row.level,
                step=limit.step,
                is_lead=row.is_lead,
            )


def _reminders(
    limit: Limit, moment: Moment, held: Held, calendar: Calendar, found: dict[str, Due]
) -> Iterator[Due]:
    """The reminders of one limit in one state, one for each post and rung."""
    if limit.ended is not None:
        return
    for post in limit.posts:
        before: list[date] = []
        for row in held.policy.reminders:
            if row.about is not limit.about:
                continue
            key = f"{row.whom}:{limit.about}:{limit.began}:{post}"
            known = _ahead(limit, row.rule, calendar)
            day = None if known is None else moment.morning(max(known, held.first))
            if key in found:
                before.append(found[key].day)
            elif day is not None and day <= limit.last and all(each < day for each in before):
                before.append(day)
                yield Due(
                    kind=Kind.REMINDER,
                    key=key,
                    day=day,
                    about=limit.about,
                    limit_day=limit.last,
                    rule=row.rule.id,
                    policy=held.policy.id,
                    posts=(post,),
                    whom=row.whom,
                    step=limit.step,
                )


def _lapses(program: Program, moment: Moment, held: Held) -> Iterator[Due]:
    """The cards of a lapse: the law has acted where the office did not."""
    step = program.steps[moment.act.step]
    if program.moves[moment.act.step, moment.act.outcome].outcome.after is None:
        return
    for row in held.policy.cards:
        day = moment.morning(held.first)
        if row.about is About.SILENCE and step.kind in row.kinds and day is not None:
            yield Due(
                kind=Kind.CARD,
                key=f"{row.level}:{row.about}:{step.id}@{moment.first}",
                day=day,
                about=row.about,
                limit_day=moment.first - ONE_DAY,
                rule=row.rule.id,
                policy=held.policy.id,
                posts=tuple(p for p in (step.post,) if p != APPLICANT),
                level=row.level,
                step=step.id,
                is_lead=row.is_lead,
            )


def _ahead(limit: Limit, rule: Rule, calendar: Calendar) -> date | None:
    """So many days of the rule before the last day; None beyond the calendar."""
    number = rule.value or 0
    if rule.unit is Unit.NATURAL_DAY:
        return limit.last - timedelta(days=number)
    try:
        return calendar.nth(calendar.upto(limit.last) - number)
    except CalendarMissing:
        return None


def _over(limit: Limit, row: CardRule, calendar: Calendar) -> date | None:
    """The first day on which the limit has been passed by more than the rule's days."""
    number = (row.rule.value or 0) + 1
    is_working = row.rule.unit is Unit.WORKING_DAY if row.rule.unit else limit.is_working
    try:
        return calendar.add(limit.last, number) if is_working else limit.last + timedelta(number)
    except CalendarMissing:
        return None
