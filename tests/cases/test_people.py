"""Who takes part in an act: what the pages ask of each, what is kept, what is refused."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.files import png
from tests.walk import MONDAY, SURVEYORS, Walk, photo

from guiju.cases import actions
from guiju.cases.actions import Applicant, Request
from guiju.cases.forms import evidence_kinds
from guiju.cases.queries import trail
from guiju.cases.trace import act_told
from guiju.kernel.acts import Person
from guiju.kernel.controls.promise import Promise
from guiju.kernel.controls.random_draw import RandomDraw
from guiju.kernel.power import Outcome, Step, StepKind
from guiju.kernel.program import Program, asked
from guiju.kernel.rules import Certainty, Rule
from guiju.kernel.run import Refused
from guiju.organs.models import Person as Official
from guiju.powers.models import Version
from guiju.powers.queries import program
from guiju.site import middleware

pytestmark = pytest.mark.django_db
PNG = png()
OFFICER, OTHER = "cz-sc-officer", "cz-sc-officer-2"
PANEL = ("cz-sc-panel", "cz-sc-panel-2", "cz-sc-panel-3")
LEADER = "cz-sc-leader"


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware.site_clock, "now", lambda: MONDAY + timedelta(days=3))


def free(*people: tuple[str, str]) -> tuple[Person, ...]:
    return tuple(Person(id_, post, "晋0400001", "无") for id_, post in people)


def filed() -> Walk:
    """A penalty that waits for its investigation."""
    facts = {"party": "某商行", "clue": "监督检查", "suspicion": "涉嫌销售过期食品"}
    number = actions.open_case(
        version=Version.objects.get(category="处罚").sha256,
        division="1404",
        applicant=Applicant("某商行", "13800000000"),
        request=Request("discover", "report", str(uuid4()), facts=facts),
        by="cz-sc-officer-3",
        at=MONDAY,
    )
    walk = Walk(number)
    walk.act(LEADER, "file", "file")
    return walk


def discussed() -> Walk:
    """A penalty that waits for its panel."""
    walk = filed()
    two = free((OFFICER, "market_officer"), (OTHER, "market_officer"))
    legal = free(("cz-sc-legal", "market_legal"))
    walk.act(
        OFFICER,
        "investigate",
        "penalty",
        present=two,
        documents=(photo("调查笔录"), photo("全过程音像记录")),
        facts={"facts_found": "属实", "proposal": "罚款"},
    )
    opinion = photo("法制审核意见书")
    walk.act("cz-sc-legal", "legal_review", "pass", present=legal, documents=(opinion,))
    told = dict.fromkeys(("told_facts", "told_reason", "told_basis", "told_penalty"), "见告知书")
    walk.act(
        OFFICER,
        "inform",
        "served",
        present=(Person(OTHER, "market_officer"),),
        documents=(photo("行政处罚告知书"), photo("送达回证")),
        facts={**told, "told_rights": "陈述、申辩"},
    )
    walk.act(
        OFFICER,
        "respond",
        "stated",
        present=(Person(OTHER, "market_officer"),),
        documents=(photo("陈述申辩笔录"),),
        facts={"stated": "不知道过期"},
    )
    walk.act(
        "cz-sc-legal",
        "reexamine",
        "serious",
        present=legal,
        documents=(opinion, photo("复核意见书")),
        facts={"reexamined": "不采纳"},
    )
    return walk


def url(walk: Walk) -> str:
    return f"/staff/cases/{walk.number}/"


def staff(client: Client, person: str) -> Client:
    client.force_login(Official.objects.get(pk=person))
    return client


def investigation(walk: Walk, **changes: str) -> dict[str, object]:
    own, other = f"{OFFICER}|market_officer", f"{OTHER}|market_officer"
    return {
        "key": str(uuid4()),
        "seq": str(walk.case.seq),
        "step": "investigate",
        "outcome": "penalty",
        "f-facts_found": "属实",
        "f-proposal": "罚款",
        "present": [own, other],
        f"certificate-{own}": "晋0400001",
        f"relation-{own}": "无",
        f"certificate-{other}": "晋0400002",
        f"relation-{other}": "无",
        "e-调查笔录": SimpleUploadedFile("a.png", PNG),
        "e-全过程音像记录": SimpleUploadedFile("b.png", PNG),
        **changes,
    }


def meeting(walk: Walk, **changes: str) -> dict[str, object]:
    """Three members and, last, the head of the office; one against, with reasons."""
    keys = [*(f"{id_}|market_panel" for id_ in PANEL), f"{LEADER}|market_leader"]
    said = {f"order-{key}": str(number) for number, key in enumerate(keys, 1)}
    said |= {f"vote-{key}": "赞成" for key in keys} | {f"relation-{key}": "无" for key in keys}
    said |= {f"vote-{keys[1]}": "反对", f"opinion-{keys[1]}": "初次违法,货值很小"}
    return {
        "key": str(uuid4()),
        "seq": str(walk.case.seq),
        "step": "panel",
        "outcome": "penalty",
        "f-members": "4",
        "f-panel_opinion": "多数同意处罚",
        "present": keys,
        "e-集体讨论记录": SimpleUploadedFile("a.png", PNG),
        **said,
        **changes,
    }


def replayed(walk: Walk, begun: Program) -> list[str]:
    """What the controls that look at people say of the last act as the record tells it."""
    told = act_told(trail(walk.number)[-1])
    move = begun.moves[told.step, told.outcome]
    state = actions.state_of(walk.case)
    kinds = ("persons_min", "certified", "recusal", "evidence", "collective")
    looking = (c for c in asked(move.step.controls, move.outcome) if c.kind in kinds)
    return [str(answer) for c in looking if (answer := c.violation(told, state, begun.names))]


def begun_of(walk: Walk) -> Program:
    return program(walk.case.version_id)


def test_a_form_asks_of_each_person_what_the_step_needs_and_no_more(client: Client):
    page = staff(client, OFFICER).get(url(filed())).content.decode()

    assert f'name="certificate-{OFFICER}|market_officer"' in page
    assert f'name="relation-{OTHER}|market_officer"' in page
    assert f'type="hidden" name="present" value="{OFFICER}|market_officer"' in page
    assert 'name="vote-' not in page
    assert "<h2>当事人</h2>" in page  # nobody applies for a penalty

    panel = staff(client, PANEL[0]).get(url(discussed())).content.decode()
    assert f'name="order-{LEADER}|market_leader"' in panel
    assert f'name="opinion-{PANEL[0]}|market_panel"' in panel
    assert 'name="certificate-' not in panel


def test_a_form_that_asks_nothing_of_whoever_acts_does_not_list_them(client: Client):
    walk = Walk.begin()
    walk.act("hbz-window", "accept", "accept")

    page = staff(client, "hbz-surveyor").get(url(walk)).content.decode()

    assert f'value="{SURVEYORS[0].id}|town_surveyor"' in page
    assert 'value="hbz-surveyor|town_surveyor"' not in page


def test_two_officers_with_certificates_and_no_relation_investigate(client: Client):
    walk = filed()

    answer = staff(client, OFFICER).post(url(walk), investigation(walk))

    assert answer.status_code == 302
    row = trail(walk.number)[-1]
    other = Person(OTHER, "market_officer", "晋0400002", "无")
    assert act_told(row).everyone() == (*free((OFFICER, "market_officer")), other)
    assert json.loads(row.entry)["told"]["present"] == ["market_officer", "market_officer"]
    assert "晋0400002" not in row.entry
    assert replayed(walk, begun_of(walk)) == []
    page = client.get(url(walk)).content.decode()
    assert "执法证号晋0400002,利害关系:无" in page
    for public in (f"/cases/{walk.number}/", f"/cases/{walk.number}/record/"):
        assert "晋0400002" not in client.get(public).content.decode()


@pytest.mark.parametrize(
    ("change", "told", "rule"),
    [
        ({f"certificate-{OTHER}|market_officer": ""}, "有1人没有", "第五十五条第一款"),
        ({f"relation-{OTHER}|market_officer": ""}, "有1人没有声明", "第四十三条"),
        (
            {f"relation-{OTHER}|market_officer": "有其他利害关系"},
            "有1人声明与本件有利害关系",
            "第四十三条",
        ),
    ],
)
def test_a_person_without_certificate_or_with_a_relation_is_refused_and_nothing_typed_is_lost(
    client: Client, change: dict[str, str], told: str, rule: str
):
    walk = filed()

    answer = staff(client, OFFICER).post(url(walk), investigation(walk, **change))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert walk.case.seq == 2
    assert told in page
    assert rule in page
    assert 'value="晋0400001"' in page
    assert f'value="{OTHER}|market_officer" checked' in page
    assert "<option selected>无</option>" in page


def test_a_refusal_stands_beside_what_mends_it_and_only_in_the_form_that_was_sent(client: Client):
    walk = filed()
    other = f"{OTHER}|market_officer"
    sent = investigation(
        walk, **{f"certificate-{other}": "", f"relation-{other}": "有其他利害关系"}
    )
    del sent["e-调查笔录"]
    sent["f-proposal"] = ""

    page = staff(client, OFFICER).post(url(walk), sent).content.decode()

    wrong = re.findall('<span class="wrong">([^<]*)</span>', page)
    assert wrong == [
        "“处理建议”没有填写",
        "执法人员须出示执法证件并记下证号,有1人没有",
        "有1人声明与本件有利害关系,应当回避",
        "缺少调查笔录",
    ]
    assert f'name="certificate-{other}" value="" aria-invalid="true"' in page
    assert f'name="relation-{other}" aria-invalid="true"' in page
    assert page.count("aria-invalid") == 2


def test_a_panel_is_recorded_with_its_dissent_and_replayed(client: Client):
    walk = discussed()

    answer = staff(client, PANEL[0]).post(url(walk), meeting(walk))

    assert answer.status_code == 302
    assert replayed(walk, begun_of(walk)) == []
    told = act_told(trail(walk.number)[-1])
    assert [each.order for each in told.present] == [1, 2, 3, 4]
    assert told.present[1].opinion == "初次违法,货值很小"
    page = client.get(url(walk)).content.decode()
    assert "第2个发言,反对:初次违法,货值很小" in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {f"order-{LEADER}|market_leader": "1", f"order-{PANEL[0]}|market_panel": "4"},
            "市场监管局负责人没有最后发表意见",
        ),
        ({f"opinion-{PANEL[1]}|market_panel": ""}, "与多数意见不一致,却没有记下意见和理由"),
        ({f"vote-{PANEL[2]}|market_panel": ""}, "有1人没有表态"),
        ({"f-members": "9"}, "应到9人,到会4人,不足5人"),
    ],
)
def test_a_panel_that_did_not_meet_as_it_should_is_refused(
    client: Client, change: dict[str, str], told: str
):
    walk = discussed()

    answer = staff(client, PANEL[0]).post(url(walk), meeting(walk, **change))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert "重大行政决策程序暂行条例第三十条" in page
    assert walk.case.seq == 7
    kept = meeting(walk, **change)
    for name, value in kept.items():
        if name.startswith("opinion-") and value:
            assert f'rows="2">{value}</textarea>' in page
        if name.startswith("order-"):
            assert f'name="{name}" value="{value}"' in page


def test_an_order_that_is_no_number_is_told_and_the_rest_stays(client: Client):
    walk = discussed()

    sent = meeting(walk, **{f"order-{LEADER}|market_leader": "最后"})
    answer = staff(client, PANEL[0]).post(url(walk), sent)

    assert answer.status_code == 409
    assert "发言次序请填数字" in answer.content.decode()
    assert "初次违法,货值很小" in answer.content.decode()


def test_what_a_step_does_not_ask_of_people_is_not_kept(client: Client):
    walk = filed()
    extra = {f"opinion-{OTHER}|market_officer": "随便写的", f"vote-{OTHER}|market_officer": "赞成"}

    answer = staff(client, OFFICER).post(url(walk), investigation(walk, **extra))

    assert answer.status_code == 302
    assert "随便写的" not in trail(walk.number)[-1].people


def test_a_replay_finds_in_the_record_what_the_guard_would_refuse():
    walk = discussed()
    row = trail(walk.number)[2]
    told = act_told(row)
    begun = begun_of(walk)
    control = next(c for c in begun.steps["investigate"].controls if c.kind == "certified")
    without = replace(told, present=(told.present[0], replace(told.present[1], certificate="")))
    state = actions.state_of(walk.case)

    assert control.violation(told, state, begun.names) is None
    assert control.violation(without, state, begun.names) == control.refusal(
        without, state, begun.names
    )


def test_nobody_takes_part_twice_or_in_two_posts_and_an_applicant_brings_nobody():
    walk = discussed()
    both = (*free((LEADER, "market_leader")), Person(LEADER, "market_leader", vote="赞成"))

    with pytest.raises(Refused, match="只能以一个岗位参加"):
        walk.act(PANEL[0], "panel", "penalty", present=both)

    post = Official.objects.get(pk=LEADER).assignment_set.get().post
    Official.objects.get(pk=PANEL[0]).assignment_set.create(
        post=post, valid_from=MONDAY.date(), rank="B"
    )
    with pytest.raises(Refused, match="只能以一个岗位参加"):
        walk.act(PANEL[0], "panel", "penalty", present=(Person(PANEL[0], "market_leader"),))

    asked_for = Walk.begin()
    with pytest.raises(Refused, match="不在所写的岗位上"):
        asked_for.act("applicant", "accept", "withdraw", present=(Person("x", "town_window"),))


def test_a_form_offers_the_records_of_a_draw_and_of_a_promise():
    rule = Rule("r", "r", "某法第一条", Certainty.LAW)
    outcome = Outcome("done", "办完", ("next",))
    controls = (RandomDraw(rule, "p", "pool", "seed"), Promise(rule, "告知承诺书"))
    step = Step("s", "抽取", StepKind.EXPERT, "p", (outcome,), controls=controls)

    assert evidence_kinds(step, outcome) == ["抽取记录", "告知承诺书"]
