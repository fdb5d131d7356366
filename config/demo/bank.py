"""The demo's question bank: our own questions through the clerk's import, and the default blueprint."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import question_bank
from config.demo.staff import OFFICE
from core.actor import Actor
from question_bank.actions import create_blueprint, import_question_files
from question_bank.domain.blueprint import Cell
from question_bank.models import Blueprint, Pool
from question_bank.queries import blueprints_for
from registry.queries import authority_by_code

PRACTICE = Path(__file__).with_name("practice.csv")
TITLE = "季度抽考通用组卷方案"
# product.md section 4: 40 single choice × 1, 20 true/false × 1, 20 multiple choice × 2
CELLS = (
    Cell("DX", "单项选择题", "single_choice", 40, Decimal(1)),
    Cell("PD", "判断题", "true_false", 20, Decimal(1)),
    Cell("DUO", "多项选择题", "multiple_choice", 20, Decimal(2)),
)


def fill_bank(trainer: Actor, examiner: Actor, *, now: datetime) -> Blueprint:
    """Imports and approves our questions, and makes the blueprint; adds nothing the second time."""
    authority = authority_by_code(OFFICE)
    known = blueprints_for(trainer).filter(title=TITLE).first()
    if known is not None:
        return known
    folder = Path(question_bank.__file__).with_name("data")
    files = [(path.name, path.read_bytes()) for path in sorted(folder.glob("*.csv"))]
    import_question_files(trainer, authority, files, pool=Pool.EXAM, now=now, approve_as=examiner)
    # Rehearsals and on-the-spot exams draw from questions of their own: nothing of the exam can be learned from them.
    practice = [(PRACTICE.name, PRACTICE.read_bytes())]
    import_question_files(trainer, authority, practice, pool=Pool.PRACTICE, now=now, approve_as=examiner)
    return create_blueprint(trainer, authority, TITLE, cells=CELLS, tolerance=Decimal("0.02"), now=now)
