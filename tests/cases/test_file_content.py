"""Hostile files are refused with a mend, sound ones are taken: each made here by code."""

import io
import os
import random
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.files import chunk, jpeg, object_stream, pdf, png, segment, stream

from guiju.cases.file_content import JPEG, PDF, PNG, NotAsClaimed, check_content

SCRIPT = b"<script>alert(document.cookie)</script>"
HTML = b"<!DOCTYPE html><html><body onload=alert(1)>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
PROGRAM = b"MZ\x90\0" + bytes(60) + b"PE\0\0" + bytes(100)
ACTION = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


def zipped(name: str = "a.class", comment: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, b"x" * 50)
        archive.comment = comment
    return made.getvalue()


def resized(picture: bytes, width: int, height: int) -> bytes:
    """The PNG with another size declared, its CRC put right."""
    head = struct.pack(">II", width, height) + picture[24:29]
    return picture[:8] + chunk(b"IHDR", head) + picture[33:]


def hostile() -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    yield from ((f"other {i}", each) for i, each in enumerate((SCRIPT, HTML, SVG, PROGRAM)))
    yield "zip", zipped()
    yield "gif", b"GIF89a" + bytes(40)
    yield "gif and script", b"GIF89a=1;alert(1)//" + bytes(20)
    yield "docx", zipped("word/document.xml")
    yield "ole with macros", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    yield "elf", b"\x7fELF" + bytes(100)
    yield "shell", b"#!/bin/sh\nrm -rf ~\n"
    yield "text before png", b"\n" + png()
    yield "html before pdf", HTML + pdf()
    yield from ((f"png {name}", data) for name, data in hostile_png())
    yield from ((f"jpeg {name}", data) for name, data in hostile_jpeg())
    yield from ((f"pdf {name}", data) for name, data in hostile_pdf())


def hostile_png() -> Iterator[tuple[str, bytes]]:
    good = png()
    yield "signature alone", good[:8]
    yield "signature and zeros", good[:8] + bytes(40)
    yield "cut in the middle", png(200, 200, fill=os.urandom(7))[:-30]
    yield "without end", good[:-12]
    yield "with a wrong crc", good[:40] + bytes([good[40] ^ 1]) + good[41:]
    yield "without pixels", good[:33] + chunk(b"IEND")
    yield "pixels that are a script", good[:33] + chunk(b"IDAT", SCRIPT) + chunk(b"IEND")
    yield "pixels that are a zip", good[:33] + chunk(b"IDAT", zipped()) + chunk(b"IEND")
    yield "two runs of pixels", png(extra=[chunk(b"IDAT", b"x"), chunk(b"tEXt", b"a\0b")])
    yield "two heads", png(extra=[good[8:33]])
    yield "head not first", good[:8] + chunk(b"tEXt", b"a\0b") + good[8:]
    yield "palette missing", png(extra=[], colour=0)[:8] + _indexed() + good[33:]
    yield "depth that is none", good[:8] + chunk(b"IHDR", good[16:24] + b"\7\2\0\0\0") + good[33:]
    yield "pixel flood", resized(good, 60_000, 60_000)
    yield "one long side", resized(good, 4_000_000_000, 1)
    yield "no width", resized(good, 0, 8)
    yield "length beyond the end", good[:33] + b"\x7f\xff\xff\xffIDAT" + good[41:]
    yield "script behind", good + SCRIPT
    yield "html behind", good + b"\n\n" + HTML
    yield "zip behind", good + zipped()
    yield "zip with a comment behind", good + bytes(100) + zipped(comment=b"x" * 900)
    yield "jar in a text chunk", png(extra=[chunk(b"juNK", zipped())])
    yield "program behind", good + PROGRAM
    yield "pdf behind", good + pdf()
    yield "another png behind", good + good
    yield "much behind", good + bytes(70_000)
    yield "script in a text chunk", png(extra=[chunk(b"tEXt", b"Comment\0" + SCRIPT)])
    yield "php in a text chunk", png(extra=[chunk(b"tEXt", b"a\0<?php system($_GET[0]);")])
    yield "svg in a chunk", png(extra=[chunk(b"iTXt", SVG)])
    yield "rar in a chunk", png(extra=[chunk(b"juNK", b"Rar!\x1a\x07\1\0" + bytes(50))])
    yield "chunk with a name of controls", png(extra=[chunk(b"\0\1\2\3", b"x")])
    yield "as jpeg", b"\xff\xd8\xff" + good


def _indexed() -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 3, 0, 0, 0))


def hostile_jpeg() -> Iterator[tuple[str, bytes]]:
    good = jpeg(16, 16, greys=(10, 200))
    scan = good.index(b"\xff\xda")
    yield "head alone", b"\xff\xd8\xff"
    yield "head and zeros", b"\xff\xd8\xff\xe0" + bytes(60)
    yield "head and script", b"\xff\xd8\xff\xe0" + SCRIPT
    yield "cut", good[:-2]
    yield "cut in a segment", good[:40]
    yield "without a scan", good[:scan] + b"\xff\xd9"
    yield "without a frame", good.replace(b"\xff\xc0", b"\xff\xe5", 1)
    yield "pixel flood", jpeg(8, 8).replace(b"\x08\0\x08\0\x08\x01", b"\x08\xff\xff\xff\xff\x01")
    yield "no height", jpeg(8, 8).replace(b"\x08\0\x08\0\x08\x01", b"\x08\0\0\0\x08\x01")
    yield "script behind", good + SCRIPT
    yield "html behind", good + HTML
    yield "zip behind", good + zipped()
    yield "zip in a comment", jpeg(extra=[segment(0xFE, zipped())])
    yield "script in a comment", jpeg(extra=[segment(0xFE, b"*/=1;</SCRIPT><sCrIpT>alert(1)")])
    yield "html in exif", jpeg(extra=[segment(0xE1, b"Exif\0\0" + HTML)])
    yield "php in exif", jpeg(extra=[segment(0xE1, b"Exif\0\0<?php eval($_POST[1]); ?>")])
    yield "program behind", good + PROGRAM
    yield "film behind", good + b"\0\0\0\x18ftypmp42" + bytes(4000)
    yield "much behind", good + os.urandom(1) * 70_000
    yield "broken picture behind", good + good[:50]
    yield "segment without length", b"\xff\xd8\xff\xe0\0\0" + good[2:]
    yield "segment beyond the end", b"\xff\xd8\xff\xe1\xff\xff" + good[2:]
    yield "a marker that is none", b"\xff\xd8\xff\x02\0\x04ab" + good[2:]


def hostile_pdf() -> Iterator[tuple[str, bytes]]:
    good = pdf()
    yield "head alone", b"%PDF-1.7\n"
    yield "head and script", b"%PDF-1.7\n" + SCRIPT
    yield "cut", good[: len(good) // 2]
    yield "of no version", good.replace(b"%PDF-1.4", b"%PDF-x.y")
    yield "startxref beyond the end", good.replace(b"startxref\n", b"startxref\n99999")
    yield "javascript", pdf(ACTION, trailer=b"/OpenAction 6 0 R")
    yield "javascript in the catalog", pdf(trailer=b"/OpenAction " + ACTION)
    yield "javascript by escapes", pdf(ACTION.replace(b"/JavaScript", b"/J#61v#61Script"))
    yield "javascript in a name tree", pdf(trailer=b"/Names << /JavaScript 6 0 R >>")
    yield "only a js key", pdf(b"<< /S /Other /JS(app.alert\\(1\\)) >>")
    yield "js by escapes", pdf(b"<< /S /Other /#4aS 7 0 R >>")
    yield "launch", pdf(b"<< /S /Launch /F (cmd.exe) >>", trailer=b"/OpenAction 6 0 R")
    yield "attachment", pdf(stream(b"x", b"/Type /EmbeddedFile"))
    yield "attachments", pdf(trailer=b"/Names << /EmbeddedFiles 6 0 R >>")
    yield "rich media", pdf(b"<< /Subtype /RichMedia >>")
    yield "rendition", pdf(b"<< /S /Rendition /OP 0 >>")
    yield "form that sends", pdf(b"<< /S /SubmitForm /F (http://x) >>")
    yield "form that imports", pdf(b"<< /S /ImportData /F (x) >>")
    yield "xfa", pdf(trailer=b"/AcroForm << /XFA 6 0 R >>")
    yield "javascript in an object stream", pdf(object_stream(ACTION))
    yield "js in an object stream", pdf(object_stream(b"<< /S /Other /JS 5 0 R >>"))
    yield "launch in an object stream", pdf(object_stream(b"<< /S /L#61unch >>"))
    hidden = object_stream(ACTION).replace(b"/ObjStm", b"/Obj#53tm")
    yield "object stream by escapes", pdf(hidden)
    yield "object stream of another filter", pdf(object_stream(b"", packed=b"<~abc~>"))
    yield "object stream bomb", pdf(object_stream(b"", packed=zlib.compress(bytes(40 * 2**20))))
    yield "behind a comment", pdf(b"%>>stream\n1", ACTION.replace(b"/JavaScript", b"/Other"))
    yield "stream without end", pdf(stream(b"x").replace(b"endstream", b""))
    yield "zip behind", good + zipped()
    yield "html behind", good + HTML
    yield "html in the head", pdf(head=b"%" + HTML + b"\n")
    yield "script in the head", pdf(head=b"%" + SCRIPT + b"\n")
    yield "program behind", good + PROGRAM
    yield "much behind", good + b"x" * 5000


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in hostile()])
def test_a_hostile_file_is_refused_and_the_mend_is_told(data: bytes):
    with pytest.raises(NotAsClaimed, match=r"只收|请"):
        check_content(data)


def test_there_are_enough_hostile_files():
    assert len(list(hostile())) >= 90


def sound() -> Iterator[tuple[str, str, bytes]]:
    for colour, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 6: (8, 16)}.items():
        for depth in depths:
            yield PNG, f"png {colour} {depth}", png(13, 7, colour=colour, depth=depth)
    yield PNG, "png in pieces", png(100, 100, pieces=9)
    yield PNG, "large png", png(9_000, 9_000, colour=0, depth=1)
    yield PNG, "png with words", png(extra=[chunk(b"tEXt", "Title\0照片 < 1".encode())])
    yield PNG, "png with exif", png(extra=[chunk(b"eXIf", b"MM\0*" + bytes(50))])
    yield PNG, "png with xmp", png(extra=[chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)])
    yield PNG, "padded png", png() + bytes(100)
    for width, height in ((1, 1), (8, 8), (17, 33), (640, 480), (4000, 3000)):
        yield JPEG, f"jpeg {width}", jpeg(width, height, greys=range(0, 256, 5))
    for frame in (0xC0, 0xC1, 0xC2, 0xC9):
        yield JPEG, f"jpeg of frame {frame:x}", jpeg(frame=frame)
    preview = segment(0xE1, b"Exif\0\0MM\0*" + jpeg(16, 16))
    yield JPEG, "jpeg with a preview", jpeg(extra=[preview])
    yield (
        JPEG,
        "jpeg with xmp",
        jpeg(extra=[segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)]),
    )
    yield JPEG, "jpeg with a comment", jpeg(extra=[segment(0xFE, "乡镇 a<b".encode())])
    yield JPEG, "jpeg with fill bytes", jpeg().replace(b"\xff\xdb", b"\xff\xff\xff\xdb")
    yield JPEG, "jpeg with restarts", jpeg().replace(b"\xff\xd9", b"\xff\xd0\xff\xd1\xff\xd9")
    yield JPEG, "two pictures", jpeg(64, 64) + jpeg(8, 8)
    yield JPEG, "three pictures, padded", jpeg() + bytes(30) + jpeg() + bytes(7) + jpeg()
    yield JPEG, "what a phone adds", jpeg() + b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1700000000SEFT"
    for version in ("1.3", "1.4", "1.5", "1.7", "2.0"):
        yield PDF, f"pdf {version}", pdf(version=version)
    yield PDF, "pdf with text", pdf(text=b"/Java and (streams\\) of JS")
    yield PDF, "pdf with random streams", pdf(*(stream(os.urandom(3000)) for _ in range(5)))
    yield PDF, "pdf that opens at a page", pdf(trailer=b"/OpenAction [3 0 R /FitH 0]")
    yield PDF, "pdf with a link", pdf(b"<< /S /URI /URI (http://example.org) >>")
    yield PDF, "pdf with xmp", pdf(stream(XMP, b"/Type /Metadata /Subtype /XML"))
    yield PDF, "pdf with objects kept compressed", pdf(object_stream(b"<< /Type /Font >>"))
    yield PDF, "changed pdf", pdf() + pdf()[9:]
    yield PDF, "pdf with lines of Windows", pdf().replace(b"%%EOF\n", b"%%EOF\r\n\r\n")
    yield PDF, "pdf with a form", pdf(trailer=b"/AcroForm << /Fields [] /JSx 1 >>")
    locked = object_stream(b"", packed=os.urandom(200))
    yield PDF, "locked pdf", pdf(locked, b"<< /Filter /Standard >>", trailer=b"/Encrypt 7 0 R")


XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>
<?xpacket end="w"?>"""


@pytest.mark.parametrize(
    ("kind", "data"), [pytest.param(kind, data, id=name) for kind, name, data in sound()]
)
def test_a_sound_file_is_taken(kind: str, data: bytes):
    assert check_content(data) == kind


@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 5), st.randoms())
def test_any_sound_picture_is_taken(width: int, height: int, pieces: int, chance: random.Random):
    noise = chunk(b"noIs", chance.randbytes(chance.randrange(500)))
    greys = [chance.randrange(256) for _ in range(50)]

    fill = chance.randbytes(11)
    assert check_content(png(width, height, pieces=pieces, extra=[noise], fill=fill)) == PNG
    assert check_content(jpeg(width, height, greys=greys)) == JPEG
    assert check_content(pdf(stream(chance.randbytes(2000)))) == PDF


@given(st.sampled_from([png(), jpeg(40, 40), pdf()]), st.data())
def test_a_file_with_any_damage_is_judged_without_an_error(data: bytes, drawn: st.DataObject):
    at = drawn.draw(st.integers(0, len(data) - 1))
    damage = drawn.draw(st.binary(max_size=6))
    cut = drawn.draw(st.integers(0, 6))

    try:
        check_content(data[:at] + damage + data[at + cut :])
    except NotAsClaimed as fault:
        assert str(fault)


SLOW = {
    "chunks": b"\x89PNG\r\n\x1a\n" + png()[8:33] + chunk(b"noIs") * 700_000,
    "one run of fill bytes": b"\xff\xd8" + b"\xff" * 10_000_000,
    "a scan of fill bytes": jpeg()[:-2] + b"\xff" * 10_000_000 + b"\0",
    "markers": b"\xff\xd8" + b"\xff\xd0" * 5_000_000,
    "small pictures": jpeg() * 50_000,
    "streams": pdf(b"stream\nendstream" * 600_000),
    "streams without end": pdf(b"/ObjStm /Filter stream\n" * 400_000),
    "spaces": pdf(b"stream" + b" " * 5_000_000),
    "escapes": pdf(b"#2f" * 3_000_000),
    "less than": png(extra=[chunk(b"noIs", b"<svg " * 2_000_000)]),
}


@pytest.mark.parametrize("name", SLOW)
def test_what_is_made_to_be_slow_is_not(name: str):
    begun = time.process_time()

    with suppress(NotAsClaimed):
        check_content(SLOW[name])

    assert time.process_time() - begun < 10
