"""Whatever is changed in a log is found, and the file is named."""

from collections.abc import Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.tlog.sample import SIGNER, entry, flipped, leaves, log, nodes, reading, signed

from guiju.tlog import TILE_WIDTH, leaf_hash, root, tile_path
from guiju.tlog.checkpoints import Checkpoint
from guiju.tlog.notes import Ed25519Signer
from guiju.tlog.tiles import EMPTY, Edge, append, bundle_path, encode_bundle
from guiju.tlog.verification import CHECKPOINT, check_extends, findings


def wrong(files: Mapping[str, bytes], *, by_names: bool = True) -> set[str]:
    return {
        each.path
        for each in findings(reading(files), [SIGNER.verifier], (by_names and files) or None)[1]
    }


SIZES = [1, 2, 3, 5, 8, 100, 255, 256, 257, 300, 511, 512, 513, 600, 699, 700]


@pytest.mark.parametrize("size", SIZES)
def test_a_log_that_nobody_touched_is_whole(size):
    checkpoint, found = findings(reading(log(size)), [SIGNER.verifier], log(size))

    assert found == []
    assert checkpoint == Checkpoint("example.com/log", size, root(leaves(size)))
    assert wrong(log(size), by_names=False) == set()
    assert wrong(log(size // 2, size)) == set()


def test_large_and_empty_logs_are_whole():
    assert wrong(log(70_000)) == set()
    assert wrong({CHECKPOINT: signed(EMPTY)}) == set()
    assert wrong({CHECKPOINT: signed(Edge(0, ((bytes(32),),), ()))}) == {CHECKPOINT}


DAMAGES = {
    "flip": lambda data, place: flipped(data, [place]),
    "cut": lambda data, place: data[: place % len(data)],
    "append": lambda data, place: data + bytes([place % 256]),
    "blank": lambda data, place: bytes(len(data)),
    "lose": lambda data, place: None,
}
DAMAGE = st.tuples(
    st.sampled_from([*DAMAGES, "flip"]), st.integers(0, 10**6), st.integers(0, 10**6)
)


def damaged(files: dict[str, bytes], path: str, kind: str, place: int) -> dict[str, bytes]:
    data = DAMAGES[kind](files[path], place)
    rest = {each: files[each] for each in files if each != path}
    return rest if data is None else {**rest, path: data}


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(SIZES), DAMAGE)
def test_any_damage_is_found_where_it_is_and_nowhere_else(size, damage):
    kind, which, place = damage
    files = log(size)
    path = sorted(files)[which % len(files)]

    assert wrong(damaged(files, path, kind, place), by_names=which % 2 > 0) == {path}


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SIZES), DAMAGE, DAMAGE)
@example(600, ("flip", 0, 0), ("blank", 562, 0))
def test_two_damages_are_both_named(size, one, other):
    files = log(size)
    paths = sorted(set(files) - {CHECKPOINT})
    first, second = paths[one[1] % len(paths)], paths[other[1] % len(paths)]
    if first == second:
        return
    files = damaged(files, first, one[0], one[2])

    assert wrong(damaged(files, second, other[0], other[2])) == {first, second}


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([(5, 100), (200, 255), (250, 300), (255, 256, 513), (300, 699)]), DAMAGE)
def test_a_partial_tile_of_an_earlier_size_must_agree_with_what_grew_out_of_it(sizes, damage):
    kind, which, place = damage
    files = log(*sizes)
    stale = sorted(set(files) - set(log(sizes[-1])))
    path = stale[which % len(stale)]

    assert wrong(damaged(files, path, kind, place)) == ({path} if kind != "lose" else set())


def test_a_full_file_may_stand_for_a_partial_one_that_was_removed():
    """A copy that was taken while the log grew: an older checkpoint, newer tiles."""
    later = {
        path: data for path, data in log(600).items() if path in ("tile/0/000", "tile/entries/000")
    }
    files = {**later, CHECKPOINT: log(200)[CHECKPOINT]}

    assert wrong(files) == set()
    for path in later:
        assert wrong(damaged(files, path, "flip", 5)) == {path}


def test_a_file_ahead_of_the_checkpoint_is_no_damage():
    files = {**log(300, 600), CHECKPOINT: log(300)[CHECKPOINT]}

    assert wrong(files) == set()
    bent = flipped(files["tile/0/001"], [3])
    assert wrong({**files, "tile/0/001": bent}) == {"tile/0/001"}


@pytest.mark.parametrize("name", ["index.html", "tile/0/000.p/0", "tile/0/0", "checkpoint.half"])
def test_a_file_that_no_log_has_is_named(name):
    assert wrong({**log(5), name: b""}) == {name}


@pytest.mark.parametrize("index", [0, 255, 256, 299])
@pytest.mark.parametrize("size", [1, 255, 300, 700])
def test_a_rewritten_entry_is_found_even_with_its_tile(size, index):
    """Somebody changed an entry and its hash, so that both agree with each other."""
    if index >= size:
        return
    number, place = divmod(index, TILE_WIDTH)
    width = min(TILE_WIDTH, size - number * TILE_WIDTH)
    entries = [entry(number * TILE_WIDTH + i) for i in range(width)]
    entries[place] = b"forged"
    bundle, tile = bundle_path(number, width), tile_path(0, number, width)
    forged = {bundle: encode_bundle(entries), tile: b"".join(map(leaf_hash, entries))}

    found = wrong({**log(size), **forged})

    assert found >= {bundle, tile} or found == {CHECKPOINT}
    if width == TILE_WIDTH or size < TILE_WIDTH:
        assert found == {bundle, tile}


def test_a_log_that_was_made_anew_does_not_fit_what_was_signed():
    forged = dict(append(EMPTY, [entry(i + 1) for i in range(600)])[1])

    assert wrong({**log(600), **forged}) == {CHECKPOINT}


@pytest.mark.parametrize("data", [b"", b"\xff\n", b"a\n", log(5)[CHECKPOINT][:-1], None])
def test_without_a_signed_checkpoint_nothing_is_said_of_the_rest(data):
    files = {**log(5), CHECKPOINT: data}
    if data is None:
        del files[CHECKPOINT]

    checkpoint, found = findings(reading(files), [SIGNER.verifier], files)
    assert checkpoint is None
    assert [each.path for each in found] == [CHECKPOINT]
    assert str(found[0]).startswith("checkpoint:")


def test_another_key_does_not_do():
    stranger = Ed25519Signer(SIGNER.name, bytes([1]) * 32)

    assert findings(reading(log(5)), [stranger.verifier])[0] is None


@pytest.mark.parametrize("new", [1, 2, 255, 256, 300, 700])
def test_a_log_extends_each_of_its_beginnings_and_no_other(new):
    read = reading(log(new))
    now = Checkpoint("o", new, root(leaves(new)))
    for old in {0, 1, new // 2, new - 1, new} & {*range(new + 1)}:
        before = Checkpoint("o", old, root(leaves(700)[:old]))
        assert check_extends(read, before, now)
        assert not check_extends(read, Checkpoint("o", old, bytes(32)), now)
        assert not check_extends(read, Checkpoint("p", old, before.root), now)
    longer = Checkpoint("o", new + 1, root([nodes(new)(0, i) for i in range(new)]))
    assert not check_extends(read, longer, now)
