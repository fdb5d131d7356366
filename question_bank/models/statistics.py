"""What official exams taught about questions: one analysis per exam, one row per version, and the flags that act."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnlyModel, PublicIdModel
from question_bank.models.questions import QuestionVersion
from registry.models import Authority


class ItemAnalysis(PublicIdModel, AppendOnlyModel):
    """试题分析 of one exam. `occasion` names the exam for its room; a later analysis of it has the greater number."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="item_analyses")
    occasion = models.CharField(max_length=80)
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    held_on = models.DateField()
    people = models.PositiveIntegerField()
    figures = models.JSONField(default=dict, help_text="question_bank.domain.statistics.report.PaperFigures as JSON")
    computed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-held_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["occasion", "number"], name="analysis_number"),
        ]

    def __str__(self) -> str:
        return f"{self.occasion}/{self.number}"


class ItemStatistic(AppendOnlyModel):
    """Figures of one version in one analysis. Columns are what lists sort by; `figures` holds the tables."""

    analysis = models.ForeignKey(ItemAnalysis, on_delete=models.PROTECT, related_name="statistics")
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="statistics")
    responses = models.PositiveIntegerField()
    facility = models.DecimalField(max_digits=5, decimal_places=4)
    chance = models.DecimalField(max_digits=5, decimal_places=4)
    discrimination = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    item_total = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    rasch = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    figures = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["analysis_id", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["analysis", "version"], name="statistic_once"),
        ]

    def __str__(self) -> str:
        return f"{self.analysis_id}: {self.version_id}"


class ItemFlag(PublicIdModel):
    """A figure that acts: a quarantined version is not drawn, a suspect key waits on a desk, until somebody has looked.

    What is only watched is shown and found, and waits for nobody.
    """

    class Kind(models.TextChoices):
        QUARANTINE = "quarantine", _("暂停使用")
        KEY_SUSPECT = "key_suspect", _("答案存疑")
        WATCH = "watch", _("留意")

    statistic = models.ForeignKey(ItemStatistic, on_delete=models.PROTECT, related_name="flags")
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="flags")
    kind = models.CharField(max_length=12, choices=Kind)
    reasons = models.JSONField(default=list, help_text="codes of question_bank.domain.statistics.flags")
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    comment = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["statistic", "kind"], name="flag_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["version"], condition=models.Q(settled_at=None), name="flag_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version_id}"


class ItemUse(models.Model):
    """How often a version was asked and answered, over all exams: a cache of the statistics, written with them."""

    version = models.OneToOneField(QuestionVersion, on_delete=models.PROTECT, related_name="use")
    papers = models.PositiveIntegerField(default=0, help_text="official papers that showed it")
    occasions = models.PositiveIntegerField(default=0)
    fraction_sum = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal(0))
    last_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["version_id"]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.papers}"
