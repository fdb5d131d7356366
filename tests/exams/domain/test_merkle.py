"""Reference roots of the Certificate Transparency test suite (RFC 6962 section 2.1), sizes 0 to 8."""

import pytest
from pymerkle import InmemoryTree

from exams.domain.merkle import EMPTY_ROOT, merkle_root

LEAVES = [
    b"",
    b"\x00",
    b"\x10",
    bytes.fromhex("2021"),
    bytes.fromhex("3031"),
    bytes.fromhex("40414243"),
    bytes.fromhex("5051525354555657"),
    bytes.fromhex("606162636465666768696a6b6c6d6e6f"),
]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def test_root_of_no_leaves_is_hash_of_nothing():
    assert merkle_root([]) == EMPTY_ROOT == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", sorted(ROOTS))
def test_root_matches_reference_of_certificate_transparency(size):
    assert merkle_root(LEAVES[:size]) == ROOTS[size]


@pytest.mark.parametrize("size", [9, 20, 80, 101])
def test_root_matches_a_second_implementation(size):
    leaves = [f"item-{number}|{number * 7}".encode() for number in range(size)]
    oracle = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        oracle.append_entry(leaf)
    assert merkle_root(leaves) == oracle.get_state().hex()


def test_root_changes_when_two_leaves_are_swapped():
    assert merkle_root([b"a", b"b", b"c"]) != merkle_root([b"b", b"a", b"c"])
