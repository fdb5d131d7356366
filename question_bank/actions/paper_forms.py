"""Papers on paper: drawn once, printed by a job, every look at them on record."""

from datetime import date, datetime

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.canonical import sha256_hex
from core.errors import NotAllowed
from core.queue import enqueue
from core.scores import display
from core.seeded import fresh_token
from question_bank.models import PaperForms
from question_bank.queries import get_blueprint, is_readable, sample_paper


@transaction.atomic
def make_paper_forms(actor: Actor, blueprint_id: str, *, on: date, now: datetime) -> PaperForms:
    """Draws a paper from the bank of a day for printing; a job makes the file.

    For those who read this very bank. Raises NotFound, NotAllowed, BlueprintInfeasible, BlueprintUnbalanced.
    """
    blueprint = get_blueprint(actor, blueprint_id)
    if not is_readable(actor, blueprint.authority_id):
        raise NotAllowed
    seed = fresh_token(32)
    sections = [
        {"title": cell.title, "mark": display(cell.mark), "refs": [item.ref for item in items]}
        for cell, items in sample_paper(blueprint, seed, on=on)
    ]
    row = PaperForms.objects.create(
        blueprint=blueprint, seed=seed, sections=sections, made_by_id=actor.user_id, made_at=now
    )
    details = {"questions": [ref for section in sections for ref in section["refs"]]}
    audit(actor, "paper_forms.made", row, details=details)
    enqueue("question_bank.render_forms", forms_id=row.public_id)
    return row


@transaction.atomic
def record_forms_pdf(actor: Actor, forms_id: str, data: bytes) -> None:
    """Keeps the rendered file; a second one of a repeated job is dropped."""
    row = PaperForms.objects.select_for_update().get(public_id=forms_id)
    if row.pdf is not None:
        return
    row.pdf, row.pdf_sha256 = data, sha256_hex(data)
    row.save(update_fields=["pdf", "pdf_sha256"])
    audit(actor, "paper_forms.rendered", row, details={"sha256": row.pdf_sha256})


@transaction.atomic
def record_forms_download(actor: Actor, row: PaperForms) -> None:
    """Somebody took the file with its key: on record, so that a leak can be traced."""
    audit(actor, "paper_forms.downloaded", row, details={"sha256": row.pdf_sha256})
