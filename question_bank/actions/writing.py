"""Rows from drafts: used by every action that adds questions or versions, inside that action's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import OuterRef, Subquery

from core.actor import Actor
from core.errors import NotAllowed
from question_bank.domain.content import content_to_json
from question_bank.domain.draft import QuestionDraft, check_draft
from question_bank.domain.rich import plain
from question_bank.domain.similarity import letters, normal_text
from question_bank.domain.versions import content_sha256
from question_bank.errors import QuestionInvalid
from question_bank.models import KnowledgePoint, Question, QuestionText, QuestionVersion
from question_bank.policies import can_write_questions
from registry.models import Authority, Industry

BATCH = 500


def check_may_write(actor: Actor, authority_id: int) -> None:
    """Raises NotAllowed."""
    if not can_write_questions(actor, authority_id):
        raise NotAllowed


def check_valid(draft: QuestionDraft) -> None:
    """Raises QuestionInvalid with every problem in one sentence."""
    problems = check_draft(draft)
    if problems:
        raise QuestionInvalid(problems="；".join(dict.fromkeys(problem.text for problem in problems)))


def points_named(names: Iterable[str]) -> dict[str, KnowledgePoint]:
    """Knowledge points by name; unknown ones are made, in order of their names' first appearance."""
    wanted = list(dict.fromkeys(names))
    found = {point.name: point for point in KnowledgePoint.objects.filter(name__in=wanted)}
    missing = [name for name in wanted if name not in found]
    if missing:
        start = KnowledgePoint.objects.count()
        KnowledgePoint.objects.bulk_create(
            KnowledgePoint(name=name, position=start + offset) for offset, name in enumerate(missing, start=1)
        )
        found |= {point.name: point for point in KnowledgePoint.objects.filter(name__in=missing)}
    return found


def industries_named(names: Iterable[str]) -> dict[str, Industry]:
    """Industries by name; the empty name is left out. Raises QuestionInvalid for a name that nobody knows."""
    wanted = {name for name in names if name}
    found = {industry.name: industry for industry in Industry.objects.filter(name__in=wanted)}
    if len(found) < len(wanted):
        raise QuestionInvalid(problems=f"没有行业“{'、'.join(sorted(wanted - found.keys()))}”")
    return found


def add_questions(
    actor: Actor,
    authority: Authority,
    drafts: Sequence[QuestionDraft],
    *,
    pool: str,
    now: datetime,
) -> list[Question]:
    """Inserts questions with their first versions, in batches; returns them in the order of the drafts."""
    points = points_named(draft.knowledge_point for draft in drafts)
    industries = industries_named(draft.industry for draft in drafts)
    questions = Question.objects.bulk_create(
        [Question(authority=authority, pool=pool, created_at=now, updated_at=now) for _ in drafts],
        batch_size=BATCH,
    )
    versions = QuestionVersion.objects.bulk_create(
        [
            version_row(question, draft, number=1, facts=(points, industries), author_id=actor.user_id, now=now)
            for question, draft in zip(questions, drafts, strict=True)
        ],
        batch_size=BATCH,
    )
    for question, version in zip(questions, versions, strict=True):
        question.current = version
    # One plain statement for many rows: a CASE over all of them takes longer than both inserts.
    first = QuestionVersion.objects.filter(question=OuterRef("pk"), number=1).values("pk")
    for start in range(0, len(questions), BATCH):
        keys = [question.pk for question in questions[start : start + BATCH]]
        Question.objects.filter(pk__in=keys).update(current=Subquery(first))
    write_words(questions)
    return questions


def words_of(version: QuestionVersion) -> str:
    """What search reads: the normal text without its kind, and the law reference as letters.

    Two bars at the end: even the last letter begins a run of three.
    """
    return f"{version.normal_text.partition('|')[2]}|{letters(version.law_reference)}||"


def write_words(questions: Sequence[Question]) -> None:
    """The words of the current versions go where search finds them; part of the caller's transaction."""
    QuestionText.objects.bulk_create(
        [
            QuestionText(question=question, text=words_of(question.current))
            for question in questions
            if question.current is not None
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["question"],
        update_fields=["text"],
    )


def version_row(
    question: Question,
    draft: QuestionDraft,
    *,
    number: int,
    facts: tuple[Mapping[str, KnowledgePoint], Mapping[str, Industry]],
    author_id: int | None,
    now: datetime,
) -> QuestionVersion:
    """An unsaved version of a question."""
    points, industries = facts
    return QuestionVersion(
        question=question,
        number=number,
        kind=draft.content.kind,
        stem=plain(draft.content.stem),
        content=content_to_json(draft.content),
        content_sha256=content_sha256(draft.content),
        normal_text=normal_text(draft.content),
        knowledge_point=points[draft.knowledge_point],
        industry=industries[draft.industry] if draft.industry else None,
        posts=list(draft.posts),
        difficulty=draft.difficulty,
        law_reference=draft.law_reference,
        law_edition=draft.law_edition,
        valid_until=draft.valid_until,
        mark=draft.mark,
        source=draft.source,
        note=draft.note,
        author_id=author_id,
        created_at=now,
    )
