"""Many questions at once, and filters under a name."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, NotFound
from question_bank.actions.writing import (
    check_may_write,
    check_valid,
    industries_named,
    points_named,
    version_row,
    write_words,
)
from question_bank.domain import life
from question_bank.domain.bulk import BulkChange
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.topics import closes_ring
from question_bank.errors import BulkEditEmpty, FilterLimit, TopicRing
from question_bank.models import KnowledgePoint, Question, QuestionVersion, SavedFilter
from question_bank.policies import can_write_anywhere
from question_bank.queries import check_may_read_questions, draft_of, lock_questions

MOST_FILTERS = 30


@transaction.atomic
def edit_questions(
    actor: Actor, question_ids: Iterable[str], change: BulkChange, *, now: datetime
) -> tuple[list[Question], int]:
    """A new version of each that differs: all or none; and how many were as wanted already.

    New versions are drafts, as after any change. Raises NotFound, NotAllowed, QuestionInvalid, BulkEditEmpty.
    """
    questions = lock_questions(actor, question_ids)
    for authority_id in {question.authority_id for question in questions}:
        check_may_write(actor, authority_id)
    wanted = {question.pk: change.applied_to(draft_of(_current(question))) for question in questions}
    changed = [question for question in questions if wanted[question.pk] != draft_of(_current(question))]
    if not changed:
        raise BulkEditEmpty
    for question in changed:
        check_valid(wanted[question.pk])
    _write(actor, changed, wanted, now=now)
    refs = [f"{question.public_id}@{_current(question).number}" for question in changed]
    audit(actor, "question.bulk_edited", changed[0], details={"count": len(changed), "questions": refs})
    return changed, len(questions) - len(changed)


def _write(actor: Actor, questions: list[Question], drafts: dict[int, QuestionDraft], *, now: datetime) -> None:
    points = points_named(drafts[question.pk].knowledge_point for question in questions)
    industries = industries_named(drafts[question.pk].industry for question in questions)
    versions = QuestionVersion.objects.bulk_create(
        [
            version_row(
                question,
                drafts[question.pk],
                number=_current(question).number + 1,
                facts=(points, industries),
                author_id=actor.user_id,
                now=now,
            )
            for question in questions
        ],
        batch_size=500,
    )
    for question, version in zip(questions, versions, strict=True):
        question.current, question.updated_at = version, now
        question.state = life.take_step("revise", question.state)
    Question.objects.bulk_update(questions, ["current", "state", "updated_at"], batch_size=500)
    write_words(questions)


def _current(question: Question) -> QuestionVersion:
    assert question.current is not None, "every question has a version"
    return question.current


@transaction.atomic
def place_topic(actor: Actor, topic_id: int, parent_id: int | None) -> KnowledgePoint:
    """Puts a knowledge point below another, or at the top. Raises NotFound, NotAllowed, TopicRing."""
    if not can_write_anywhere(actor):
        raise NotAllowed
    topics = {row.pk: row for row in KnowledgePoint.objects.select_for_update().order_by("pk")}
    if topic_id not in topics or (parent_id is not None and parent_id not in topics):
        raise NotFound
    topic = topics[topic_id]
    if closes_ring({key: row.parent_id for key, row in topics.items()}, topic_id, parent_id):
        raise TopicRing(name=topic.name)
    topic.parent_id = parent_id
    topic.save(update_fields=["parent"])
    above = topics[parent_id].name if parent_id is not None else ""
    audit(actor, "knowledge_point.placed", topic, details={"name": topic.name, "below": above})
    return topic


@transaction.atomic
def save_filter(actor: Actor, name: str, query: str, *, now: datetime) -> SavedFilter:
    """Keeps the filters of the list under a name of one's own; the same name again replaces. Raises FilterLimit."""
    check_may_read_questions(actor)
    mine = SavedFilter.objects.filter(user_id=actor.user_id or 0)
    if mine.exclude(name=name).count() >= MOST_FILTERS:
        raise FilterLimit(limit=MOST_FILTERS)
    row, _made = SavedFilter.objects.update_or_create(
        user_id=actor.user_id or 0, name=name, defaults={"query": query, "created_at": now}
    )
    audit(actor, "question_filter.saved", row, details={"name": name})
    return row


@transaction.atomic
def delete_filter(actor: Actor, name: str) -> None:
    """Forgets one's own filter of that name, if there is one."""
    check_may_read_questions(actor)
    row = SavedFilter.objects.filter(user_id=actor.user_id or 0, name=name).first()
    if row is not None:
        audit(actor, "question_filter.deleted", row, details={"name": name})
        row.delete()
