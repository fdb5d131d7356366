"""A question is a name and a state; what it says is in versions that never change."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnlyModel, PublicIdModel
from registry.models import Authority, Industry


class Pool(models.TextChoices):
    """The wall: a question is for practice or for exams, never for both."""

    PRACTICE = "practice", _("练习题库")
    EXAM = "exam", _("考试题库")


class QuestionState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("待审")
    APPROVED = "approved", _("已通过")
    RETIRED = "retired", _("已停用")


class KnowledgePoint(models.Model):
    """知识点"""

    name = models.CharField(max_length=60, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Question(PublicIdModel):
    """试题. `authority` owns it; its current version is the one with the greatest number."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="questions")
    pool = models.CharField(max_length=10, choices=Pool, default=Pool.EXAM)
    state = models.CharField(max_length=10, choices=QuestionState, default=QuestionState.DRAFT)
    current = models.OneToOneField("QuestionVersion", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-updated_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["pool", "state"], name="question_pool_state"),
            models.Index(fields=["authority", "-updated_at", "-id"], name="question_newest"),
        ]

    def __str__(self) -> str:
        return f"question {self.public_id[:8]}"


class QuestionVersion(AppendOnlyModel):
    """What a question says, once and for all. `content` is question_bank.domain.content.content_to_json."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    stem = models.TextField(help_text="also in content; here for search")
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    normal_text = models.TextField(help_text="normalised stem and options, for near-duplicate search")
    knowledge_point = models.ForeignKey(KnowledgePoint, on_delete=models.PROTECT, related_name="versions")
    industry = models.ForeignKey(Industry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    posts = models.JSONField(default=list, help_text="posts it is meant for; empty: all")
    difficulty = models.DecimalField(
        max_digits=3, decimal_places=2, help_text="0..1: expected share that gets it wrong"
    )
    law_reference = models.CharField(max_length=120, blank=True, help_text="《…》第…条")
    law_edition = models.CharField(max_length=20, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    mark = models.DecimalField(max_digits=5, decimal_places=2, default=1)
    source = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["question_id", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["question", "number"], name="version_number"),
            models.CheckConstraint(condition=models.Q(difficulty__gte=0, difficulty__lte=1), name="difficulty_range"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["law_reference"], name="version_law"),
            models.Index(fields=["content_sha256"], name="version_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}@{self.number}"


class QuestionReview(AppendOnlyModel):
    """审题: who decided what about a version, and why."""

    class Decision(models.TextChoices):
        SUBMITTED = "submitted", _("提交审核")
        APPROVED = "approved", _("通过")
        RETURNED = "returned", _("退回修改")
        RETIRED = "retired", _("停用")

    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="reviews")
    decision = models.CharField(max_length=10, choices=Decision)
    comment = models.TextField(blank=True)
    checklist = models.JSONField(default=list, help_text="the sentences that the reviewer ticked")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.decision}"
