"""The rules of a bank, proposals for the practice pool, and who has seen what too often."""

from django.db.models import F, QuerySet, Sum

from core.actor import Actor
from core.errors import NotFound
from question_bank.models import BankRules, PracticeProposal, Question
from question_bank.policies import reachable_questions
from registry.models import Authority


def rules_of(authority: Authority) -> BankRules:
    """The rules that the authority set, or the defaults (unsaved): one reviewer, no checklist, no limits."""
    return BankRules.objects.filter(authority=authority).first() or BankRules(authority=authority)


def overexposed(authority: Authority, limit: int) -> QuerySet[Question, int]:
    """Primary keys of questions that more official papers than the limit have shown, all versions together."""
    seen = Question.objects.filter(authority=authority, versions__use__papers__gt=0).order_by()
    return seen.annotate(seen=Sum("versions__use__papers")).filter(seen__gt=limit).values_list("pk", flat=True)


def proposals_for(actor: Actor) -> QuerySet[PracticeProposal]:
    """Proposals about questions in reach, open ones first, newest first."""
    return (
        PracticeProposal.objects.filter(question__in=Question.objects.filter(reachable_questions(actor)))
        .select_related("question__current", "question__authority", "proposed_by", "decided_by")
        .order_by(F("decided_at").desc(nulls_first=True), "-pk")
    )


def open_proposal_of(question: Question) -> PracticeProposal | None:
    """The proposal that waits, if any."""
    return question.proposals.filter(is_accepted=None).select_related("proposed_by").first()


def lock_proposal(actor: Actor, proposal_id: str) -> PracticeProposal:
    """One proposal about a question in reach, locked for update. Raises NotFound."""
    try:
        return (
            PracticeProposal.objects.select_for_update(of=("self",))
            .filter(question__in=Question.objects.filter(reachable_questions(actor)))
            .select_related("question")
            .get(public_id=proposal_id)
        )
    except PracticeProposal.DoesNotExist:
        raise NotFound
