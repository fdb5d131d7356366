"""Blueprints, and the committed snapshots of the bank that papers are drawn from."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from core.models import AppendOnlyModel, PublicIdModel
from question_bank.models.questions import KnowledgePoint, Question
from registry.models import Authority, Industry


class Blueprint(PublicIdModel):
    """组卷方案. `marking_rule` is the code of a question_bank MarkingRule, printed on the paper."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="blueprints")
    title = models.CharField(max_length=80)
    marking_rule = models.JSONField(default=dict)
    tolerance = models.DecimalField(
        max_digits=4,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="how far the expected scores of two papers may differ, as a share of the total; null: not balanced",
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["title"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["authority", "title"], name="blueprint_title"),
        ]

    def __str__(self) -> str:
        return self.title


class BlueprintCell(models.Model):
    """So many items of this kind, from these knowledge points and this difficulty band, at this mark each."""

    blueprint = models.ForeignKey(Blueprint, on_delete=models.CASCADE, related_name="cells")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=12)
    title = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    count = models.PositiveSmallIntegerField()
    mark = models.DecimalField(max_digits=5, decimal_places=2)
    knowledge_points = models.ManyToManyField(KnowledgePoint, blank=True)
    industries = models.ManyToManyField(Industry, blank=True)
    posts = models.JSONField(default=list)
    must_include = models.ManyToManyField(Question, blank=True, related_name="+")
    difficulty_from = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True)
    difficulty_to = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["blueprint", "code"], name="cell_code"),
        ]

    def __str__(self) -> str:
        return f"{self.title} × {self.count}"


class BankSnapshot(PublicIdModel, AppendOnlyModel):
    """The bank as committed in a plan: canonical JSON of question_bank.domain BankSnapshot; `bank_root` is its SHA-256."""

    blueprint = models.ForeignKey(Blueprint, on_delete=models.PROTECT, related_name="snapshots")
    content = models.TextField()
    bank_root = models.CharField(max_length=64)
    item_count = models.PositiveIntegerField()
    figures = models.JSONField(default=dict, help_text="question_bank.domain.balance.Figures: spread, number of papers")
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return self.bank_root[:12]

    @property
    def spread(self) -> str:
        """The greatest difference of expected scores, in words of a page; empty for snapshots of before."""
        return f"{self.figures['spread']:.1%}" if "spread" in self.figures else ""


class EnemyPair(models.Model):
    """互斥: two questions that no paper has together, because one tells the other's answer. `first` has the smaller key."""

    first = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["first", "second"], name="enemies_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="enemies_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} / {self.second_id}"


class PaperForms(PublicIdModel):
    """纸质试卷: forms A and B of one paper with answer sheets and key, made once; the file is rendered by a job."""

    blueprint = models.ForeignKey(Blueprint, on_delete=models.PROTECT, related_name="paper_forms")
    seed = models.CharField(max_length=64)
    sections = models.JSONField(default=list, help_text="title, mark and item@version of what is printed")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    pdf = models.BinaryField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return self.public_id[:8]
