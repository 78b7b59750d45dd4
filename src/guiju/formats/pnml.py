"""PNML, the Petri Net Markup Language (ISO/IEC 15909-2), place/transition nets: text in, net out.

    pnml/net/(page/)*            place, transition, arc; referencePlace, referenceTransition
    place/initialMarking/text    tokens at the beginning; 0 when left out
    arc/inscription/text         the weight; 1 when left out
    arc/arctype/text             "reset" empties the place (an extension, as pm4py writes it)
    net/finalmarkings/marking    the markings in which the net may end (an extension, too)

Without ``finalmarkings`` the net ends in its sinks: with one token in the only one, or, when
there are several, as soon as nothing but sinks is marked.

The text may come from anybody. A DOCTYPE is refused before it is read, so there are no
entities to expand or to fetch. ``tests/formats/test_pnml.py`` reads a published file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from guiju.formats.verdict import Names, Verdict, judged
from guiju.kernel.petri import Ending, PetriNet, Transition

COLOURED = {"symmetricnet", "highlevelnet", "pt-hlpng"}  # tokens that carry values
INVISIBLE = "$invisible$"  # what ProM writes for a transition that only routes


class PnmlError(ValueError):
    """A text that is no net we can read: file, line, problem and mend."""

    def __init__(self, file: str, line: int, problem: str, mend: str) -> None:
        super().__init__(f"{file} 第{line}行:{problem}。{mend}")
        self.file, self.line, self.problem, self.mend = file, line, problem, mend


@dataclass(frozen=True, slots=True)
class NamedNet:
    """A net with its name and those of its places; a transition has its name as ``label``."""

    name: str
    net: PetriNet
    place_names: dict[str, str]


@dataclass(slots=True)
class _Element:
    """An XML element; of its tag, the part without the namespace."""

    tag: str
    attributes: dict[str, str]
    line: int
    children: list["_Element"] = field(default_factory=list)
    text: str = ""

    def all(self, *tags: str) -> list["_Element"]:
        return [child for child in self.children if child.tag in tags]

    def said(self, tag: str) -> str:
        """The text that stands in ``tag/text``."""
        return next((text.text.strip() for each in self.all(tag) for text in each.all("text")), "")


def read_pnml(file: Path) -> NamedNet:
    """Read a file. Raises PnmlError."""
    try:
        return parse_pnml(file.read_bytes(), str(file))
    except OSError:
        raise PnmlError(str(file), 1, "没有这个文件,或不能读", "检查路径") from None


def net_verdict(read: NamedNet) -> Verdict:
    """Whether a net is sound, told in its own names."""
    names = Names(read.place_names, lambda move: move.label or move.name)
    return Verdict(read.name, read.name or "网", *judged(read.net, names))


def parse_pnml(text: bytes, file: str = "PNML") -> NamedNet:
    """Read a text; ``file`` is what errors call it. Raises PnmlError."""
    root = _tree(text, file)
    nets = root.all("net") if root.tag == "pnml" else []
    if len(nets) != 1:
        mend = "根元素写 pnml,其中写一个 net"
        raise PnmlError(file, root.line, f"应当有一个网,实有{len(nets)}个", mend)
    kind = nets[0].attributes.get("type", "").rsplit("/", 1)[-1]
    if kind in COLOURED:
        mend = "只读库所/变迁网(ptnet)"
        raise PnmlError(file, nets[0].line, f"不支持“{kind}”网", mend)
    return _Reader(nets[0], file).named_net()


def _tree(text: bytes, file: str) -> _Element:
    parser = expat.ParserCreate(namespace_separator=" ")
    top = _Element("", {}, 1)
    open_: list[_Element] = [top]

    def start(tag: str, attributes: dict[str, str]) -> None:
        line = parser.CurrentLineNumber
        element = _Element(tag.rsplit(" ", 1)[-1], attributes, line)
        open_[-1].children.append(element)
        open_.append(element)

    def characters(text: str) -> None:
        open_[-1].text += text

    def doctype(*_: object) -> None:
        line = parser.CurrentLineNumber
        raise PnmlError(file, line, "不接受文档类型声明(DOCTYPE)", "删去这一行")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: open_.pop()
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = doctype
    parser.buffer_text = True
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise PnmlError(file, error.lineno, f"不是合格的 XML({reason})", "改正后再读") from error
    return top.children[0]


class _Reader:
    """A ``net`` element being read."""

    def __init__(self, element: _Element, file: str) -> None:
        self.element, self.file = element, file
        parts = list(_parts(element))
        self.nodes: dict[str, _Element] = {}
        for part in parts:
            if part.tag != "arc":
                self._enter(part)
        self.arcs = [part for part in parts if part.tag == "arc"]
        self.take: dict[str, dict[str, int]] = {id_: {} for id_ in self._ids("transition")}
        self.put: dict[str, dict[str, int]] = {id_: {} for id_ in self._ids("transition")}
        self.clear: dict[str, set[str]] = {id_: set() for id_ in self._ids("transition")}

    def named_net(self) -> NamedNet:
        for arc in self.arcs:
            self._draw(arc)
        transitions = tuple(
            Transition(id_, take, self.put[id_], frozenset(self.clear[id_]), self._label(id_))
            for id_, take in self.take.items()
        )
        marked = {id_: self._initial(self.nodes[id_]) for id_ in self._ids("place")}
        initial = {id_: count for id_, count in marked.items() if count}
        net = PetriNet(tuple(marked), transitions, initial, ())
        net = PetriNet(net.places, transitions, initial, self._endings(net.sinks()))
        names = {id_: self.nodes[id_].said("name") or id_ for id_ in marked}
        return NamedNet(self.element.said("name"), net, names)

    def _ids(self, tag: str) -> list[str]:
        return [id_ for id_, element in self.nodes.items() if element.tag == tag]

    def _enter(self, element: _Element) -> None:
        id_ = element.attributes.get("id", "")
        if not id_:
            raise self._error(element, f"{element.tag} 没有 id", "写一个不重复的 id")
        if id_ in self.nodes:
            line = self.nodes[id_].line
            raise self._error(element, f"id“{id_}”重复,第{line}行已有", "换一个 id")
        self.nodes[id_] = element

    def _node(self, element: _Element, key: str) -> tuple[str, str]:
        """The id and the tag of the node that an attribute names, through references."""
        id_, passed = element.attributes.get(key, ""), set[str]()
        while id_ in self.nodes and self.nodes[id_].tag.startswith("reference"):
            if id_ in passed:
                raise self._error(self.nodes[id_], f"引用“{id_}”绕成了圈", "改指一个真正的节点")
            passed.add(id_)
            id_ = self.nodes[id_].attributes.get("ref", "")
        if id_ not in self.nodes:
            mend = "写一个已有库所或变迁的 id"
            raise self._error(element, f"{key} 所指的“{id_}”不存在", mend)
        return id_, self.nodes[id_].tag

    def _draw(self, arc: _Element) -> None:
        source, source_tag = self._node(arc, "source")
        target, target_tag = self._node(arc, "target")
        kind = arc.said("arctype") or arc.said("type") or "normal"
        if source_tag == target_tag:
            mend = "弧只能连接库所和变迁"
            raise self._error(arc, f"弧从“{source}”到“{target}”,两端同类", mend)
        if kind == "reset" and source_tag == "place":
            self.clear[target].add(source)
            return
        if kind != "normal":
            mend = "只用普通弧,或从库所到变迁的清空弧(reset)"
            raise self._error(arc, f"不支持“{kind}”弧", mend)
        weight = self._number(arc, arc.said("inscription") or "1", least=1)
        bag, place = (
            (self.take[target], source) if source_tag == "place" else (self.put[source], target)
        )
        bag[place] = bag.get(place, 0) + weight

    def _label(self, id_: str) -> str:
        element = self.nodes[id_]
        routes = any(
            each.attributes.get("activity") == INVISIBLE for each in element.all("toolspecific")
        )
        return "" if routes else element.said("name")

    def _initial(self, place: _Element) -> int:
        return self._number(place, place.said("initialMarking") or "0")

    def _endings(self, sinks: tuple[str, ...]) -> tuple[Ending, ...]:
        markings = [
            marking
            for each in self.element.all("finalmarkings")
            for marking in each.all("marking")
        ]
        if markings:
            return tuple(Ending(self._tokens(marking)) for marking in markings)
        if not sinks:
            mend = "写 finalmarkings,或留一个没有出弧的库所"
            raise self._error(self.element, "网没有终点", mend)
        return (Ending({sinks[0]: 1}) if len(sinks) == 1 else Ending({}, frozenset(sinks)),)

    def _tokens(self, marking: _Element) -> dict[str, int]:
        tokens: dict[str, int] = {}
        for each in marking.all("place"):
            id_, tag = self._node(each, "idref")
            if tag != "place":
                raise self._error(each, f"终止标识所指的“{id_}”不是库所", "写库所的 id")
            text = next((part.text.strip() for part in each.all("text")), "1")
            count = self._number(each, text)
            if count:
                tokens[id_] = tokens.get(id_, 0) + count
        return tokens

    def _number(self, element: _Element, text: str, least: int = 0) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) >= least):
            raise self._error(element, f"“{text}”不是可用的个数", f"写不小于{least}的整数")
        return int(text)

    def _error(self, element: _Element, problem: str, mend: str) -> PnmlError:
        return PnmlError(self.file, element.line, problem, mend)


def _parts(net: _Element) -> Iterator[_Element]:
    """The nodes and arcs of a net, whatever pages they stand on, in the order of the text."""
    todo: list[Iterable[_Element]] = [iter(net.children)]
    while todo:
        for child in todo[-1]:
            if child.tag == "page":
                todo.append(iter(child.children))
                break
            if child.tag in PARTS:
                yield child
        else:
            todo.pop()


PARTS = {"place", "transition", "arc", "referencePlace", "referenceTransition"}
