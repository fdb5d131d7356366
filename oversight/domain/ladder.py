"""After failure: talk, special training, rectification, circular, each with a due date (product.md section 4)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from core.errors import gettext_noop
from oversight.errors import EvidenceMissing, FollowUpClosed, LastStep

LADDER: Final = ("talk", "training", "rectification", "circular")
LABELS: Final = {
    "talk": gettext_noop("约谈"),
    "training": gettext_noop("专门培训"),
    "rectification": gettext_noop("责令整改"),
    "circular": gettext_noop("通报"),
}
# Days from opening; a rectification ends with a written report within one month.
DEFAULT_DAYS: Final = {"talk": 15, "training": 30, "rectification": 30, "circular": 15}
FIRST_STEP: Final = LADDER[0]
DUE_SOON: Final = timedelta(days=7)
EVIDENCE_LEAST, EVIDENCE_MOST = 5, 300


def due_on(step: str, opened_on: date, *, days: Mapping[str, int] | None = None) -> date:
    """The last day for a step opened on a day; `days` is what the authority set, by step."""
    return opened_on + timedelta(days=(days or {}).get(step) or DEFAULT_DAYS[step])


def next_step(step: str) -> str:
    """The step after this one; raises LastStep."""
    place = LADDER.index(step) + 1
    if place == len(LADDER):
        raise LastStep(step=LABELS[step])
    return LADDER[place]


def evidence(unsafe_text: str, *, is_open: bool) -> str:
    """The cleaned evidence that closes a step; raises FollowUpClosed, EvidenceMissing."""
    if not is_open:
        raise FollowUpClosed
    text = " ".join(unsafe_text.split())
    if not EVIDENCE_LEAST <= len(text) <= EVIDENCE_MOST:
        raise EvidenceMissing(least=EVIDENCE_LEAST, most=EVIDENCE_MOST)
    return text


def urgency(due: date, today: date, *, is_open: bool) -> str:
    """`done`, `overdue`, `soon` (within seven days) or `open`."""
    if not is_open:
        return "done"
    if due < today:
        return "overdue"
    return "soon" if due - today <= DUE_SOON else "open"
