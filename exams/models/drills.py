"""Exams that never count: the rehearsal of a candidate, and the on-the-spot exam of an inspector (逢查必考).

Their items come from the practice pool, so that nothing of the exam pool can be learned from them. They are kept apart
from rounds: no draw, no result, no publication.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnlyModel, PublicIdModel
from registry.models import Authority, Enterprise, Person


class DrillMode(models.TextChoices):
    REHEARSAL = "rehearsal", _("模拟考试")
    SPOT = "spot", _("逢查必考")


class DrillState(models.TextChoices):
    WAITING = "waiting", _("未开始")
    OPEN = "open", _("答题中")
    DONE = "done", _("已交卷")


class Drill(PublicIdModel):
    """One paper of one person that counts for no round. `answers` is the latest answer per item, saved at once."""

    mode = models.CharField(max_length=10, choices=DrillMode)
    state = models.CharField(max_length=8, choices=DrillState, default=DrillState.WAITING)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="drills")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="drills")
    enterprise = models.ForeignKey(Enterprise, null=True, on_delete=models.PROTECT, related_name="drills")
    post = models.CharField(max_length=16, blank=True)
    occasion = models.CharField(max_length=120, blank=True, help_text="the visit during which it was held")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    pass_mark = models.DecimalField(max_digits=6, decimal_places=2)
    content = models.TextField(help_text="as Paper.content")
    sha256 = models.CharField(max_length=64)
    answer_key = models.TextField(help_text="as Paper.answer_key; never leaves the server before the end")
    created_at = models.DateTimeField()
    start_until = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    deadline = models.DateTimeField(null=True)
    cid = models.CharField(max_length=64, blank=True)
    epoch = models.PositiveIntegerField(default=0)
    answers = models.JSONField(default=dict, help_text="item → {epoch, seq, answer}")
    arrived = models.JSONField(default=dict, help_text="client id → numbers that arrived")
    finished_at = models.DateTimeField(null=True)
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    item_marks = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "mode"], name="drill_person"),
            models.Index(fields=["enterprise", "mode"], name="drill_enterprise"),
        ]

    def __str__(self) -> str:
        return f"{self.mode} {self.public_id[:8]}"


class DrillFault(PublicIdModel, AppendOnlyModel):
    """Somebody took a question of a rehearsal or an on-the-spot exam for faulty. Changes nothing about the drill."""

    drill = models.ForeignKey(Drill, on_delete=models.PROTECT, related_name="faults")
    item = models.CharField(max_length=64, help_text="opaque id on that paper")
    question_ref = models.CharField(max_length=48, help_text="item@version")
    description = models.CharField(max_length=500)
    client_ref = models.CharField(max_length=64, help_text="the page's own number, sent again after a cut")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["drill", "client_ref"], name="drill_fault_once"),
        ]

    def __str__(self) -> str:
        return f"{self.drill_id} {self.question_ref}"
