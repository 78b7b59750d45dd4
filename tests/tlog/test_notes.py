"""Signed notes against those of the specification and of golang.org/x/mod, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tlog.sample import flipped

from guiju.tlog.notes import (
    CHECKED,
    BadNote,
    CosignatureSigner,
    Ed25519Signer,
    Verifier,
    decode64,
    encode64,
    key_id,
    open_note,
    parse_note,
    sign_note,
    signature_line,
)

# C2SP signed-note, "Verifier keys" and "Example".
SPECIFIED_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPECIFIED = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONn"
    "cAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# C2SP signed-note: the text may have blank lines itself. Its key is not given.
POEM = """\
Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.
"""
POEM_LINE = (
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMou"
    "FSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
# golang.org/x/mod, sumdb/note/example_test.go.
PETER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SEED = "YEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER_TEXT = """\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.
"""
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb"
    "6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33"
    "WWd1RvMc+QQ=\n"
)
A, B = Ed25519Signer("a", bytes(32)), Ed25519Signer("b", bytes([1]) * 32)
WITNESS = CosignatureSigner("w", bytes(32), 1_679_315_147)
TEXT = "a text\n"


def test_the_note_of_the_specification_is_signed_by_its_key():
    key = Verifier.parse(SPECIFIED_KEY)

    assert open_note(SPECIFIED, [key]).text == "This is an example message.\n"
    assert key.key_id.hex() == "530d903a"
    assert key.vkey == SPECIFIED_KEY


def test_the_note_of_go_is_signed_as_go_signs_it():
    signer = Ed25519Signer("PeterNeumann", decode64(f"A{PETER_SEED}")[1:])

    assert signer.verifier.vkey == PETER_KEY
    assert sign_note(PETER_TEXT, signer) == f"{PETER_TEXT}\n{PETER_LINE}"
    opened = open_note(f"{PETER_TEXT}\n{ENOCH_LINE}{PETER_LINE}", [signer.verifier])
    assert opened.signers == (signer.verifier,)
    assert opened.lines == PETER_LINE


def test_the_text_ends_at_the_last_blank_line():
    text, [signature] = parse_note(f"{POEM}\n{POEM_LINE}")

    assert text == POEM
    assert signature.name == "quasimodo.example/salvatore"
    assert signature.key_id.hex() == "367ba04b"
    assert len(signature.signature) == 64


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=60
)


@given(TEXTS, st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=4, unique=True))
def test_what_is_signed_opens_to_the_same(text, seeds):
    signers = [Ed25519Signer(f"key/{number}", seed) for number, seed in enumerate(seeds)]
    note = sign_note(f"{text}\n", *signers)

    opened = open_note(note, [each.verifier for each in signers])
    assert opened.text == f"{text}\n"
    assert opened.signers == tuple(each.verifier for each in signers)
    assert note == f"{opened.text}\n{opened.lines}"


@given(st.integers(0), st.integers(0, 1))
def test_no_byte_of_a_note_can_change(place, which):
    note = sign_note("日志\n7\n", A).encode()
    bent = flipped(note, [place]) if which else note[: place % len(note)]

    with pytest.raises((BadNote, UnicodeDecodeError)):
        open_note(bent.decode(), [A.verifier])


def test_signatures_of_the_unknown_are_passed_over():
    same_name = Ed25519Signer("a", bytes([7]) * 32)
    junk = f"— b {encode64(A.key_id + b'x')}\n"  # the id of a key that is known, another name
    note = sign_note(TEXT, same_name, B, A) + junk

    assert open_note(note, [A.verifier]).signers == (A.verifier,)
    with pytest.raises(BadNote, match="没有认得的签名"):
        open_note(note, [])


def test_a_wrong_signature_of_the_known_refuses_the_note():
    other = signature_line("another text\n", B)
    note = sign_note(TEXT, A) + other

    assert open_note(note, [A.verifier])
    with pytest.raises(BadNote, match="“b”的签名不对"):
        open_note(note, [A.verifier, B.verifier])


def test_a_key_counts_once():
    note = sign_note(TEXT, A, A)

    assert open_note(note, [A.verifier]).signers == (A.verifier,)
    assert open_note(note, [A.verifier]).lines == signature_line(TEXT, A)
    with pytest.raises(BadNote, match="签名不对"):
        open_note(note + signature_line("another text\n", A), [A.verifier])


def test_sixteen_signatures_are_read_and_more_than_a_hundred_refused():
    def note(count: int) -> str:
        strangers = [f"— s{i} {encode64(bytes(5))}\n" for i in range(count - 1)]
        return f"{TEXT}\n{''.join(strangers)}{signature_line(TEXT, A)}"

    assert open_note(note(16), [A.verifier]) and open_note(note(100), [A.verifier])
    with pytest.raises(BadNote, match="签名太多"):
        open_note(note(101), [A.verifier])


LINE = signature_line(TEXT, A)


@pytest.mark.parametrize(
    "note",
    [
        *("", "\n", "\n\n", TEXT, f"{TEXT}\n", f"{TEXT}{LINE}", f"{TEXT}\n{LINE[:-1]}"),
        *(f"{TEXT}\n{LINE}\n", f"{TEXT}\n\n{LINE}\n\n", f"{TEXT}\n {LINE}", f"{TEXT}\r\n{LINE}"),
        *(f"{TEXT}\n{LINE}{LINE.replace('— ', '- ')}", f"{TEXT}\n{LINE}{LINE.replace('— ', '—')}"),
        *(
            f"{TEXT}\n{LINE}{LINE.replace(' a ', '  ')}",
            f"{TEXT}\n{LINE}{LINE.replace(' a ', ' a  ')}",
        ),
        *(f"{TEXT}\n{LINE}{LINE.replace(' a ', f' a{c}b ')}" for c in "+\u00a0\u3000\u2028\u0085"),
        *(f"{TEXT}\n{LINE}{LINE.replace(' a ', f' a{c}b ')}" for c in "\t\x00\x1f\r"),
        *(
            f"{TEXT}\n{LINE}— s {encode64(bytes(4))}\n",
            f"{TEXT}\n{LINE}— s \n",
            f"{TEXT}\n{LINE}— s\n",
        ),
        *(
            f"{TEXT}\n{LINE}— s AAAAAA\n",
            f"{TEXT}\n{LINE}— s AAAAAB==\n",
            f"{TEXT}\n{LINE}— s AAA_AA==\n",
        ),
        *(f"a\tb\n\n{signature_line(f'a{c}b' + chr(10), A)}" for c in "\t"),
    ],
)
def test_what_is_no_note_is_refused(note):
    with pytest.raises(BadNote):
        open_note(note, [A.verifier])


def test_control_characters_are_refused_even_when_signed():
    for code in {*range(0x20)} - {0x0A}:
        with pytest.raises(BadNote, match="控制字符"):
            open_note(sign_note(f"a{chr(code)}b\n", A), [A.verifier])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\nb"])
def test_nobody_signs_under_a_name_that_no_note_can_hold(name):
    with pytest.raises(BadNote, match="名称"):
        sign_note(TEXT, Ed25519Signer(name, bytes(32)))


def test_a_cosignature_signs_the_time_and_the_text():
    note = sign_note(TEXT, A, WITNESS)
    line = note.splitlines()[-1]
    data = decode64(line.split()[2])

    assert open_note(note, [WITNESS.verifier]).signers == (WITNESS.verifier,)
    assert int.from_bytes(data[4:12], "big") == 1_679_315_147
    for place in (4, 11, 12, 75):
        bent = encode64(flipped(data, [place]))
        with pytest.raises(BadNote, match="签名不对"):
            open_note(note.replace(line, f"— w {bent}"), [WITNESS.verifier])


def test_a_cosignature_of_a_time_that_no_clock_can_show_is_refused():
    latest = CosignatureSigner("w", bytes(32), 2**63 - 1)
    assert open_note(sign_note(TEXT, latest), [latest.verifier])
    later = CosignatureSigner("w", bytes(32), 2**63)
    with pytest.raises(BadNote, match="签名不对"):
        open_note(sign_note(TEXT, later), [later.verifier])


def test_the_same_key_as_log_and_as_witness_has_two_ids():
    log, witness = Ed25519Signer("x", bytes(32)), CosignatureSigner("x", bytes(32), 1)

    assert log.verifier.public[1:] == witness.verifier.public[1:]
    assert log.key_id != witness.key_id
    with pytest.raises(BadNote, match="没有认得的签名"):
        open_note(sign_note(TEXT, log), [witness.verifier])


@given(st.integers(0, len(PETER_KEY) - 1), st.integers(1, 127))
def test_no_letter_of_a_key_can_change(place, turn):
    bent = PETER_KEY[:place] + chr(ord(PETER_KEY[place]) ^ turn) + PETER_KEY[place + 1 :]

    try:
        key = Verifier.parse(bent)
    except BadNote:
        return
    is_same = key.vkey == PETER_KEY  # its id in capitals
    assert is_same or key.public[:1] not in CHECKED
    assert is_same or not key.is_signed(PETER_TEXT.encode(), decode64(PETER_LINE.split()[2])[4:])


@pytest.mark.parametrize(
    "vkey",
    [
        *("", "+", "++", "a+b", "PeterNeumann+c74f20a3", f"x{PETER_KEY}", f"{PETER_KEY}BADKEY=="),
        # From golang.org/x/mod: a key too long, with the id that belongs to it.
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        # Of a type that is not checked here only the form can be told to be wrong.
        *("s+00+/3M=", "s+0123456g+/3M=", "s+ab cd ef+/3M=", "s+01234567+/w==", "s+01234567+"),
    ],
)
def test_what_is_no_key_is_refused(vkey):
    with pytest.raises(BadNote, match=r"不是公钥|base64"):
        Verifier.parse(vkey)


def test_a_key_of_another_type_has_the_id_that_its_owner_gave_it():
    theirs = "rekor.example+c0d23d6a+" + encode64(b"\x02 a DER key")  # id: SHA-256 of the DER

    assert Verifier.parse(theirs).vkey == theirs
    ours = Verifier("s", key_id("s", b"\xffsm2"), b"\xffsm2")
    assert Verifier.parse(ours.vkey) == ours
    assert not ours.is_signed(b"text", b"signature")


@given(st.binary(max_size=40))
def test_base64_is_read_in_the_one_right_way(data):
    text = encode64(data)

    assert decode64(text) == data
    for other in (f"{text}=", f"{text}\n", f" {text}", text.rstrip("=") + "\n", f"{text}é"):
        with pytest.raises(BadNote):
            decode64(other)
