"""A failed makeup opens the first step; each step closes with evidence."""

from datetime import date

import pytest

from core.actor import REGULATOR, REVIEWER
from core.errors import NotAllowed, NotFound
from core.models import AuditEntry
from exams.events import makeup_failed
from exams.models import Candidate
from oversight.actions import close_follow_up, open_follow_up
from oversight.errors import EvidenceMissing, FollowUpClosed, FollowUpNotDue, LastStep, StepExists
from oversight.jobs import task_open_missing_follow_ups
from oversight.models import FollowUp
from tests.factories.actors import make_actor
from tests.factories.oversight import NOW, SYSTEM, make_failed_candidate, make_follow_up
from tests.factories.publications import make_graded_round
from tests.factories.registry import make_area, make_authority

pytestmark = pytest.mark.django_db
EVIDENCE = "约谈笔录第 12 号，2026-12-05"


def _regulator(follow_up: FollowUp):  # type: ignore[no-untyped-def]
    """Of the authority, whose area covers the candidate's street."""
    follow_up.candidate.area.path = f"{follow_up.authority.area.path}/{follow_up.candidate.area.code}"
    follow_up.candidate.area.save()
    return make_actor(REGULATOR, authority=follow_up.authority)


def test_open_failed_makeup_gives_a_talk_due_in_fifteen_days() -> None:
    follow_up = make_follow_up()
    assert (follow_up.step, follow_up.state, follow_up.due_on) == ("talk", "open", date(2026, 12, 16))
    assert AuditEntry.objects.get(action="oversight.follow_up_opened").object_id == follow_up.public_id


def test_open_days_of_the_authority_count() -> None:
    exam_round = make_graded_round(authority=make_authority(settings={"follow_up_days": {"talk": 5}}))
    assert make_follow_up(make_failed_candidate(exam_round)).due_on == date(2026, 12, 6)


def test_open_twice_is_one_step() -> None:
    candidate = make_failed_candidate()
    assert open_follow_up(SYSTEM, candidate.pk, now=NOW) == open_follow_up(SYSTEM, candidate.pk, now=NOW)
    assert FollowUp.objects.count() == 1


def test_open_for_somebody_who_passed_is_refused() -> None:
    make_graded_round()
    passed = Candidate.objects.filter(state="passed").first()
    assert passed is not None
    with pytest.raises(FollowUpNotDue):
        open_follow_up(SYSTEM, passed.pk, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_makeup_failed_event_opens_the_step() -> None:
    candidate = make_failed_candidate()
    makeup_failed.send(sender=None, candidate_id=candidate.pk)
    assert FollowUp.objects.get().candidate == candidate


def test_sweeper_finds_what_the_event_missed(django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    make_failed_candidate()
    with django_capture_on_commit_callbacks(execute=True):
        assert task_open_missing_follow_ups() == 1
    assert FollowUp.objects.count() == 1
    assert task_open_missing_follow_ups() == 0


def test_close_with_evidence_is_kept_and_audited() -> None:
    follow_up = make_follow_up()
    regulator = _regulator(follow_up)
    done = close_follow_up(regulator, follow_up.public_id, evidence_text=EVIDENCE, open_next=False, now=NOW)
    assert (done.state, done.evidence, done.done_by_id, done.done_at) == ("done", EVIDENCE, regulator.user_id, NOW)
    assert FollowUp.objects.count() == 1
    assert AuditEntry.objects.filter(action="oversight.follow_up_closed").count() == 1


def test_close_and_open_next_opens_the_training() -> None:
    follow_up = make_follow_up()
    close_follow_up(_regulator(follow_up), follow_up.public_id, evidence_text=EVIDENCE, open_next=True, now=NOW)
    assert list(FollowUp.objects.values_list("step", "state").order_by("pk")) == [
        ("talk", "done"),
        ("training", "open"),
    ]


@pytest.mark.parametrize(
    ("evidence", "step", "refusal"),
    [("短", "talk", EvidenceMissing), (EVIDENCE, "circular", LastStep)],
)
def test_close_refused_changes_nothing(evidence: str, step: str, refusal: type[Exception]) -> None:
    follow_up = make_follow_up(step=step)
    with pytest.raises(refusal):
        close_follow_up(_regulator(follow_up), follow_up.public_id, evidence_text=evidence, open_next=True, now=NOW)
    follow_up.refresh_from_db()
    assert follow_up.state == "open"


def test_close_next_step_there_already_is_refused() -> None:
    follow_up = make_follow_up()
    FollowUp.objects.create(
        authority=follow_up.authority,
        candidate=follow_up.candidate,
        step="training",
        due_on=NOW.date(),
        opened_at=NOW,
    )
    with pytest.raises(StepExists):
        close_follow_up(_regulator(follow_up), follow_up.public_id, evidence_text=EVIDENCE, open_next=True, now=NOW)


def test_close_twice_is_stale() -> None:
    follow_up = make_follow_up()
    regulator = _regulator(follow_up)
    close_follow_up(regulator, follow_up.public_id, evidence_text=EVIDENCE, open_next=False, now=NOW)
    with pytest.raises(FollowUpClosed):
        close_follow_up(regulator, follow_up.public_id, evidence_text=EVIDENCE, open_next=False, now=NOW)


def test_close_reviewer_may_not_and_another_authority_finds_nothing() -> None:
    follow_up = make_follow_up()
    _regulator(follow_up)
    with pytest.raises(NotAllowed):
        close_follow_up(
            make_actor(REVIEWER, authority=follow_up.authority), follow_up.public_id,
            evidence_text=EVIDENCE, open_next=False, now=NOW,
        )  # fmt: skip
    stranger = make_actor(REGULATOR, authority=make_authority(area=make_area()))
    with pytest.raises(NotFound):
        close_follow_up(stranger, follow_up.public_id, evidence_text=EVIDENCE, open_next=False, now=NOW)
