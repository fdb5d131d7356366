"""处置: what follows a failure, step by step, until it is closed (product.md section 4, After failure)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicIdModel
from exams.models import Candidate
from registry.models import Authority


class FollowUp(PublicIdModel):
    """One step for one candidate, with a due date, an owner and evidence."""

    class Step(models.TextChoices):
        TALK = "talk", _("约谈")
        TRAINING = "training", _("专门培训")
        RECTIFICATION = "rectification", _("责令整改")
        CIRCULAR = "circular", _("通报")

    class State(models.TextChoices):
        OPEN = "open", _("待办")
        DONE = "done", _("已完成")

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="follow_ups")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="follow_ups")
    step = models.CharField(max_length=14, choices=Step)
    state = models.CharField(max_length=5, choices=State, default=State.OPEN)
    due_on = models.DateField()
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    evidence = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["due_on", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["candidate", "step"], name="follow_up_once"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.due_on}"
