"""From a graded round to the public, and back: two people, one hash, nothing silent."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.actor import INVIGILATOR, REGULATOR, REVIEWER, system_actor
from core.errors import DomainError, NotAllowed, NotFound, SameApprover
from core.models import AuditEntry
from exams.models import Candidate, RoundState
from publications.actions import (
    approve_publication,
    correct_publication,
    expire_proposals,
    propose_publication,
    refuse_publication,
    withdraw_publication,
)
from publications.errors import (
    AlreadyProposed,
    AlreadyPublished,
    CorrectionUnchanged,
    NothingToCorrect,
    NotProposed,
    NotPublished,
    PrivateDatumFound,
    ProposalExpired,
    ResultsIncomplete,
    RoundNotReady,
    SnapshotChanged,
)
from publications.models import Publication, Snapshot
from tests.factories.accounts import make_role, make_user
from tests.factories.actors import actor_of, make_actor
from tests.factories.exams import make_candidate
from tests.factories.publications import (
    CANARIES,
    NOW,
    make_graded_round,
    make_proposed,
    make_published,
    make_regulator,
    make_result,
    make_reviewer,
)
from tests.factories.registry import make_authority, make_enterprise

pytestmark = pytest.mark.django_db


def _candidate(name: str) -> Candidate:
    return Candidate.objects.select_related("round").get(person__name=name)


def test_propose_graded_round_freezes_a_snapshot_and_audits_its_hash() -> None:
    exam_round = make_graded_round()
    regulator = make_regulator(exam_round)
    row = propose_publication(regulator, exam_round.public_id, NOW)
    assert (row.state, row.proposed_by_id, row.expires_at) == ("proposed", regulator.user_id, NOW + timedelta(hours=24))
    assert len(json.loads(row.snapshot.content)["rows"]) == len(CANARIES)
    entry = AuditEntry.objects.get(action="publications.proposed")
    assert json.loads(entry.details) == {"sha256": row.snapshot.sha256, "version": 1}


def test_propose_stranger_of_another_authority_finds_nothing() -> None:
    exam_round = make_graded_round()
    with pytest.raises(NotFound):
        propose_publication(make_actor(REGULATOR, authority=make_authority()), exam_round.public_id, NOW)


@pytest.mark.parametrize("role", [REVIEWER])
def test_propose_in_reach_without_the_right_is_not_allowed(role: str) -> None:
    exam_round = make_graded_round()
    with pytest.raises(NotAllowed):
        propose_publication(make_actor(role, authority=exam_round.authority), exam_round.public_id, NOW)


@pytest.mark.parametrize("state", [RoundState.CLOSED, RoundState.OPEN, RoundState.CANCELLED])
def test_propose_round_not_graded_is_refused(state: str) -> None:
    exam_round = make_graded_round(state=state)
    with pytest.raises(RoundNotReady):
        propose_publication(make_regulator(exam_round), exam_round.public_id, NOW)
    assert not Snapshot.objects.exists()


def test_propose_candidate_without_result_is_refused_with_the_number() -> None:
    exam_round = make_graded_round()
    make_candidate(exam_round)
    with pytest.raises(ResultsIncomplete) as refusal:
        propose_publication(make_regulator(exam_round), exam_round.public_id, NOW)
    assert refusal.value.params == {"count": 1}


def test_propose_deferred_candidate_counts_as_complete() -> None:
    exam_round = make_graded_round()
    make_candidate(exam_round, state="deferred")
    row = propose_publication(make_regulator(exam_round), exam_round.public_id, NOW)
    assert json.loads(row.snapshot.content)["totals"]["deferred"] == 1


def test_propose_phone_in_a_firms_name_is_stopped_and_nothing_is_written() -> None:
    exam_round = make_graded_round()
    firm = make_enterprise(name="岳阳１３８０７３０１２３４商贸")
    candidate = make_candidate(exam_round, enterprise=firm)
    make_result(candidate, score=90)
    with pytest.raises(PrivateDatumFound):
        propose_publication(make_regulator(exam_round), exam_round.public_id, NOW)
    assert not Snapshot.objects.exists()
    assert not Publication.objects.exists()
    assert not AuditEntry.objects.filter(action__startswith="publications").exists()


def test_propose_twice_is_refused() -> None:
    row = make_proposed()
    with pytest.raises(AlreadyProposed):
        propose_publication(make_regulator(row.round), row.round.public_id, NOW)


def test_propose_again_after_publication_is_refused() -> None:
    row = make_published()
    with pytest.raises(AlreadyPublished):
        propose_publication(make_regulator(row.round), row.round.public_id, NOW)


def test_approve_by_a_reviewer_publishes_and_sets_the_last_day_of_names() -> None:
    row = make_proposed()
    reviewer = make_reviewer(row.round)
    done = approve_publication(reviewer, row.public_id, snapshot_sha256=row.snapshot.sha256, now=NOW)
    assert (done.state, done.decided_by_id, done.names_until) == (
        "published",
        reviewer.user_id,
        NOW.date() + timedelta(days=90),
    )
    done.round.refresh_from_db()
    assert done.round.state == RoundState.PUBLISHED


def test_approve_names_days_set_by_the_authority_count() -> None:
    row = make_proposed()
    row.round.authority.settings = {"names_days": 30}
    row.round.authority.save()
    done = approve_publication(make_reviewer(row.round), row.public_id, snapshot_sha256=row.snapshot.sha256, now=NOW)
    assert done.names_until == NOW.date() + timedelta(days=30)


def test_approve_own_proposal_is_refused_and_changes_nothing() -> None:
    exam_round = make_graded_round()
    regulator = make_regulator(exam_round)
    row = propose_publication(regulator, exam_round.public_id, NOW)
    with pytest.raises(SameApprover):
        approve_publication(regulator, row.public_id, snapshot_sha256=row.snapshot.sha256, now=NOW)
    row.refresh_from_db()
    assert row.state == "proposed"


def test_approve_own_proposal_after_changing_role_is_still_refused() -> None:
    exam_round = make_graded_round()
    user = make_user(person=make_candidate(exam_round).person)
    Candidate.objects.filter(person=user.person).delete()
    make_role(user, REGULATOR, authority=exam_round.authority)
    row = propose_publication(actor_of(user), exam_round.public_id, NOW)
    make_role(user, REVIEWER, authority=exam_round.authority)
    with pytest.raises(SameApprover):
        approve_publication(actor_of(user), row.public_id, snapshot_sha256=row.snapshot.sha256, now=NOW)


def test_approve_score_changed_since_the_proposal_is_refused() -> None:
    row = make_proposed()
    make_result(_candidate(CANARIES[0]), score=99)
    with pytest.raises(SnapshotChanged):
        approve_publication(make_reviewer(row.round), row.public_id, snapshot_sha256=row.snapshot.sha256, now=NOW)


@pytest.mark.parametrize(
    ("sha256", "after", "refusal"),
    [("0" * 64, timedelta(0), SnapshotChanged), (None, timedelta(hours=24, seconds=1), ProposalExpired)],
)
def test_approve_other_hash_or_too_late_is_refused(
    sha256: str | None, after: timedelta, refusal: type[DomainError]
) -> None:
    row = make_proposed()
    with pytest.raises(refusal):
        approve_publication(
            make_reviewer(row.round), row.public_id, snapshot_sha256=sha256 or row.snapshot.sha256, now=NOW + after
        )


def test_approve_invigilator_finds_nothing() -> None:
    row = make_proposed()
    invigilator = make_actor(INVIGILATOR, authority=row.round.authority)
    with pytest.raises(NotFound):
        approve_publication(invigilator, row.public_id, snapshot_sha256=row.snapshot.sha256, now=NOW)


def test_approve_twice_the_second_is_stale() -> None:
    row = make_published()
    with pytest.raises(NotProposed):
        approve_publication(make_reviewer(row.round), row.public_id, snapshot_sha256=row.snapshot.sha256, now=NOW)


def test_refuse_with_a_reason_frees_the_round_for_the_next_version() -> None:
    row = make_proposed()
    refused = refuse_publication(make_reviewer(row.round), row.public_id, note="名单与记录不一致", now=NOW)
    assert (refused.state, refused.decision_note) == ("refused", "名单与记录不一致")
    again = propose_publication(make_regulator(row.round), row.round.public_id, NOW)
    assert again.snapshot.version == 2


def test_propose_after_an_expired_proposal_sends_the_old_one_back() -> None:
    row = make_proposed()
    again = propose_publication(make_regulator(row.round), row.round.public_id, NOW + timedelta(hours=25))
    row.refresh_from_db()
    assert (row.state, again.state) == ("refused", "proposed")


def test_expire_proposals_twice_touches_only_old_ones_once() -> None:
    old, fresh = make_proposed(), make_proposed(now=NOW + timedelta(hours=20))
    system = system_actor("publications.expire")
    assert expire_proposals(system, NOW + timedelta(hours=25)) == 1
    assert expire_proposals(system, NOW + timedelta(hours=25)) == 0
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert (old.state, fresh.state) == ("refused", "proposed")
    assert AuditEntry.objects.filter(action="publications.expired").count() == 1


def test_correct_changed_score_replaces_the_version_and_keeps_the_period_of_names() -> None:
    first = make_published()
    make_result(_candidate(CANARIES[0]), score=99)
    later = NOW + timedelta(days=3)
    row = correct_publication(make_regulator(first.round), first.round.public_id, note="答案更正后重新评分", now=later)
    first.refresh_from_db()
    assert first.state == "published"
    done = approve_publication(make_reviewer(row.round), row.public_id, snapshot_sha256=row.snapshot.sha256, now=later)
    first.refresh_from_db()
    assert (first.state, done.state, done.names_until) == ("superseded", "published", first.names_until)
    assert json.loads(done.snapshot.content)["correction"] == {
        "replaces_version": 1,
        "replaces_sha256": first.snapshot.sha256,
        "note": "答案更正后重新评分",
    }


def test_correct_nothing_changed_is_refused() -> None:
    row = make_published()
    with pytest.raises(CorrectionUnchanged):
        correct_publication(make_regulator(row.round), row.round.public_id, note="没有任何变化", now=NOW)


def test_correct_never_published_is_refused() -> None:
    exam_round = make_graded_round()
    with pytest.raises(NothingToCorrect):
        correct_publication(make_regulator(exam_round), exam_round.public_id, note="首次公示之前", now=NOW)


def test_correct_note_with_a_candidates_name_is_stopped() -> None:
    row = make_published()
    make_result(_candidate(CANARIES[0]), score=99)
    with pytest.raises(PrivateDatumFound):
        correct_publication(make_regulator(row.round), row.round.public_id, note=f"{CANARIES[0]}的成绩有误", now=NOW)


def test_withdraw_says_when_and_why_and_can_be_published_again() -> None:
    row = make_published()
    gone = withdraw_publication(
        make_regulator(row.round), row.public_id, note="发现名单有误", now=NOW + timedelta(hours=1)
    )
    assert (gone.state, gone.withdrawn_at, gone.decision_note) == (
        "withdrawn",
        NOW + timedelta(hours=1),
        "发现名单有误",
    )
    again = correct_publication(
        make_regulator(row.round), row.round.public_id, note="核对后重新公示", now=NOW + timedelta(hours=2)
    )
    assert again.snapshot.version == 2


def test_withdraw_proposal_is_refused() -> None:
    row = make_proposed()
    with pytest.raises(NotPublished):
        withdraw_publication(make_regulator(row.round), row.public_id, note="还没有公示过", now=NOW)


def test_withdraw_reviewer_may_not() -> None:
    row = make_published()
    with pytest.raises(NotAllowed):
        withdraw_publication(make_reviewer(row.round), row.public_id, note="审核人无权撤回", now=NOW)


def test_snapshot_cannot_be_changed_in_the_database() -> None:
    row = make_published()
    with pytest.raises(IntegrityError), transaction.atomic():
        Snapshot.objects.filter(pk=row.snapshot_id).update(content="{}")
