"""What a candidate asks for before the exam: leave (缓考) and accommodations (便利安排). Each row is one request."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnlyModel, PublicIdModel, UploadedFileModel
from draws.models import Replacement
from exams.models.rounds import Candidate


class Deferral(PublicIdModel):
    """缓考申请: asked for with evidence, checked by one person, decided by another; a reserve takes the place."""

    class Ground(models.TextChoices):
        ILL = "ILL", _("疾病")
        MAT = "MAT", _("产假、陪产")
        ABR = "ABR", _("出境")
        DTY = "DTY", _("公务")
        LEFT = "LEFT", _("已离任")
        OTH = "OTH", _("其他")

    class State(models.TextChoices):
        REQUESTED = "requested", _("待初审")
        RECOMMENDED = "recommended", _("待审批")
        GRANTED = "granted", _("已批准")
        REFUSED = "refused", _("未批准")
        WITHDRAWN = "withdrawn", _("已撤回")

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="deferrals")
    ground = models.CharField(max_length=4, choices=Ground)
    reason = models.CharField(max_length=300)
    evidence = models.CharField(max_length=200, help_text="which document shows it, and where the original is")
    state = models.CharField(max_length=12, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    recommended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recommended_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=300, blank=True)
    replacement = models.OneToOneField(Replacement, null=True, on_delete=models.PROTECT, related_name="deferral")

    class Meta:
        ordering: ClassVar[list[str]] = ["requested_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["candidate"],
                condition=models.Q(state__in=["requested", "recommended"]),
                name="one_live_deferral",
            ),
        ]

    def __str__(self) -> str:
        return f"deferral {self.public_id[:8]} {self.state}"


class DeferralFile(PublicIdModel, UploadedFileModel, AppendOnlyModel):
    """A picture or document that shows why somebody cannot come."""

    deferral = models.ForeignKey(Deferral, on_delete=models.PROTECT, related_name="files")

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.sha256[:12]


class Accommodation(PublicIdModel):
    """便利安排: extra time, larger print, read-aloud, another language. The newest granted row counts."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("待审批")
        GRANTED = "granted", _("已批准")
        REFUSED = "refused", _("未批准")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Language(models.TextChoices):
        NONE = "", _("中文")
        ENGLISH = "en", _("英文界面")
        INTERPRETER = "interpreter", _("由翻译人员陪同")

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="accommodations")
    extra_minutes = models.PositiveSmallIntegerField(default=0)
    large_print = models.BooleanField(default=False)
    read_aloud = models.BooleanField(default=False)
    language = models.CharField(max_length=12, choices=Language, blank=True)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=12, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-requested_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["candidate"], condition=models.Q(state="requested"), name="one_live_accommodation"
            ),
            models.CheckConstraint(condition=models.Q(extra_minutes__lte=120), name="accommodation_minutes"),
        ]

    def __str__(self) -> str:
        return f"accommodation {self.public_id[:8]} {self.state}"
