"""What an attempt was worth, each time it was graded."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnlyModel, PublicIdModel
from exams.models.attempts import Attempt
from exams.models.rounds import Candidate, Sitting


class Grading(AppendOnlyModel):
    """One grading of one attempt. A regrade is a further row with its reason; the greatest number counts."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="gradings")
    number = models.PositiveSmallIntegerField()
    score = models.DecimalField(max_digits=6, decimal_places=2)
    item_marks = models.TextField(help_text="canonical JSON: opaque item id → mark and verdict")
    answers_sha256 = models.CharField(max_length=64)
    key_sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=200)
    graded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["attempt_id", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["attempt", "number"], name="grading_number"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.number}: {self.score}"


class Outcome(models.TextChoices):
    PASSED = "passed", _("合格")
    FAILED = "failed", _("不合格")
    ABSENT = "absent", _("缺考")
    MISCONDUCT = "misconduct", _("违纪")
    INVALID = "invalid", _("无效")


class Result(AppendOnlyModel):
    """成绩 of one candidate in one sitting. A change is a further row with its reason; the greatest number counts."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="results")
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="results")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    grading = models.ForeignKey(Grading, null=True, on_delete=models.PROTECT, related_name="results")
    reason = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["candidate_id", "sitting_id", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["candidate", "sitting", "number"], name="result_number"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["passed", "failed"], score__isnull=False)
                | models.Q(outcome__in=["absent", "misconduct", "invalid"], score=None),
                name="result_score",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_id}/{self.sitting_id}: {self.outcome}"


class Incident(PublicIdModel):
    """What the invigilators saw, or a candidate reported. A misconduct counts once a second person has signed it."""

    class Kind(models.TextChoices):
        NOTE = "note", _("情况记录")
        MISCONDUCT = "misconduct", _("违纪")
        FAULT = "fault", _("试题有疑")

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="incidents")
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="incidents")
    kind = models.CharField(max_length=12, choices=Kind)
    description = models.CharField(max_length=500)
    item = models.CharField(max_length=64, blank=True, help_text="of a fault: opaque id on the candidate's paper")
    question_ref = models.CharField(max_length=48, blank=True, help_text="of a fault: item@version in the bank")
    client_ref = models.CharField(
        max_length=64, blank=True, help_text="of a fault: the page's own number, sent again after a cut"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="empty: the candidate",
    )
    recorded_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(kind="fault") | models.Q(recorded_by__isnull=False), name="incident_recorder"
            ),
            models.UniqueConstraint(
                fields=["candidate", "client_ref"], condition=~models.Q(client_ref=""), name="incident_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.recorded_at:%Y-%m-%d %H:%M}"
