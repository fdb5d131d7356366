"""The registry of kinds. A new kind is a folder here and one line in `KINDS`."""

from collections.abc import Mapping
from typing import Final

from question_bank.domain.kinds.base import (
    Criterion,
    Kind,
    ManualTask,
    MarkingRule,
    Problem,
    Verdict,
    rule_from_json,
)
from question_bank.domain.kinds.case import KIND as CASE
from question_bank.domain.kinds.fill_in import KIND as FILL_IN
from question_bank.domain.kinds.matching import KIND as MATCHING
from question_bank.domain.kinds.multiple_choice import KIND as MULTIPLE_CHOICE
from question_bank.domain.kinds.numeric import KIND as NUMERIC
from question_bank.domain.kinds.ordering import KIND as ORDERING
from question_bank.domain.kinds.short_answer import KIND as SHORT_ANSWER
from question_bank.domain.kinds.single_choice import KIND as SINGLE_CHOICE
from question_bank.domain.kinds.true_false import KIND as TRUE_FALSE
from question_bank.errors import UnknownKind

_ALL: Final[tuple[Kind, ...]] = (
    SINGLE_CHOICE, MULTIPLE_CHOICE, TRUE_FALSE, FILL_IN, NUMERIC, MATCHING, ORDERING, SHORT_ANSWER, CASE,
)  # fmt: skip
KINDS: Final[Mapping[str, Kind]] = {kind.code: kind for kind in _ALL}


def kind_for(code: str) -> Kind:
    """The plug-in of that name. Raises `UnknownKind`."""
    try:
        return KINDS[code]
    except KeyError:
        raise UnknownKind(kind=code) from None


__all__ = [
    "KINDS",
    "Criterion",
    "Kind",
    "ManualTask",
    "MarkingRule",
    "Problem",
    "Verdict",
    "kind_for",
    "rule_from_json",
]
