"""讲安全课: what a principal plans to teach, taught, and can show for it (product.md section 4, Lectures)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicIdModel, UploadedFileModel
from registry.models import Enterprise, Person


class Lecture(PublicIdModel):
    """One lecture by a principal in person for one half-year: planned, then recorded with evidence."""

    class State(models.TextChoices):
        PLANNED = "planned", _("已计划")
        RECORDED = "recorded", _("已记录")
        CANCELLED = "cancelled", _("已取消")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="lectures")
    lecturer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="lectures")
    year = models.PositiveSmallIntegerField()
    half = models.PositiveSmallIntegerField(help_text="1: due 30 June, 2: due 31 December")
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    title = models.CharField(max_length=120)
    place = models.CharField(max_length=120, blank=True)
    planned_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    due_count = models.PositiveIntegerField(null=True, help_text="people who should attend")
    present_count = models.PositiveIntegerField(null=True)
    summary = models.TextField(blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-year", "-half", "enterprise_id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(half__in=[1, 2]), name="lecture_half"),
            models.CheckConstraint(
                condition=models.Q(present_count=None) | models.Q(present_count__lte=models.F("due_count")),
                name="lecture_present",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class LectureEvidence(PublicIdModel, UploadedFileModel):
    """A file that shows the lecture: outline or slides, sign-in list, photos. Named by its hash."""

    class Kind(models.TextChoices):
        OUTLINE = "outline", _("提纲或课件")
        SIGN_IN = "sign_in", _("签到表")
        PHOTO = "photo", _("照片")
        OTHER = "other", _("其他")

    lecture = models.ForeignKey(Lecture, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=8, choices=Kind)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["kind", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["lecture", "sha256"], name="evidence_once"),
        ]

    def __str__(self) -> str:
        return self.file_name
