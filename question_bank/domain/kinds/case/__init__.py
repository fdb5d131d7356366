"""案例题: a shared stem with two to ten questions of the other kinds, each with its weight."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from core.errors import gettext_noop
from question_bank.domain.content import Content, Json, Option
from question_bank.domain.kinds.base import (
    BLANK,
    Kind,
    KindBase,
    ManualTask,
    MarkingRule,
    Problem,
    Verdict,
    check_texts,
    clean_list,
    verdict_of,
)
from question_bank.domain.kinds.choices import OPTION_IDS
from question_bank.domain.kinds.fill_in import KIND as FILL_IN
from question_bank.domain.kinds.matching import KIND as MATCHING
from question_bank.domain.kinds.multiple_choice import KIND as MULTIPLE_CHOICE
from question_bank.domain.kinds.numeric import KIND as NUMERIC
from question_bank.domain.kinds.ordering import KIND as ORDERING
from question_bank.domain.kinds.places import map_places, places_of, read_places
from question_bank.domain.kinds.short_answer import KIND as SHORT_ANSWER
from question_bank.domain.kinds.single_choice import KIND as SINGLE_CHOICE
from question_bank.domain.kinds.true_false import KIND as TRUE_FALSE
from question_bank.domain.kinds.true_false import OPTIONS as TRUE_FALSE_OPTIONS
from question_bank.domain.kinds.units import plain_number, read_number

_ALL: Final = (SINGLE_CHOICE, MULTIPLE_CHOICE, TRUE_FALSE, FILL_IN, NUMERIC, MATCHING, ORDERING, SHORT_ANSWER)
PART_KINDS: Final[Mapping[str, Kind]] = {kind.code: kind for kind in _ALL}
_WORDS: Final = {kind.label.removesuffix("题"): kind.code for kind in _ALL} | {"不定项": "multiple_choice"}
_SHORT_WORDS: Final = {code: word for word, code in reversed(_WORDS.items())}
FEWEST: Final = 1
MOST: Final = 10

PARTS_MISSING: Final = gettext_noop(
    "没有读懂小题。每个小题以“1.【单选】题目”开头，选项每行一个，再写“答案：”；分值写作“【单选 2分】”"
)
PARTS_TOO_MANY: Final = gettext_noop("小题不能超过 {limit} 个，现有 {count} 个")
PART_FAULTY: Final = gettext_noop("第 {number} 小题：{problem}")
WEIGHT_ZERO: Final = gettext_noop("分值应大于 0")

_HEAD: Final = re.compile(
    r"^\s*(?:[(（]?\d{1,2}\s*[)）.．、]\s*)?[【\[]\s*(?P<kind>[\u4e00-\u9fff]{2,3}?)题?\s*(?:(?P<weight>\d+(?:\.\d+)?)\s*分)?\s*[】\]]\s*(?P<stem>.*)$"
)
_OPTION: Final = re.compile(r"^\s*([A-HＡ-Ｈ])\s*[.．、:：)）]\s*(.*)$")
_KEY: Final = re.compile(r"^\s*[【\[]?答案[】\]]?\s*[:：]\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Part:
    """One question of the case. `weight` counts against the sum of all weights."""

    id: str
    weight: Decimal
    content: Content


class Case(KindBase):
    """Each part is judged by its own kind; the fractions are averaged by weight."""

    code = "case"
    label = gettext_noop("案例题")
    shuffles_options = False
    note = gettext_noop("案例题按小题分值计分。")
    has_options = False
    unreadable = gettext_noop("看不懂小题“{key}”。每个小题以“1.【单选 2分】题目”开头，选项每行一个，再写“答案：B”")
    needs_marks = True

    def validate(self, content: Content) -> tuple[Problem, ...]:
        """The stem, and every part by the rules of its kind."""
        return check_texts(content) + tuple(_check_parts(parts_of(content)))

    def read_answer(self, content: Content, raw: Json) -> Json:
        """`["1=1.b", "2.1=安全第一"]`: part, then what its kind says."""
        return read_places(raw, places_of(self.render(content)))

    def judge(self, key: Json, answer: Json, rule: MarkingRule) -> Verdict:
        """See `judge_marked`."""
        return self.judge_marked(key, answer, rule, marks={})

    def judge_marked(self, key: Json, answer: Json, rule: MarkingRule, *, marks: Mapping[str, Decimal]) -> Verdict:
        """The weighted mean; marks of people are named `<part>.<place>`."""
        if answer is None:
            return BLANK
        earned = waiting = Decimal(0)
        for part_id, share, kind, part_key in _judged(key):
            own = {place.partition(".")[2]: mark for place, mark in marks.items() if place.startswith(f"{part_id}.")}
            verdict = kind.judge_marked(part_key, _part_answer(answer, part_id, kind), rule, marks=own)
            earned += share * verdict.fraction
            waiting += share * verdict.waiting
        return verdict_of(_exact(earned), _exact(waiting))

    def tasks(self, key: Json, answer: Json) -> tuple[ManualTask, ...]:
        """The texts of all parts that people mark."""
        return tuple(
            replace(task, place=f"{part_id}.{task.place}", share=_exact(share * task.share))
            for part_id, share, kind, part_key in _judged(key)
            for task in kind.tasks(part_key, _part_answer(answer, part_id, kind))
        )

    def render(self, content: Content) -> dict[str, Json]:
        """The stem and the parts; ids of a part's options begin with the part's id."""
        parts: list[Json] = [_render_part(part) for part in parts_of(content)]
        return {"kind": self.code, "stem": content.stem, "options": [], "input": "case", "parts": parts}

    def map_answer(self, answer: Json, mapping: Mapping[str, str]) -> Json:
        """Ids of options and targets of all parts renamed."""
        return map_places(answer, mapping)

    def read_key(self, text: str, content: Content) -> Json:
        """The keys of all parts."""
        found = self.with_key(content, text)
        return None if found is None else found.key

    def with_key(self, content: Content, text: str) -> Content | None:
        """The parts as people write them: `1.【单选 2分】题目`, options a line each, `答案：B`."""
        parts: list[Part] = []
        for number, (head, lines) in enumerate(_blocks(text), start=1):
            part = _read_part(str(number), head, lines)
            if part is None:
                return None
            parts.append(part)
        return replace(content, **_stored(parts)) if parts else None  # type: ignore[arg-type]

    def key_text(self, content: Content) -> str:
        """The inverse of `with_key`."""
        return "\n".join(_written(part) for part in parts_of(content))


def parts_of(content: Content) -> tuple[Part, ...]:
    """The parts with their keys put back."""
    shown, keys = _listed(content.extra, "parts"), {str(part["id"]): part for part in _listed(content.key, "parts")}
    found = []
    for part in shown:
        stored = keys.get(str(part["id"]), {})
        options = tuple(Option(str(option["id"]), str(option["text"])) for option in _listed(part, "options"))
        inner = Content(str(part["kind"]), str(part["stem"]), options, stored.get("key"), extra=part.get("extra"))
        found.append(Part(str(part["id"]), Decimal(str(stored.get("weight", "1"))), inner))
    return tuple(found)


def _stored(parts: Sequence[Part]) -> dict[str, Json]:
    shown: list[Json] = []
    keys: list[Json] = []
    for part in parts:
        content = part.content
        options: list[Json] = [{"id": option.id, "text": option.text} for option in content.options]
        entry: dict[str, Json] = {"id": part.id, "kind": content.kind, "stem": content.stem, "options": options}
        shown.append(entry if content.extra is None else entry | {"extra": content.extra})
        keys.append(
            {"id": part.id, "kind": content.kind, "weight": plain_number(part.weight), "key": content.key},
        )
    return {"extra": {"parts": shown}, "key": {"parts": keys}}


def _listed(value: Json, name: str) -> list[Mapping[str, Json]]:
    listed = clean_list(value.get(name)) if isinstance(value, Mapping) else None
    return [entry for entry in listed or () if isinstance(entry, Mapping)]


def _judged(key: Json) -> Iterator[tuple[str, Decimal, Kind, Json]]:
    """(part id, share of the whole, kind, key) of every part."""
    parts = _listed(key, "parts")
    total = sum((Decimal(str(part["weight"])) for part in parts), Decimal(0)) or Decimal(1)
    for part in parts:
        share = Decimal(str(part["weight"])) / total
        yield str(part["id"]), share, PART_KINDS[str(part["kind"])], part["key"]


def _exact(fraction: Decimal) -> Decimal:
    """Sums of thirds end in nines: twelve places are beyond any mark, and 0.999999999999999 is 1."""
    return fraction.quantize(Decimal("1e-12")).normalize() + Decimal(0)


def _part_answer(answer: Json, part_id: str, kind: Kind) -> Json:
    """What was answered to one part, in the normal form of its kind; None when blank."""
    found = []
    for entry in clean_list(answer) or ():
        place, _, value = str(entry).partition("=")
        head, _, tail = place.partition(".")
        if head == part_id:
            bare = value.removeprefix(f"{part_id}.")
            # Only ids carry the part's number; a typed text such as `1.5` stays whole.
            is_id = kind.code in {"matching", "ordering"}
            found.append(f"{tail.rpartition('.')[2]}={bare if is_id else value}" if tail else bare)
    return tuple(sorted(found)) or None


def _render_part(part: Part) -> dict[str, Json]:
    shown = dict(PART_KINDS[part.content.kind].render(part.content)) if part.content.kind in PART_KINDS else {}
    for side in ("options", "targets"):
        if side in shown:
            shown[side] = [option | {"id": f"{part.id}.{option['id']}"} for option in map(dict, _listed(shown, side))]
    return {"id": part.id, "weight": plain_number(part.weight)} | shown


def _check_parts(parts: Sequence[Part]) -> Iterator[Problem]:
    if len(parts) < FEWEST:
        yield Problem("key", "parts_missing", PARTS_MISSING)
    if len(parts) > MOST:
        yield Problem("key", "parts_too_many", PARTS_TOO_MANY, {"limit": MOST, "count": len(parts)})
    for number, part in enumerate(parts, start=1):
        kind = PART_KINDS.get(part.content.kind)
        problems = [problem.text for problem in kind.validate(part.content)] if kind else [PARTS_MISSING]
        problems += [] if part.weight > 0 else [WEIGHT_ZERO]
        for text in problems:
            yield Problem("key", "part_faulty", PART_FAULTY, {"number": number, "problem": text})


def _blocks(text: str) -> Iterator[tuple[re.Match[str], list[str]]]:
    head: re.Match[str] | None = None
    lines: list[str] = []
    for line in text.split("\n"):
        found = _HEAD.match(line)
        if found and found["kind"] in _WORDS:
            if head:
                yield head, lines
            head, lines = found, []
        elif line.strip():
            lines.append(line)
    if head:
        yield head, lines


def _read_part(part_id: str, head: re.Match[str], lines: Sequence[str]) -> Part | None:
    code = _WORDS[head["kind"]]
    stem, key, options = [head["stem"].strip()], list[str](), list[str]()
    for line in lines:
        found = _KEY.match(line)
        option = _OPTION.match(line)
        if found and not key:
            key.append(found.group(1))
        elif key:
            key.append(line.strip())
        elif option:
            options.append(option.group(2).strip())
        else:
            stem.append(line.strip())
    if len(options) > len(OPTION_IDS):
        return None
    listed = tuple(Option(option_id, text) for option_id, text in zip(OPTION_IDS, options, strict=False))
    bare = Content(code, "\n".join(stem), TRUE_FALSE_OPTIONS if code == "true_false" else listed, None)
    content = PART_KINDS[code].with_key(bare, "\n".join(key).strip())
    weight = read_number(head["weight"] or "1")
    return None if content is None or weight is None else Part(part_id, weight, content)


def _written(part: Part) -> str:
    content = part.content
    kind = PART_KINDS[content.kind]
    weight = "" if part.weight == 1 else f" {plain_number(part.weight)}分"
    key = kind.key_text(content)
    word = "不定项" if content.kind == "multiple_choice" and "、" not in key else _SHORT_WORDS[content.kind]
    lines = [f"{part.id}.【{word}{weight}】{content.stem}"]
    if content.kind != "true_false":
        lines += [f"{option.id.upper()}. {option.text}" for option in content.options]
    return "\n".join([*lines, f"答案：{key}"])


KIND = Case()
