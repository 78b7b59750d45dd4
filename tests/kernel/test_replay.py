"""Replay of one case: what ``perform`` allows is allowed, and nothing else is."""

import random
from datetime import date

import pytest
from tests.kernel.traces import MONDAY, PACKS, damaged, is_run, programs, run_of

from guiju.formats.packs import read_pack
from guiju.kernel.alignment import explain
from guiju.kernel.behaviour import behaviour_of
from guiju.kernel.checks import c25_replayable
from guiju.kernel.checks.finding import Subject
from guiju.kernel.paths import graph
from guiju.kernel.program import Program, compile_power
from guiju.kernel.replay import Code, replay
from guiju.kernel.soundness import soundness
from guiju.kernel.table import Table, TooManyStates, compiled, digest

CHARTS = [pytest.param(each, id=each.power.name) for each in programs()]


@pytest.mark.parametrize("program", CHARTS)
def test_every_run_fits(program: Program) -> None:
    behaviour = behaviour_of(program.net)
    table, chance, runs = compiled(behaviour), random.Random(7), 0
    while runs < 60:
        trace = run_of(program, chance)
        if trace is None:
            continue
        runs += 1
        assert replay(behaviour, trace).fits, trace
        assert _fits(table, trace), trace
        without = [(step, "") for step, _ in trace]
        aside = any(program.moves[each].outcome.aside for each in trace)
        assert aside or replay(behaviour, without).fits, trace


@pytest.mark.parametrize("program", CHARTS)
def test_a_damaged_record_fits_where_some_run_is_like_it(program: Program) -> None:
    behaviour = behaviour_of(program.net)
    table, chance, runs, wrong = compiled(behaviour), random.Random(8), 0, 0
    while runs < 60:
        trace = run_of(program, chance, 25)
        if trace is None:
            continue
        runs += 1
        told = damaged(trace, behaviour.activities, chance)
        told = [each for each in told if each[1]]
        expected = is_run(program, told)
        wrong += not expected
        if _sign_by_one_field(program) and not expected:
            continue  # how many signed before is not looked at: more is allowed than may happen
        assert replay(behaviour, told).fits == expected, told
        assert _fits(table, told) == expected, told
        least = explain(behaviour, told)
        assert least is not None and (least.cost == 0) == expected
        assert bool(least.deviations) != expected
    assert wrong > 10


def _sign_by_one_field(program: Program) -> bool:
    """Whether one field says who signs at two steps."""
    fields = [s.several.field for s in program.power.steps if s.several and s.several.field]
    return len(fields) > len(set(fields))


def _fits(table: Table, trace: list[tuple[str, str]]) -> bool:
    state = 0
    for activity in trace:
        found = table.step(state, table.number_of.get(activity, 0))
        if found.code is not Code.FITS:
            return False
        state = table.number(found.state)
    return table.is_over[state]


def _chart(name: str) -> Program:
    pack = read_pack(PACKS / "changzhi", date(2026, 11, 1))
    return compile_power(next(power for power in pack.powers if power.name == name))


AID = [
    *(("apply", "submit"), ("accept", "accept"), ("survey", "done"), ("opinion", "support")),
    *(("publicity", "clear"), ("decide", "grant"), ("pay", "paid"), ("close", "close")),
]


@pytest.fixture(scope="module")
def aid():
    return behaviour_of(_chart("临时救助").net)


def deviations(behaviour, trace, ties=(), **how):
    least = explain(behaviour, trace, ties, **how)
    assert least is not None
    return [(each.at, each.code.name, each.activity[0]) for each in least.deviations]


def test_a_skipped_step_is_named(aid) -> None:
    told = [each for each in AID if each[0] != "publicity"]
    assert deviations(aid, told) == [(4, "SKIPPED", "publicity")]
    steps = replay(aid, told).steps
    assert [s.skipped for s in steps if s.code is Code.SKIPPED] == [(("publicity", "clear"),)]


def test_an_act_outside_the_chart_is_named_and_passed_over(aid) -> None:
    told = [*AID[:3], ("喝茶", ""), *AID[3:]]
    assert deviations(aid, told) == [(3, "NOT_IN_CHART", "喝茶")]
    assert [s.code for s in replay(aid, told).steps].count(Code.FITS) == len(AID)


def test_what_came_too_early_is_out_of_order_not_skipped(aid) -> None:
    told = [*AID[:3], AID[4], AID[3], *AID[5:]]
    assert [each[1] for each in deviations(aid, told)] == ["OUT_OF_ORDER"]


def test_what_happened_again_is_repeated(aid) -> None:
    told = [*AID[:6], AID[5], *AID[6:]]
    assert deviations(aid, told) == [(6, "REPEATED", "decide")]


def test_a_record_that_breaks_off_is_unfinished_only_when_it_is_whole(aid) -> None:
    assert {each[1] for each in deviations(aid, AID[:5])} == {"UNFINISHED"}
    assert deviations(aid, AID[:5], is_whole=False) == []


def test_events_of_the_same_time_are_in_no_order(aid) -> None:
    told = [*AID[:3], AID[4], AID[3], *AID[5:]]
    assert deviations(aid, told, [0, 1, 2, 3, 3, 4, 5, 6]) == []
    apart = [*AID[:2], AID[4], AID[3], AID[2], *AID[5:]]
    assert deviations(aid, apart, [0, 1, 2, 2, 2, 3, 4, 5]) == []
    assert deviations(aid, apart, [0, 1, 2, 2, 3, 4, 5, 6]) != []


def test_silence_need_not_be_told() -> None:
    program = _chart("第三类医疗器械经营许可")
    silent = next(move for move in program.silences)
    behaviour = behaviour_of(program.net)
    chance = random.Random(3)
    bare = next(each for each in programs() if each.power.name == program.power.name)
    lapse = (silent.step.id, silent.outcome.id)
    runs = (run_of(bare, chance) for _ in range(4000))
    told = next(trace for trace in runs if trace and lapse in trace)
    assert replay(behaviour, told).fits
    untold = [each for each in told if each != lapse]
    answer = replay(behaviour, untold)
    assert answer.fits and any(step.code is Code.BY_SILENCE for step in answer.steps)
    assert {each[1] for each in deviations(behaviour, untold)} == {"BY_SILENCE"}


def test_a_chart_that_is_too_free_is_told_so(aid) -> None:
    with pytest.raises(TooManyStates):
        compiled(aid, 5)


def test_a_chart_whose_table_is_too_large_is_a_finding() -> None:
    whole = next(each for each in programs() if each.power.name == "临时救助")
    walked = graph(whole.net)
    verdict = soundness(whole.net, walked)
    subject = Subject(whole.power, whole.net, verdict, date(2026, 11, 1), walked)
    assert list(c25_replayable.check(subject)) == []
    (finding,) = c25_replayable.check(subject, states_max=5)
    assert "超过5个状态" in finding.message


def test_a_chart_has_one_table_and_one_hash(aid) -> None:
    assert digest(compiled(aid)) == digest(compiled(behaviour_of(_chart("临时救助").net)))
    others = {digest(compiled(behaviour_of(each.net))) for each in programs()}
    assert len(others) == len(programs())
    assert MONDAY.tzinfo is not None
