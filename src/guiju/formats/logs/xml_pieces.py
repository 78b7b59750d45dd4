"""XML piece by piece, from files of strangers: one pass, nothing looked up, nothing held.

A document type, and with it every entity, is refused, as in ``formats.bpmn.tree``; so are
elements nested too deep and single tags of megabytes, the two ways left to fill the memory.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.parsers import expat

from guiju.formats.logs.batch import LogError
from guiju.formats.logs.stream import Stream, head_of

PIECE = 1 << 18
TAG_MAX = 1 << 22
DEPTH_MAX = 200
HEAD = 1 << 16
DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
NATIVE = ("utf-8", "utf-16", "us-ascii", "iso-8859-1")  # what expat reads itself
Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class _Found(Exception):
    """The root element was seen."""


def root_of(path: Path) -> str:
    """The name of the root element, without its prefix. Raises LogError."""
    found = ""

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal found
        found = tag
        raise _Found

    head = head_of(path, HEAD)
    parser, decode = _parser(path, head, start)
    try:
        parser.Parse(decode(head), False)
    except _Found:
        return found.rpartition(":")[2]
    except (expat.ExpatError, UnicodeDecodeError) as error:
        raise _told(path, parser, error) from None
    raise LogError(str(path), "不是 XML,没有根元素", "检查文件")


def pieces(
    path: Path, stream: Stream, start: Start, end: End, text: Text | None = None
) -> Iterator[None]:
    """Read on, a piece at a time; the handlers are called between.

    Raises LogError where the file breaks off, is not well-formed, or is hostile.
    """
    parser, decode = _parser(path, head_of(path, HEAD), start)
    parser.EndElementHandler = end
    if text:
        parser.CharacterDataHandler = text
    fed = 0
    try:
        while piece := stream.read(PIECE):
            data = decode(piece)
            fed += len(data)
            parser.Parse(data, False)
            if fed - parser.CurrentByteIndex > TAG_MAX:
                problem = f"第{parser.CurrentLineNumber}行有一个标记超过{TAG_MAX >> 20}兆字节"
                raise LogError(str(path), problem, "不像日志,确认来源")
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, UnicodeDecodeError) as error:
        raise _told(path, parser, error) from None


def _parser(
    path: Path, head: bytes, start: Start
) -> tuple[expat.XMLParserType, Callable[[bytes], bytes]]:
    """A parser, and what makes bytes of the file into bytes that it reads."""
    declared = DECLARED.search(head)
    encoding = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    is_native = encoding in NATIVE
    parser = expat.ParserCreate(None if is_native else "utf-8")

    def refuse(*_: object) -> None:
        raise LogError(str(path), "文件含有 DOCTYPE,可能引入实体", "删去 <!DOCTYPE …>")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    if is_native:
        return parser, bytes
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise LogError(str(path), f"没有编码“{encoding}”", "另存为 UTF-8") from None
    return parser, lambda data: decoder.decode(data).encode()


def _told(
    path: Path, parser: expat.XMLParserType, error: expat.ExpatError | UnicodeDecodeError
) -> LogError:
    if isinstance(error, UnicodeDecodeError):
        return LogError(str(path), "文字与声明的编码不符", "另存为 UTF-8")
    words = expat.errors.messages[error.code]
    problem = f"第{error.lineno}行不是合格的 XML({words});此前的内容已经读出"
    return LogError(str(path), problem, "重新取得完整的文件,或重新导出")
