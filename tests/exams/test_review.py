"""What a candidate may look back at: nothing, points by topic, or the paper of retired questions."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from exams.models import ReviewLevel, Round, SittingState
from exams.queries.review import may_review, reviews_of
from question_bank.models import Question
from tests.exams.after import GRADED_AT, attempt_of, graded_stage, published
from tests.factories.actors import client_of
from tests.factories.exams import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW + timedelta(days=1), tick=False)


@pytest.fixture
def stage():
    return graded_stage(2)


def reread(stage, **over):
    Round.objects.filter(pk=stage.exam_round.pk).update(**over)
    candidate = stage.candidates[0]
    candidate.round.refresh_from_db()
    return candidate


def page(stage):
    url = reverse("exams:my_review", args=[stage.candidates[0].public_id])
    return client_of(stage.user()).get(url)


def test_nothing_before_publication_and_nothing_where_the_round_shows_scores_alone(stage):
    candidate = reread(stage, review=ReviewLevel.FULL)
    assert (reviews_of(candidate), may_review(candidate), page(stage).status_code) == ([], False, 404)
    published(stage)
    candidate = reread(stage, review=ReviewLevel.SCORE)
    assert (reviews_of(candidate), may_review(candidate), page(stage).status_code) == ([], False, 404)


def test_points_by_topic_hold_no_item_and_no_key(stage):
    published(stage)
    candidate = reread(stage, review=ReviewLevel.POINTS)

    (found,) = reviews_of(candidate)

    assert [(line.topic, line.items, line.possible) for line in found.topics] == [("安全生产方针", 7, Decimal("10.00"))]
    assert found.topics[0].earned == found.score == candidate.score
    assert found.items == ()
    told = page(stage).text
    assert "安全生产方针" in told
    assert not any(secret in told for secret in ("题干", "选项", "CANARY-KEY"))


def test_full_review_shows_retired_questions_only_and_after_the_last_sitting(stage):
    published(stage)
    candidate = reread(stage, review=ReviewLevel.FULL)
    assert reviews_of(candidate)[0].items == ()  # the makeup still uses the bank
    stage.makeup.__class__.objects.filter(pk=stage.makeup.pk).update(state=SittingState.CLOSED)

    (found,) = reviews_of(candidate)
    assert [item.is_open for item in found.items] == [False] * 7
    assert "CANARY-KEY" not in page(stage).text

    key = attempt_of(stage).paper.answer_key
    retired = next(name for name in Question.objects.values_list("public_id", flat=True) if f'"item":"{name}"' in key)
    Question.objects.filter(public_id=retired).update(state="retired")
    (found,) = reviews_of(candidate)
    (opened,) = [item for item in found.items if item.is_open]
    assert opened.explanation.startswith("CANARY-KEY")
    assert {option.is_right for option in opened.options} == {True, False}
    told = page(stage).text
    assert told.count("CANARY-KEY") == 1
    assert "正确答案" in told


def test_review_of_another_person_is_not_found(stage):
    published(stage)
    reread(stage, review=ReviewLevel.POINTS)
    stranger = graded_stage(0)
    url = reverse("exams:my_review", args=[stage.candidates[0].public_id])
    assert client_of(stranger.user()).get(url).status_code == 404
    assert NOW + timedelta(days=1) > GRADED_AT
