"""Tiles against the numbers of the specification, and every way of growing against every other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tlog.sample import entry, leaves, log, nodes, reading

from guiju.tlog import root, tile_paths
from guiju.tlog.proofs import consistency_proof, inclusion_proof
from guiju.tlog.tiles import (
    EMPTY,
    ENTRIES,
    Place,
    append,
    bundle_path,
    decode_bundle,
    encode_bundle,
    parse_path,
    read_bundle,
    read_edge,
    read_entry,
    read_tile,
    stored_nodes,
)


def bundle_paths(size: int) -> set[str]:
    paths = {bundle_path(number) for number in range(size // 256)}
    return paths | ({bundle_path(size // 256, size % 256)} if size % 256 else set())


def test_a_log_of_70000_entries_has_the_tiles_of_the_specification():
    files = log(70_000)

    hashes = {path for path in files if "entries" not in path} - {"checkpoint"}
    full = {path for path in hashes if ".p/" not in path}
    assert len([path for path in full if path.startswith("tile/0/")]) == 273
    assert [path for path in full if not path.startswith("tile/0/")] == ["tile/1/000"]
    assert hashes - full == {"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"}
    assert {len(files[path]) for path in full} == {8_192}
    assert len(files["tile/0/273.p/112"]) == 112 * 32


def test_a_log_of_256_entries_has_a_full_tile_and_one_hash_above():
    assert set(log(256)) == {"tile/0/000", "tile/1/000.p/1", "tile/entries/000", "checkpoint"}


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 70_000])
def test_a_large_log_has_the_root_of_its_leaves(size):
    edge = read_edge(reading(log(size)), size)

    assert edge.root() == root(leaves(70_000)[:size])
    assert set(log(size)) == {*tile_paths(size), *bundle_paths(size), "checkpoint"}


def test_a_log_that_grows_one_by_one_has_at_each_size_what_the_specification_asks():
    edge, files = EMPTY, {}
    for size in range(1, 601):
        edge, new = append(edge, [entry(size - 1)])
        files |= dict(new)
        assert {*tile_paths(size), *bundle_paths(size)} <= set(files)
        assert read_edge(reading(files), size) == edge
        assert edge.root() == root(leaves(600)[:size])
    assert len(files) == len(
        {path for n in range(601) for path in (*tile_paths(n), *bundle_paths(n))}
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=6))
def test_a_log_is_the_same_however_it_grew(steps):
    edge, files = EMPTY, {}
    for step in steps:
        edge, new = append(edge, [entry(edge.size + i) for i in range(step)])
        files |= dict(new)
    once, at_once = append(EMPTY, [entry(i) for i in range(sum(steps))])

    assert edge == once
    assert dict(at_once).items() <= files.items()


def test_nothing_is_written_when_nothing_is_added():
    edge, _ = append(EMPTY, [b"a"])

    assert append(edge, []) == (edge, [])
    assert append(EMPTY, []) == (EMPTY, [])


def test_every_entry_is_read_back():
    read = reading(log(600))

    assert [read_entry(read, index, 600) for index in range(600)] == [*map(entry, range(600))]


def test_once_a_tile_is_full_its_partial_ones_are_not_missed():
    """Whoever reads by an older checkpoint finds the wider file, as the specification allows."""
    later = reading(log(600))

    assert read_edge(later, 200) == read_edge(reading(log(200)), 200)
    assert read_bundle(later, 0, 200) == [*map(entry, range(200))]
    with pytest.raises(FileNotFoundError):
        read_tile(later, 0, 2, 80)


@pytest.mark.parametrize("path", ["tile/0/000.p/200", "tile/0/000"])
@pytest.mark.parametrize("data", [b"", bytes(6399), bytes(6401), bytes(6432), bytes(8191)])
def test_a_tile_of_another_length_is_no_tile(path, data):
    with pytest.raises(ValueError, match="应为6400"):
        read_tile(reading({path: data}), 0, 0, 200)


@pytest.mark.parametrize("count", [199, 201, 255])
def test_a_bundle_with_too_few_or_too_many_entries_is_no_bundle(count):
    for path in ("tile/entries/000.p/200", "tile/entries/000"):
        with pytest.raises(ValueError, match="应为200条"):
            read_bundle(reading({path: encode_bundle([b"a"] * count)}), 0, 200)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_is_read_as_it_was_written(entries):
    data = encode_bundle(entries)

    assert decode_bundle(data) == entries
    assert len(data) == sum(2 + len(each) for each in entries)


@given(st.lists(st.binary(max_size=9), min_size=1, max_size=9), st.data())
def test_a_bundle_that_is_cut_within_an_entry_is_refused(entries, data):
    whole = encode_bundle(entries)
    ends = {len(encode_bundle(entries[:count])) for count in range(len(entries))}
    cut = data.draw(st.integers(0, len(whole) - 1).filter(lambda at: at not in ends))

    with pytest.raises(ValueError, match="不完整"):
        decode_bundle(whole[:cut])


def test_an_entry_has_at_most_65535_bytes():
    longest = bytes(65_535)

    assert decode_bundle(encode_bundle([longest])) == [longest]
    assert encode_bundle([longest])[:2] == b"\xff\xff"
    with pytest.raises(ValueError, match="65536"):
        append(EMPTY, [bytes(65_536)])


PLACES = st.builds(Place, st.integers(-1, 63), st.integers(0, 10**12), st.integers(1, 256))


@given(PLACES)
def test_a_path_tells_its_place(place):
    assert parse_path(place.path) == place


def test_paths_of_the_specification():
    assert parse_path("tile/entries/x001/x234/067.p/8") == Place(ENTRIES, 1_234_067, 8)
    assert parse_path("tile/63/x001/067") == Place(63, 1_067, 256)


@pytest.mark.parametrize(
    "path",
    [
        *("tile/0/1", "tile/0/x01/067", "tile/0/x000/067", "tile/0/001/067", "tile/0/x001"),
        *(
            "tile/00/000",
            "tile/64/000",
            "tile/-1/000",
            "tile/data/000",
            "tile/0/000/",
            "/tile/0/000",
        ),
        *(
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/05",
            "tile/0/000.p",
            "tile/0/000.p/-1",
        ),
        *("tile/0/٠٠٠", "checkpoint", "", "tile/0/000\n", "tile/0/000.p/1.half"),
    ],
)
def test_other_names_are_no_paths(path):
    assert parse_path(path) is None


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600, 65_536, 70_000])
def test_proofs_from_tiles_are_those_from_the_leaves(size):
    stored, plain = stored_nodes(reading(log(size)), size), nodes(70_000)

    for index in {0, 1, size // 3, size // 2, size - 2, size - 1} & {*range(size)}:
        assert inclusion_proof(stored, index, size) == inclusion_proof(plain, index, size)
        assert consistency_proof(stored, index + 1, size) == consistency_proof(
            plain, index + 1, size
        )
