"""Blueprints, and the committed snapshots of the bank that papers are drawn from."""

from typing import ClassVar

from django.db import models

from core.models import AppendOnlyModel, PublicIdModel
from question_bank.models.questions import KnowledgePoint
from registry.models import Authority, Industry


class Blueprint(PublicIdModel):
    """组卷方案. `marking_rule` is the code of a question_bank MarkingRule, printed on the paper."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="blueprints")
    title = models.CharField(max_length=80)
    marking_rule = models.JSONField(default=dict)
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
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return self.bank_root[:12]
