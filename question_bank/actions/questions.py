"""Writing questions and leading them through their life."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, Stale
from question_bank.actions.writing import (
    add_questions,
    check_may_write,
    check_valid,
    industries_named,
    points_named,
    version_row,
    write_words,
)
from question_bank.domain import life
from question_bank.domain.draft import QuestionDraft
from question_bank.errors import ChecklistIncomplete, CommentMissing, NothingChanged
from question_bank.models import Blueprint, Pool, Question, QuestionComment, QuestionReview
from question_bank.policies import can_review_questions, can_write_questions
from question_bank.queries import (
    VIEWED,
    approvals_by_question,
    authors_by_question,
    draft_of,
    lock_question,
    lock_questions,
    rules_of,
)
from registry.models import Authority

Decision = Literal["submit", "approve", "return", "retire"]
_DECISIONS: Final = {
    "submit": QuestionReview.Decision.SUBMITTED,
    "approve": QuestionReview.Decision.APPROVED,
    "return": QuestionReview.Decision.RETURNED,
    "retire": QuestionReview.Decision.RETIRED,
}
_REVIEWERS_STEPS: Final = frozenset({"approve", "return"})


@transaction.atomic
def create_question(
    actor: Actor,
    authority: Authority,
    draft: QuestionDraft,
    *,
    pool: str,
    now: datetime,
) -> Question:
    """A new draft with its first version. Raises NotAllowed, QuestionInvalid."""
    check_may_write(actor, authority.pk)
    check_valid(draft)
    [question] = add_questions(actor, authority, [draft], pool=pool, now=now)
    audit(actor, "question.created", question, details={"sha256": _hash(question), "pool": pool})
    return question


@transaction.atomic
def revise_question(
    actor: Actor,
    question_id: str,
    draft: QuestionDraft,
    *,
    seen_version: int,
    now: datetime,
) -> Question:
    """A new version, which starts as a draft; the old ones stay as they are.

    `seen_version` is the number that the author had before them. Raises NotFound, NotAllowed, Stale, NothingChanged,
    QuestionInvalid.
    """
    question = lock_question(actor, question_id)
    check_may_write(actor, question.authority_id)
    current = question.current
    assert current is not None, "every question has a version"
    if current.number != seen_version:
        raise Stale
    if draft_of(current) == draft:
        raise NothingChanged
    check_valid(draft)
    facts = (points_named([draft.knowledge_point]), industries_named([draft.industry]))
    version = version_row(
        question, draft, number=current.number + 1, facts=facts, author_id=actor.user_id, now=now,
    )  # fmt: skip
    version.save(force_insert=True)
    question.state = life.take_step("revise", question.state)
    question.current = version
    question.updated_at = now
    question.save(update_fields=["state", "current", "updated_at"])
    write_words([question])
    audit(actor, "question.revised", question, details={"version": version.number, "sha256": version.content_sha256})
    return question


@transaction.atomic
def decide_questions(
    actor: Actor,
    question_ids: Iterable[str],
    decision: Decision,
    *,
    comment: str = "",
    checked: Sequence[str] = (),
    now: datetime,
) -> list[Question]:
    """Submits, approves, returns or retires one or many questions: all of them or none.

    A version is approved once as many reviewers as its authority asks for have approved it, each with the authority's
    checklist (`checked`). Raises NotFound, NotAllowed, WrongState, ReviewerIsAuthor, ReviewedAlready, ChecklistIncomplete.
    """
    questions = lock_questions(actor, question_ids)
    for authority_id in {question.authority_id for question in questions}:
        if decision in _REVIEWERS_STEPS:
            _check_may_review(actor, authority_id)
        else:
            check_may_write(actor, authority_id)
    if decision == "approve":
        _approve(actor, questions, checked)
    else:
        for question in questions:
            question.state = life.take_step(decision, question.state)
    for question in questions:
        question.updated_at = now
    Question.objects.bulk_update(questions, ["state", "updated_at"], batch_size=500)
    QuestionReview.objects.bulk_create(
        [
            QuestionReview(
                version=question.current,
                decision=_DECISIONS[decision],
                comment=comment,
                checklist=list(checked) if decision == "approve" else [],
                decided_by_id=actor.user_id,
                decided_at=now,
            )
            for question in questions
        ],
        batch_size=500,
    )
    for question in questions[:1]:
        audit(actor, f"question.{_DECISIONS[decision]}", question, details=_summary(questions), reason=comment)
    return questions


@transaction.atomic
def comment_question(actor: Actor, question_id: str, text: str, *, now: datetime) -> QuestionComment:
    """Says something about the current version without deciding anything. Raises NotFound, NotAllowed, CommentMissing."""
    question = lock_question(actor, question_id)
    if not (can_write_questions(actor, question.authority_id) or can_review_questions(actor, question.authority_id)):
        raise NotAllowed
    if len(text.strip()) < 2:
        raise CommentMissing
    assert question.current is not None, "every question has a version"
    comment = QuestionComment.objects.create(
        version=question.current, text=text.strip(), said_by_id=actor.user_id, said_at=now
    )
    audit(actor, "question.commented", question)
    return comment


@transaction.atomic
def record_viewing(actor: Actor, question: Question) -> None:
    """Somebody saw an exam question with its key: on record, so that a leak can be traced. Practice questions are not."""
    if question.pool == Pool.EXAM and question.current is not None:
        audit(actor, VIEWED, question, details={"version": question.current.number})


@transaction.atomic
def record_sample(actor: Actor, blueprint: Blueprint, question_ids: Sequence[str]) -> None:
    """Somebody saw a sample paper with its keys."""
    audit(actor, "blueprint.sampled", blueprint, details={"questions": list(question_ids)})


def _check_may_review(actor: Actor, authority_id: int) -> None:
    if not can_review_questions(actor, authority_id):
        raise NotAllowed


def _approve(actor: Actor, questions: Sequence[Question], checked: Sequence[str]) -> None:
    """One more approval for each; the last one that is asked for moves the question on."""
    authors, approvals = authors_by_question(questions), approvals_by_question(questions)
    rules = {authority.pk: rules_of(authority) for authority in {question.authority for question in questions}}
    for question in questions:
        wanted = rules[question.authority_id]
        missing = [sentence for sentence in wanted.checklist if sentence not in checked]
        if missing:
            raise ChecklistIncomplete(missing="；".join(missing))
        standing = life.Approvals(wanted.reviewers, approvals[question.pk])
        question.state = life.approve(
            question.state, standing, reviewer=actor.identity(), authors=authors.get(question.pk, frozenset())
        )


def _summary(questions: list[Question]) -> dict[str, object]:
    return {
        "count": len(questions),
        "questions": [f"{question.public_id}@{question.current.number}" for question in questions if question.current],
    }


def _hash(question: Question) -> str:
    return question.current.content_sha256 if question.current else ""
