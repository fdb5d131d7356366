"""A corrected key after the publication: the public page is corrected with a dated note, certificates follow."""

from datetime import timedelta
from decimal import Decimal

import pytest

from certificates.models import Certificate
from exams.domain.grading import Policy
from exams.models import Candidate, CandidateState, KeyCorrection
from oversight.actions import open_follow_up
from oversight.models import FollowUp
from publications.actions import approve_publication, propose_publication, refuse_publication
from publications.jobs import task_propose_correction
from publications.models import Publication
from publications.queries.home import tasks_for
from publications.queries.snapshots import parsed
from tests.exams.actions.test_corrections import correct, draft
from tests.exams.after import (
    GRADED_AT,
    SYSTEM,
    attempt_of,
    graded_stage,
    item_of_kind,
    items_of,
    ref_of,
    regulator,
    reviewer,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def publish(stage, commit, now):
    with commit():
        row = propose_publication(regulator(stage), stage.exam_round.public_id, now)
    with commit():
        approve_publication(reviewer(stage), row.public_id, snapshot_sha256=row.snapshot.sha256, now=now)


def certificates():
    return list(Certificate.objects.order_by("pk").values_list("candidate__person__name", "state"))


def test_correction_is_put_forward_by_itself_and_published_by_one_person(time_machine, commit):
    now = GRADED_AT + DAY
    time_machine.move_to(now, tick=False)
    stage = graded_stage(0, 0, pass_mark=Decimal("10.00"))
    publish(stage, commit, now)
    names = [candidate.person.name for candidate in stage.candidates]
    assert sorted(certificates()) == sorted((name, "valid") for name in names)

    attempt = attempt_of(stage)
    ref = ref_of(attempt, item_of_kind(attempt, "single_choice"))
    with commit():
        correct(stage, draft(ref, Policy.REPLACE, "A"), now=now)

    row = Publication.objects.get(state=Publication.State.PROPOSED)
    assert (row.proposed_by, row.correction_note) == (None, "一道试题答案有误，已更正")
    assert set(certificates()) == {(name, "valid") for name in names}
    with commit():
        approve_publication(reviewer(stage), row.public_id, snapshot_sha256=row.snapshot.sha256, now=now)

    public = parsed(Publication.objects.get(state=Publication.State.PUBLISHED).snapshot.content)
    # who lost the pass is called to the makeup like everybody else who failed
    lost = Candidate.objects.filter(round=stage.exam_round, state=CandidateState.MAKEUP).count()
    assert lost >= 1
    assert sum(line.state == "failed" for line in public.rows) == lost
    assert sum(state == "revoked" for _name, state in certificates()) == lost


def test_two_corrections_become_one_proposal_with_both_notes(time_machine, commit):
    now = GRADED_AT + DAY
    time_machine.move_to(now, tick=False)
    stage = graded_stage(0, 4)
    publish(stage, commit, now)
    attempt = attempt_of(stage, 1)
    refs = [ref_of(attempt, item) for item in items_of(attempt)[:2]]
    for number, ref in enumerate(refs, start=1):
        with commit():
            correct(stage, draft(ref, public_note=f"第 {number} 处答案更正"), now=now)

    states = Publication.objects.order_by("pk").values_list("state", "correction_note")
    assert list(states) == [
        ("published", ""),
        ("refused", "第 1 处答案更正"),
        ("proposed", "第 1 处答案更正；第 2 处答案更正"),
    ]
    again = KeyCorrection.objects.order_by("-pk").first()
    with commit():
        task_propose_correction(correction_id=again.pk)
    assert Publication.objects.count() == 3


def test_figures_that_the_public_does_not_see_yet_are_a_task(time_machine, commit):
    now = GRADED_AT + DAY
    time_machine.move_to(now, tick=False)
    stage = graded_stage(0, 4)
    publish(stage, commit, now)
    actor = regulator(stage)
    assert tasks_for(actor, now) == []
    attempt = attempt_of(stage, 1)
    with commit():
        correct(stage, draft(ref_of(attempt, items_of(attempt)[0])), now=now + timedelta(hours=1))
    row = Publication.objects.get(state=Publication.State.PROPOSED)
    refuse_publication(reviewer(stage), row.public_id, note="说明应写明题型", now=now)

    assert [task.title for task in tasks_for(actor, now)] == [f"提出更正公示：{stage.exam_round.title}"]


def test_pass_after_all_ends_the_follow_up(time_machine, commit):
    now = GRADED_AT + DAY
    time_machine.move_to(now, tick=False)
    stage = graded_stage(3)
    attempt = attempt_of(stage)
    candidate = stage.candidates[0]
    candidate.results.create(
        sitting=stage.makeup, number=1, outcome="absent", score=None, reason="not begun", recorded_at=now
    )
    Candidate.objects.filter(pk=candidate.pk).update(state=CandidateState.ABSENT, sitting_number=2)
    open_follow_up(SYSTEM, candidate.pk, now=now)
    candidate.refresh_from_db()
    assert candidate.state == "follow_up"

    for item in items_of(attempt)[:3]:
        with commit():
            correct(stage, draft(ref_of(attempt, item)), now=now)

    candidate.refresh_from_db()
    assert (candidate.state, candidate.score) == ("passed", Decimal("10.00"))
    assert FollowUp.objects.values_list("state", "evidence").get() == ("done", "成绩更正后合格，处置终止")
