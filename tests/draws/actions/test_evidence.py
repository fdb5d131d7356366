"""Files behind flags and excuses: private, checked, gone when nothing came of them."""

import pytest
from django.core.files.storage import InMemoryStorage, default_storage

from core.errors import EvidenceTypeRefused, NotFound
from draws.actions import Upload, request_flag, request_replacement, withdraw_flag
from draws.errors import EvidenceFileMissing, FlagExists
from draws.models import Evidence, Place, RosterFlag
from draws.queries import get_evidence
from tests.draws.actions.test_prepare import FLAG
from tests.draws.actions.test_replacements import EXCUSE
from tests.factories.draws import NOW, make_draft, make_drawn, make_population

LETTER = Upload("病历.pdf", b"%PDF-1.7 letter")
EXCLUDE = FLAG | {"kind": "X", "code": "ILL", "reason": "住院治疗"}


@pytest.fixture(autouse=True)
def own_store(monkeypatch):
    """An empty store, so that what is left in it can be counted."""
    store = InMemoryStorage()
    monkeypatch.setattr(default_storage, "_wrapped", store)
    return store


def files_in(store) -> list[str]:
    return store.listdir("draw-evidence")[1] if store.exists("draw-evidence") else []


def ask(cast, draw, person, **over):
    return request_flag(cast.regulator, draw.public_id, **{"person_id": person.public_id} | EXCLUDE | over)


def test_request_flag_that_favours_somebody_needs_a_file(cast):
    person = make_population(cast, 1)[0].person
    draw = make_draft(cast)
    with pytest.raises(EvidenceFileMissing):
        ask(cast, draw, person)
    assert not RosterFlag.objects.exists()
    row = ask(cast, draw, person, file=LETTER).files.get()
    assert (row.file_name, row.content_type, row.size_bytes) == ("病历.pdf", "application/pdf", 15)
    assert default_storage.open(row.stored_name).read() == LETTER.content


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"file": Upload("x.html", b"<script>")}, EvidenceTypeRefused),
        ({"person_id": "0" * 32, "file": LETTER}, NotFound),
    ],
)
def test_request_flag_refused_keeps_no_file(cast, own_store, over, refusal):
    person = make_population(cast, 1)[0].person
    with pytest.raises(refusal):
        ask(cast, make_draft(cast), person, **over)
    assert (Evidence.objects.count(), files_in(own_store)) == (0, [])


def test_request_flag_twice_keeps_only_the_first_file(cast, own_store):
    person = make_population(cast, 1)[0].person
    draw = make_draft(cast)
    ask(cast, draw, person, file=LETTER)
    with pytest.raises(FlagExists):
        ask(cast, draw, person, file=LETTER)
    assert len(files_in(own_store)) == 1


def test_withdraw_flag_takes_its_file_away(cast, own_store, django_capture_on_commit_callbacks):
    draw = make_draft(cast)
    flag = ask(cast, draw, make_population(cast, 1)[0].person, file=LETTER)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_flag(cast.regulator, flag.public_id, reason="已康复", now=NOW)
    assert (Evidence.objects.count(), files_in(own_store)) == (0, [])


def test_request_replacement_keeps_its_file_for_who_decides(cast, world):
    make_population(cast, 3)
    draw = make_drawn(cast)
    pid = Place.objects.get(draw=draw, status="S1").entry.pid
    row = request_replacement(cast.regulator, draw.public_id, pid=pid, file=LETTER, **EXCUSE).files.get()
    assert get_evidence(cast.reviewer, row.public_id) == row
    with pytest.raises(NotFound):
        get_evidence(world.actor("regulator"), row.public_id)
