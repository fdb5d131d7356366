"""An authority's own rules for its bank, and what they set in motion."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from core.models import PublicIdModel
from question_bank.models.questions import Question, QuestionVersion
from registry.models import Authority


class BankRules(models.Model):
    """题库规则: how many reviewers a version needs, what each confirms, how often a question may be seen in exams."""

    authority = models.OneToOneField(Authority, on_delete=models.PROTECT, related_name="bank_rules")
    reviewers = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(5)])
    checklist = models.JSONField(default=list, help_text="sentences that a reviewer ticks before approving")
    exposure_limit = models.PositiveIntegerField(
        null=True, blank=True, help_text="official papers after which a question is not drawn any more; null: no limit"
    )
    updated_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["authority_id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(reviewers__gte=1, reviewers__lte=5), name="reviewers_range"),
        ]

    def __str__(self) -> str:
        return f"rules of {self.authority_id}"


class QuestionComment(models.Model):
    """What somebody said about a version without deciding anything."""

    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.text[:20]}"


class PracticeProposal(PublicIdModel):
    """转入练习题库的提议: an exam question that too many have seen. Decided by a reviewer who did not propose it."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="proposals")
    reason = models.TextField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    proposer = models.CharField(max_length=80, help_text="identity of the proposer: a person, not an account")
    proposed_at = models.DateTimeField()
    is_accepted = models.BooleanField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["question"], condition=models.Q(is_accepted=None), name="one_open_proposal"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.is_accepted}"


class SavedFilter(models.Model):
    """保存的筛选: the filters of the list under a name, for the one who saved them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=30)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "name"], name="filter_name"),
        ]

    def __str__(self) -> str:
        return self.name
