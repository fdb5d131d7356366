"""单选题: exactly one of two to eight options is right."""

from collections.abc import Mapping

from core.errors import gettext_noop
from question_bank.domain.content import Content, Json
from question_bank.domain.kinds import choices
from question_bank.domain.kinds.base import BLANK, RIGHT, WRONG, KindBase, MarkingRule, Problem, Verdict


class SingleChoice(KindBase):
    """Right or wrong; no rule gives a part of the mark."""

    code = "single_choice"
    label = gettext_noop("单选题")

    def validate(self, content: Content) -> tuple[Problem, ...]:
        """See `choices.check_choice`."""
        return choices.check_choice(content, 1, 1)

    def read_answer(self, content: Content, raw: Json) -> Json:
        """One ticked option, or None."""
        return choices.read_options(content, raw, most=1)

    def judge(self, key: Json, answer: Json, rule: MarkingRule) -> Verdict:
        """Equal sets are right."""
        if answer is None:
            return BLANK
        return RIGHT if choices.as_ids(answer) == choices.as_ids(key) else WRONG

    def render(self, content: Content) -> dict[str, Json]:
        """Radio buttons."""
        return choices.rendered(content, self.code, "radio")

    def map_answer(self, answer: Json, mapping: Mapping[str, str]) -> Json:
        """Option ids renamed."""
        return choices.map_options(answer, mapping)

    def read_key(self, text: str, content: Content) -> Json:
        """`B`, `b`, `2`, `B.`, or the text of the option."""
        return choices.read_letters(text, content)

    def key_text(self, content: Content) -> str:
        """`B`."""
        return "、".join(sorted(choices.as_ids(content.key))).upper()


KIND = SingleChoice()
