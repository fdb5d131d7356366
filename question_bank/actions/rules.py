"""The rules of a bank, and the way of a worn-out question to the practice pool: one proposes, another decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.actor import Actor
from core.audit import audit
from core.errors import NotAllowed, SameApprover
from question_bank.domain import life
from question_bank.errors import CommentMissing, ProposalDecided, ProposalOpen, RulesInvalid, WallBetweenPools
from question_bank.models import BankRules, Pool, PracticeProposal, Question, QuestionState
from question_bank.policies import can_review_questions, can_set_rules, can_write_questions
from question_bank.queries import lock_proposal, lock_question, open_proposal_of, overexposed, rules_of
from registry.models import Authority

MOST_REVIEWERS = 5
MOST_SENTENCES = 12
SENTENCE_CHARS = 80
EXPOSURE = "exposure"


@dataclass(frozen=True, slots=True)
class RulesDraft:
    """What an authority wants; None: no limit."""

    reviewers: int = 1
    checklist: tuple[str, ...] = ()
    exposure_limit: int | None = None


@transaction.atomic
def set_bank_rules(actor: Actor, authority: Authority, draft: RulesDraft, *, now: datetime) -> BankRules:
    """Replaces the rules of a bank. Raises NotAllowed, RulesInvalid."""
    if not can_set_rules(actor, authority.pk):
        raise NotAllowed
    problems = _problems(draft)
    if problems:
        raise RulesInvalid(problems="；".join(problems))
    row, _created = BankRules.objects.update_or_create(
        authority=authority,
        defaults={
            "reviewers": draft.reviewers,
            "checklist": list(draft.checklist),
            "exposure_limit": draft.exposure_limit,
            "updated_at": now,
        },
    )
    details = {"reviewers": row.reviewers, "checklist": row.checklist, "exposure_limit": row.exposure_limit}
    audit(actor, "bank_rules.set", row, details=details)
    return row


def _problems(draft: RulesDraft) -> list[str]:
    rules = (
        (1 <= draft.reviewers <= MOST_REVIEWERS, f"审题人数应在 1 至 {MOST_REVIEWERS} 之间"),
        (len(draft.checklist) <= MOST_SENTENCES, f"审核要点不超过 {MOST_SENTENCES} 条"),
        (all(0 < len(one) <= SENTENCE_CHARS for one in draft.checklist), f"每条审核要点为 1 至 {SENTENCE_CHARS} 字"),
        (len(set(draft.checklist)) == len(draft.checklist), "审核要点有重复"),
        (draft.exposure_limit is None or draft.exposure_limit > 0, "使用次数上限应大于 0"),
    )
    return [text for holds, text in rules if not holds]


@transaction.atomic
def propose_practice(actor: Actor, question_id: str, *, reason: str, now: datetime) -> PracticeProposal:
    """A trainer thinks that too many have seen an exam question.

    Raises NotFound, NotAllowed, CommentMissing, ProposalOpen, WallBetweenPools (it is there already).
    """
    question = lock_question(actor, question_id)
    if not can_write_questions(actor, question.authority_id):
        raise NotAllowed
    if len(reason.strip()) < 2:
        raise CommentMissing
    if question.pool == Pool.PRACTICE:
        raise WallBetweenPools
    if open_proposal_of(question) is not None:
        raise ProposalOpen
    return _propose(actor, question, reason=reason.strip(), now=now)


def propose_overexposed(actor: Actor, authority: Authority, *, now: datetime) -> Sequence[PracticeProposal]:
    """Proposes every approved exam question above the authority's limit; part of the caller's transaction.

    A question that was proposed before is left to people: it is not drawn anyway while the limit stands.
    """
    limit = rules_of(authority).exposure_limit
    if limit is None:
        return []
    worn = Question.objects.filter(
        pk__in=overexposed(authority, limit), pool=Pool.EXAM, state=QuestionState.APPROVED, proposals=None
    )
    return [_propose(actor, question, reason=EXPOSURE, now=now) for question in worn]


def _propose(actor: Actor, question: Question, *, reason: str, now: datetime) -> PracticeProposal:
    proposal = PracticeProposal.objects.create(
        question=question,
        reason=reason,
        proposed_by_id=actor.user_id,
        proposer=actor.identity(),
        proposed_at=now,
    )
    audit(actor, "question.practice_proposed", question, reason=reason)
    return proposal


@transaction.atomic
def decide_practice(actor: Actor, proposal_id: str, *, accept: bool, comment: str, now: datetime) -> PracticeProposal:
    """A reviewer who did not propose it moves the question to practice, for good, or leaves it where it is.

    Raises NotFound, NotAllowed, SameApprover, ProposalDecided.
    """
    proposal = lock_proposal(actor, proposal_id)
    question = lock_question(actor, proposal.question.public_id)
    if not can_review_questions(actor, question.authority_id):
        raise NotAllowed
    if proposal.is_accepted is not None:
        raise ProposalDecided
    if proposal.proposer == actor.identity():
        raise SameApprover
    proposal.is_accepted, proposal.decided_by_id = accept, actor.user_id
    proposal.decided_at, proposal.comment = now, comment.strip()
    proposal.save(update_fields=["is_accepted", "decided_by", "decided_at", "comment"])
    if accept:
        question.pool = life.change_pool(question.pool, Pool.PRACTICE)
        question.updated_at = now
        question.save(update_fields=["pool", "updated_at"])
    action = "question.moved_to_practice" if accept else "question.practice_refused"
    audit(actor, action, question, details={"proposed": proposal.reason}, reason=comment)
    return proposal
