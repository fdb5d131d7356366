"""多选题 and 不定项: one or more of two to eight options are right."""

from collections.abc import Mapping
from decimal import Decimal

from core.errors import gettext_noop
from question_bank.domain.content import Content, Json
from question_bank.domain.kinds import choices
from question_bank.domain.kinds.base import (
    BLANK,
    MAX_OPTIONS,
    PROPORTIONAL,
    RIGHT,
    SUBSET,
    WRONG,
    KindBase,
    MarkingRule,
    Problem,
    Verdict,
)


class MultipleChoice(KindBase):
    """All or nothing by default; two partial-credit rules can be chosen and are then printed on the paper."""

    code = "multiple_choice"
    label = gettext_noop("多选题")

    def validate(self, content: Content) -> tuple[Problem, ...]:
        """See `choices.check_choice`. One right option is possible (不定项); the importer asks 多选题 for two."""
        return choices.check_choice(content, 1, MAX_OPTIONS)

    def read_answer(self, content: Content, raw: Json) -> Json:
        """Any number of ticked options; none is blank."""
        return choices.read_options(content, raw, most=MAX_OPTIONS)

    def judge(self, key: Json, answer: Json, rule: MarkingRule) -> Verdict:
        """Equal sets are right; otherwise as the rule says (product.md section 4, Exam)."""
        if answer is None:
            return BLANK
        right, ticked = choices.as_ids(key), choices.as_ids(answer)
        if ticked == right:
            return RIGHT
        fraction = _partial(right, ticked, rule)
        return Verdict(fraction, "partly") if fraction else WRONG

    def render(self, content: Content) -> dict[str, Json]:
        """Check boxes."""
        return choices.rendered(content, self.code, "checkbox")

    def map_answer(self, answer: Json, mapping: Mapping[str, str]) -> Json:
        """Option ids renamed."""
        return choices.map_options(answer, mapping)

    def read_key(self, text: str, content: Content) -> Json:
        """`A,B,C` `A、C` `ACB` `A|B` `1,3` `ab`."""
        return choices.read_letters(text, content)

    def key_text(self, content: Content) -> str:
        """`A、C`."""
        return "、".join(sorted(choices.as_ids(content.key))).upper()


def _partial(right: frozenset[str], ticked: frozenset[str], rule: MarkingRule) -> Decimal:
    if rule.code == PROPORTIONAL:
        balance = len(ticked & right) - len(ticked - right)
        return Decimal(max(balance, 0)) / Decimal(len(right))
    if rule.code == SUBSET and ticked < right:
        return rule.subset_fraction
    return Decimal(0)


KIND = MultipleChoice()
