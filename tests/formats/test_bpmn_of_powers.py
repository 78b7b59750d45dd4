"""Our own powers as BPMN: the way out and back is the identity; edits elsewhere are followed."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from tests.formats.charts_in_bpmn import model, nodes
from tests.formats.random_powers import powers
from tests.kernel.charts import PACKS

from guiju.formats.bpmn.inward import from_bpmn
from guiju.formats.bpmn.model import read_model
from guiju.formats.bpmn.names import BPMN, BPMNDI, OURS
from guiju.formats.bpmn.outward import to_bpmn
from guiju.formats.bpmn.proof import publication_refusals, verdicts
from guiju.formats.bpmn.tree import parse, serialize
from guiju.formats.packs import PackError, read_pack
from guiju.formats.verdict import Answered
from guiju.kernel.fit import ChartError
from guiju.kernel.net import compile_net
from guiju.kernel.power import Power

ALL = read_pack(PACKS / "changzhi", date(2026, 9, 1)).powers
RELIEF = next(each for each in ALL if each.name == "临时救助")
TEXT = to_bpmn(RELIEF).decode()


def fits(power: Power) -> bool:
    try:
        compile_net(power)
    except ChartError:
        return False
    return not power.examples  # random ones name what is not there


def edited(old: str, new: str) -> bytes:
    """The relief's model with one place changed."""
    assert TEXT.count(old) == 1, f"{old!r} stands {TEXT.count(old)} times"
    return TEXT.replace(old, new).encode()


@pytest.mark.parametrize("power", ALL, ids=lambda power: power.name)
def test_out_and_back_is_the_identity(power: Power) -> None:
    found = from_bpmn(to_bpmn(power))

    assert found.power == power
    assert found.remarks == ()


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(powers())
def test_out_and_back_is_the_identity_for_any_power(power: Power) -> None:
    content = to_bpmn(power)

    found = from_bpmn(content)

    assert found.power == power
    assert serialize(parse(content)) == content
    if fits(power):
        assert found.remarks == ()


@pytest.mark.parametrize("power", ALL, ids=lambda power: power.name)
def test_the_model_of_a_sound_power_is_sound(power: Power) -> None:
    read = read_model(to_bpmn(power))

    assert {each.answer for each in verdicts(read)} == {Answered.SOUND}
    assert publication_refusals(read) == ()


@pytest.mark.parametrize("power", ALL, ids=lambda power: power.name)
def test_everything_drawn_has_its_place(power: Power) -> None:
    root = parse(to_bpmn(power)).root
    inside = [e for e in root.below() if e.space == BPMN and e.get("id")]
    drawable = ("lane", "participant", "sequenceFlow")
    wanted = {
        each.get("id")
        for each in inside
        if each.local in drawable or re.search("Task|Event$|Gateway|callActivity", each.local)
    }

    placed = {e.get("bpmnElement") for e in root.below() if e.space == BPMNDI}

    assert wanted <= placed
    ids = [e.get("id") for e in root.below() if e.get("id") and e.space != OURS]
    assert len(ids) == len(set(ids))


# Edited in another tool


def test_names_are_what_is_drawn() -> None:
    found = from_bpmn(edited('name="入户调查"', 'name="上门调查"'))

    survey = next(each for each in found.power.steps if each.id == "survey")
    before = next(each for each in RELIEF.steps if each.id == "survey")
    assert survey == replace(before, name="上门调查")
    assert found.remarks == ()


def test_a_flow_that_was_moved_leads_elsewhere() -> None:
    old = 'sourceRef="decide.publicity" targetRef="step.survey"'
    found = from_bpmn(edited(old, old.replace("step.survey", "step.opinion")))

    publicity = next(each for each in found.power.steps if each.id == "publicity")
    assert [each.to for each in publicity.outcomes] == [("decide",), ("opinion",)]
    assert publicity.controls == RELIEF.steps[5].controls
    assert found.remarks == ()


def test_a_step_in_another_lane_belongs_to_another_post() -> None:
    reference = "<bpmn:flowNodeRef>step.pay</bpmn:flowNodeRef>"
    lane = '<bpmn:lane id="post.town_window" name="便民服务中心窗口">'
    content = edited(reference, "").decode().replace(lane, lane + reference).encode()

    pay = next(each for each in from_bpmn(content).power.steps if each.id == "pay")

    assert pay.post == "town_window"


def test_lanes_in_another_order_are_posts_in_another_order() -> None:
    lanes = re.findall("<bpmn:lane .*?</bpmn:lane>", TEXT, re.DOTALL)
    content = TEXT.replace(lanes[0], "@").replace(lanes[1], lanes[0]).replace("@", lanes[1])

    posts = [each.id for each in from_bpmn(content.encode()).power.posts]

    assert posts[:2] == [RELIEF.posts[1].id, RELIEF.posts[0].id]
    assert sorted(posts) == sorted(each.id for each in RELIEF.posts)


def test_a_lane_that_was_renamed_renames_its_post() -> None:
    found = from_bpmn(
        edited('post.town_finance" name="财政所"', 'post.town_finance" name="财政办"')
    )

    names = {each.id: each.name for each in found.power.posts}
    assert names == {each.id: each.name for each in RELIEF.posts} | {"town_finance": "财政办"}
    assert found.remarks == ()


def test_the_step_that_is_started_with_comes_first() -> None:
    old = 'targetRef="step.apply"'
    found = from_bpmn(edited(old, 'targetRef="step.survey"'))

    assert found.power.steps[0].id == "survey"


def test_a_step_drawn_elsewhere_is_taken_and_said_to_be_incomplete() -> None:
    new = (
        '<bpmn:task id="Activity_0x1" name="复核"/>'
        '<bpmn:sequenceFlow id="Flow_1" sourceRef="Activity_0x1" targetRef="step.close"/>'
    )
    old = 'sourceRef="step.pay" targetRef="step.close"'
    content = edited(old, old.replace("step.close", "Activity_0x1")).decode()
    content = content.replace("</bpmn:process>", new + "</bpmn:process>")

    found = from_bpmn(content.encode())

    added = found.power.steps[-1]
    assert (added.id, added.name, added.outcomes[0].to) == ("activity_0x1", "复核", ("close",))
    assert any("“复核”是在别处画的" in each for each in found.remarks)
    assert any("不在任何泳道" in each for each in found.remarks)


def test_what_names_a_step_that_is_gone_is_told() -> None:
    content = re.sub('<bpmn:userTask id="step.survey".*?</bpmn:userTask>', "", TEXT, flags=re.S)
    content = re.sub(
        '<bpmn:sequenceFlow id="[^"]*" [^>]*step.survey".*?</bpmn:sequenceFlow>',
        "",
        content,
        flags=re.S,
    )

    found = from_bpmn(content.encode())

    assert "survey" not in [each.id for each in found.power.steps]
    assert any("survey" in each for each in found.remarks)


def test_an_outcome_that_was_removed_leaves_its_controls_behind_and_says_so() -> None:
    flow = re.search(
        '<bpmn:sequenceFlow id="outcome.decide.refuse".*?</bpmn:sequenceFlow>', TEXT, re.S
    )
    assert flow is not None

    found = from_bpmn(edited(flow.group(), ""))

    decide = next(each for each in found.power.steps if each.id == "decide")
    assert [each.id for each in decide.outcomes] == ["grant", "pass_on"]
    assert any("没有出口“refuse”" in each for each in found.remarks)


def test_rules_written_in_place_move_with_their_step() -> None:
    task = re.search('<bpmn:userTask id="step.supplement".*?</bpmn:userTask>', TEXT, re.S)
    assert task is not None
    content = (
        edited(task.group(), "")
        .decode()
        .replace("</bpmn:process>", task.group() + "</bpmn:process>")
    )

    power = from_bpmn(content.encode()).power

    assert power.steps[2].id == "survey"
    assert power.steps[2].limit is not None
    assert power.steps[2].limit.id == "steps[2].limit"


def test_a_foreign_model_is_no_power() -> None:
    with pytest.raises(PackError, match="只有由职权导出的模型能变回职权"):
        from_bpmn(model(nodes(task="a")))


def test_a_key_that_we_do_not_know_is_an_error() -> None:
    with pytest.raises(PackError, match="不认识的键“colour”"):
        from_bpmn(edited("<guiju:limits>", '<guiju:limits colour="red">'))


def test_a_branch_that_was_led_away_is_waited_for_no_more() -> None:
    power, step = next((p, s) for p in ALL for s in p.steps if len(s.join) > 2)
    text = to_bpmn(power).decode()
    away = step.join[0]
    pattern = rf'(id="outcome\.{away}\.[^>]*targetRef=")(?:join|merge)\.{step.id}[^"]*"'
    assert re.search(pattern, text)

    found = from_bpmn(re.sub(pattern, rf'\1end.{power.ends[0].id}"', text).encode())

    again = next(each for each in found.power.steps if each.id == step.id)
    assert again.join == step.join[1:]
