"""The life of a question: draft → in review → approved → retired; every change is a new version that starts as a draft."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from core.errors import gettext_noop
from question_bank.errors import ReviewedAlready, ReviewerIsAuthor, WallBetweenPools, WrongState

Step = Literal["submit", "approve", "return", "retire", "revise"]

DRAFT: Final = "draft"
IN_REVIEW: Final = "in_review"
APPROVED: Final = "approved"
RETIRED: Final = "retired"

STATE_NAMES: Final[Mapping[str, str]] = {
    DRAFT: gettext_noop("草稿"),
    IN_REVIEW: gettext_noop("待审"),
    APPROVED: gettext_noop("已通过"),
    RETIRED: gettext_noop("已停用"),
}


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states a step leads where, and the verb for a refusal."""

    before: frozenset[str]
    after: str
    verb: str


TRANSITIONS: Final[Mapping[Step, Transition]] = {
    "submit": Transition(frozenset({DRAFT}), IN_REVIEW, gettext_noop("提交审核")),
    "approve": Transition(frozenset({IN_REVIEW}), APPROVED, gettext_noop("审核通过")),
    "return": Transition(frozenset({IN_REVIEW}), DRAFT, gettext_noop("退回修改")),
    "retire": Transition(frozenset({DRAFT, IN_REVIEW, APPROVED}), RETIRED, gettext_noop("停用")),
    "revise": Transition(frozenset({DRAFT, IN_REVIEW, APPROVED, RETIRED}), DRAFT, gettext_noop("修改")),
}


def take_step(step: Step, state: str) -> str:
    """The state after the step. Raises `WrongState`."""
    transition = TRANSITIONS[step]
    if state not in transition.before:
        raise WrongState(state=STATE_NAMES[state], verb=transition.verb)
    return transition.after


def review(step: Literal["approve", "return"], state: str, *, reviewer: str, authors: Collection[str]) -> str:
    """A reviewer's decision. `reviewer` and `authors` are identities of people; authors of every version not yet approved.

    Raises `WrongState`, or `ReviewerIsAuthor` when approving one's own words.
    """
    after = take_step(step, state)
    if step == "approve" and reviewer in authors:
        raise ReviewerIsAuthor
    return after


@dataclass(frozen=True, slots=True)
class Approvals:
    """How many reviewers a version needs, and the identities of those who approved it since it was last submitted."""

    needed: int
    given: frozenset[str]


def approve(state: str, approvals: Approvals, *, reviewer: str, authors: Collection[str]) -> str:
    """The state after one more approval: `approved` when it was the last that is needed, else still in review.

    Raises `WrongState`, `ReviewerIsAuthor`, `ReviewedAlready`.
    """
    after = review("approve", state, reviewer=reviewer, authors=authors)
    if reviewer in approvals.given:
        raise ReviewedAlready(missing=max(1, approvals.needed - len(approvals.given)))
    return after if len(approvals.given) + 1 >= approvals.needed else state


def change_pool(before: str, after: str) -> str:
    """Exam questions may retire to practice; nothing ever comes back over the wall. Raises `WallBetweenPools`."""
    if before == "practice" and after == "exam":
        raise WallBetweenPools
    return after
