"""Changes of law come on record; what cites them is due from then on, with nothing else to do."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed
from question_bank.errors import LawExists
from question_bank.models import LawEdition, WithdrawnArticle
from question_bank.policies import can_write_anywhere
from question_bank.queries import get_law


@dataclass(frozen=True, slots=True)
class LawDraft:
    """A law's title without 《》, the name of the edition (a year), and the day from which it is in force."""

    title: str
    edition: str
    in_force_on: date


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An article that fell or was changed."""

    article: int
    withdrawn_on: date
    note: str = ""


@transaction.atomic
def record_law(actor: Actor, draft: LawDraft, *, now: datetime) -> LawEdition:
    """A new edition of a law. Raises NotAllowed, LawExists."""
    _check(actor)
    row, made = LawEdition.objects.get_or_create(
        title=draft.title,
        edition=draft.edition,
        defaults={"in_force_on": draft.in_force_on, "created_by_id": actor.user_id, "created_at": now},
    )
    if not made:
        raise LawExists(name=str(row))
    audit(actor, "law.recorded", row, details={"title": row.title, "edition": row.edition})
    return row


@transaction.atomic
def withdraw_article(actor: Actor, law_id: str, what: Withdrawal, *, now: datetime) -> WithdrawnArticle:
    """An article of an edition is withdrawn or changed. Raises NotFound, NotAllowed, LawExists."""
    _check(actor)
    law = get_law(law_id)
    row, made = WithdrawnArticle.objects.get_or_create(
        edition=law,
        article=what.article,
        defaults={
            "withdrawn_on": what.withdrawn_on,
            "note": what.note,
            "created_by_id": actor.user_id,
            "created_at": now,
        },
    )
    if not made:
        raise LawExists(name=f"{law}第 {what.article} 条")
    audit(actor, "law.article_withdrawn", law, details={"article": what.article}, reason=what.note)
    return row


@transaction.atomic
def repeal_law(actor: Actor, law_id: str, *, repealed_on: date, now: datetime) -> LawEdition:
    """An edition is repealed as a whole. Raises NotFound, NotAllowed."""
    _check(actor)
    law = get_law(law_id)
    law.repealed_on = repealed_on
    law.save(update_fields=["repealed_on"])
    audit(actor, "law.repealed", law, details={"on": repealed_on.isoformat()})
    return law


def _check(actor: Actor) -> None:
    if not can_write_anywhere(actor):
        raise NotAllowed
