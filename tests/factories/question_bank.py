"""Questions and blueprints in one bank."""

import io
import itertools
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from PIL import Image

from core.actor import Actor, system_actor
from question_bank.actions import create_blueprint, create_question, decide_questions
from question_bank.domain.blueprint import Cell
from question_bank.domain.content import Content, Option
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.kinds.true_false import OPTIONS
from question_bank.models import Blueprint, Question
from registry.models import Authority

_numbers = itertools.count(1)
WRITTEN_AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
SYSTEM = system_actor("tests")


def make_draft(kind: str = "single_choice", **over: Any) -> QuestionDraft:
    """A valid draft of the kind; no two resemble each other. `stem`, `options`, `key`, `explanation` go into the content."""
    number = next(_numbers)
    # Words that share no trigram with those of another number, or near-duplicates would be found everywhere.
    stem = over.pop(
        "stem", f"第{number}题：" + "".join(chr(0x4E00 + (number * 997 + step * 131) % 20000) for step in range(24))
    )
    default_options = OPTIONS if kind == "true_false" else tuple(Option(i, f"选项{i}之{number}") for i in "abcd")
    default_key = {"single_choice": ["b"], "multiple_choice": ["a", "c"], "true_false": ["t"]}.get(kind)
    content = Content(
        kind,
        stem,
        over.pop("options", default_options),
        over.pop("key", default_key),
        over.pop("explanation", "依据第三条。"),
    )
    return QuestionDraft(**{"content": content, "knowledge_point": "安全生产方针", "mark": Decimal(1)} | over)


def make_question(authority: Authority, *, state: str = "draft", actor: Actor = SYSTEM, **over: Any) -> Question:
    """A question of the system's own writing (or `actor`'s), led to `state` by the actions; other fields as in `make_draft`."""
    pool = over.pop("pool", "exam")
    question = create_question(actor, authority, make_draft(**over), pool=pool, now=WRITTEN_AT)
    steps = {"draft": (), "in_review": ("submit",), "approved": ("submit", "approve"), "retired": ("retire",)}[state]
    for step in steps:
        [question] = decide_questions(_reviewer(actor, step), [question.public_id], step, now=WRITTEN_AT)
    return question


def _reviewer(actor: Actor, step: str) -> Actor:
    # Nobody approves their own, the system included: the reviewer is another system task with a person of its own.
    return Actor(None, -1, "system:reviewer", is_system=True, reach=SYSTEM.reach) if step == "approve" else SYSTEM


def png(color: int = 200, size: tuple[int, int] = (6, 4)) -> bytes:
    """A small picture; another `color`, another picture."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (color, 10, 20)).save(buffer, "PNG")
    return buffer.getvalue()


def make_cell(code: str = "1", kind: str = "single_choice", count: int = 1, **over: Any) -> Cell:
    """A cell without restrictions, one point each."""
    return Cell(**{"code": code, "title": f"题组{code}", "kind": kind, "count": count, "mark": Decimal(1)} | over)


def make_blueprint(authority: Authority, *cells: Cell, **over: Any) -> Blueprint:
    """A blueprint with the cells, or one of one single choice."""
    fields: dict[str, Any] = {"title": f"方案{next(_numbers)}", "now": WRITTEN_AT} | over
    title = fields.pop("title")
    return create_blueprint(SYSTEM, authority, title, cells=cells or (make_cell(),), **fields)
