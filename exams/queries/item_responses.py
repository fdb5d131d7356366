"""What a graded round says about its questions: for the item statistics."""

from collections.abc import Iterator

from exams.domain.item_responses import GradedAttempt, Response, responses_of
from exams.models import AttemptState, Grading, Round

FIRST_SITTING = 1


def item_responses(exam_round: Round) -> list[Response]:
    """Every answer of the first sitting as graded last, with real option ids; nobody's name, and no voided attempt.

    The makeup is left out: who sits it was chosen by failing, which would make its questions look hard.
    """
    return [response for attempt in _graded(exam_round) for response in responses_of(attempt)]


def _graded(exam_round: Round) -> Iterator[GradedAttempt]:
    rows = (
        Grading.objects.filter(attempt__sitting__round=exam_round, attempt__sitting__number=FIRST_SITTING)
        .exclude(attempt__state__in=[AttemptState.OPEN, AttemptState.VOID])
        .select_related("attempt__paper", "attempt__candidate__industry")
        .order_by("attempt_id", "-number")
    )
    last = None
    for grading in rows.iterator(chunk_size=200):
        attempt = grading.attempt
        if attempt.pk != last:
            last = attempt.pk
            yield GradedAttempt(
                person=attempt.public_id,
                group=attempt.candidate.industry.name,
                answer_key=attempt.paper.answer_key,
                item_marks=grading.item_marks,
                answers=attempt.answers,
            )
