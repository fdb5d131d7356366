"""An uploaded question file between its preview and its import."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicIdModel
from question_bank.models.questions import Pool
from registry.models import Authority


class QuestionImport(PublicIdModel):
    """One upload: parsed, checked, waiting for its per-row decisions."""

    class State(models.TextChoices):
        CHECKING = "checking", _("正在检查")
        PREVIEW = "preview", _("待确认")
        APPLYING = "applying", _("正在导入")
        FAILED = "failed", _("无法读取")
        APPLIED = "applied", _("已导入")
        CANCELLED = "cancelled", _("已取消")

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    pool = models.CharField(max_length=10, choices=Pool, default=Pool.EXAM)
    state = models.CharField(max_length=10, choices=State, default=State.PREVIEW)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    file_content = models.BinaryField(null=True)
    file_format = models.CharField(max_length=20)
    report = models.JSONField(
        default=dict, help_text="accepted, rejected, duplicates, unsupported, in marked sentences; or refused"
    )
    decisions = models.JSONField(
        default=dict, help_text="rows to skip, rows that replace, whether faulty rows are left out"
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    job_id = models.CharField(max_length=32, blank=True, help_text="public id of the run that checks or imports it now")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name
