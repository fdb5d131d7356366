"""What an attempt was worth, each time it was graded."""

from typing import ClassVar

from django.db import models

from core.models import AppendOnlyModel
from exams.models.attempts import Attempt


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
