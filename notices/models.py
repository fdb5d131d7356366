"""Who was told what, when, by which channel."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnlyModel, PublicIdModel
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
    channel = models.CharField(max_length=20, help_text="in_app, sms, email or chat")
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


class DeliveryAttempt(AppendOnlyModel):
    """What came of one attempt: taken by the channel, failed for now, or refused for good."""

    class Outcome(models.TextChoices):
        SENT = "sent", _("已送达")
        FAILED = "failed", _("暂时失败")
        REFUSED = "refused", _("无法送达")

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="log")
    outcome = models.CharField(max_length=8, choices=Outcome)
    detail = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.outcome}"


class Preference(models.Model):
    """What a person does not want beside the in-app notice; calls to an exam come whatever stands here."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.PROTECT, related_name="notice_preference")
    muted = models.JSONField(default=list, help_text="channels: sms, email, chat")
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} {self.muted}"
