"""The registry of kinds. A new kind is a folder here and one line in `KINDS`."""

from collections.abc import Mapping
from typing import Final

from question_bank.domain.kinds.base import Kind, MarkingRule, Problem, Verdict, rule_from_json
from question_bank.domain.kinds.multiple_choice import KIND as MULTIPLE_CHOICE
from question_bank.domain.kinds.single_choice import KIND as SINGLE_CHOICE
from question_bank.domain.kinds.true_false import KIND as TRUE_FALSE
from question_bank.errors import UnknownKind

_ALL: Final[tuple[Kind, ...]] = (SINGLE_CHOICE, MULTIPLE_CHOICE, TRUE_FALSE)
KINDS: Final[Mapping[str, Kind]] = {kind.code: kind for kind in _ALL}


def kind_for(code: str) -> Kind:
    """The plug-in of that name. Raises `UnknownKind`."""
    try:
        return KINDS[code]
    except KeyError:
        raise UnknownKind(kind=code) from None


__all__ = ["KINDS", "Kind", "MarkingRule", "Problem", "Verdict", "kind_for", "rule_from_json"]
