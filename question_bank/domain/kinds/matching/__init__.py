"""匹配题: each of the left items belongs to one of the right ones, of which there may be more."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from core.errors import gettext_noop
from question_bank.domain.content import Content, Json
from question_bank.domain.kinds import choices
from question_bank.domain.kinds.base import (
    BLANK,
    MAX_OPTION_CHARS,
    KindBase,
    MarkingRule,
    Problem,
    Verdict,
    check_texts,
    verdict_of,
)
from question_bank.domain.kinds.places import map_places, places_of, read_places, values_of

MAX_TARGETS: Final = 12
KEY_INCOMPLETE: Final = gettext_noop("每个选项都要有配对，请按“A-电气火灾；B-油类火灾”填写；干扰项写作“-木材火灾”")
TARGET_TOO_LONG: Final = gettext_noop("配对项不能超过 {limit} 字")
TARGETS_TOO_MANY: Final = gettext_noop("配对项不能超过 {limit} 个，现有 {count} 个")
TARGETS_TOO_FEW: Final = gettext_noop("至少需要两个不同的配对项")

_PAIR: Final = re.compile(r"^\s*([A-HＡ-Ｈa-h])?\s*(?:[-—–=＝:：]|->|→)+\s*(.+?)\s*$", re.DOTALL)


class Matching(KindBase):
    """Every right pair earns its share. The right side is `extra["targets"]`, ids `1`, `2`, …"""

    code = "matching"
    label = gettext_noop("匹配题")
    note = gettext_noop("匹配题按配对正确的比例得分。")
    unreadable = gettext_noop("看不懂答案“{key}”。请按“A-电气火灾；B-油类火灾”填写，干扰项写作“-木材火灾”")

    def validate(self, content: Content) -> tuple[Problem, ...]:
        """Left items like options, a target for each, at least two targets in all."""
        return check_texts(content) + choices.check_options(content) + _check_targets(content)

    def read_answer(self, content: Content, raw: Json) -> Json:
        """`["a=2", "b=1"]`: left id, right id."""
        return read_places(raw, places_of(self.render(content)))

    def judge(self, key: Json, answer: Json, rule: MarkingRule) -> Verdict:
        """The share of left items that got their own."""
        if answer is None:
            return BLANK
        pairs, given = pairs_of(key), values_of(answer)
        right = sum(given.get(left) == target for left, target in pairs.items())
        return verdict_of(Decimal(right) / Decimal(len(pairs) or 1))

    def render(self, content: Content) -> dict[str, Json]:
        """Both sides."""
        return choices.rendered(content, self.code, "match") | {
            "targets": [{"id": target_id, "text": text} for target_id, text in targets_of(content).items()],
        }

    def map_answer(self, answer: Json, mapping: Mapping[str, str]) -> Json:
        """Ids of both sides renamed."""
        return map_places(answer, mapping)

    def read_key(self, text: str, content: Content) -> Json:
        """The pairs alone; `with_key` also makes the right side."""
        found = self.with_key(content, text)
        return None if found is None else found.key

    def with_key(self, content: Content, text: str) -> Content | None:
        """`A-电气火灾；B-油类火灾；-木材火灾`: the last one belongs to nobody."""
        targets: dict[str, str] = {}
        pairs: dict[str, Json] = {}
        for piece in re.split(r"[；;\n]", text):
            found = _PAIR.match(piece)
            if found is None and piece.strip():
                return None
            if found is not None:
                target = targets.setdefault(found.group(2), str(len(targets) + 1))
                if found.group(1):
                    pairs[_letter(found.group(1))] = target
        listed: list[Json] = [{"id": target_id, "text": name} for name, target_id in targets.items()]
        return replace(content, key=pairs, extra={"targets": listed}) if pairs else None

    def key_text(self, content: Content) -> str:
        """The inverse of `with_key`."""
        texts, pairs = targets_of(content), pairs_of(content.key)
        used = set(pairs.values())
        lines = [f"{left.upper()}-{texts.get(target, '')}" for left, target in sorted(pairs.items())]
        return "；".join([*lines, *(f"-{text}" for target_id, text in texts.items() if target_id not in used)])


def targets_of(content: Content) -> dict[str, str]:
    """Id → text of the right side."""
    listed = content.extra.get("targets") if isinstance(content.extra, Mapping) else None
    found = listed if isinstance(listed, Sequence) and not isinstance(listed, str) else ()
    return {str(target["id"]): str(target["text"]) for target in found if isinstance(target, Mapping)}


def _letter(text: str) -> str:
    code = ord(text)
    return chr(code - 0xFEE0 if code >= 0xFF21 else code).lower()


def pairs_of(key: Json) -> dict[str, str]:
    """Left id → right id."""
    return {str(left): str(target) for left, target in key.items()} if isinstance(key, Mapping) else {}


def _check_targets(content: Content) -> tuple[Problem, ...]:
    texts, pairs = targets_of(content), pairs_of(content.key)
    if set(pairs) != set(content.option_ids()) or not set(pairs.values()) <= set(texts):
        return (Problem("key", "pairs_incomplete", KEY_INCOMPLETE),)
    if len(texts) < 2:
        return (Problem("key", "targets_too_few", TARGETS_TOO_FEW),)
    if len(texts) > MAX_TARGETS:
        return (Problem("key", "targets_too_many", TARGETS_TOO_MANY, {"limit": MAX_TARGETS, "count": len(texts)}),)
    if any(len(text) > MAX_OPTION_CHARS for text in texts.values()):
        return (Problem("key", "target_too_long", TARGET_TOO_LONG, {"limit": MAX_OPTION_CHARS}),)
    return ()


KIND = Matching()
