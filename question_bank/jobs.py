"""Background work of the question bank."""

from django.conf import settings
from django.template.loader import render_to_string

from accounts.queries import actor_for_user
from core import clock
from core.actor import system_actor
from core.pdf import render_pdf
from core.queue import enqueue, job, sweeper
from core.scores import display
from question_bank.actions import apply_requested_import, check_staged_import, record_forms_pdf
from question_bank.queries import (
    blueprint_value,
    forms_without_file,
    get_paper_forms,
    marking_rule_of,
    printed_forms,
    waiting_import,
)


@job("question_bank.check_import")
def task_check_import(import_id: str) -> int:
    """Reads and checks a large file; running twice finds nothing more to do."""
    return check_staged_import(import_id)


@job("question_bank.apply_import")
def task_apply_import(import_id: str) -> int:
    """Imports a large file in the name of the person who confirmed it."""
    row = waiting_import(import_id)
    if row is None:
        return 0
    today = clock.today()
    actor = actor_for_user(row.decided_by, today=today) if row.decided_by else system_actor("question_bank.import")
    return apply_requested_import(actor, import_id, now=clock.now())


@job("question_bank.render_forms")
def task_render_forms(forms_id: str) -> None:
    """Renders outside any transaction, then keeps the file."""
    actor = system_actor("question_bank.render")
    row = get_paper_forms(actor, forms_id)
    if row.pdf is not None:
        return
    context = {
        "row": row,
        "blueprint": row.blueprint,
        "rule": marking_rule_of(row.blueprint).label,
        "forms": printed_forms(row),
        "total": display(blueprint_value(row.blueprint).total_mark),
        "is_demo": settings.DEMO,
    }
    html = render_to_string("question_bank/forms_pdf.html", context)
    record_forms_pdf(actor, forms_id, render_pdf(html, stylesheet="question_bank/forms_pdf.css"))


@sweeper("question_bank.render_missing_forms", every_seconds=300)
def sweep_forms_without_file() -> int:
    """A lost job does not matter: what has no file yet is asked for again."""
    waiting = list(forms_without_file()[:20])
    for row in waiting:
        enqueue("question_bank.render_forms", forms_id=row.public_id)
    return len(waiting)
