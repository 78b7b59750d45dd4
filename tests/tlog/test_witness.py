"""What a witness answers: every status, and 200 times each attempt to turn it back or fork it."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tlog.sample import ORIGIN, SIGNER, leaves, nodes

from guiju.tlog import EMPTY_ROOT, root
from guiju.tlog.checkpoints import Checkpoint, open_checkpoint, parse_checkpoint
from guiju.tlog.notes import (
    BadNote,
    CosignatureSigner,
    Ed25519Signer,
    Signer,
    encode64,
    open_note,
    sign_note,
    signature_line,
)
from guiju.tlog.proofs import consistency_proof
from guiju.tlog.witness import Answer, Demand, answer, parse_demand

WITNESS = CosignatureSigner("witness.example/w1", bytes([1]) * 32, 1_700_000_000)
KEYS = [SIGNER.verifier]
SIZE = 300
# C2SP tlog-witness.
SPECIFIED = """\
old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q\
1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267\
UEjw6QUXTS5Rovnzv++qbSzm9Q=
"""


def checkpoint(size: int, *extensions: str) -> Checkpoint:
    return Checkpoint(ORIGIN, size, root(leaves(SIZE)[:size]), extensions)


def proof(old: int, new: int) -> tuple[bytes, ...]:
    return tuple(consistency_proof(nodes(SIZE), old, new)) if 0 < old < new else ()


def demand(old: int, new: Checkpoint, *signers: Signer) -> Demand:
    return Demand(old, proof(old, new.size), sign_note(new.text, *(signers or (SIGNER,))))


def asked(it: Demand, last: Checkpoint | None) -> Answer:
    return answer(parse_demand(it.text), last, KEYS, WITNESS)


def test_the_request_of_the_specification_is_read_and_written():
    parsed = parse_demand(SPECIFIED)

    assert (parsed.old, len(parsed.proof)) == (20_852_014, 4)
    assert parsed.origin == "example.com/behind-the-sofa"
    assert parsed.text == SPECIFIED


@pytest.mark.parametrize(
    ("old", "new"),
    [(0, 1), (0, 300), (1, 2), (1, 300), (128, 256), (256, 300), (299, 300), (7, 7), (0, 0)],
)
def test_an_extension_is_cosigned(old, new):
    last = checkpoint(old) if old else None

    said = asked(demand(old, checkpoint(new)), last)

    assert said.status == 200
    opened = open_note(f"{checkpoint(new).text}\n{said.body}", [WITNESS.verifier])
    assert opened.lines == said.body
    assert said.keep == sign_note(checkpoint(new).text, SIGNER, WITNESS)


def test_what_is_kept_has_the_signatures_of_the_log_and_the_witness_alone():
    strangers = [Ed25519Signer(f"s{i}", bytes(32)) for i in range(99)]
    said = asked(demand(0, checkpoint(5), *strangers, SIGNER), None)

    assert said.keep == sign_note(checkpoint(5).text, SIGNER, WITNESS)
    assert open_checkpoint(said.keep, [SIGNER.verifier, WITNESS.verifier]) == checkpoint(5)


def test_extension_lines_are_cosigned_too():
    new = checkpoint(5, "a line", "another")

    said = asked(demand(0, new), None)

    assert open_note(f"{new.text}\n{said.body}", [WITNESS.verifier])
    assert parse_checkpoint(open_note(said.keep, KEYS).text) == new
    with pytest.raises(BadNote):
        open_note(f"{checkpoint(5).text}\n{said.body}", [WITNESS.verifier])


def test_a_log_that_is_not_known_is_404():
    assert answer(demand(0, checkpoint(5)), None, [], WITNESS).status == 404


@pytest.mark.parametrize(
    "signer",
    [
        Ed25519Signer(ORIGIN, bytes([9]) * 32),
        Ed25519Signer("example.com/other", bytes(32)),
        CosignatureSigner(ORIGIN, bytes(32), 5),
    ],
)
def test_a_checkpoint_that_the_log_did_not_sign_is_403(signer):
    said = asked(demand(0, checkpoint(5), signer), None)

    assert (said.status, said.keep) == (403, "")


def test_a_signature_of_another_text_is_403():
    forged = f"{checkpoint(6).text}\n{signature_line(checkpoint(5).text, SIGNER)}"

    assert asked(Demand(0, (), forged), None).status == 403


def test_an_old_size_above_the_new_one_is_400():
    assert asked(demand(6, checkpoint(5)), checkpoint(6)).status == 400
    assert asked(demand(6, checkpoint(5)), checkpoint(3)).status == 400


@pytest.mark.parametrize(("old", "known"), [(0, 5), (4, 5), (6, 5), (5, 0), (7, 0), (300, 299)])
def test_another_old_size_is_409_with_the_one_that_is_known(old, known):
    said = asked(demand(old, checkpoint(300)), checkpoint(known) if known else None)

    assert (said.status, said.body, said.keep) == (409, f"{known}\n", "")
    assert said.content_type == "text/x.tlog.size"


def test_another_root_of_the_same_size_is_409():
    other = Checkpoint(ORIGIN, 5, bytes(32))

    assert asked(demand(5, other), checkpoint(5)).status == 409
    assert asked(demand(0, Checkpoint(ORIGIN, 0, bytes(32))), None).status == 409
    assert asked(demand(0, Checkpoint(ORIGIN, 0, EMPTY_ROOT)), None).status == 200


@pytest.mark.parametrize(("old", "new"), [(0, 5), (5, 5)])
def test_a_proof_where_none_is_needed_is_422(old, new):
    it = Demand(old, (bytes(32),), sign_note(checkpoint(new).text, SIGNER))

    assert asked(it, checkpoint(old) if old else None).status == 422


HEAD, CHECKPOINT = "old 5", sign_note(checkpoint(5).text, SIGNER)
TEXT, LINE = CHECKPOINT.split("\n\n")


@pytest.mark.parametrize(
    "body",
    [
        *(
            "",
            "\n\n",
            HEAD,
            f"{HEAD}\n",
            f"{HEAD}\n\n",
            f"{HEAD}\n{CHECKPOINT}",
            f"\n\n{CHECKPOINT}",
        ),
        *(
            f"{old}\n\n{CHECKPOINT}"
            for old in ("old", "old ", "old x", "old 05", "old -1", "old 5 ")
        ),
        *(
            f"{old}\n\n{CHECKPOINT}"
            for old in ("Old 5", "5", "old  5", "old ٥", "old " + "9" * 20)
        ),
        *(f"{HEAD}\n{encode64(bytes(size))}\n\n{CHECKPOINT}" for size in (1, 31, 33, 64)),
        *(f"{HEAD}\n{line}\n\n{CHECKPOINT}" for line in ("!!", encode64(bytes(32))[:-1], " ")),
        f"{HEAD}" + f"\n{encode64(bytes(32))}" * 64 + f"\n\n{CHECKPOINT}",
        *(f"{HEAD}\n\n{text}\n\n{LINE}" for text in ("a\n5", "a\n05\nAAAA", "a", "")),
        *(f"{HEAD}\n\n{TEXT}\n\n{line}" for line in ("", "\n", "x\n", LINE[:-1], LINE[2:])),
        *(f"{HEAD}\r\n\r\n{CHECKPOINT}", f"{HEAD}\n\n{TEXT}\x00\n\n{LINE}", f"{HEAD}\n\n{TEXT}\n"),
    ],
)
def test_a_body_that_is_none_is_refused(body):
    with pytest.raises(BadNote):
        parse_demand(body)


@given(st.integers(0, 10**19 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_a_demand_is_read_as_it_was_written(old, hashes):
    it = Demand(old, tuple(hashes), CHECKPOINT)

    assert parse_demand(it.text) == it


@pytest.mark.parametrize("seed", range(200))
def test_forks_rollbacks_and_bad_proofs_are_refused(seed):
    """A log that another history was shown of, or a shorter one, or that cannot prove it."""
    random = Random(seed)
    old = random.randrange(1, SIZE - 1)
    new = random.randrange(old + 1, SIZE + 1)
    changed = leaves(SIZE)[:new]
    changed[random.randrange(old)] = random.randbytes(32)
    fork = Checkpoint(ORIGIN, new, root(changed))
    last = checkpoint(old)

    def status(it: Demand) -> int:
        said = asked(it, last)
        assert bool(said.keep) == (said.status == 200)
        return said.status

    def with_proof(*hashes: bytes) -> Demand:
        return Demand(old, hashes, sign_note(checkpoint(new).text, SIGNER))

    hashes = proof(old, new)
    place = random.randrange(len(hashes))
    bent = bytes([hashes[place][0] ^ 1 << random.randrange(8)]) + hashes[place][1:]
    assert status(with_proof(*hashes)) == 200
    assert status(demand(old, fork)) == 422
    assert status(demand(old, Checkpoint(ORIGIN, old, fork.root))) == 409
    assert status(demand(new, checkpoint(old))) == 400
    assert status(demand(old - 1, checkpoint(old - 1))) == 409
    assert status(demand(random.randrange(old), checkpoint(new))) == 409
    assert status(with_proof(*hashes[:place], bent, *hashes[place + 1 :])) == 422
    assert status(with_proof(*hashes[:place], *hashes[place + 1 :])) == 422
    assert status(with_proof(*hashes[:place], random.randbytes(32), *hashes[place:])) == 422
    assert status(with_proof(*hashes, hashes[-1])) == 422
