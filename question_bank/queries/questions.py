"""Questions, their versions and their history, within an actor's reach."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, Q, QuerySet

from accounts.queries import identity_of_user
from core.actor import AUDITOR, Actor
from core.errors import NotAllowed, NotFound
from core.models import AuditEntry
from question_bank.domain.content import Content, content_from_json
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.topics import Topic, in_reading_order
from question_bank.models import (
    KnowledgePoint,
    Pool,
    Question,
    QuestionComment,
    QuestionReview,
    QuestionState,
    QuestionVersion,
    SavedFilter,
)
from question_bank.policies import can_read_questions, reachable_questions
from registry.models import Authority

NOBODY = "user:None"
VIEWED = "question.viewed"


def check_may_read_questions(actor: Actor) -> None:
    """Raises NotAllowed for those who must never see a key."""
    if not can_read_questions(actor):
        raise NotAllowed


def questions_for(actor: Actor) -> QuerySet[Question]:
    """The questions that the actor reaches, each with its current version, knowledge point, industry and authority."""
    return Question.objects.filter(reachable_questions(actor)).select_related(
        "authority", "current__knowledge_point", "current__industry", "current__author",
    )  # fmt: skip


def get_question(actor: Actor, question_id: str) -> Question:
    """One of `questions_for`, by public id. Raises NotFound."""
    try:
        return questions_for(actor).get(public_id=question_id)
    except Question.DoesNotExist:
        raise NotFound


def lock_question(actor: Actor, question_id: str) -> Question:
    """The same, locked for update. Raises NotFound."""
    try:
        return (
            Question.objects.select_for_update(of=("self",))
            .filter(reachable_questions(actor))
            .select_related("authority", "current__knowledge_point", "current__industry")
            .get(public_id=question_id)
        )
    except Question.DoesNotExist:
        raise NotFound


def lock_questions(actor: Actor, question_ids: Iterable[str]) -> list[Question]:
    """Several at once, in primary-key order. Raises NotFound when one of them is missing or out of reach."""
    wanted = set(question_ids)
    found = list(
        Question.objects.select_for_update(of=("self",))
        .filter(reachable_questions(actor), public_id__in=wanted)
        .select_related("authority", "current")
        .order_by("pk"),
    )
    if len(found) != len(wanted):
        raise NotFound
    return found


def versions_of(question: Question) -> QuerySet[QuestionVersion]:
    """All versions, newest first."""
    return question.versions.select_related("knowledge_point", "industry", "author").order_by("-number")


def reviews_of(question: Question) -> QuerySet[QuestionReview]:
    """What was decided about the versions, newest first."""
    return (
        QuestionReview.objects.filter(version__question=question)
        .select_related("version", "decided_by")
        .order_by("-pk")
    )


def viewings_of(question: Question, *, limit: int = 50) -> list[tuple[datetime, str]]:
    """When and by whom an exam question was opened, newest first, from the audit chain."""
    entries = AuditEntry.objects.filter(
        object_type=question._meta.label_lower,
        object_id=question.public_id,
        action=VIEWED,
    )
    return list(entries.order_by("-sequence").values_list("at", "actor_label")[:limit])


def authors_since_approval(question: Question) -> frozenset[str]:
    """Identities of everybody who wrote a version after the last approved one: none of them may approve."""
    return authors_by_question([question])[question.pk]


def authors_by_question(questions: Iterable[Question]) -> Mapping[int, frozenset[str]]:
    """`authors_since_approval` of many questions in two queries, by primary key."""
    keys = [question.pk for question in questions]
    approved = dict(
        QuestionReview.objects.filter(version__question__in=keys, decision=QuestionReview.Decision.APPROVED)
        .order_by()
        .values("version__question")
        .annotate(last=Max("version__number"))
        .values_list("version__question", "last"),
    )
    authors: dict[int, set[str]] = {key: set() for key in keys}
    for version in QuestionVersion.objects.filter(question__in=keys).select_related("author"):
        if version.number > approved.get(version.question_id, 0):
            authors[version.question_id].add(identity_of_user(version.author) if version.author else NOBODY)
    return {key: frozenset(found) for key, found in authors.items()}


def approvals_by_question(questions: Iterable[Question]) -> Mapping[int, frozenset[str]]:
    """Identities of the reviewers who approved the current version since it was last submitted, by primary key."""
    versions = {question.current_id: question.pk for question in questions}
    given: dict[int, set[str]] = {key: set() for key in versions.values()}
    rows = QuestionReview.objects.filter(version__in=list(versions)).select_related("decided_by").order_by("pk")
    for row in rows:
        key = versions[row.version_id]
        if row.decision == QuestionReview.Decision.APPROVED:
            given[key].add(identity_of_user(row.decided_by) if row.decided_by else NOBODY)
        else:
            given[key].clear()
    return {key: frozenset(found) for key, found in given.items()}


def comments_of(question: Question) -> QuerySet[QuestionComment]:
    """What was said about the versions, newest first."""
    return (
        QuestionComment.objects.filter(version__question=question).select_related("version", "said_by").order_by("-pk")
    )


def content_of(version: QuestionVersion) -> Content:
    """What a version says, as a plain value."""
    return content_from_json(version.content)


def draft_of(version: QuestionVersion) -> QuestionDraft:
    """Content and facts of a version, as a plain value."""
    return QuestionDraft(
        content=content_of(version),
        knowledge_point=version.knowledge_point.name,
        difficulty=version.difficulty,
        industry=version.industry.name if version.industry else "",
        posts=tuple(version.posts),
        law_reference=version.law_reference,
        law_edition=version.law_edition,
        valid_until=version.valid_until,
        mark=version.mark,
        source=version.source,
        note=version.note,
    )


def version_contents(refs: Iterable[str]) -> dict[str, Content]:
    """Contents of committed versions by `item@version`, for building and reviewing papers. Unknown refs are left out.

    Takes no actor: the caller holds a committed bank snapshot, which is what names the versions.
    """
    wanted = set(refs)
    items = {ref.partition("@")[0] for ref in wanted}
    contents = {}
    versions = QuestionVersion.objects.filter(question__public_id__in=items)
    for item, number, content in versions.values_list("question__public_id", "number", "content"):
        ref = f"{item}@{number}"
        if ref in wanted:
            contents[ref] = content_from_json(content)
    return contents


def version_topics(refs: Iterable[str]) -> dict[str, tuple[str, bool]]:
    """Knowledge point, and whether no exam will ask it again (retired, or moved to practice), by `item@version`.

    Takes no actor, as `version_contents`. Unknown refs are left out.
    """
    wanted = set(refs)
    items = {ref.partition("@")[0] for ref in wanted}
    rows = QuestionVersion.objects.filter(question__public_id__in=items).values_list(
        "question__public_id", "number", "knowledge_point__name", "question__pool", "question__state"
    )
    return {
        ref: (topic, pool == Pool.PRACTICE or state == QuestionState.RETIRED)
        for item, number, topic, pool, state in rows
        if (ref := f"{item}@{number}") in wanted
    }


def saved_filters(actor: Actor) -> QuerySet[SavedFilter]:
    """The filters that the actor saved, by name."""
    return SavedFilter.objects.filter(user_id=actor.user_id or 0)


# What shows exam questions with keys, by the names in the audit chain.
SHOWING: Final = (VIEWED, "blueprint.sampled", "question.exported", "paper_forms.made", "paper_forms.downloaded")


def viewings_for(actor: Actor, *, question_id: str = "", who: str = "") -> QuerySet[AuditEntry]:
    """Who saw which exam question when, newest first. Auditors see everything; reviewers the questions of their banks.

    A question's own number also finds the samples, exports and printed papers that it was in.
    """
    entries = AuditEntry.objects.filter(action__in=SHOWING).order_by("-sequence")
    if not (actor.is_system or actor.has_role(AUDITOR)):
        reach = Question.objects.filter(reachable_questions(actor)).values("public_id")
        entries = entries.filter(action=VIEWED, object_id__in=reach)
    if question_id:
        entries = entries.filter(Q(object_id=question_id) | Q(details__contains=question_id))
    return entries.filter(actor_label__icontains=who) if who else entries


def knowledge_points() -> QuerySet[KnowledgePoint]:
    """All knowledge points in their order."""
    return KnowledgePoint.objects.select_related("parent")


def topic_tree() -> list[tuple[int, Topic]]:
    """All knowledge points as a tree in reading order, with their depth."""
    rows = KnowledgePoint.objects.values_list("pk", "name", "parent_id")
    return in_reading_order([Topic(key, name, parent) for key, name, parent in rows])


def questions_by_topic(actor: Actor) -> dict[int, int]:
    """Knowledge point primary key → questions in reach."""
    rows = Question.objects.filter(reachable_questions(actor)).order_by().values("current__knowledge_point")
    return {row["current__knowledge_point"]: row["count"] for row in rows.annotate(count=Count("pk"))}


def subtree_of(point: KnowledgePoint) -> list[int]:
    """Primary keys of a knowledge point and of all below it."""
    children: dict[int | None, list[int]] = {}
    for key, parent in KnowledgePoint.objects.order_by().values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(key)
    found = [point.pk]
    for key in found:
        # A ring, which nothing forbids the rows, ends here.
        found += [child for child in children.get(key, []) if child not in found]
    return found


def bank_texts(authority: Authority) -> list[tuple[str, str]]:
    """(public id, normal text) of the current version of every question of a bank, retired ones too, oldest first."""
    return list(
        Question.objects.filter(authority=authority, current__isnull=False)
        .order_by("pk")
        .values_list("public_id", "current__normal_text"),
    )


def stems_by_id(authority: Authority, question_ids: Iterable[str]) -> dict[str, str]:
    """Public id → stem, to show what a row of an import resembles."""
    found = Question.objects.filter(authority=authority, public_id__in=set(question_ids))
    return dict(found.values_list("public_id", "current__stem"))


def counts_by_state(actor: Actor) -> dict[str, int]:
    """State → number of questions in reach."""
    counted = Question.objects.filter(reachable_questions(actor)).order_by().values("state")
    return {row["state"]: row["count"] for row in counted.annotate(count=Count("pk"))}
