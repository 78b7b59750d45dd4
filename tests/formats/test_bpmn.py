"""BPMN models of others: read and written without loss, judged, refused with reasons, walked."""

import os
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.formats.charts_in_bpmn import flow, flows, model, nodes

from guiju.formats.bpmn.model import read_model
from guiju.formats.bpmn.proof import publication_refusals, verdicts
from guiju.formats.bpmn.refusals import refusals
from guiju.formats.bpmn.translation import translate
from guiju.formats.bpmn.tree import BYTES_MAX, parse, serialize
from guiju.formats.bpmn.walk import Case, EndlessLoop
from guiju.formats.packs import PackError
from guiju.formats.verdict import Answered, Verdict

MODELS = Path(os.environ.get("GUIJU_DATA", "/nonexistent")) / "miwg-reference"
FILES = sorted(MODELS.glob("*.bpmn"))
needs_models = pytest.mark.skipif(not FILES, reason="GUIJU_DATA names no folder with models")
SOUND, UNSOUND = Answered.SOUND, Answered.UNSOUND


def canonical(content: bytes) -> str:
    return ElementTree.canonicalize(content.decode("utf-8-sig"), with_comments=True)


def verdict(content: bytes) -> Verdict:
    (only,) = verdicts(read_model(content))
    return only


def case_of(content: bytes) -> Case:
    read = read_model(content)
    assert refusals(read) == ()
    return Case(translate(read, next(each for each in read.processes if each.id == "p")))


def offered(case: Case) -> list[str]:
    return [offer.words for offer in case.offers()]


def do(case: Case, *words: str) -> None:
    for each in words:
        case.choose(next(offer for offer in case.offers() if offer.words == each))


# What is read and written again


@needs_models
def test_all_reference_models_are_there() -> None:
    assert len(FILES) == 21


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_reference_model_is_written_as_it_was_read(file: Path) -> None:
    content = file.read_bytes()

    written = serialize(parse(content))

    assert canonical(written) == canonical(content)
    assert serialize(parse(written)) == written


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_reference_model_is_judged_or_refused_with_reasons(file: Path) -> None:
    found = verdicts(read_model(file.read_bytes(), file.name))

    assert found
    for each in found:
        assert (each.answer is SOUND) == (not each.findings)
        assert all(finding.message and finding.line for finding in each.findings)


def test_what_xml_lets_one_say_is_kept() -> None:
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><!-- 前 --><?tool do it?>'
        '<d:definitions xmlns:d="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns="urn:x" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema"><d:itemDefinition id="i" '
        'structureRef="xsd:string"/><own a="1&#10;2&quot;&lt;">x<![CDATA[<&>]]>\ty&#13;</own>'
        '<d:process id="p" v:k="&#9;" xmlns:v="urn:v"><!-- 内 --></d:process>'
        "</d:definitions><!-- 后 -->"
    ).encode()

    written = serialize(parse(content))

    assert canonical(written) == canonical(content)
    assert b'structureRef="xsd:string"' in written
    assert "<!-- 前 -->".encode() in written
    assert b"<?tool do it?>" in written
    assert serialize(parse(written)) == written


def test_gb18030_is_read() -> None:
    text = '<?xml version="1.0" encoding="GB18030"?><a n="受理"/>'

    assert parse(text.encode("gb18030")).root.get("n") == "受理"


# What is not read

BOMB = b'<!DOCTYPE a [<!ENTITY x "xxxx">]><a>&x;</a>'
OUTSIDE = b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (BOMB, 1, "DOCTYPE"),
        (OUTSIDE, 1, "DOCTYPE"),
        (b"<a>\n<b>\n</a>", 3, "不是合格的 XML"),
        (b"<a>&x;</a>", 1, "不是合格的 XML"),
        (b"", 1, "不是合格的 XML"),
        (b"<a>\xff\xfe</a>", 1, "不是合格的 XML"),
        (b"<a>\n<b:c/></a>", 2, "前缀“b”没有声明"),
        (b"\n" + b"<a>" * 300, 2, "嵌套超过"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', 1, "不能按“nonsense”读"),
        (b"<a>" + b" " * BYTES_MAX + b"</a>", 1, "超过"),
        (b"<a/>", 1, "不是 BPMN 2.0"),
    ],
)
def test_what_cannot_be_read_is_told_with_line_and_mend(
    content: bytes, line: int, problem: str
) -> None:
    with pytest.raises(PackError) as error:
        read_model(content, "x.bpmn")

    assert problem in error.value.problem
    assert (error.value.file, error.value.line) == ("x.bpmn", line)
    assert error.value.mend


# Dialects


def test_ends_of_flows_are_found_in_incoming_and_outgoing() -> None:
    content = model(
        '<bpmn:startEvent id="s"><bpmn:outgoing>f</bpmn:outgoing></bpmn:startEvent>'
        '<bpmn:task id="t"><bpmn:incoming>f</bpmn:incoming></bpmn:task><bpmn:sequenceFlow id="f"/>'
    )

    assert verdict(content).answer is SOUND


def test_nodes_without_ids_or_start_or_end_are_understood() -> None:
    case = case_of(model('<bpmn:task name="甲"/><bpmn:task name="乙"/>'))

    assert offered(case) == ["甲", "乙"]
    do(case, "乙", "甲")
    assert case.is_over


def test_nested_lanes_are_read() -> None:
    lanes = (
        '<bpmn:laneSet><bpmn:lane id="a" name="甲"><bpmn:childLaneSet><bpmn:lane id="b" name="乙">'
        "<bpmn:flowNodeRef>t</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane>"
        '<bpmn:lane id="c"/></bpmn:laneSet>'
    )
    process = read_model(model(lanes + nodes(task="t u"))).processes[0]

    found = process.lane_of("t")

    assert found is not None
    assert found.name == "乙"
    assert process.lane_of("u") is None


# Whether a model is sound


def xor(*ways: str) -> str:
    return nodes(startEvent="s", exclusiveGateway="x y", userTask="a b", endEvent="e") + flows(
        *ways
    )


def test_a_choice_that_merges_is_sound() -> None:
    assert verdict(model(xor("s x a y e", "x b y"))).answer is SOUND


def test_a_choice_before_a_parallel_join_is_stuck_and_says_how() -> None:
    text = nodes(startEvent="s", exclusiveGateway="x", parallelGateway="j", userTask="a b")
    found = verdict(model(text + nodes(endEvent="e") + flows("s x a j e", "x b j")))

    assert found.answer is UNSOUND
    stuck = next(each for each in found.findings if each.kind == "deadlock")
    assert stuck.path == ("x(排他网关):a", "a")
    assert "j(并行网关)" in stuck.message


def test_a_split_before_a_plain_merge_does_things_twice() -> None:
    text = nodes(startEvent="s", parallelGateway="x", exclusiveGateway="y", userTask="a b c")
    found = verdict(model(text + nodes(endEvent="e") + flows("s x a y c e", "x b y")))

    assert [each.kind for each in found.findings] == ["double token"]
    assert found.findings[0].path == ("a", "b")


def test_two_branches_may_reach_one_end() -> None:
    text = nodes(startEvent="s", parallelGateway="x", userTask="a b", endEvent="e")

    assert verdict(model(text + flows("s x a e", "x b e"))).answer is SOUND


def test_a_loop_without_a_way_out_is_a_livelock() -> None:
    text = nodes(startEvent="s", userTask="a b")

    found = verdict(model(text + flows("s a b a")))

    assert [each.kind for each in found.findings] == ["livelock"]


def test_tokens_that_pile_up_are_told() -> None:
    text = nodes(startEvent="s", parallelGateway="x", exclusiveGateway="m", userTask="a b c")
    found = verdict(model(text + nodes(endEvent="e") + flows("s m a x b e", "x c m")))

    assert found.answer is UNSOUND
    assert found.findings[0].kind == "unbounded"
    assert "b" in found.findings[0].message


def test_a_task_that_nothing_leads_to_is_dead() -> None:
    found = verdict(
        model(nodes(startEvent="s", userTask="a b", endEvent="e") + flows("s a e", "b e"))
    )

    assert [each.kind for each in found.findings] == ["dead activity"]
    assert "“b”" in found.findings[0].message


def test_a_terminate_end_takes_the_other_branch_back() -> None:
    end = '<bpmn:endEvent id="e"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
    text = nodes(startEvent="s", parallelGateway="x", userTask="a b", endEvent="f")
    content = model(text + end + flows("s x a e", "x b f"))
    case = case_of(content)

    do(case, "a")

    assert case.is_over
    assert verdict(content).answer is SOUND


def inclusive(*ways: str, split: str = "inclusiveGateway") -> bytes:
    text = nodes(startEvent="s", userTask="a b c", inclusiveGateway="j", endEvent="e")
    return model(text + nodes(**{split: "x"}) + flows(*ways))


def test_an_inclusive_join_waits_for_what_was_chosen() -> None:
    content = inclusive("s x a j e", "x b j", "x c j")
    case = case_of(content)

    assert len(offered(case)) == 7
    do(case, "x(包容网关):a、c", "a")
    assert offered(case) == ["c"]
    do(case, "c")
    assert case.is_over
    assert verdict(content).answer is SOUND


@pytest.mark.parametrize("split", ["parallelGateway", "exclusiveGateway"])
def test_an_inclusive_join_follows_any_split(split: str) -> None:
    assert verdict(inclusive("s x a j e", "x b j", "x c j", split=split)).answer is SOUND


@pytest.mark.parametrize(
    "ways",
    [
        ("s x a j e", "x b j", "x c e"),  # a branch that goes elsewhere
        ("s x a j e", "x b j", "x c b", "c j"),  # a branch that enters another
        ("s x a j e", "x b j", "x c j", "a x"),  # a way back out of the block
        ("s x a j e", "x b j", "x c j", "s b"),  # a way in from outside
    ],
)
def test_an_inclusive_join_without_a_block_is_refused(ways: tuple[str, ...]) -> None:
    found = verdict(inclusive(*ways))

    assert found.answer is Answered.NOT_EXECUTABLE
    assert "等谁说不清" in found.findings[0].message


def test_a_join_in_a_loop_waits_in_every_round() -> None:
    text = nodes(startEvent="s", parallelGateway="x j", userTask="a b", exclusiveGateway="m d")
    case = case_of(model(text + nodes(endEvent="e") + flows("s m x a j d e", "x b j", "d m")))

    for _ in range(3):
        do(case, "a")
        assert offered(case) == ["b"]
        do(case, "b", "d(排他网关):m(排他网关)")
    assert offered(case) == ["a", "b"]


def boundary(definition: str, *, interrupts: bool, host: str = "a") -> str:
    return (
        f'<bpmn:boundaryEvent id="t" name="到期" attachedToRef="{host}" '
        f'cancelActivity="{str(interrupts).lower()}"><bpmn:{definition}/></bpmn:boundaryEvent>'
    )


def test_an_interrupting_timer_takes_the_task_away() -> None:
    text = nodes(startEvent="s", userTask="a b", endEvent="e f")
    timer = boundary("timerEventDefinition", interrupts=True)
    case = case_of(model(text + timer + flows("s a e", "t b f")))

    assert offered(case) == ["a", "到期(定时边界事件)"]
    do(case, "到期(定时边界事件)")
    assert offered(case) == ["b"]


def test_a_non_interrupting_timer_leaves_the_task_and_happens_once() -> None:
    text = nodes(startEvent="s", userTask="a b", endEvent="e f")
    timer = boundary("timerEventDefinition", interrupts=False)
    content = model(text + timer + flows("s a e", "t b f"))
    case = case_of(content)

    do(case, "到期(定时边界事件)")

    assert offered(case) == ["a", "b"]
    assert verdict(content).answer is SOUND


SUB = (
    '<bpmn:subProcess id="sub" name="子">'
    + nodes(startEvent="s1", parallelGateway="x", userTask="a b", endEvent="e1")
    + "{}</bpmn:subProcess>"
)


def test_a_sub_process_is_over_when_all_its_ends_are_reached() -> None:
    inside = SUB.format(flows("s1 x a e1", "x b e1"))
    content = model(
        nodes(startEvent="s", userTask="c", endEvent="e") + inside + flows("s sub c e")
    )
    case = case_of(content)

    do(case, "a")
    assert offered(case) == ["b"]
    do(case, "b", "c")
    assert case.is_over
    assert verdict(content).answer is SOUND


def test_a_sub_process_is_left_at_once_when_its_boundary_interrupts() -> None:
    inside = SUB.format(flows("s1 x a e1", "x b e1"))
    timer = boundary("timerEventDefinition", interrupts=True, host="sub")
    text = nodes(startEvent="s", userTask="c", endEvent="e f") + inside + timer
    case = case_of(model(text + flows("s sub c e", "t f")))

    do(case, "a", "到期(定时边界事件)")

    assert case.is_over


def test_an_error_end_leaves_by_the_boundary_that_catches_it() -> None:
    throw = '<bpmn:endEvent id="e1"><bpmn:errorEventDefinition errorRef="err"/></bpmn:endEvent>'
    inside = SUB.replace('<bpmn:endEvent id="e1" name="e1"/>', throw).format(
        flows("s1 x a e1", "x b")
    )
    catch = boundary('errorEventDefinition errorRef="err"', interrupts=True, host="sub")
    text = nodes(startEvent="s", userTask="c d", endEvent="e f") + inside + catch
    case = case_of(
        model(text + flows("s sub c e", "t d f"), more='<bpmn:error id="err" errorCode="E1"/>')
    )

    assert offered(case) == ["a", "b"], "the error comes from inside, not by itself"
    do(case, "a")
    assert offered(case) == ["d"]


def test_a_sub_process_with_more_or_fewer_ends_is_undecided() -> None:
    inside = SUB.replace("parallelGateway", "inclusiveGateway").format(
        flows("s1 x a e1", "x b e1")
    )
    found = verdict(model(nodes(startEvent="s", endEvent="e") + inside + flows("s sub e")))

    assert found.answer is Answered.UNDECIDED
    assert "何时算完说不清" in found.findings[0].message


def test_a_call_is_played_when_the_called_process_is_there() -> None:
    called = f'<bpmn:process id="q">{nodes(startEvent="t", userTask="b", endEvent="f")}'
    called += f"{flows('t b f')}</bpmn:process>"
    call = '<bpmn:callActivity id="c" name="调" calledElement="{}"/>'
    text = nodes(startEvent="s", endEvent="e") + flows("s c e")

    there = case_of(model(text + call.format("q"), more=called))
    absent = case_of(model(text + call.format("elsewhere")))

    assert offered(there) == ["b"]
    assert offered(absent) == ["调(调用活动)"]


def test_a_call_of_what_is_refused_or_of_itself_is_refused() -> None:
    text = nodes(startEvent="s", endEvent="e") + flows("s c e")
    call = '<bpmn:callActivity id="c" name="调" calledElement="{}"/>'
    broken = '<bpmn:process id="q"><bpmn:sequenceFlow id="z" sourceRef="y"/></bpmn:process>'

    *_, caller = verdicts(read_model(model(text + call.format("q"), more=broken)))
    itself = verdict(model(text + call.format("p")))

    assert "调用的流程“q”不能执行" in caller.findings[0].message
    assert itself.answer is Answered.NOT_EXECUTABLE


def test_an_event_gateway_waits_for_the_first_of_its_events() -> None:
    text = nodes(startEvent="s", eventBasedGateway="g", userTask="a", endEvent="e")
    events = "".join(
        f'<bpmn:intermediateCatchEvent id="{id_}" name="{id_}"><bpmn:{kind}EventDefinition/>'
        "</bpmn:intermediateCatchEvent>"
        for id_, kind in (("m", "message"), ("t", "timer"))
    )
    case = case_of(model(text + events + flows("s g m a e", "g t e")))

    assert offered(case) == ["m(消息中间捕获事件)", "t(定时中间捕获事件)"]
    do(case, "t(定时中间捕获事件)")
    assert case.is_over


def test_conditional_flows_of_a_task_are_chosen_together_or_the_default() -> None:
    task = '<bpmn:userTask id="a" name="a" default="a-d"/>'
    text = nodes(startEvent="s", userTask="b c d") + task + flows("s a", "a d")
    case = case_of(model(text + flow("a", "b", condition="x") + flow("a", "c", condition="y")))

    do(case, "a")

    assert offered(case) == ["a:b", "a:c", "a:b、c", "a:d"]


def test_a_loop_of_gateways_alone_is_told() -> None:
    text = nodes(startEvent="s", exclusiveGateway="x y")

    with pytest.raises(EndlessLoop):
        case_of(model(text + flows("s x y x")))


# What is refused

REFUSED = {
    '<bpmn:complexGateway id="z"/>': "复杂网关",
    '<bpmn:transaction id="z"/>': "事务",
    '<bpmn:adHocSubProcess id="z"/>': "特设",
    '<bpmn:subProcess id="z" triggeredByEvent="true"/>': "事件子流程",
    '<bpmn:task id="z" isForCompensation="true"/>': "补偿",
    '<bpmn:task id="a"/>': "“a”重复",
    '<bpmn:tusk id="z"/>': "不认识的元素“bpmn:tusk”",
    '<bpmn:sequenceFlow id="z" sourceRef="a"/>': "没有终点",
    '<bpmn:sequenceFlow id="z" sourceRef="a" targetRef="q"/>': "不在同一层",
    '<bpmn:sequenceFlow id="z" sourceRef="a" targetRef="s"/>': "不能有入流",
    '<bpmn:boundaryEvent id="z"><bpmn:timerEventDefinition/></bpmn:boundaryEvent>': "没有附着",
    '<bpmn:endEvent id="z"><bpmn:messageEventDefinition/><bpmn:errorEventDefinition/>'
    "</bpmn:endEvent>": "多重",
    **{
        f'<bpmn:intermediateCatchEvent id="z"><bpmn:{kind}EventDefinition/>'
        "</bpmn:intermediateCatchEvent>": word
        for kind, word in {
            "signal": "信号",
            "link": "链接",
            "conditional": "条件",
        }.items()
    },
    **{
        f'<bpmn:endEvent id="z"><bpmn:{kind}EventDefinition/></bpmn:endEvent>': word
        for kind, word in {"escalation": "升级", "compensate": "补偿", "cancel": "取消"}.items()
    },
}


@pytest.mark.parametrize("part", REFUSED, ids=[str(i) for i in range(len(REFUSED))])
def test_what_is_not_executed_is_refused_with_a_reason_and_kept(part: str) -> None:
    content = model(nodes(startEvent="s", userTask="a", endEvent="e") + flows("s a e") + part)
    read = read_model(content)

    found = refusals(read)

    assert any(REFUSED[part] in str(each) for each in found), [*map(str, found)]
    assert all(each.mend and each.line for each in found)
    assert verdicts(read)[0].answer is Answered.NOT_EXECUTABLE
    assert len(publication_refusals(read)) > 1
    assert canonical(serialize(read.document)) == canonical(content)


def test_a_foreign_model_is_not_published() -> None:
    read = read_model(model(xor("s x a y e", "x b y")))

    (reason,) = publication_refusals(read)
    assert "不能公布" in reason
