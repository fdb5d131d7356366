"""排序题: the options have one right order."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Final

from core.errors import gettext_noop
from question_bank.domain.content import Content, Json
from question_bank.domain.kinds import choices
from question_bank.domain.kinds.base import (
    BLANK,
    RIGHT,
    KindBase,
    MarkingRule,
    Problem,
    Verdict,
    check_texts,
    clean_list,
    verdict_of,
)
from question_bank.domain.kinds.places import map_places, places_of, read_places, values_of

KEY_INCOMPLETE: Final = gettext_noop("答案要列出全部选项，每个一次，如 B、A、D、C")
_SEPARATORS: Final = re.compile(r"[\s,，、;；|｜/>→\-—–.。()（）]+")


class Ordering(KindBase):
    """The whole order is right; otherwise each pair of neighbours that follow each other as they should earns its share."""

    code = "ordering"
    label = gettext_noop("排序题")
    note = gettext_noop("排序题次序全部正确得满分，否则按相邻两项次序正确的比例得分。")
    unreadable = gettext_noop("看不懂答案“{key}”。请按正确次序写出全部选项，如 B、A、D、C")

    def validate(self, content: Content) -> tuple[Problem, ...]:
        """Options as in a choice, each once in the key."""
        problems = check_texts(content) + choices.check_options(content)
        if sorted(_ids(content.key)) != sorted(content.option_ids()):
            problems += (Problem("key", "order_incomplete", KEY_INCOMPLETE),)
        return problems

    def read_answer(self, content: Content, raw: Json) -> Json:
        """`["1=b", "2=a"]`: place in the order, option id."""
        return read_places(raw, places_of(self.render(content)))

    def judge(self, key: Json, answer: Json, rule: MarkingRule) -> Verdict:
        """Neighbours in the key that are neighbours in the answer, as a share of all neighbours."""
        if answer is None:
            return BLANK
        right = _ids(key)
        given = {int(place): option for place, option in values_of(answer).items() if place.isdecimal()}
        if [given.get(place) for place in range(1, len(right) + 1)] == right:
            return RIGHT
        follows = {(given[place], given[place + 1]) for place in given if place + 1 in given}
        count = sum(pair in follows for pair in pairwise(right))
        return verdict_of(Decimal(count) / Decimal(max(len(right) - 1, 1)))

    def render(self, content: Content) -> dict[str, Json]:
        """The options to bring into order."""
        return choices.rendered(content, self.code, "order")

    def map_answer(self, answer: Json, mapping: Mapping[str, str]) -> Json:
        """Option ids renamed."""
        return map_places(answer, mapping)

    def read_key(self, text: str, content: Content) -> Json:
        """`B、A、D、C`, `BADC`, `2-1-4-3`."""
        bare = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
        if bare and all("A" <= letter <= "H" for letter in bare):
            return [letter.lower() for letter in bare]
        if bare and all("1" <= digit <= "8" for digit in bare):
            return [choices.OPTION_IDS[int(digit) - 1] for digit in bare]
        return None

    def key_text(self, content: Content) -> str:
        """`B、A、D、C`."""
        return "、".join(_ids(content.key)).upper()


def _ids(key: Json) -> list[str]:
    return [str(item) for item in clean_list(key) or ()]


KIND = Ordering()
