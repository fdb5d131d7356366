"""Who was told what, when, by which channel."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicIdModel
from registry.models import Person


class Notice(PublicIdModel):
    """通知: one text to one person."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=60, help_text="what caused it: exams.candidate_notified …")
    dedupe_key = models.CharField(
        max_length=120, unique=True, help_text="the same news is told once, however often the job runs"
    )
    title = models.CharField(max_length=120)
    body = models.TextField()
    link = models.CharField(max_length=200, blank=True, help_text="a path of this site")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class Delivery(PublicIdModel):
    """One attempt to bring a notice to its person by one channel."""

    class State(models.TextChoices):
        DUE = "due", _("待发送")
        SENT = "sent", _("已送达")
        FAILED = "failed", _("发送失败")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=20, help_text="in_app, email or sms")
    state = models.CharField(max_length=8, choices=State, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, help_text="not before; a worker that takes it moves this ahead")
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_channel"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "next_try_at"], name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
