"""XML as it was written: names with their prefixes, declarations, comments, order, lines.

The libraries at hand either rename prefixes, which breaks names inside attribute values such
as ``structureRef="xsd:string"``, or are not needed for anything else. This is expat, which
comes with Python, and a plain tree. ``parse`` and ``serialize`` are the identity but for what
Canonical XML (W3C, C14N 2.0) calls the same: quotes, order of attributes, CDATA, line ends.

Nothing is looked up: a document type, and with it every entity, is refused, so neither files
nor the network can be reached and no text can multiply itself.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from guiju.formats.packs import PackError

BYTES_MAX = 20_000_000  # the largest of the reference models has 0.24 MB
DEPTH_MAX = 200
XML = "http://www.w3.org/XML/1998/namespace"
DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
IN_TEXT = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}
IN_VALUE = {**IN_TEXT, ord('"'): "&quot;", ord("\n"): "&#10;", ord("\t"): "&#9;"}


@dataclass(frozen=True, slots=True)
class Aside:
    """A comment, or with a target a processing instruction."""

    text: str
    target: str = ""


@dataclass(slots=True, eq=False)
class Element:
    """An element; ``tag`` and the keys of ``attributes`` are written as in the file."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | Aside | str"] = field(default_factory=list)
    spaces: Mapping[str, str] = field(default_factory=dict)  # prefix → namespace, here in force
    line: int = 0

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.tag.rpartition(":")[2]

    @property
    def space(self) -> str:
        """The namespace of the name."""
        return self.spaces.get(self.tag.rpartition(":")[0], "")

    @property
    def text(self) -> str:
        """The text directly inside, without white space around it."""
        return "".join(each for each in self.children if isinstance(each, str)).strip()

    def elements(self, space: str = "", *names: str) -> Iterator["Element"]:
        """The child elements, or those of them with this namespace and one of these names."""
        for each in self.children:
            if isinstance(each, Element) and (
                not space or (each.space == space and (not names or each.local in names))
            ):
                yield each

    def get(self, name: str, default: str = "") -> str:
        """The value of an attribute without a prefix."""
        return self.attributes.get(name, default)

    def below(self) -> Iterator["Element"]:
        """This element and all inside it, in the order of the file."""
        yield self
        for each in self.elements():
            yield from each.below()

    def add(self, tag: str, attributes: Mapping[str, str] | None = None) -> "Element":
        """A new last child, for which the same prefixes are in force."""
        child = Element(tag, dict(attributes or {}), [], self.spaces)
        self.children.append(child)
        return child


@dataclass(slots=True, eq=False)
class Document:
    """A file: its root, and the comments before and after it."""

    root: Element
    before: list[Aside] = field(default_factory=list)
    after: list[Aside] = field(default_factory=list)


def parse(content: bytes, file: str = "模型") -> Document:
    """Read XML. Raises PackError with the line, the problem and the mend."""
    if len(content) > BYTES_MAX:
        problem = f"文件有{len(content)}字节,超过{BYTES_MAX}字节"
        raise PackError(file, 1, "", problem, "拆成几个模型")
    return _Reader(file).read(_in_utf8(content, file))


def _in_utf8(content: bytes, file: str) -> bytes:
    """The same text in UTF-8, where it is written as expat cannot read, such as GB18030."""
    declared = DECLARED.search(content[:200])
    encoding = declared.group(1).decode("ascii") if declared else "utf-8"
    if encoding.lower() in ("utf-8", "utf-16", "us-ascii", "iso-8859-1"):
        return content
    try:
        text = content.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        raise PackError(file, 1, "encoding", f"不能按“{encoding}”读", "另存为 UTF-8") from None
    return re.sub(r"""encoding\s*=\s*["'][^"']+["']""", 'encoding="UTF-8"', text, count=1).encode()


class _Reader:
    """A file being read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.open: list[Element] = []
        self.root: Element | None = None
        self.before: list[Aside] = []
        self.after: list[Aside] = []
        self.expat = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = self.refuse_doctype
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.CommentHandler = self.comment
        parser.ProcessingInstructionHandler = self.instruction

    def read(self, content: bytes) -> Document:
        try:
            self.expat.Parse(content, True)
        except expat.ExpatError as error:
            words = expat.errors.messages[error.code]
            mend = "改正这一行,或用建模工具重新导出"
            raise PackError(
                self.file, error.lineno, "", f"不是合格的 XML({words})", mend
            ) from None
        except (UnicodeDecodeError, LookupError, ValueError) as error:
            if isinstance(error, PackError):
                raise
            raise PackError(self.file, 1, "", "不是合格的 XML", "另存为 UTF-8") from None
        assert self.root is not None
        return Document(self.root, self.before, self.after)

    def fail(self, problem: str, mend: str) -> PackError:
        return PackError(self.file, self.expat.CurrentLineNumber, "", problem, mend)

    def refuse_doctype(self, *_: object) -> None:
        raise self.fail("文件含有 DOCTYPE,可能引入实体", "删去 <!DOCTYPE …>")

    def start(self, tag: str, pairs: list[str]) -> None:
        if len(self.open) >= DEPTH_MAX:
            raise self.fail(f"嵌套超过{DEPTH_MAX}层", "减少嵌套")
        attributes = dict(zip(pairs[::2], pairs[1::2], strict=True))
        above = self.open[-1].spaces if self.open else {"xml": XML}
        own = {
            name[6:]: value
            for name, value in attributes.items()
            if name == "xmlns" or name.startswith("xmlns:")
        }
        spaces = {**above, **own} if own else above
        for name in (tag, *(each for each in attributes if each[:5] != "xmlns")):
            prefix = name.rpartition(":")[0]
            if prefix and not spaces.get(prefix):
                raise self.fail(f"前缀“{prefix}”没有声明", f'在根元素写 xmlns:{prefix}="…"')
        element = Element(tag, attributes, [], spaces, self.expat.CurrentLineNumber)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        if self.open:
            self.open[-1].children.append(text)

    def aside(self, aside: Aside) -> None:
        if self.open:
            self.open[-1].children.append(aside)
        else:
            (self.after if self.root else self.before).append(aside)

    def comment(self, text: str) -> None:
        self.aside(Aside(text))

    def instruction(self, target: str, text: str) -> None:
        self.aside(Aside(text, target))


def serialize(document: Document) -> bytes:
    """Write XML in UTF-8. Raises PackError where a text holds what XML cannot."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', *map(_aside, document.before)]
    text = "\n".join([*lines, "".join(_element(document.root)), *map(_aside, document.after)])
    bad = UNWRITABLE.search(text)
    if bad:
        problem = f"含有 XML 不能写的字符 U+{ord(bad.group()):04X}"
        around = text[max(0, bad.start() - 20) : bad.start()]
        raise PackError("模型", 1, "", problem, f"删去“{around}”之后的字符")
    return f"{text}\n".encode()


def _aside(aside: Aside) -> str:
    if aside.target:
        return f"<?{aside.target}{' ' if aside.text else ''}{aside.text}?>"
    return f"<!--{aside.text}-->"


def _element(element: Element) -> Iterator[str]:
    pairs = element.attributes.items()
    values = "".join(f' {name}="{value.translate(IN_VALUE)}"' for name, value in pairs)
    if not element.children:
        yield f"<{element.tag}{values}/>"
        return
    yield f"<{element.tag}{values}>"
    for each in element.children:
        if isinstance(each, Element):
            yield from _element(each)
        else:
            yield _aside(each) if isinstance(each, Aside) else each.translate(IN_TEXT)
    yield f"</{element.tag}>"


def indent(element: Element, depth: int = 0) -> None:
    """Put every child on a line of its own, where there is no text between them."""
    if not element.children or any(isinstance(each, str) for each in element.children):
        return
    spaced: list[Element | Aside | str] = []
    for each in element.children:
        spaced += [f"\n{'  ' * (depth + 1)}", each]
        if isinstance(each, Element):
            indent(each, depth + 1)
    element.children = [*spaced, f"\n{'  ' * depth}"]
