"""Receipts against those of the specification and of another implementation, and what is none."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tlog.sample import ORIGIN, SIGNER, entry, leaves, log, nodes, reading

from guiju.tlog.checkpoints import Checkpoint
from guiju.tlog.notes import BadNote, Ed25519Signer, encode64
from guiju.tlog.proofs import inclusion_proof
from guiju.tlog.receipts import Receipt, check, parse_receipt
from guiju.tlog.tiles import stored_nodes

# C2SP tlog-proof; without its extra line, which is no base64 there, and as elided there.
SPECIFIED = """\
c2sp.org/tlog-proof@v1
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

— example.com/fancylog hI2DJw[...]1roloI=
"""
# transparency-dev/formats, proof/tlog_proof_test.go.
HASH_1, HASH_2 = (sha256(text).digest() for text in (b"hash1", b"hash2"))
FORMATS = [
    (
        Receipt(5, (HASH_1, HASH_2), "test checkpoint\n"),
        f"index 5\n{encode64(HASH_1)}\n{encode64(HASH_2)}\n\ntest checkpoint\n",
    ),
    (
        Receipt(10, (HASH_1,), "checkpoint data\n", b"extra information"),
        f"extra ZXh0cmEgaW5mb3JtYXRpb24=\nindex 10\n{encode64(HASH_1)}\n\ncheckpoint data\n",
    ),
    (Receipt(0, (), "checkpoint\n"), "index 0\n\ncheckpoint\n"),
]
HEAD = "c2sp.org/tlog-proof@v1\n"
END = "\n\ncheckpoint\n"
SIZE = 300
KEYS = [SIGNER.verifier]


def receipt(index: int, extra: bytes = b"") -> Receipt:
    files = log(SIZE)
    proof = inclusion_proof(stored_nodes(reading(files), SIZE), index, SIZE)
    return Receipt(index, tuple(proof), files["checkpoint"].decode(), extra)


def test_the_receipt_of_the_specification_is_read_and_written():
    parsed = parse_receipt(SPECIFIED)

    assert (parsed.index, len(parsed.proof), parsed.extra) == (73_894, 5, b"")
    assert parsed.checkpoint.startswith("example.com/fancylog\n109482\n")
    assert parsed.text == SPECIFIED


@pytest.mark.parametrize(("made", "text"), FORMATS)
def test_receipts_are_those_of_another_implementation(made, text):
    assert made.text == HEAD + text
    assert parse_receipt(HEAD + text) == made


@given(
    st.integers(0, 10**19 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.binary(max_size=50),
)
def test_a_receipt_is_read_as_it_was_written(index, proof, extra):
    made = Receipt(index, tuple(proof), "origin\n\nand more\n", extra)

    assert parse_receipt(made.text) == made


@pytest.mark.parametrize(
    "text",
    [
        *("", HEAD, f"{HEAD}\n", "wrong-header\nindex 0" + END, f"\n{HEAD}index 0{END}"),
        *(f"{HEAD}extra !!{END}", f"{HEAD}extra AAAA\n\nindex 0{END}", f"{HEAD}extra AAAA{END}"),
        *(f"{HEAD}extra AAAA\nextra AAAA\nindex 0{END}", f"{HEAD}index 0\nextra AAAA{END}"),
        *(
            f"{HEAD}index {number}{END}"
            for number in ("", "x", "-5", "00", "01", "1 ", "٣", "9" * 20)
        ),
        *(f"{HEAD}Index 0{END}", f"{HEAD}index  0{END}", f"{HEAD}index 0\nindex 0{END}"),
        *(f"{HEAD}index 0\n{encode64(bytes(size))}{END}" for size in (1, 31, 33, 64)),
        *(f"{HEAD}index 0\n!!{END}", f"{HEAD}index 0" + f"\n{encode64(HASH_1)}" * 64 + END),
        *(f"{HEAD}index 0", f"{HEAD}index 0\n", HEAD.replace("v1", "v2") + f"index 0{END}"),
    ],
)
def test_what_is_no_receipt_is_refused(text):
    with pytest.raises(BadNote):
        parse_receipt(text)


@pytest.mark.parametrize("index", [0, 1, 149, 255, 256, 298, 299])
def test_a_receipt_proves_its_entry_and_no_other(index):
    made = parse_receipt(receipt(index, b"whatever").text)

    checkpoint = check(made, entry(index), KEYS)
    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, SIZE)
    for other in {entry(index) + b"x", entry((index + 1) % SIZE)} - {entry(index)}:
        with pytest.raises(BadNote, match="改动过"):
            check(made, other, KEYS)


def test_a_receipt_without_the_signature_of_the_log_proves_nothing():
    with pytest.raises(BadNote, match="没有认得的签名"):
        check(receipt(7), entry(7), [Ed25519Signer(ORIGIN, bytes([1]) * 32).verifier])


@given(st.integers(0, SIZE - 1), st.integers(0, 10**6), st.integers(0, 7))
def test_a_receipt_with_a_changed_byte_proves_the_same_or_nothing(index, place, bit):
    text = bytearray(receipt(index).text.encode())
    text[place % len(text)] ^= 1 << bit

    with pytest.raises((BadNote, UnicodeDecodeError)):
        check(parse_receipt(text.decode()), entry(index), KEYS)


def test_a_place_that_is_not_in_the_log_is_never_proven():
    proof = inclusion_proof(nodes(SIZE), 0, SIZE)
    for index in (SIZE, SIZE + 1, 10**18):
        made = Receipt(index, tuple(proof), receipt(0).checkpoint)
        with pytest.raises(BadNote, match="改动过"):
            check(made, entry(0), KEYS)


def test_the_checkpoint_must_be_one():
    text = Checkpoint(ORIGIN, 1, leaves(1)[0]).text
    with pytest.raises(BadNote):
        check(Receipt(0, (), text), entry(0), KEYS)
