"""An uploaded spreadsheet between its preview and its import."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicIdModel


class EnterpriseImport(PublicIdModel):
    """One upload. The rows hold ID numbers, so the file is kept sealed, and only until it is applied or cancelled."""

    class State(models.TextChoices):
        CHECKING = "checking", _("正在检查")
        PREVIEW = "preview", _("待确认")
        APPLYING = "applying", _("正在导入")
        FAILED = "failed", _("无法读取")
        APPLIED = "applied", _("已导入")
        CANCELLED = "cancelled", _("已取消")

    state = models.CharField(max_length=10, choices=State, default=State.PREVIEW)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    file_sealed = models.BinaryField(null=True)
    summary = models.JSONField(
        default=dict,
        help_text="counts of new, changed, unchanged rows and of errors; or refused, in a marked sentence",
    )
    problems = models.JSONField(default=list, help_text="row, column, code and message of each error; no private datum")
    job_id = models.CharField(max_length=32, blank=True, help_text="public id of the run that checks or imports it now")
    created_by_user_id = models.BigIntegerField(help_text="accounts are above this app, hence no foreign key")
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name
