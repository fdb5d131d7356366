"""判断题: 正确 or 错误."""

import unicodedata
from collections.abc import Mapping
from typing import Final

from core.errors import gettext_noop
from question_bank.domain.content import Content, Json, Option
from question_bank.domain.kinds import choices
from question_bank.domain.kinds.base import BLANK, RIGHT, WRONG, KindBase, MarkingRule, Problem, Verdict, check_texts

OPTIONS_FIXED: Final = gettext_noop("判断题的选项固定为“正确”和“错误”")
OPTIONS: Final = (Option("t", "正确"), Option("f", "错误"))

_TRUE: Final = frozenset("正确 对 √ ✓ ✔ ☑ T TRUE 是 Y YES 1 V 真".split())
_FALSE: Final = frozenset("错误 错 × X ✗ ✘ ✕ ╳ F FALSE 否 N NO 0 不正确 不对 非 假".split())


class TrueFalse(KindBase):
    """Two fixed options, never shuffled: people look for 正确 first."""

    code = "true_false"
    label = gettext_noop("判断题")
    shuffles_options = False
    has_options = False

    def validate(self, content: Content) -> tuple[Problem, ...]:
        """The two fixed options, one of which is the key."""
        problems = check_texts(content)
        if content.options != OPTIONS:
            problems += (Problem("options", "options_fixed", OPTIONS_FIXED),)
        return problems + choices.check_key(content, 1, 1)

    def read_answer(self, content: Content, raw: Json) -> Json:
        """One ticked option, or None."""
        return choices.read_options(content, raw, most=1)

    def judge(self, key: Json, answer: Json, rule: MarkingRule) -> Verdict:
        """Equal is right."""
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
        """`正确` `对` `√` `T` `是` `1`, `错误` `错` `×` `F` `否` `0`; None for anything else."""
        said = self.key_of(text)
        return None if said is None else ["t" if said else "f"]

    def key_of(self, text: str) -> bool | None:
        """Whether a word says true or false; None when it says neither."""
        # NFKC turns neither √ nor × into something else, but makes Ｔ a T.
        word = unicodedata.normalize("NFKC", text).strip(" 。.()（）").upper()
        return True if word in _TRUE else False if word in _FALSE else None

    def key_text(self, content: Content) -> str:
        """`正确` or `错误`."""
        return "正确" if choices.as_ids(content.key) == {"t"} else "错误"


KIND = TrueFalse()
