"""Questions leave the bank with their keys: every export is on record."""

from django.db import transaction
from django.db.models import QuerySet

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed
from question_bank.domain.exporting import Exported, export_drafts, writer_for
from question_bank.domain.rich import picture_names, texts_of
from question_bank.models import Question
from question_bank.policies import can_write_questions
from question_bank.queries import draft_of, picture_contents


@transaction.atomic
def export_questions(actor: Actor, questions: QuerySet[Question], format_name: str) -> Exported:
    """The current versions of the questions as a file, oldest first, with one audit entry per bank.

    `questions` comes from `questions_for(actor)`, narrowed by filters. Raises UnknownFormat, NotAllowed.
    """
    rows = [question for question in questions.order_by("pk") if question.current is not None]
    counts: dict[int, int] = {}
    for question in rows:
        counts[question.authority_id] = counts.get(question.authority_id, 0) + 1
    for authority_id in counts:
        if not can_write_questions(actor, authority_id):
            raise NotAllowed
    drafts = [draft_of(question.current) for question in rows if question.current is not None]
    pictures: dict[str, bytes] = {}
    if writer_for(format_name).has_pictures:
        names = {name for draft in drafts for text in texts_of(draft.content) for name in picture_names(text)}
        pictures = picture_contents(names)
    exported = export_drafts(drafts, format_name, pictures)
    for authority in {question.authority for question in rows}:
        audit(actor, "question.exported", authority, details={"format": format_name, "count": counts[authority.pk]})
    return exported
