"""Laws on record, and the questions that a change of law concerns."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from core.actor import Actor
from core.errors import NotFound
from question_bank.domain.laws import Due, Edition, due_by_law, references
from question_bank.models import LawEdition, Question, QuestionState, WithdrawnArticle
from question_bank.policies import reachable_questions


def law_editions() -> QuerySet[LawEdition]:
    """All editions on record with their fallen articles, by title, newest first."""
    articles = Prefetch("withdrawn", WithdrawnArticle.objects.order_by("article"))
    return LawEdition.objects.prefetch_related(articles)


def get_law(law_id: str) -> LawEdition:
    """One edition, locked for update. Raises NotFound."""
    try:
        return LawEdition.objects.select_for_update().get(public_id=law_id)
    except LawEdition.DoesNotExist:
        raise NotFound


def edition_values() -> tuple[Edition, ...]:
    """The same as plain values."""
    return tuple(
        Edition(
            row.title,
            row.edition,
            row.in_force_on,
            row.repealed_on,
            tuple((one.article, one.withdrawn_on) for one in row.withdrawn.all()),
        )
        for row in law_editions()
    )


def due_of(question: Question, *, on: date) -> tuple[Due, ...]:
    """Why a question is due for another look because of the laws that it cites."""
    version = question.current
    if version is None or not version.law_reference:
        return ()
    return due_by_law(version.law_reference, version.law_edition, edition_values(), on=on)


def affected_questions(actor: Actor, *, on: date) -> list[int]:
    """Primary keys of approved questions in reach that are due because of a law: one pass over what cites anything."""
    editions = edition_values()
    titles = {one.title.removeprefix("中华人民共和国") for one in editions}
    if not titles:
        return []
    named = Q()
    for title in titles:
        named |= Q(current__law_reference__contains=title)
    rows = Question.objects.filter(reachable_questions(actor), named, state=QuestionState.APPROVED).order_by()
    return _due_keys(rows.values_list("pk", "current__law_reference", "current__law_edition"), editions, on=on)


def _due_keys(rows: Iterable[tuple[int, str, str]], editions: tuple[Edition, ...], *, on: date) -> list[int]:
    # Thousands of questions share few references.
    known: dict[tuple[str, str], bool] = {}
    found = []
    for key, reference, edition in rows:
        cited = reference, edition
        if cited not in known:
            known[cited] = bool(due_by_law(reference, edition, editions, on=on))
        if known[cited]:
            found.append(key)
    return found


def laws_cited(actor: Actor) -> dict[str, int]:
    """Title → approved questions in reach that cite it, for choosing what to put on record."""
    counts: dict[str, int] = {}
    rows = Question.objects.filter(reachable_questions(actor), state=QuestionState.APPROVED).exclude(
        current__law_reference=""
    )
    for reference in rows.order_by().values_list("current__law_reference", flat=True):
        for title in {one.title for one in references(reference)}:
            counts[title] = counts.get(title, 0) + 1
    return counts
