"""简答题: a text that people mark by a rubric."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from core.errors import gettext_noop
from question_bank.domain.content import Content, Json
from question_bank.domain.kinds.base import (
    BLANK,
    Criterion,
    KindBase,
    ManualTask,
    MarkingRule,
    Problem,
    Verdict,
    check_texts,
    verdict_of,
)
from question_bank.domain.kinds.places import map_places, places_of, read_places, values_of
from question_bank.domain.kinds.units import plain_number, read_number

MAX_REFERENCE_CHARS: Final = 4000
KEY_EMPTY: Final = gettext_noop("没有参考答案。每个要点一行，行末写分值，如“立即停止作业（2分）”")
REFERENCE_TOO_LONG: Final = gettext_noop("参考答案不能超过 {limit} 字，现有 {count} 字")
POINTS_ZERO: Final = gettext_noop("评分要点的分值应大于 0")

_POINTS: Final = re.compile(
    r"^\s*(?P<text>.+?)\s*[（(]\s*(?P<points>\d{1,3}(?:\.\d{1,2})?)\s*分\s*[)）]\s*[。；;]?\s*$"
)


class ShortAnswer(KindBase):
    """The key is a reference answer; lines that end in `（2分）` are its rubric. The machine gives nothing."""

    code = "short_answer"
    label = gettext_noop("简答题")
    note = gettext_noop("简答题由阅卷人员按评分要点评分。")
    has_options = False
    unreadable = gettext_noop("看不懂答案“{key}”。请写参考答案，每个要点一行，行末写分值，如 立即停止作业（2分）")
    needs_marks = True

    def validate(self, content: Content) -> tuple[Problem, ...]:
        """A stem and a reference answer."""
        return check_texts(content) + _check_key(content.key)

    def read_answer(self, content: Content, raw: Json) -> Json:
        """`["1=…"]`."""
        return read_places(raw, places_of(self.render(content)))

    def judge(self, key: Json, answer: Json, rule: MarkingRule) -> Verdict:
        """A blank earns nothing; anything else waits for people."""
        return BLANK if answer is None else verdict_of(Decimal(0), waiting=Decimal(1))

    def render(self, content: Content) -> dict[str, Json]:
        """A field of several lines."""
        return {"kind": self.code, "stem": content.stem, "options": [], "input": "textarea"}

    def map_answer(self, answer: Json, mapping: Mapping[str, str]) -> Json:
        """Texts stay as they are."""
        return map_places(answer, {})

    def read_key(self, text: str, content: Content) -> Json:
        """The reference answer, with the lines that name points as rubric."""
        lines = [unicodedata.normalize("NFKC", line) for line in text.split("\n")]
        found = [(line, _POINTS.match(norm)) for line, norm in zip(text.split("\n"), lines, strict=True)]
        rubric: list[Json] = []
        for line, points in found:
            number = read_number(points["points"]) if points else None
            if number is not None:
                said = re.sub(r"\s*[（(][^（(]*[)）]\s*[。；;]?\s*$", "", line).strip()
                rubric.append({"text": said, "points": plain_number(number)})
        return {"reference": text.strip(), "rubric": rubric} if text.strip() else None

    def key_text(self, content: Content) -> str:
        """The reference answer."""
        return _reference(content.key)

    def tasks(self, key: Json, answer: Json) -> tuple[ManualTask, ...]:
        """One text."""
        text = values_of(answer).get("1", "")
        return (ManualTask("1", Decimal(1), text, _reference(key), rubric_of(key)),) if text else ()

    def judge_marked(self, key: Json, answer: Json, rule: MarkingRule, *, marks: Mapping[str, Decimal]) -> Verdict:
        """What people gave."""
        if answer is None or "1" not in marks:
            return self.judge(key, answer, rule)
        return verdict_of(marks["1"])


def rubric_of(key: Json) -> tuple[Criterion, ...]:
    """The criteria with their points."""
    listed = key.get("rubric") if isinstance(key, Mapping) else None
    found = listed if isinstance(listed, Sequence) and not isinstance(listed, str) else ()
    return tuple(
        Criterion(str(entry["text"]), Decimal(str(entry["points"]))) for entry in found if isinstance(entry, Mapping)
    )


def _reference(key: Json) -> str:
    return str(key.get("reference", "")) if isinstance(key, Mapping) else ""


def _check_key(key: Json) -> tuple[Problem, ...]:
    reference = _reference(key)
    if not reference:
        return (Problem("key", "reference_empty", KEY_EMPTY),)
    if len(reference) > MAX_REFERENCE_CHARS:
        params = {"limit": MAX_REFERENCE_CHARS, "count": len(reference)}
        return (Problem("key", "reference_too_long", REFERENCE_TOO_LONG, params),)
    if any(criterion.points <= 0 for criterion in rubric_of(key)):
        return (Problem("key", "points_zero", POINTS_ZERO),)
    return ()


KIND = ShortAnswer()
