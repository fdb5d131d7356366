"""Files behind flags and excuses: private, checked, gone when nothing came of them."""

import pytest
from django.core.files.storage import InMemoryStorage, default_storage

from core.errors import EvidenceTypeRefused, NotAllowed, NotFound
from draws.actions import Upload, request_enterprise_flags, request_flag, request_replacement, withdraw_flag
from draws.errors import EvidenceFileMissing, FlagCodeUnknown, FlagExists
from draws.models import Evidence, Place, RosterFlag
from draws.queries import get_evidence
from registry.models import Post
from tests.draws.actions.test_prepare import FLAG
from tests.draws.actions.test_replacements import EXCUSE
from tests.factories.draws import NOW, make_draft, make_drawn, make_population
from tests.factories.registry import make_appointment, make_enterprise

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


def test_request_enterprise_flags_ask_for_every_colleague_in_the_pool(cast, own_store):
    enterprise = make_enterprise(area=cast.authority.area, industry=cast.industry)
    first, second, third = (make_appointment(post=Post.SAFETY_MANAGER, enterprise=enterprise).person for _ in range(3))
    make_population(cast, 1)
    draw = make_draft(cast)
    request_flag(cast.regulator, draw.public_id, person_id=third.public_id, **FLAG | {"code": "DAN"})
    asked = {name: FLAG[name] for name in ("code", "reason", "evidence", "now")}
    flags = request_enterprise_flags(cast.regulator, draw.public_id, person_id=first.public_id, file=LETTER, **asked)
    assert {(flag.person, str(flag), flag.approved_at) for flag in flags} == {
        (first, "M:ACC", None), (second, "M:ACC", None),
    }  # fmt: skip
    assert (Evidence.objects.count(), len(files_in(own_store))) == (2, 2)
    with pytest.raises(FlagExists):
        request_enterprise_flags(cast.regulator, draw.public_id, person_id=first.public_id, **asked)


def test_request_enterprise_flags_refused_keep_nothing(cast, own_store):
    person = make_population(cast, 1)[0].person
    draw = make_draft(cast)
    asked = {"person_id": person.public_id, "code": "MAT", "reason": "原因不明", "file": LETTER, "now": NOW}
    with pytest.raises(FlagCodeUnknown):
        request_enterprise_flags(cast.regulator, draw.public_id, **asked)
    with pytest.raises(NotAllowed):
        request_enterprise_flags(cast.reviewer, draw.public_id, **asked | {"code": "ACC"})
    assert (RosterFlag.objects.count(), files_in(own_store)) == (0, [])
