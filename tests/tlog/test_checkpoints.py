"""Checkpoints: the example of the specification, one of a log in the world, and what is none."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.tlog.checkpoints import Checkpoint, open_checkpoint, parse_checkpoint
from guiju.tlog.notes import (
    BadNote,
    CosignatureSigner,
    Ed25519Signer,
    Verifier,
    cosigned_at,
    cosigned_text,
    open_note,
    parse_note,
    sign_note,
)

# C2SP tlog-cosignature. The keys are not given.
SPECIFIED = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q\
1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2o\
yin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""
# A log of web certificates on 23 May 2026: an RFC 6962 signature, Ed25519, four cosignatures.
IN_THE_WORLD = """\
arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHb\
dQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3Nyg\
NI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhI\
gcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W\
3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTyn\
k5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2\
TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
"""
LOG = (
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
)
WITNESSES = [
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
]
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
SIGNER = Ed25519Signer("example.com/log", bytes(32))
WITNESS = CosignatureSigner("witness.example/w1", bytes([1]) * 32, 5)


def test_the_checkpoint_of_the_specification_is_read_and_written():
    text, [log, witness] = parse_note(SPECIFIED)
    checkpoint = parse_checkpoint(text)

    assert checkpoint.origin == log.name == "example.com/behind-the-sofa"
    assert checkpoint.size == 20_852_163
    assert checkpoint.root.hex().startswith("0ac5186a91863e8e")
    assert checkpoint.text == text
    assert cosigned_at(witness.signature) == 1_679_315_147
    assert cosigned_text(text.encode(), 1_679_315_147).decode() == (
        "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n" + ROOT + "\n"
    )


def test_a_checkpoint_in_the_world_is_signed_by_its_log_and_four_witnesses():
    keys = [Verifier.parse(each) for each in (LOG, *WITNESSES)]

    checkpoint = open_checkpoint(IN_THE_WORLD, keys)
    assert (checkpoint.origin, checkpoint.size) == (keys[0].name, 1_432_088_532)
    assert set(open_note(IN_THE_WORLD, keys).signers) == {*keys}


def test_a_checkpoint_in_the_world_is_refused_when_one_number_is_another():
    for vkey in (LOG, *WITNESSES):
        with pytest.raises(BadNote, match="签名不对"):
            open_note(IN_THE_WORLD.replace("1432088532", "1432088533"), [Verifier.parse(vkey)])


LINES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1, max_size=20
)


@given(LINES, st.integers(0, 10**19 - 1), st.binary(min_size=32, max_size=32), st.lists(LINES))
def test_a_checkpoint_is_read_as_it_was_written(origin, size, root, extensions):
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))

    assert parse_checkpoint(checkpoint.text) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "\n",
            "a\n",
            f"a\n1\n{ROOT}",
            f"\n1\n{ROOT}\n",
            f"a\n\n{ROOT}\n",
            "a\n1\n\n",
            "a\n1\n",
        ),
        *(
            f"a\n{size}\n{ROOT}\n"
            for size in ("01", "-1", "+1", " 1", "1 ", "1_0", "0x1", "1e3", "١")
        ),
        *(f"a\n{size}\n{ROOT}\n" for size in ("00", "1.0", "9" * 20, "一")),
        *(
            f"a\n1\n{root}\n"
            for root in ("AAAA", ROOT[:-1], f"{ROOT} ", "A" * 44, ROOT[:-2] + "J=")
        ),
        *(f"a\n1\n{ROOT}\n\n", f"a\n1\n{ROOT}\n\nb\n", f"a\n1\n{ROOT}\nb\n\n"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(BadNote):
        parse_checkpoint(text)


def test_extension_lines_are_signed_like_the_others():
    checkpoint = Checkpoint(SIGNER.name, 3, sha256().digest(), ("one", "two"))
    note = sign_note(checkpoint.text, SIGNER, WITNESS)

    assert open_checkpoint(note, [SIGNER.verifier, WITNESS.verifier]) == checkpoint
    for changed in (note.replace("two\n", ""), note.replace("two", "too")):
        for key in (SIGNER.verifier, WITNESS.verifier):
            with pytest.raises(BadNote, match="签名不对"):
                open_note(changed, [key])


def test_a_checkpoint_needs_the_signature_of_its_own_log():
    text = Checkpoint(SIGNER.name, 3, sha256().digest()).text

    assert open_checkpoint(sign_note(text, SIGNER), [SIGNER.verifier]).size == 3
    with pytest.raises(BadNote, match="自己的签名"):
        open_checkpoint(sign_note(text, WITNESS), [SIGNER.verifier, WITNESS.verifier])
    other = Ed25519Signer("example.com/other", bytes(32))
    with pytest.raises(BadNote, match="自己的签名"):
        open_checkpoint(sign_note(text, other), [SIGNER.verifier, other.verifier])
