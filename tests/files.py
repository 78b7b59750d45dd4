"""Photos and PDFs made by code, small and sound, as the tests of several rooms need them."""

import struct
import zlib
from collections.abc import Iterable, Sequence

# The DC codes of ITU-T T.81, table K.3: how many of each length, and their symbols.
DC_LENGTHS = (0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)
DC_SYMBOLS = tuple(range(12))


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    crc = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)


def png(
    width: int = 8,
    height: int = 8,
    *,
    colour: int = 2,
    depth: int = 8,
    extra: Iterable[bytes] = (),
    pieces: int = 1,
    fill: bytes = b"\x80",
) -> bytes:
    """A PNG of one colour; ``extra`` are chunks before the pixels, which come in pieces."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = b"\0" + (fill * (width * channels * depth // 8 + 1))[: -(-width * channels * depth // 8)]
    pixels = zlib.compress(row * height)
    size = -(-len(pixels) // pieces)
    parts = [pixels[i : i + size] for i in range(0, len(pixels), size)]
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    palette = [chunk(b"PLTE", bytes(3 * 2 ** min(depth, 8)))] * (colour == 3)
    chunks = [chunk(b"IHDR", head), *palette, *extra, *(chunk(b"IDAT", each) for each in parts)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + chunk(b"IEND")


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def jpeg(
    width: int = 8,
    height: int = 8,
    *,
    greys: Sequence[int] = (128,),
    extra: Iterable[bytes] = (),
    frame: int = 0xC0,
) -> bytes:
    """A grey JPEG whose blocks of 8×8 take turns with these greys; ``extra`` are segments."""
    blocks = -(-width // 8) * -(-height // 8)
    size = struct.pack(">BHHB", 8, height, width, 1)
    parts = [
        segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        *extra,
        segment(0xDB, b"\0" + bytes([8] * 64)),
        segment(frame, size + b"\x01\x11\0"),
        segment(0xC4, b"\0" + bytes(DC_LENGTHS) + bytes(DC_SYMBOLS)),
        segment(0xC4, b"\x10" + bytes([1]) + bytes(15) + b"\0"),
        segment(0xDA, b"\x01\x01\0\0\x3f\0"),
        _scan(greys[i % len(greys)] for i in range(blocks)),
    ]
    return b"\xff\xd8" + b"".join(parts) + b"\xff\xd9"


def _scan(greys: Iterable[int]) -> bytes:
    codes, code, symbols = {}, 0, iter(DC_SYMBOLS)
    for length, number in enumerate(DC_LENGTHS, 1):
        for _ in range(number):
            codes[next(symbols)] = f"{code:0{length}b}"
            code += 1
        code <<= 1
    bits, before = [], 0
    for grey in greys:
        step, before = grey - 128 - before, grey - 128
        size = abs(step).bit_length()
        low = step if step >= 0 else step + (1 << size) - 1
        bits.append(codes[size] + (f"{low:0{size}b}" if size else "") + "0")  # "0": block ends
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    scan = int(text, 2).to_bytes(len(text) // 8, "big")
    return scan.replace(b"\xff", b"\xff\0")


def pdf(
    *objects: bytes,
    version: str = "1.4",
    trailer: bytes = b"",
    text: bytes = b"",
    head: bytes = b"",
) -> bytes:
    """A PDF of one page with this text; ``objects`` are added, ``trailer`` to its catalog."""
    content = b"BT /F1 24 Tf 20 100 Td (%s) Tj ET" % text
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % trailer,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        stream(content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *objects,
    ]
    made, offsets = b"%%PDF-%s\n%%\xe2\xe3\xcf\xd3\n" % version.encode() + head, []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return made + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n"
    ) % (len(bodies) + 1, table, len(bodies) + 1, len(made))


def stream(content: bytes, head: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(content), content)


def object_stream(content: bytes, *, packed: bytes | None = None) -> bytes:
    """One object, the content, kept compressed."""
    whole = b"99 0 " + content
    data = zlib.compress(whole) if packed is None else packed
    return stream(data, b"/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode")
