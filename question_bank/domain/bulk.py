"""One change of facts for many questions."""

from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal

from question_bank.domain.draft import QuestionDraft


@dataclass(frozen=True, slots=True)
class BulkChange:
    """What all of them are to say from now on; None leaves each as it is. Names as in a draft, industry empty: general."""

    knowledge_point: str | None = None
    difficulty: Decimal | None = None
    industry: str | None = None
    posts: tuple[str, ...] | None = None
    law_reference: str | None = None
    law_edition: str | None = None
    valid_until: date | None = None

    def applied_to(self, draft: QuestionDraft) -> QuestionDraft:
        """The draft with the changes."""
        wanted = {one.name: value for one in fields(self) if (value := getattr(self, one.name)) is not None}
        return replace(draft, **wanted)
