"""Papers on paper, for those who read the bank that they are drawn from."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from core.actor import REVIEWER, TRAINER, Actor
from core.errors import NotFound
from question_bank.domain.paper_forms import Section, print_forms
from question_bank.models import Blueprint, PaperForms
from question_bank.queries.questions import version_contents


def paper_forms_of(blueprint: Blueprint) -> QuerySet[PaperForms]:
    """What was printed of a blueprint, newest first, without the files."""
    return blueprint.paper_forms.select_related("made_by").defer("pdf")


def ready_forms(rows: Sequence[PaperForms]) -> list[int]:
    """Primary keys of those whose file is there."""
    return list(
        PaperForms.objects.filter(pk__in=[row.pk for row in rows], pdf__isnull=False).values_list("pk", flat=True)
    )


def get_paper_forms(actor: Actor, forms_id: str) -> PaperForms:
    """One of them with its file. Raises NotFound."""
    found = PaperForms.objects.filter(public_id=forms_id).select_related("blueprint")
    if not actor.is_system:
        found = found.filter(blueprint__authority__in=actor.authorities(TRAINER, REVIEWER))
    row = found.first()
    if row is None:
        raise NotFound
    return row


def forms_without_file() -> QuerySet[PaperForms]:
    """Those whose job was lost."""
    return PaperForms.objects.filter(pdf=None)


def printed_forms(row: PaperForms) -> list[dict[str, Any]]:
    """The texts of both forms, in the order in which they are printed."""
    sections = [Section(one["title"], one["mark"], tuple(one["refs"])) for one in row.sections]
    return print_forms(sections, version_contents(_refs(sections)), seed=row.seed)


def _refs(sections: Sequence[Section]) -> list[str]:
    return [ref for section in sections for ref in section.refs]
