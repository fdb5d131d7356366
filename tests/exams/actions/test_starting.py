"""What a start reads in two statements is what the other rooms' queries say of the same candidate."""

from datetime import timedelta

import pytest
from django.db import transaction

from core.errors import NotFound
from exams.actions import start_attempt
from exams.actions.papers import build_papers
from exams.models import Accommodation, Attempt, Extension, Paper
from exams.queries.candidates import extra_seconds_of, rules_of
from exams.queries.starting import lock_start
from tests.factories.accounts import make_user
from tests.factories.exams import NOW, make_stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    stage = make_stage(people=2)
    stage.open()
    return stage


def facts(stage, index=0):
    with transaction.atomic():
        return lock_start(stage.candidates[index].person_id, stage.candidates[index].public_id)


def extend(stage, *, attempt=None, seconds, approved=True):
    staff = make_user()
    Extension.objects.create(
        sitting=stage.sitting, attempt=attempt, seconds=seconds, reason="停电", requested_by=staff, requested_at=NOW,
        approved_by=staff if approved else None, approved_at=NOW if approved else None,
    )  # fmt: skip


def accommodate(candidate, *, minutes, state="granted", decided_at=NOW):
    staff = make_user()
    Accommodation.objects.create(
        candidate=candidate, state=state, extra_minutes=minutes, reason="视力障碍", requested_by=staff, requested_at=NOW,
        decided_by=staff, decided_at=decided_at,
    )  # fmt: skip


def test_sitting_times_and_round_are_those_of_the_candidate(stage):
    found = facts(stage)
    assert (found.candidate, found.sitting) == (stage.candidates[0], stage.sitting)
    assert (found.sitting.hard_end_at, found.sitting.asks_code) == (stage.sitting.hard_end_at, True)
    assert rules_of(found.candidate.round) == rules_of(stage.exam_round)
    assert (found.live_attempt, found.extra_seconds) == (None, 0)


def test_extra_time_is_that_of_every_other_page(stage):
    other = stage.start(1)
    extend(stage, seconds=120)
    extend(stage, seconds=60)
    extend(stage, seconds=900, approved=False)
    extend(stage, attempt=other, seconds=300)
    accommodate(stage.candidates[0], minutes=5, decided_at=NOW - timedelta(days=1))
    accommodate(stage.candidates[0], minutes=20)
    accommodate(stage.candidates[0], minutes=40, state="refused")
    expected = extra_seconds_of(stage.sitting, None, candidate_id=stage.candidates[0].pk)
    assert facts(stage).extra_seconds == expected == 180 + 1200


def test_paper_built_ahead_is_found_with_its_hash(stage):
    build_papers(stage.sitting.pk, now=NOW)
    paper = facts(stage).paper
    assert paper is not None
    assert paper.sha256 == Paper.objects.get(candidate=stage.candidates[0], sitting=stage.sitting).sha256
    assert stage.start(0).paper_id == paper.pk


def test_attempt_that_was_begun_is_returned_and_a_void_one_is_not(stage):
    attempt = stage.start()
    assert facts(stage).live_attempt == attempt.pk
    code = stage.sitting.opening_code
    assert start_attempt(stage.actor(), stage.candidates[0].public_id, opening_code=code, now=NOW) == attempt
    Attempt.objects.filter(pk=attempt.pk).update(state="void")
    assert facts(stage).live_attempt is None


def test_nobody_else_s_candidacy_is_found(stage):
    own, other = stage.candidates
    for person, candidate_id in ((other.person_id, own.public_id), (None, own.public_id), (own.person_id, "0" * 32)):
        with pytest.raises(NotFound), transaction.atomic():
            lock_start(person, candidate_id)
