"""A key correction after the exam: the dry run, bound by its hash to a second person's approval (security.md, four eyes)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from core.canonical import canonical_json, sha256_hex
from core.errors import SameApprover
from exams.domain.grading import NEEDS_KEY, Amendment
from exams.errors import CorrectionChanged, CorrectionExpired, KeyNotUnderstood, ProposalDecided, ReasonLengthWrong

PROPOSAL_LIFETIME = timedelta(hours=24)
LEAST_NOTE, MOST_NOTE = 5, 500


@dataclass(frozen=True, slots=True)
class Line:
    """One paper that asked the item: its candidate and sitting, and the score before and after."""

    candidate: str
    sitting: int
    before: Decimal
    after: Decimal
    passed_before: bool
    passed_after: bool

    @property
    def is_changed(self) -> bool:
        return self.before != self.after

    @property
    def turned(self) -> str:
        """`up` where the correction makes a pass, `down` where it takes one, empty otherwise."""
        if self.passed_before == self.passed_after:
            return ""
        return "up" if self.passed_after else "down"


@dataclass(frozen=True, slots=True)
class Difference:
    """What a correction would do to every paper that asked the item, in the order of candidates."""

    amendment: Amendment
    lines: tuple[Line, ...]

    @property
    def changed(self) -> int:
        return sum(line.is_changed for line in self.lines)

    @property
    def ups(self) -> int:
        return sum(line.turned == "up" for line in self.lines)

    @property
    def downs(self) -> int:
        return sum(line.turned == "down" for line in self.lines)

    @property
    def text(self) -> str:
        """Canonical JSON: what is stored, hashed and compared again when it is approved."""
        lines = [
            {
                "after": format(line.after, "f"),
                "before": format(line.before, "f"),
                "candidate": line.candidate,
                "passed_after": line.passed_after,
                "passed_before": line.passed_before,
                "sitting": line.sitting,
            }
            for line in sorted(self.lines, key=lambda line: (line.candidate, line.sitting))
        ]
        return canonical_json({"amendment": self.amendment.to_json(), "lines": lines})

    @property
    def sha256(self) -> str:
        return sha256_hex(self.text)


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """What the decision depends on. `proposed_by` is the identity of a person, not of an account."""

    is_proposed: bool
    proposed_by: str
    difference_sha256: str
    expires_at: datetime


def check_amendment(amendment: Amendment) -> None:
    """Raises KeyNotUnderstood where the policy needs a key and none could be read."""
    if amendment.policy in NEEDS_KEY and not amendment.key:
        raise KeyNotUnderstood


def clean_note(text: str) -> str:
    """One paragraph of 5 to 500 characters; raises ReasonLengthWrong."""
    cleaned = " ".join(text.split())
    if not LEAST_NOTE <= len(cleaned) <= MOST_NOTE:
        raise ReasonLengthWrong(least=LEAST_NOTE, most=MOST_NOTE)
    return cleaned


def check_approval(facts: ProposalFacts, *, approver: str, shown_sha256: str, fresh_sha256: str, now: datetime) -> None:
    """The second pair of eyes over a dry run that is still what would happen.

    `shown_sha256` is what the approver was shown, `fresh_sha256` what the dry run comes to now. Raises
    ProposalDecided, SameApprover, CorrectionExpired, CorrectionChanged.
    """
    if not facts.is_proposed:
        raise ProposalDecided
    if facts.proposed_by == approver:
        raise SameApprover
    if now > facts.expires_at:
        raise CorrectionExpired
    if not shown_sha256 == facts.difference_sha256 == fresh_sha256:
        raise CorrectionChanged
