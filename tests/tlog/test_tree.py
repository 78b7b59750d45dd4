"""The tree against Certificate Transparency's own vectors, and tiles against the C2SP text."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.tlog import EMPTY_ROOT, TILE_WIDTH, leaf_hash, node_hash, root, tile_path, tile_paths

# certificate-transparency, merkletree/merkle_tree_test.cc (also transparency-dev/merkle).
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def naive_root(entries: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if len(entries) < 2:
        return sha256(b"\x00" + entries[0] if entries else b"").digest()
    k = max(1 << i for i in range(len(entries).bit_length()) if 1 << i < len(entries))
    return sha256(b"\x01" + naive_root(entries[:k]) + naive_root(entries[k:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_the_one_of_certificate_transparency(size):
    assert root([leaf_hash(entry) for entry in ENTRIES[:size]]).hex() == ROOTS[size]


@given(st.lists(st.binary(max_size=8), max_size=130))
def test_the_root_is_the_one_of_the_recursive_definition(entries):
    assert root([leaf_hash(entry) for entry in entries]) == naive_root(entries)


def test_the_empty_tree_has_the_hash_of_nothing():
    assert root([]) == EMPTY_ROOT == sha256().digest()


def test_a_leaf_cannot_pass_for_a_node():
    left, right = leaf_hash(b"a"), leaf_hash(b"b")

    assert leaf_hash(left + right) != node_hash(left, right)
    assert root([left, right]) == node_hash(left, right) != node_hash(right, left)


@pytest.mark.parametrize(
    ("level", "number", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        (0, 1000, 256, "tile/0/x001/000"),
        (3, 999, 256, "tile/3/999"),
        (0, 273, 112, "tile/0/273.p/112"),
        (1, 1234067, 1, "tile/1/x001/x234/067.p/1"),
        (2, 0, 255, "tile/2/000.p/255"),
    ],
)
def test_a_tile_has_the_path_of_the_specification(level, number, width, path):
    assert tile_path(level, number, width) == path


@pytest.mark.parametrize("width", [0, 257, -1])
def test_there_is_no_tile_without_hashes_or_with_too_many(width):
    with pytest.raises(AssertionError):
        tile_path(0, 0, width)


def test_a_tree_of_70000_leaves_has_the_tiles_that_the_specification_counts():
    paths = tile_paths(70_000)

    assert paths[:273] == [f"tile/0/{number:03}" for number in range(273)]
    assert paths[273:] == ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]


def test_a_tree_of_256_leaves_has_one_full_tile_and_one_partial_tile_above():
    assert tile_paths(256) == ["tile/0/000", "tile/1/000.p/1"]
    assert tile_paths(0) == []


@given(st.integers(1, 10**6))
def test_the_partial_tile_of_a_level_has_the_width_of_the_specification(size):
    paths = tile_paths(size)
    for level in range(3):
        width = size // TILE_WIDTH**level % TILE_WIDTH
        partial = [p for p in paths if p.startswith(f"tile/{level}/") and ".p/" in p]
        assert [int(p.rsplit("/", 1)[1]) for p in partial] == ([width] if width else [])
    assert len(paths) == len(set(paths))
