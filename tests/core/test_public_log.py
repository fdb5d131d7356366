"""The public log: numbered without gaps, recomputed from content, consistent as it grows."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from core import merkle
from core.models import LogLeaf
from core.public_log import append_leaf, leaf_hashes, origin, signed_checkpoint
from core.signed_notes import open_checkpoint, public_bytes

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_leaves_are_numbered_and_hashed():
    first = append_leaf("draw.frozen", {"plan_sha256": "ab"}, now=NOW)
    second = append_leaf("draw.drawn", {"seed": "cd"}, now=NOW)
    assert (first.number, second.number) == (0, 1)
    assert first.content == '{"at":"2026-11-23T09:00:00+00:00","kind":"draw.frozen","number":0,"plan_sha256":"ab"}'
    assert first.leaf_hash == merkle.leaf_hash(first.content.encode()).hex()


def test_checkpoint_signs_the_root_of_all_leaves_and_grows_consistently():
    append_leaf("draw.frozen", {"plan_sha256": "ab"}, now=NOW)
    key = public_bytes(settings.SIGNING_KEY)
    old = open_checkpoint(signed_checkpoint(), origin=origin(), public_key=key)
    append_leaf("draw.drawn", {"seed": "cd"}, now=NOW)
    append_leaf("scores.published", {"sha256": "ef"}, now=NOW)
    new = open_checkpoint(signed_checkpoint(), origin=origin(), public_key=key)
    assert (old.size, new.size) == (1, 3)
    assert merkle.verify_consistency(
        old_size=1,
        new_size=3,
        old_root=old.root,
        new_root=new.root,
        proof=merkle.consistency_proof(leaf_hashes(), 1),
    )


def test_a_leaf_cannot_be_changed_or_removed():
    leaf = append_leaf("draw.frozen", {"plan_sha256": "ab"}, now=NOW)
    for change in (lambda: LogLeaf.objects.filter(pk=leaf.pk).update(content="{}"), LogLeaf.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert LogLeaf.objects.get().content == leaf.content
