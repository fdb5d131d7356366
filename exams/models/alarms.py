"""What the recomputation of papers found, until somebody has looked into it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from core.models import PublicIdModel
from exams.models.attempts import Paper
from exams.models.rounds import Round


class PaperAlarm(PublicIdModel):
    """试卷告警: a stored paper, or the committed bank or key, is not what the revealed key gives."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="paper_alarms")
    paper = models.ForeignKey(
        Paper, null=True, on_delete=models.PROTECT, related_name="+", help_text="empty: bank or key of the whole round"
    )
    found_sha256 = models.CharField(max_length=64, help_text="of everything that was found stored: found once")
    places = models.JSONField(help_text="list of {part, number, path}: where, never what")
    found_at = models.DateTimeField()
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    handled_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "found_sha256"], name="paper_alarm_once"),
            models.CheckConstraint(
                condition=models.Q(handled_at=None) | (models.Q(handled_by__isnull=False) & ~models.Q(note="")),
                name="paper_alarm_handled_with_note",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.found_sha256[:12]}"
