"""PNML: a published file, small texts by hand, and texts that are refused."""

import os
from pathlib import Path

import pytest

from guiju.formats.pnml import PnmlError, parse_pnml, read_pnml
from guiju.kernel.petri import Ending
from guiju.kernel.proof import Answer, judge

DATA = os.environ.get("GUIJU_DATA")
HEAD = '<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml"><net id="n" type="x">\n'
ARCS = """<arc id="a" source="i" target="t"/>
<arc id="b" source="t" target="o"/>
"""
NODES = """<place id="i"><name><text>受理</text></name>
<initialMarking><text> 1 </text></initialMarking></place>
<place id="o"/>
<transition id="t"><name><text>决定</text></name></transition>
"""
TAIL = "</net></pnml>"
SMALL = HEAD + NODES + ARCS + TAIL


def changed(old: str, new: str, text: str = SMALL) -> bytes:
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new).encode()


def test_a_small_net_is_read_with_its_names():
    read = parse_pnml(SMALL.encode())
    net = read.net

    assert (net.places, net.initial, net.endings) == (("i", "o"), {"i": 1}, (Ending({"o": 1}),))
    assert [(each.name, each.label) for each in net.transitions] == [("t", "决定")]
    assert (net.transitions[0].take, net.transitions[0].put) == ({"i": 1}, {"o": 1})
    assert read.place_names == {"i": "受理", "o": "o"}


def test_weights_resets_pages_and_references_are_read():
    text = f"""{HEAD}<name><text>网</text></name>
    <page id="g"><page id="h">{NODES}
    <referencePlace id="r" ref="q"/><referencePlace id="q" ref="o"/></page>
    <arc id="a" source="i" target="t"><inscription><text>2</text></inscription></arc>
    <arc id="b" source="t" target="r"/>
    <arc id="c" source="o" target="t"><arctype><text>reset</text></arctype></arc>
    </page>
    <finalmarkings>
    <marking><place idref="o"><text>1</text></place>
    <place idref="i"><text>0</text></place></marking>
    <marking><place idref="i"><text>3</text></place></marking>
    </finalmarkings>{TAIL}"""
    read = parse_pnml(text.encode())
    (move,) = read.net.transitions

    assert read.name == "网"
    assert (move.take, move.put, move.clear) == ({"i": 2}, {"o": 1}, {"o"})
    assert read.net.endings == (Ending({"o": 1}), Ending({"i": 3}))


def test_a_net_with_several_sinks_ends_when_nothing_else_is_marked():
    net = parse_pnml(changed('<place id="o"/>', '<place id="o"/><place id="p"/>')).net

    assert net.endings == (Ending({}, frozenset({"o", "p"})),)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (changed('id="t"', 'id="o"'), 5, "id“o”重复,第4行已有"),
        (changed('<place id="o"/>', "<place/>"), 4, "place 没有 id"),
        (changed('source="i"', 'source="k"'), 6, "source 所指的“k”不存在"),
        (changed('target="o"', 'target="t"'), 7, "弧从“t”到“t”,两端同类"),
        (changed(" 1 ", "-1"), 2, "“-1”不是可用的个数"),
        (changed(" 1 ", "二"), 2, "“二”不是可用的个数"),
        (changed("</net>", "</nets>"), 8, "不是合格的 XML"),
        (changed("</net>", '</net><net id="m"/>'), 1, "应当有一个网,实有2个"),
        (changed('type="x"', 'type="…/symmetricnet"'), 1, "不支持“symmetricnet”网"),
        (b"<svg/>", 1, "应当有一个网,实有0个"),
        (b"", 1, "不是合格的 XML"),
        (
            changed('<arc id="b" source="t" target="o"/>', '<arc id="b" source="o" target="t"/>'),
            1,
            "网没有终点",
        ),
        (
            changed(
                'target="t"/>',
                'target="t"><arctype><text>inhibitor</text></arctype></arc>',
            ),
            6,
            "不支持“inhibitor”弧",
        ),
        (
            changed('target="t"/>', 'target="t"><inscription><text>0</text></inscription></arc>'),
            6,
            "“0”不是可用的个数",
        ),
        (
            changed(
                "</net>",
                "<referencePlace id='r' ref='s'/><referencePlace id='s' ref='r'/>"
                "<arc source='r' target='t'/></net>",
            ),
            8,
            "引用“r”绕成了圈",
        ),
        (
            changed(
                "</net>",
                "<finalmarkings><marking><place idref='t'/></marking></finalmarkings></net>",
            ),
            8,
            "终止标识所指的“t”不是库所",
        ),
    ],
    ids=range(16),
)
def test_an_error_names_file_line_problem_and_mend(text, line, problem):
    with pytest.raises(PnmlError) as caught:
        parse_pnml(text, "网.pnml")

    assert str(caught.value).startswith(f"网.pnml 第{line}行:{problem}")
    assert caught.value.mend


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE pnml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE pnml [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE pnml SYSTEM "http://example.org/pnml.dtd">',
    ],
    ids=["laughs", "a file", "the network"],
)
def test_a_doctype_is_refused_before_it_does_anything(doctype):
    text = f'<?xml version="1.0"?>\n{doctype}\n{SMALL}'.replace("受理", "&a;")

    with pytest.raises(PnmlError, match="第2行:不接受文档类型声明"):
        parse_pnml(text.encode())


def test_a_deep_text_is_read_without_running_out_of_stack():
    deep = HEAD + "<page>" * 50_000 + NODES + ARCS + "</page>" * 50_000 + TAIL

    assert len(parse_pnml(deep.encode()).net.places) == 2


@pytest.mark.skipif(DATA is None, reason="GUIJU_DATA names no folder")
def test_the_published_net_of_traffic_fines_is_read_and_sound():
    assert DATA is not None
    read = read_pnml(Path(DATA) / "roadtraffic.pnml")
    net = read.net
    labels = {each.label for each in net.transitions}

    assert (len(net.places), len(net.transitions)) == (29, 34)
    assert sum(len(each.take) + len(each.put) for each in net.transitions) == 84
    assert (net.initial, net.endings) == ({"source": 1}, (Ending({"sink": 1}),))
    assert {"Create Fine", "Payment", "Send for Credit Collection", ""} <= labels
    assert judge(net).answer is Answer.SOUND
