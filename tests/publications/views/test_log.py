"""The log as the public gets it: text that a witness can recompute, proofs that verify, nothing beyond its end."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

import core
from core import merkle
from core.public_log import LEAVES_PER_PAGE, append_leaf, origin
from core.signed_notes import open_checkpoint, public_bytes

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def _say(count: int) -> None:
    for number in range(count):
        append_leaf("draw.frozen", {"plan_sha256": f"{number:064x}"}, now=NOW)


def _leaves(client: Client, page: int) -> list[str]:
    return client.get(f"/public/log/leaves/{page}").content.decode().splitlines()


def test_checkpoint_and_leaves_agree_over_several_pages(client):
    _say(LEAVES_PER_PAGE + 3)
    checkpoint = client.get("/public/log/checkpoint").content.decode()
    found = open_checkpoint(checkpoint, origin=origin(), public_key=public_bytes(settings.SIGNING_KEY))
    texts = [*_leaves(client, 0), *_leaves(client, 1)]
    assert found.size == len(texts) == LEAVES_PER_PAGE + 3
    assert found.root == merkle.root([merkle.leaf_hash(text.encode()) for text in texts])


def test_only_a_full_page_is_kept_for_ever(client):
    _say(LEAVES_PER_PAGE + 1)
    assert "immutable" in client.get("/public/log/leaves/0")["Cache-Control"]
    assert "immutable" not in client.get("/public/log/leaves/1")["Cache-Control"]


def test_proofs_verify_against_the_checkpoint(client):
    _say(11)
    inclusion = client.get("/public/log/inclusion/4").json()
    assert merkle.verify_inclusion(
        bytes.fromhex(inclusion["leaf_hash"]),
        index=4,
        size=inclusion["size"],
        proof=[bytes.fromhex(each) for each in inclusion["proof"]],
        expected_root=bytes.fromhex(inclusion["root"]),
    )
    consistency = client.get("/public/log/consistency/6").json()
    assert merkle.verify_consistency(
        old_size=6,
        new_size=consistency["size"],
        old_root=bytes.fromhex(consistency["old_root"]),
        new_root=bytes.fromhex(consistency["root"]),
        proof=[bytes.fromhex(each) for each in consistency["proof"]],
    )


@pytest.mark.parametrize("path", ["leaves/1", "inclusion/3", "consistency/0", "consistency/4", "inclusion/-1"])
def test_beyond_its_end_there_is_nothing(client, path):
    _say(3)
    assert client.get(f"/public/log/{path}").status_code == 404


def test_the_witness_script_is_published_byte_for_byte(client):
    published = Path(core.__file__).with_name("witness.py").read_bytes()
    assert client.get("/public/log/witness.py").content == published


def test_the_page_shows_the_last_words_and_escapes_them(client):
    append_leaf("scores.corrected", {"note": "<script>alert(1)</script>"}, now=NOW)
    page = client.get("/public/log/").content.decode()
    assert "公示更正" in page
    assert "<script>alert(1)" not in page
