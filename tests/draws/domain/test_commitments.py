import hashlib

from draws.domain.commitments import paper_key_commitment


def test_paper_key_commitment_is_the_prefixed_hash():
    key = "00" * 32
    assert paper_key_commitment(key) == hashlib.sha256(f"paper-key/1|{key}".encode()).hexdigest()
