"""Policies: the example of the specification, its rules one by one, and who is believed."""

from hashlib import sha256

import pytest

from guiju.tlog.checkpoints import Checkpoint
from guiju.tlog.notes import (
    BadNote,
    CosignatureSigner,
    Ed25519Signer,
    Verifier,
    key_id,
    sign_note,
    signature_line,
)
from guiju.tlog.policy import parse_policy

LOG = Ed25519Signer("example.com/log", bytes(32))
OTHER_LOG = Ed25519Signer("example.com/other", bytes([99]) * 32)
WITNESSES = [CosignatureSigner(f"witness.example/{i}", bytes([i]) * 32, 5) for i in range(1, 8)]
W1, W2, W3, W4, W5, W6, W7 = [each.verifier.vkey for each in WITNESSES]
TEXT = Checkpoint(LOG.name, 42, sha256().digest()).text
# C2SP tlog-policy.
SPECIFIED = f"""\
log {LOG.verifier.vkey}

witness X1 {W1}
witness X2 {W2}
witness X3 {W3}
group X-witnesses 2 X1 X2 X3

witness Y1 {W4}
witness Y2 {W5}
witness Y3 {W6}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def note(*witnesses: int) -> str:
    return sign_note(TEXT, LOG, *(WITNESSES[each - 1] for each in witnesses))


@pytest.mark.parametrize(
    ("witnesses", "is_enough"),
    [
        *(((1, 2, 4), True), ((3, 1, 6), True), ((1, 2, 3, 4, 5, 6), True), ((2, 3, 5, 7), True)),
        *(((), False), ((1, 2), False), ((1, 2, 3), False), ((4, 5, 6), False), ((1, 4), False)),
        *(((1, 1, 4), False), ((1, 7, 4), False), ((1, 2, 7), False)),
    ],
)
def test_the_quorum_of_the_specification(witnesses, is_enough):
    policy = parse_policy(SPECIFIED)

    if is_enough:
        assert policy.check(note(*witnesses)).size == 42
    else:
        with pytest.raises(BadNote, match="“X-and-Y”"):
            policy.check(note(*witnesses))


def test_one_witness_can_be_the_quorum_and_so_can_none():
    one = parse_policy(f"log {LOG.verifier.vkey}\nwitness w {W1}\nquorum w\n")
    none = parse_policy(f"log {LOG.verifier.vkey}\nwitness w {W1}\nquorum none\n")

    assert one.check(note(1)) and none.check(note()) and none.check(note(1, 2))
    with pytest.raises(BadNote, match="见证人"):
        one.check(note(2))


def test_a_wrong_cosignature_of_a_known_witness_refuses_the_checkpoint():
    policy = parse_policy(SPECIFIED)
    wrong = signature_line("another text\n", WITNESSES[2])

    assert policy.check(note(1, 2, 4))
    with pytest.raises(BadNote, match="签名不对"):
        policy.check(note(1, 2, 4) + wrong)


def test_a_log_is_believed_for_itself_alone():
    policy = parse_policy(f"log {LOG.verifier.vkey}\nlog {OTHER_LOG.verifier.vkey}\nquorum none\n")

    assert policy.check(note()).origin == LOG.name
    with pytest.raises(BadNote, match="自己的签名"):
        policy.check(sign_note(TEXT, OTHER_LOG))
    with pytest.raises(BadNote, match="没有认得的签名"):
        parse_policy("quorum none\n").check(note())


def test_a_witness_that_is_called_like_the_log_does_not_stand_for_it():
    namesake = CosignatureSigner(LOG.name, bytes([7]) * 32, 5)
    policy = parse_policy(
        f"log {LOG.verifier.vkey}\nwitness w {namesake.verifier.vkey}\nquorum w\n"
    )

    with pytest.raises(BadNote, match="没有认得的签名"):
        policy.check(sign_note(TEXT, namesake))


def test_urls_blanks_and_comments_may_be_there():
    policy = parse_policy(
        f"# comment\n\t # another\n\n \t\n\twitness \t w1  {W1}   https://w1.example/  \n"
        f"log {LOG.verifier.vkey} https://log.example/\n  quorum\tw1"
    )

    assert policy.witnesses == {"w1": (WITNESSES[0].verifier, "https://w1.example/")}
    assert policy.logs == (LOG.verifier,)
    assert policy.quorum == "w1"


def test_names_are_whatever_is_not_blank():
    """Words of the format but ``none``, spaces of other scripts, bytes that are no UTF-8."""
    names = [
        "any",
        "all",
        "group",
        "quorum",
        "K",
        "\u212a",
        "a\u00a0b",
        b"w\x80".decode(errors="surrogateescape"),
    ]
    lines = [
        f"witness {name} {key}\n"
        for name, key in zip(names[:6], (W1, W2, W3, W4, W5, W6), strict=True)
    ]
    odd = f"witness {names[6]} {W7}\ngroup {names[7]} 2 K \u212a {names[6]}\nquorum {names[7]}\n"

    policy = parse_policy("".join(lines) + odd)

    assert set(policy.witnesses) == {*names[:7]}
    assert policy.groups[names[7]].members == ("K", "\u212a", "a\u00a0b")


def test_a_policy_can_be_as_large_as_the_specification_asks():
    many = [CosignatureSigner(f"w{i}", i.to_bytes(32), 5) for i in range(40)]
    logs = [Ed25519Signer(f"log{i}", i.to_bytes(32)) for i in range(40, 80)]
    lines = [
        f"witness w{i} {each.verifier.vkey}\ngroup g{i} all w{i}" for i, each in enumerate(many)
    ]
    members = " ".join(f"g{i}" for i in range(40))
    lines += [f"log {each.verifier.vkey}" for each in logs]

    policy = parse_policy("\n".join([*lines, f"group top 40 {members}", "quorum top"]))

    text = Checkpoint("log41", 1, bytes(32)).text
    assert policy.check(sign_note(text, logs[1], *many))
    with pytest.raises(BadNote, match="不够"):
        policy.check(sign_note(text, logs[1], *many[1:]))


def other(kind: bytes) -> str:
    """The key of the first witness with the byte of another type."""
    public = kind + WITNESSES[0].verifier.public[1:]
    return Verifier("x", key_id("x", public), public).vkey


V, W = f"log {LOG.verifier.vkey}\n", f"witness w {W1}\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        *(("quorum none\n\x01", 2), ("quorum none\r\n", 1), ("# \x7f\nquorum none\n", 1)),
        *(("quibble w\nquorum none\n", 1), (f"{W}quorum w # why\n", 2), ("Quorum none\n", 1)),
        *((f"witness w {W1} https://w.example # why\nquorum w\n", 1), ("log\nquorum none\n", 1)),
        *(("log garbage\nquorum none\n", 1), (f"log {LOG.verifier.vkey} a b\nquorum none\n", 1)),
        *(
            (f"{V}{V}quorum none\n", 2),
            (f"{V}log {LOG.verifier.vkey} https://a.b\nquorum none\n", 2),
        ),
        *(("witness w\nquorum none\n", 1), (f"witness none {W1}\nquorum none\n", 1)),
        *((f"witness w {other(kind)}\nquorum w\n", 1) for kind in (b"\x01", b"\x02", b"\xff")),
        *((f"log {other(kind)}\nquorum none\n", 1) for kind in (b"\x02", b"\x63", b"\xff")),
        *((f"{W}witness w {W2}\nquorum w\n", 2), (f"{W}group w any w\nquorum w\n", 2)),
        *((f"{W}witness v {other(bytes([4]))}\nquorum w\n", 2), (f"{W}group g 1\nquorum w\n", 2)),
        *((f"{W}group none any w\nquorum w\n", 2), (f"{W}group g any none w\nquorum g\n", 2)),
        *(
            (f"{W}group g {k} w\nquorum g\n", 2)
            for k in ("0", "-1", "+1", "2", "x", "1.0", "¹", "١")
        ),
        *((f"{W}group g {'1' * 5000} w\nquorum g\n", 2), (f"{W}group g ALL w\nquorum g\n", 2)),
        *((f"{W}group g any v\nquorum g\n", 2), (f"group g any w\n{W}quorum g\n", 1)),
        *((f"{W}group g any g\nquorum g\n", 2), (f"{W}group g all w w\nquorum g\n", 2)),
        (f"{W}witness v {W2}\ngroup g any w v\ngroup h any w\nquorum g\n", 4),
        *((f"{W}quorum w\nquorum w\n", 3), ("quorum unknown\n", 1), (f"quorum w\n{W}", 1)),
        *(("quorum\n", 1), ("quorum none none\n", 1), (f"{W}group g any\u00a0w\nquorum g\n", 2)),
    ],
)
def test_what_is_no_policy_is_refused_with_its_line(text, line):
    with pytest.raises(BadNote, match=f"^第{line}行:"):
        parse_policy(text)


@pytest.mark.parametrize("text", ["", "# quorum none\n", V, W])
def test_a_policy_must_say_the_quorum(text):
    with pytest.raises(BadNote, match="没有 quorum 一行"):
        parse_policy(text)
