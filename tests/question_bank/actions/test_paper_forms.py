"""From a blueprint to a file that can be printed, with the key at its end; and who may have it."""

import io
from datetime import UTC, date, datetime

import pypdf
import pytest

from core.errors import NotAllowed, NotFound
from core.models import AuditEntry
from question_bank.actions import make_paper_forms
from question_bank.models import PaperForms
from question_bank.queries import get_paper_forms
from tests.factories.actors import client_of
from tests.factories.question_bank import make_blueprint, make_cell, make_question

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture
def blueprint(world):
    for number in range(4):
        make_question(world.authority, state="approved", stem=f"单选第{number}问" + chr(0x4E00 + 50 * number) * 5)
    make_question(world.authority, kind="true_false", state="approved", stem="判断之问句")
    return make_blueprint(world.authority, make_cell("1", count=3), make_cell("2", "true_false", 1), title="季度方案")


@pytest.mark.django_db(transaction=True)
def test_a_paper_is_printed_as_two_forms_with_answer_sheets_and_keys(world, blueprint):
    row = make_paper_forms(world.actor("trainer"), blueprint.public_id, on=TODAY, now=NOW)

    row.refresh_from_db()
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(bytes(row.pdf))).pages]
    text = "\n".join(pages)
    # Two papers, two answer sheets, two keys; the keys are on pages of their own, last.
    assert len(pages) == 6
    assert text.count("判断之问句") == 2
    assert ["答案" in page and "保密" in page for page in pages] == [False] * 4 + [True] * 2
    assert text.count("答题卡（") == 2

    client = client_of(world.users["trainer"])
    answer = client.get(f"/question-bank/forms/{row.public_id}.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert AuditEntry.objects.filter(action="paper_forms.downloaded", object_id=row.public_id).count() == 1


def test_only_who_reads_the_bank_prints_or_reads_it(world, blueprint):
    for name in ("regulator", "candidate", "auditor"):
        with pytest.raises((NotAllowed, NotFound)):
            make_paper_forms(world.actor(name), blueprint.public_id, on=TODAY, now=NOW)
    row = make_paper_forms(world.actor("trainer"), blueprint.public_id, on=TODAY, now=NOW)

    assert get_paper_forms(world.actor("reviewer"), row.public_id) == row
    for name in ("regulator", "other_regulator"):
        with pytest.raises(NotFound):
            get_paper_forms(world.actor(name), row.public_id)
    assert PaperForms.objects.count() == 1
