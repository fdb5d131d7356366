"""Marks from a frozen key and the effective answers: exact decimals, again and again the same.

Judging belongs to the question kind (`question_bank.domain.kinds`); here only points are given and summed. What was
decided after the exam comes in as values: amendments of the key, and the fractions that people gave (`manual`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from core.canonical import canonical_sha256, sha256_hex
from core.errors import gettext_noop
from core.scores import mark_for, round_score, total
from exams.errors import PaperDamaged
from question_bank.domain.content import Json
from question_bank.domain.kinds import kind_for
from question_bank.domain.kinds.base import ManualTask, MarkingRule, Verdict, rule_from_json

# Opaque item id → place within the item → the share of its mark that people gave, 0..1.
Marks = Mapping[str, Mapping[str, Decimal]]
# What a kind answers when people have to judge; the item is pending until they did.
NEEDS_MARKER = "manual"
DROPPED = "dropped"
GRANTED = "granted"


class Policy(StrEnum):
    """What a key correction does to one item."""

    ACCEPT_ALSO = "accept_also"
    REPLACE = "replace"
    FULL_MARKS = "full_marks"
    DROP = "drop"


POLICY_LABELS = {
    Policy.ACCEPT_ALSO: gettext_noop("另一答案也算对"),
    Policy.REPLACE: gettext_noop("改用正确的答案"),
    Policy.FULL_MARKS: gettext_noop("本题所有人给满分"),
    Policy.DROP: gettext_noop("本题不计，其余按比例折算"),
}
POLICY_HELP = {
    Policy.ACCEPT_ALSO: gettext_noop("原答案仍算对，新增的答案也算对；没有人的分数会降低。"),
    Policy.REPLACE: gettext_noop("只有新答案算对，原来答“对”的人会失分。"),
    Policy.FULL_MARKS: gettext_noop("抽到本题的人都得本题满分，未作答的也是。"),
    Policy.DROP: gettext_noop("本题从试卷中去掉，其余题目的得分按比例折算回原满分；分数可能升也可能降。"),
}
NEEDS_KEY = frozenset({Policy.ACCEPT_ALSO, Policy.REPLACE})


@dataclass(frozen=True, slots=True)
class Amendment:
    """One decided change of the key of one item version; `key` in real option ids, None where the policy needs none."""

    ref: str
    policy: Policy
    key: Json = None

    def to_json(self) -> dict[str, Json]:
        """The form that hashes are made of."""
        return {"key": self.key, "policy": self.policy.value, "ref": self.ref}


@dataclass(frozen=True, slots=True)
class KeyItem:
    """One item of a stored key file: the keys that count, points, and the way back from opaque option ids."""

    id: str
    ref: str
    cell: str
    kind: str
    points: Decimal
    keys: tuple[Json, ...]
    options: Mapping[str, str]
    is_dropped: bool = False
    is_granted: bool = False


@dataclass(frozen=True, slots=True)
class ItemMark:
    """What one item earned. `verdict` is right, partly, wrong, blank, granted, dropped or manual (nobody judged yet)."""

    id: str
    ref: str
    cell: str
    verdict: str
    fraction: Decimal
    mark: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Grading:
    """A whole paper graded: the marks in the order of item ids, the score, and the sum that was possible.

    Dropped items earn nothing, and the sum of the others is scaled up to `full`.
    """

    items: tuple[ItemMark, ...]
    score: Decimal
    full: Decimal

    def count(self, verdict: str) -> int:
        return sum(1 for item in self.items if item.verdict == verdict)

    @property
    def pending(self) -> tuple[ItemMark, ...]:
        """Items that wait for people."""
        return tuple(item for item in self.items if item.verdict == NEEDS_MARKER)


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided after the exam: amendments in the order of their approval; fractions by item and place."""

    amendments: Sequence[Amendment] = ()
    manual: Marks = field(default_factory=dict)


NOTHING_DECIDED = Decided()


def read_key(key: Mapping[str, Json]) -> tuple[tuple[KeyItem, ...], MarkingRule]:
    """The items and the marking rule of a stored key file (PAPER-KEY/1); raises PaperDamaged."""
    items, rule = key.get("items"), key.get("rule")
    if key.get("v") != "PAPER-KEY/1" or not isinstance(items, dict) or not isinstance(rule, dict):
        raise PaperDamaged
    return tuple(_key_item(item_id, items[item_id]) for item_id in sorted(items)), rule_from_json(rule)


def grade_paper(key: Mapping[str, Json], answers: Mapping[str, Json], decided: Decided = NOTHING_DECIDED) -> Grading:
    """Marks of every item. `answers` maps opaque item id to opaque answer; blank items may be absent."""
    items, rule = read_key(key)
    amended = tuple(_amended(item, decided.amendments) for item in items)
    marks = tuple(_mark(item, answers.get(item.id), rule, manual=decided.manual.get(item.id, {})) for item in amended)
    full = total(item.points for item in items)
    return Grading(marks, _score(marks, full), full)


def manual_tasks(
    key: Mapping[str, Json], answers: Mapping[str, Json], decided: Decided = NOTHING_DECIDED
) -> tuple[tuple[KeyItem, ManualTask], ...]:
    """Every text of these answers that people must mark, with its item."""
    items, _rule = read_key(key)
    amended = (_amended(item, decided.amendments) for item in items)
    return tuple(
        (item, task)
        for item in amended
        if not item.is_dropped and not item.is_granted
        for task in kind_for(item.kind).tasks(item.keys[-1], _real(item, answers.get(item.id)))
    )


def refs_of(key: Mapping[str, Json]) -> frozenset[str]:
    """`item@version` of everything that a key file asks."""
    items, _rule = read_key(key)
    return frozenset(item.ref for item in items)


def basis_sha256(answer_key: str, refs: frozenset[str], decided: Decided = NOTHING_DECIDED) -> str:
    """What a score was computed from beside the answers: the key file alone, or with what was decided about its items.

    `answer_key` is the stored text, `refs` what it asks. A decision about other items changes nothing.
    """
    key_sha256 = sha256_hex(answer_key)
    amendments = [one.to_json() for one in decided.amendments if one.ref in refs]
    manual = {
        item: {place: format(share, "f") for place, share in places.items()} for item, places in decided.manual.items()
    }
    if not amendments and not manual:
        return key_sha256
    return canonical_sha256({"amendments": amendments, "key": key_sha256, "manual": manual})


def _score(marks: Sequence[ItemMark], full: Decimal) -> Decimal:
    earned = total(mark.mark for mark in marks)
    asked = total(mark.points for mark in marks if mark.verdict != DROPPED)
    if asked == full:
        return earned
    # A paper of which nothing is left cannot have been answered wrongly.
    return round_score(earned * full / asked) if asked else full


def _amended(item: KeyItem, amendments: Sequence[Amendment]) -> KeyItem:
    for one in amendments:
        if one.ref != item.ref:
            continue
        if one.policy is Policy.ACCEPT_ALSO:
            item = replace(item, keys=(*item.keys, one.key))
        elif one.policy is Policy.REPLACE:
            item = replace(item, keys=(one.key,), is_dropped=False, is_granted=False)
        else:
            item = replace(item, is_dropped=one.policy is Policy.DROP, is_granted=one.policy is Policy.FULL_MARKS)
    return item


def _mark(item: KeyItem, answer: Json, rule: MarkingRule, *, manual: Mapping[str, Decimal]) -> ItemMark:
    verdict, fraction = _judged(item, answer, rule, manual=manual)
    return ItemMark(
        id=item.id,
        ref=item.ref,
        cell=item.cell,
        verdict=verdict,
        fraction=fraction,
        mark=mark_for(fraction, item.points),
        points=item.points,
    )


def _judged(item: KeyItem, answer: Json, rule: MarkingRule, *, manual: Mapping[str, Decimal]) -> tuple[str, Decimal]:
    if item.is_dropped:
        return DROPPED, Decimal(0)
    if item.is_granted:
        return GRANTED, Decimal(1)
    verdict = _best(item, _real(item, answer), rule, manual=manual)
    return verdict.verdict, verdict.fraction


def _best(item: KeyItem, real: Json, rule: MarkingRule, *, manual: Mapping[str, Decimal]) -> Verdict:
    kind = kind_for(item.kind)
    verdicts = [kind.judge_marked(key, real, rule, marks=manual) for key in item.keys]
    # The first key wins a tie, so that one key judges exactly as before.
    return max(verdicts, key=lambda verdict: verdict.fraction)


def _real(item: KeyItem, answer: Json) -> Json:
    # An emptied multiple choice is as blank as one never touched.
    return kind_for(item.kind).map_answer(answer, item.options) if answer else None


def _key_item(item_id: str, stored: Json) -> KeyItem:
    if not isinstance(stored, dict):
        raise PaperDamaged
    return KeyItem(
        id=item_id,
        ref=f"{stored['item']}@{stored['version']}",
        cell=str(stored["cell"]),
        kind=str(stored["kind"]),
        points=round_score(Decimal(str(stored["points"]))),
        keys=(stored["key"],),
        options=_options(stored["options"]),
    )


def _options(stored: Json) -> Mapping[str, str]:
    if not isinstance(stored, dict):
        raise PaperDamaged
    return stored
