"""RFC 9162 trees: the eight published certificate-transparency roots, every small proof, and a second implementation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from core.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

CT_LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def _leaves(count: int) -> list[bytes]:
    return [leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


@pytest.mark.parametrize("size", range(1, 9))
def test_root_of_published_leaves_equals_the_certificate_transparency_root(size):
    assert root([leaf_hash(data) for data in CT_LEAVES[:size]]).hex() == CT_ROOTS[size - 1]


def test_root_of_nothing_is_the_hash_of_nothing():
    assert root([]) == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=70))
def test_root_equals_a_second_implementation(entries):
    tree = InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    assert root([leaf_hash(entry) for entry in entries]) == tree.get_root()


def test_every_inclusion_proof_holds_and_holds_only_where_it_belongs():
    for size in range(1, 40):
        leaves = _leaves(size)
        top = root(leaves)
        for index in range(size):
            proof = inclusion_proof(leaves, index)
            assert verify_inclusion(leaves[index], index=index, size=size, proof=proof, expected_root=top)
            assert not verify_inclusion(leaf_hash(b"other"), index=index, size=size, proof=proof, expected_root=top)
            assert not verify_inclusion(leaves[index], index=index, size=size, proof=[*proof, top], expected_root=top)
            if proof:
                assert not verify_inclusion(leaves[index], index=index, size=size, proof=proof[:-1], expected_root=top)
            if size > 1:
                other = (index + 1) % size
                assert not verify_inclusion(leaves[index], index=other, size=size, proof=proof, expected_root=top)


def test_every_consistency_proof_holds_and_a_rewritten_leaf_breaks_it():
    for new_size in range(1, 40):
        leaves = _leaves(new_size)
        for old_size in range(1, new_size + 1):
            proof = consistency_proof(leaves, old_size)
            sizes = {"old_size": old_size, "new_size": new_size}
            old, new = root(leaves[:old_size]), root(leaves)
            assert verify_consistency(**sizes, old_root=old, new_root=new, proof=proof)
            rewritten = [leaf_hash(b"rewritten"), *leaves[1:]]
            forged = consistency_proof(rewritten, old_size)
            assert not verify_consistency(**sizes, old_root=old, new_root=root(rewritten), proof=forged)


@pytest.mark.parametrize("index", [-1, 3, 10**9])
def test_a_proof_outside_the_tree_is_refused(index):
    with pytest.raises(IndexError):
        inclusion_proof(_leaves(3), index)
    assert not verify_inclusion(_leaves(3)[0], index=index, size=3, proof=[], expected_root=EMPTY_ROOT)
