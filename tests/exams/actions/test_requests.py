import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from core.errors import DomainError, NotAllowed, NotFound, SameApprover
from draws.models import Place, Replacement, RosterEntry
from exams.actions import (
    DeferralDraft,
    decide_accommodation,
    decide_deferral,
    recommend_deferral,
    request_accommodation,
    request_deferral,
    withdraw_accommodation,
    withdraw_deferral,
)
from exams.actions.files import Upload
from exams.domain.requests import Wish
from exams.errors import (
    AccommodationEmpty,
    CandidateNotInState,
    DeferralTooLate,
    ProposalDecided,
    ReasonLengthWrong,
)
from exams.jobs import task_follow_replacement
from exams.models import Accommodation, Candidate, Deferral
from notices.models import Notice
from tests.exams.after import regulator, reviewer
from tests.factories.actors import make_actor
from tests.factories.exams import NOW, OPENS_AT, make_stage
from tests.factories.registry import make_authority

pytestmark = pytest.mark.django_db
EARLY = OPENS_AT - timedelta(days=2)
LEAVE = DeferralDraft(Deferral.Ground.ILL, "住院手术，不能参加", "市二医院 11 月 20 日诊断证明")
NOTE = "材料属实，同意"


@pytest.fixture
def stage():
    return make_stage(people=2)


def drawn_place(stage, index=0):
    """The candidate's place in the round's draw, so that it can be excused."""
    candidate = stage.candidates[index]
    entry = RosterEntry.objects.create(
        draw=stage.exam_round.draw,
        proposal=stage.exam_round.draw.proposal,
        person=candidate.person,
        enterprise=candidate.enterprise,
        post=candidate.post,
        pid=candidate.pid,
        salt_sealed=b"",
        stratum="S",
    )
    return Place.objects.create(draw=stage.exam_round.draw, entry=entry, status="M", rank=0, state="called")


def asked(stage, actor=None, now=EARLY, draft=LEAVE):
    return request_deferral(actor or stage.actor(0), stage.candidates[0].public_id, draft, now=now)


def test_leave_goes_through_three_people_and_the_draw(stage):
    drawn_place(stage)
    row = asked(stage)
    first, second = regulator(stage), reviewer(stage)

    recommend_deferral(first, row.public_id, now=EARLY)
    with pytest.raises(SameApprover):
        decide_deferral(first, row.public_id, grant=True, note=NOTE, now=EARLY)
    decide_deferral(second, row.public_id, grant=True, note=NOTE, now=EARLY)

    candidate = Candidate.objects.get(pk=stage.candidates[0].pk)
    replacement = Replacement.objects.get()
    assert (candidate.state, Deferral.objects.get().state, replacement.state) == ("deferred", "granted", "approved")
    assert (replacement.reason_code, replacement.evidence) == ("ILL", LEAVE.evidence)
    assert Notice.objects.get(person=candidate.person).title == "缓考申请：已批准"
    task_follow_replacement(replacement_id=replacement.pk)
    candidate.refresh_from_db()
    assert candidate.state == "deferred"


def test_leave_refused_leaves_the_candidate_where_they_were(stage):
    drawn_place(stage)
    row = asked(stage)
    recommend_deferral(regulator(stage), row.public_id, now=EARLY)

    decide_deferral(reviewer(stage), row.public_id, grant=False, note="证明材料不足", now=EARLY)

    assert Candidate.objects.get(pk=stage.candidates[0].pk).state == "notified"
    assert Replacement.objects.get().state == "refused"
    asked(stage)


def test_leave_needs_the_first_check_before_it_is_granted(stage):
    row = asked(stage)
    with pytest.raises(ProposalDecided):
        decide_deferral(reviewer(stage), row.public_id, grant=True, note=NOTE, now=EARLY)
    with pytest.raises(ProposalDecided):
        asked(stage)
    for who in (stage.invigilator, reviewer(stage), stage.actor(0)):
        with pytest.raises(NotAllowed):
            recommend_deferral(who, row.public_id, now=EARLY)
    with pytest.raises(NotFound):
        recommend_deferral(make_actor("regulator", authority=make_authority()), row.public_id, now=EARLY)
    withdraw_deferral(stage.actor(0), row.public_id, now=EARLY)
    with pytest.raises(ProposalDecided):
        withdraw_deferral(stage.actor(0), row.public_id, now=EARLY)


def test_leave_asked_for_by_the_regulator_is_checked_by_another(stage):
    row = asked(stage, actor=stage.regulator)
    with pytest.raises(SameApprover):
        recommend_deferral(stage.regulator, row.public_id, now=EARLY)


def test_leave_is_refused_late_badly_reasoned_or_for_somebody_else(stage):
    with pytest.raises(DeferralTooLate):
        asked(stage, now=OPENS_AT)
    for draft in (
        DeferralDraft(Deferral.Ground.ILL, "病", "诊断证明一份"),
        DeferralDraft(Deferral.Ground.ILL, "住院手术，不能参加", ""),
    ):
        with pytest.raises(ReasonLengthWrong):
            asked(stage, draft=draft)
    with pytest.raises(NotFound):
        asked(stage, actor=stage.actor(1))
    stage.open()
    stage.start(0)
    with pytest.raises(CandidateNotInState):
        asked(stage, now=NOW)
    assert not Deferral.objects.exists()


def test_accommodation_gives_time_from_the_start(stage):
    row = request_accommodation(
        stage.actor(0), stage.candidates[0].public_id, Wish(extra_minutes=30, read_aloud=True), reason="视力残疾二级",
        now=EARLY,
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        decide_accommodation(stage.actor(0), row.public_id, grant=True, note=NOTE, now=EARLY)
    decide_accommodation(reviewer(stage), row.public_id, grant=True, note=NOTE, now=EARLY)

    stage.open()
    helped, other = stage.start(0), stage.start(1)

    assert helped.deadline - other.deadline == timedelta(minutes=30)
    with pytest.raises(CandidateNotInState):
        request_accommodation(
            stage.actor(0), stage.candidates[0].public_id, Wish(large_print=True), reason="需要大字号", now=NOW
        )


def test_accommodation_granted_last_counts_and_the_history_stays(stage):
    at = stage.candidates[0].public_id
    for number, minutes in enumerate((60, 20)):
        row = request_accommodation(stage.actor(0), at, Wish(extra_minutes=minutes), reason="视力残疾二级", now=EARLY)
        decide_accommodation(reviewer(stage), row.public_id, grant=True, note=NOTE, now=EARLY + timedelta(hours=number))
    refused = request_accommodation(stage.actor(0), at, Wish(extra_minutes=120), reason="希望再多一些时间", now=EARLY)
    decide_accommodation(reviewer(stage), refused.public_id, grant=False, note="没有残疾证明", now=EARLY)

    stage.open()
    assert stage.start(0).deadline - stage.start(1).deadline == timedelta(minutes=20)
    assert list(Accommodation.objects.order_by("pk").values_list("state", flat=True)) == [
        "granted", "granted", "refused",
    ]  # fmt: skip


def test_accommodation_is_refused_empty_twice_or_by_the_one_who_asked(stage):
    at = stage.candidates[0].public_id
    for wish in (Wish(), Wish(extra_minutes=121), Wish(extra_minutes=-1)):
        with pytest.raises(AccommodationEmpty):
            request_accommodation(stage.actor(0), at, wish, reason="视力残疾二级", now=EARLY)
    row = request_accommodation(stage.regulator, at, Wish(large_print=True), reason="视力残疾二级", now=EARLY)
    with pytest.raises(ProposalDecided):
        request_accommodation(stage.actor(0), at, Wish(large_print=True), reason="视力残疾二级", now=EARLY)
    with pytest.raises(SameApprover):
        decide_accommodation(stage.regulator, row.public_id, grant=True, note=NOTE, now=EARLY)
    with pytest.raises(NotAllowed):
        withdraw_accommodation(stage.actor(0), row.public_id, now=EARLY)
    withdraw_accommodation(stage.regulator, row.public_id, now=EARLY)
    with pytest.raises(ProposalDecided):
        decide_accommodation(reviewer(stage), row.public_id, grant=True, note=NOTE, now=EARLY)


def kept_names():
    return set(default_storage.listdir("sittings")[1]) if default_storage.exists("sittings") else set()


def test_leave_keeps_files_without_place_and_nothing_of_a_refused_request(stage):
    before = kept_names()
    picture = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    Image.new("RGB", (8, 8), "white").save(picture, "JPEG", exif=exif)
    files = (Upload("../../诊断证明.jpg", picture.getvalue()), Upload("说明.pdf", b"%PDF-1.7 x"))

    row = asked(stage, draft=replace(LEAVE, files=files))

    assert list(row.files.values_list("file_name", "content_type")) == [
        ("诊断证明.jpg", "image/jpeg"), ("说明.pdf", "application/pdf"),
    ]  # fmt: skip
    fresh = kept_names() - before
    assert {f"sittings/{name}" for name in fresh} == set(row.files.values_list("stored_name", flat=True))
    assert not any(b"Exif" in default_storage.open(f"sittings/{name}").read() for name in fresh)
    for wrong in (Upload("x.exe", b"MZ"), Upload("x.pdf", b""), Upload("x.jpg", b"%PDF-1.7")):
        with pytest.raises(DomainError):
            asked(stage, draft=replace(LEAVE, files=(wrong,)))
    with pytest.raises(ProposalDecided):
        asked(stage, draft=replace(LEAVE, files=files))
    assert kept_names() == before | fresh
