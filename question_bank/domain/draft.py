"""A question as somebody wants it to be: content and facts, before the bank gives it a name and a version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from core.errors import gettext_noop
from core.scores import display
from question_bank.domain.content import Content
from question_bank.domain.kinds import KINDS
from question_bank.domain.kinds.base import Problem
from question_bank.domain.normalise import MEDIUM, POST_NAMES, difficulty_name, has_html
from question_bank.domain.rich import without_formulas
from question_bank.domain.versions import content_parts


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """`knowledge_point` and `industry` are names (industry empty: general), `posts` codes (empty: all).

    `difficulty` is 0..1, the expected share that gets it wrong; `mark` is the proposed points, a blueprint decides.
    """

    content: Content
    knowledge_point: str
    difficulty: Decimal = MEDIUM
    industry: str = ""
    posts: tuple[str, ...] = ()
    law_reference: str = ""
    law_edition: str = ""
    valid_until: date | None = None
    mark: Decimal = Decimal(1)
    source: str = ""
    note: str = ""


# Longest texts of the facts, in characters: what the columns of the bank hold.
FACT_LIMITS: Final[Mapping[str, int]] = {
    "knowledge_point": 60,
    "law_reference": 120,
    "law_edition": 20,
    "source": 120,
    "note": 300,
}

FACT_TOO_LONG: Final = gettext_noop("不能超过 {limit} 字，现有 {count} 字")
KNOWLEDGE_POINT_EMPTY: Final = gettext_noop("没有知识点")
DIFFICULTY_RANGE: Final = gettext_noop("难度应在 0 至 1 之间")
MARK_RANGE: Final = gettext_noop("分值应大于 0，且不超过 100")
POST_UNKNOWN: Final = gettext_noop("“{post}”不是岗位")
KIND_UNKNOWN: Final = gettext_noop("不支持题型“{kind}”")
HTML_REFUSED: Final = gettext_noop("含有 HTML 标记，请改为纯文字")


def check_draft(draft: QuestionDraft) -> tuple[Problem, ...]:
    """Everything that keeps the draft out of the bank: the rules of its kind, and those of its facts."""
    kind = KINDS.get(draft.content.kind)
    if kind is None:
        return (Problem("kind", "kind_unknown", KIND_UNKNOWN, {"kind": draft.content.kind}),)
    return (*kind.validate(draft.content), *_check_html(draft.content), *_check_facts(draft))


def _check_html(content: Content) -> list[Problem]:
    texts = {"stem": content.stem, "explanation": content.explanation}
    texts |= {f"options.{option.id}": option.text for option in content.options}
    return [
        Problem(place, "html_refused", HTML_REFUSED)
        for place, text in texts.items()
        if "<" in text and has_html(without_formulas(text))
    ]


def _check_facts(draft: QuestionDraft) -> list[Problem]:
    problems = []
    if not draft.knowledge_point.strip():
        problems.append(Problem("knowledge_point", "knowledge_point_empty", KNOWLEDGE_POINT_EMPTY))
    if not 0 <= draft.difficulty <= 1:
        problems.append(Problem("difficulty", "difficulty_range", DIFFICULTY_RANGE))
    if not 0 < draft.mark <= 100:
        problems.append(Problem("mark", "mark_range", MARK_RANGE))
    for post in draft.posts:
        if post not in POST_NAMES:
            problems.append(Problem("posts", "post_unknown", POST_UNKNOWN, {"post": post}))
    for name, text in _fact_texts(draft).items():
        if len(text) > FACT_LIMITS[name]:
            params = {"limit": FACT_LIMITS[name], "count": len(text)}
            problems.append(Problem(name, f"{name}_too_long", FACT_TOO_LONG, params))
    return problems


def _fact_texts(draft: QuestionDraft) -> dict[str, str]:
    return {
        "knowledge_point": draft.knowledge_point,
        "law_reference": draft.law_reference,
        "law_edition": draft.law_edition,
        "source": draft.source,
        "note": draft.note,
    }


def draft_parts(draft: QuestionDraft) -> dict[str, str]:
    """Part → text as shown beside another version (`versions.differences`)."""
    return content_parts(draft.content) | {
        "difficulty": f"{difficulty_name(draft.difficulty)} {draft.difficulty:.2f}",
        "knowledge_point": draft.knowledge_point,
        "industry": draft.industry,
        "posts": "、".join(POST_NAMES.get(post, post) for post in draft.posts),
        "law_reference": draft.law_reference,
        "law_edition": draft.law_edition,
        "valid_until": draft.valid_until.isoformat() if draft.valid_until else "",
        "mark": display(draft.mark),
        "source": draft.source,
        "note": draft.note,
    }
