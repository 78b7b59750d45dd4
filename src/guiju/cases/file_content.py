"""Whether a file is the photo or PDF that it claims to be: told by its bytes, never by its name.

Structure, from the first to the last byte: PNG (ISO/IEC 15948: chunks with CRC, IHDR to IEND),
JPEG (ISO/IEC 10918-1: segments from SOI to EOI, more pictures behind it as phones put them
there), PDF (ISO 32000: header, ``startxref``, ``%%EOF``, no scripts, programs or attachments).
Nothing is decoded but how a PNG's pixels begin, and a PDF's object streams up to a limit.

What this does not see: a fault of a decoder that a sound structure sets off; what a PDF hides in
encrypted strings and streams; viruses. So what is served is served with its type, ``nosniff``
and a policy that lets nothing run. The limits on counts keep the walk short on files that are
made to be slow. Held against hostile and sound files: ``tests/cases/test_file_content.py``.
"""

import re
import struct
import zlib
from collections.abc import Iterator

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
KINDS = {b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG, b"%PDF-": PDF}
ENDINGS = {JPEG: (".jpg", ".jpeg"), PNG: (".png",), PDF: (".pdf",)}  # the first is ours
PIXELS_MAX = 100_000_000
SIDE_MAX = 65_535
TRAILING_MAX = 65_536  # what phones write behind the picture, such as the time zone or the lens
INFLATED_MAX = 32 * 1024**2  # of all object streams of a PDF together

RETAKE = "请重新拍照或截图,存成普通的 JPG 或 PNG 再传"
REPRINT = "请在电脑上打开,用“打印”另存为 PDF 再传,或者拍照上传"
# What a browser or a server might run, anywhere in the file; too long to be there by chance.
RUNNABLE = re.compile(
    rb"<(?:script|html[\s>]|!doctype|\?php\s|iframe|svg\s+(?:on|xmlns|width|viewbox)|!entity)",
    re.IGNORECASE,
)
ARCHIVES = re.compile(
    rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|MSCF\0\0\0\0|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
)
# How other files begin; so short that they are looked for only where one could begin.
FOREIGN = (
    *(b"PK", b"MZ", b"\x7fELF", b"#!", b"GIF8", b"%PDF", b"<", b"\x1f\x8b", b"RIFF"),
    *(b"\xca\xfe\xba\xbe", b"\x89PNG"),
)
ZIP_END, ZIP_END_LENGTH, ZIP_COMMENT_MAX = b"PK\x05\x06", 22, 65_535
DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
FILL = re.compile(rb"\xff*")
SCAN_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
CHUNKS_MAX, MARKERS_MAX, PICTURES_MAX = 50_000, 10_000, 16
STREAMS_MAX, ESCAPES_MAX = 50_000, 500_000
PDF_HEAD = re.compile(rb"%PDF-[12]\.\d")
PDF_TAIL = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF[\s\0]*")
STREAM = re.compile(rb"(?<!end)stream[ \t]*[\r\n]")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
ACTIVE = {  # names of a PDF → what they are to people; too long to be in a stream by chance
    b"/JavaScript": "脚本",
    b"/Rendition": "多媒体",
    b"/RichMedia": "多媒体",
    b"/Launch": "启动程序的指令",
    b"/EmbeddedFile": "附件",
    b"/SubmitForm": "向外发送的指令",
    b"/ImportData": "导入数据的指令",
}
SCRIPT = re.compile(rb"/(?:JS|XFA)(?![A-Za-z0-9_#.+-])")  # short: looked for outside streams


class NotAsClaimed(ValueError):
    """What is wrong with a file and how to mend it, in words for the person who sent it."""


def content_type(head: bytes) -> str:
    """The type that the first bytes tell, or ""."""
    return next((kind for magic, kind in KINDS.items() if head.startswith(magic)), "")


def check_content(data: bytes) -> str:
    """The type of a file that is what it claims to be. Raises NotAsClaimed."""
    match content_type(data[:16]):
        case "image/png":
            _check_png(data)
        case "image/jpeg":
            _check_jpeg(data)
        case "application/pdf":
            _check_pdf(data)
        case _:
            raise NotAsClaimed("不是照片或PDF:只收 JPG、PNG、PDF")
    if RUNNABLE.search(data) or ARCHIVES.search(data) or _ends_as_zip(data):
        raise NotAsClaimed(f"里面夹带了网页、程序或压缩包:{RETAKE}")
    return content_type(data[:16])


def _check_png(data: bytes) -> None:
    kinds: list[bytes] = []
    at, pixels = 8, b""
    while not kinds or kinds[-1] != b"IEND":
        if at + 12 > len(data) or len(kinds) > CHUNKS_MAX:
            raise NotAsClaimed(f"不完整,可能没有传完:{RETAKE}")
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 8 + length
        if not kind.isalpha() or end + 4 > len(data):
            raise NotAsClaimed(f"已经损坏:{RETAKE}")
        if zlib.crc32(data[at + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            raise NotAsClaimed(f"已经损坏:{RETAKE}")
        if not kinds:
            _check_png_head(kind, data[at + 8 : end])
        if kind == b"IDAT" and len(pixels) < 4096:
            pixels += data[at + 8 : min(end, at + 8 + 4096)]
        kinds.append(kind)
        at = end + 4
    _check_png_order(kinds, pixels, is_indexed=data[25] == 3)
    _check_trailing(data[at:])


def _check_png_head(kind: bytes, head: bytes) -> None:
    if kind != b"IHDR" or len(head) != 13:
        raise NotAsClaimed(f"已经损坏:{RETAKE}")
    width, height, depth, colour, compression, filtered, interlaced = struct.unpack(
        ">IIBBBBB", head
    )
    _check_size(width, height)
    if depth not in DEPTHS.get(colour, ()) or compression or filtered or interlaced > 1:
        raise NotAsClaimed(f"已经损坏:{RETAKE}")


def _check_png_order(kinds: list[bytes], pixels: bytes, *, is_indexed: bool) -> None:
    """Pixels are there, in one run, compressed; a palette where one is needed; nothing twice."""
    runs = [kind for i, kind in enumerate(kinds) if kind == b"IDAT" and kinds[i - 1] != kind]
    try:
        zlib.decompressobj().decompress(pixels, 4096)
        is_right = len(runs) == 1 and kinds.count(b"IHDR") == 1
    except zlib.error:
        is_right = False
    if not is_right or (is_indexed and b"PLTE" not in kinds):
        raise NotAsClaimed(f"已经损坏:{RETAKE}")


def _check_jpeg(data: bytes) -> None:
    """One picture or, as phones write them, several behind one another."""
    at = _jpeg_end(data, 0)
    for _ in range(PICTURES_MAX):
        begun = at + _padding(data, at)
        if not data.startswith(b"\xff\xd8\xff", begun):
            break
        at = _jpeg_end(data, begun)
    _check_trailing(data[at:])


def _padding(data: bytes, at: int) -> int:
    rest = data[at : at + TRAILING_MAX]
    return len(rest) - len(rest.lstrip(b"\0"))


def _jpeg_end(data: bytes, at: int) -> int:
    """Where the picture that begins here ends. Raises NotAsClaimed."""
    at += 2
    frames = scans = 0
    for _ in range(MARKERS_MAX):
        at, marker = _marker(data, at)
        if marker == 0xD9 and frames and scans:
            return at
        if marker in ALONE:
            continue
        length = int.from_bytes(data[at : at + 2], "big")
        segment = data[at + 2 : at + length]
        if length < 2 or len(segment) != length - 2:
            raise NotAsClaimed(f"不完整,可能没有传完:{RETAKE}")
        at += length
        if marker in FRAMES:
            frames += 1
            _check_frame(segment)
        if marker == 0xDA:
            scans += 1
            found = SCAN_END.search(data, at)
            at = found.start() if found else len(data)
    raise NotAsClaimed(f"已经损坏:{RETAKE}")


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker that stands here, and where it ends. Raises NotAsClaimed."""
    begun, at = at, FILL.match(data, at).end()  # type: ignore[union-attr]  # matches nothing too
    if at == len(data):
        raise NotAsClaimed(f"不完整,可能没有传完:{RETAKE}")
    if at == begun or (data[at] < 0xC0 and data[at] not in ALONE) or data[at] == 0xD8:
        raise NotAsClaimed(f"已经损坏:{RETAKE}")
    return at + 1, data[at]


def _check_frame(segment: bytes) -> None:
    if len(segment) < 6:
        raise NotAsClaimed(f"已经损坏:{RETAKE}")
    precision, height, width, parts = struct.unpack_from(">BHHB", segment)
    if precision not in (8, 12, 16) or not 1 <= parts <= 4 or len(segment) != 6 + 3 * parts:
        raise NotAsClaimed(f"已经损坏:{RETAKE}")
    _check_size(width, height)


def _check_size(width: int, height: int) -> None:
    """Refuse what would fill the memory of whoever looks at it."""
    if not width or not height:
        raise NotAsClaimed(f"里面没有图像:{RETAKE}")
    if max(width, height) > SIDE_MAX or width * height > PIXELS_MAX:
        limit = PIXELS_MAX // 1_000_000
        raise NotAsClaimed(f"像素太多({width}×{height}):请缩小到{limit}百万像素以内再传")


def _check_trailing(rest: bytes) -> None:
    """What stands behind a picture is little, and nothing that could be a file of its own."""
    if rest[4:8] == b"ftyp":
        raise NotAsClaimed("是带视频的动态照片:请在相册里关掉“动态”另存一张,或者截图再传")
    if len(rest) > TRAILING_MAX or rest.lstrip(b"\0\r\n\t ").startswith(FOREIGN):
        raise NotAsClaimed(f"后面夹带了别的内容:{RETAKE}")


def _ends_as_zip(data: bytes) -> bool:
    """Whether programs that look for an archive's directory from the end find one."""
    at = len(data)
    first = max(0, at - ZIP_COMMENT_MAX - ZIP_END_LENGTH)
    while (at := data.rfind(ZIP_END, first, at)) >= 0:
        size = int.from_bytes(data[at + 12 : at + 16], "little")
        if at + ZIP_END_LENGTH <= len(data) and (size <= at or size == 0xFFFF_FFFF):
            return True
    return False


def _check_pdf(data: bytes) -> None:
    if not PDF_HEAD.match(data):
        raise NotAsClaimed(f"已经损坏:{REPRINT}")
    tails = list(PDF_TAIL.finditer(data, max(0, len(data) - 2048)))
    if not tails or len(data) - tails[-1].end() > 1024 or int(tails[-1][1]) >= len(data):
        raise NotAsClaimed(f"不完整,可能没有传完:{REPRINT}")
    if data[tails[-1].end() :].lstrip(b"\0\r\n\t ").startswith(FOREIGN):
        raise NotAsClaimed(f"后面夹带了别的内容:{REPRINT}")
    for part in (data, *_object_streams(data)):
        found = _active(part)
        if found:
            raise NotAsClaimed(f"里面有{found}:{REPRINT}")


def _active(data: bytes) -> str:
    """What is in a part of a PDF that could do something by itself, in words; "" for nothing."""
    plain = _unescaped(data)
    named = next((words for name, words in ACTIVE.items() if name in plain), "")
    if named:
        return named
    at = 0
    for begun, end in _streams(plain):
        if SCRIPT.search(plain, at, begun):
            return "脚本"
        at = end
    return "脚本" if SCRIPT.search(plain, at) else ""


def _unescaped(data: bytes) -> bytes:
    """A PDF with names such as /J#61vaScript written plainly. Raises NotAsClaimed."""
    plain, count = ESCAPED.subn(lambda found: bytes([int(found[1], 16)]), data, ESCAPES_MAX)
    if count == ESCAPES_MAX:
        raise NotAsClaimed(f"写法少见,看不清里面有什么:{REPRINT}")
    return plain


def _streams(data: bytes) -> Iterator[tuple[int, int]]:
    """Where each stream of a PDF begins and ends. Raises NotAsClaimed where that is in doubt.

    A stream within a stream is: then a comment may pretend to begin one, to hide what follows.
    """
    at, count = 0, 0
    while begun := STREAM.search(data, at):
        at = data.find(b"endstream", begun.end())
        count += 1
        if at < 0 or count > STREAMS_MAX or STREAM.search(data, begun.end(), at):
            raise NotAsClaimed(f"写法少见,看不清里面有什么:{REPRINT}")
        yield begun.end(), at


def _object_streams(data: bytes) -> Iterator[bytes]:
    """The objects that a PDF keeps compressed. Raises NotAsClaimed when they cannot be seen."""
    left, before = INFLATED_MAX, 0
    for begun, end in _streams(data):
        head = _unescaped(data[max(before, begun - 4096) : begun])
        before = end
        if b"/ObjStm" not in head or b"/Filter" not in head:
            continue
        try:
            part = zlib.decompressobj().decompress(data[begun:end], left)
        except zlib.error:
            if b"/Encrypt" in data:
                continue
            raise NotAsClaimed(f"写法少见,看不清里面有什么:{REPRINT}") from None
        left -= len(part)
        if left <= 0:
            raise NotAsClaimed(f"内容展开以后太大:{REPRINT}")
        yield part
