"""What is seen of a sitting while it runs: who is there, what the page noticed, what was checked, what was recorded."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnlyModel, PublicIdModel, UploadedFileModel
from exams.models.attempts import Attempt
from exams.models.results import Incident
from exams.models.rounds import Candidate, Sitting
from registry.models import Person


class Presence(models.Model):
    """When the page of an attempt was last heard of. A cache: its loss costs the desk a few seconds of sight."""

    attempt = models.OneToOneField(Attempt, primary_key=True, on_delete=models.PROTECT, related_name="presence")
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=64, blank=True)
    dwell = models.JSONField(
        default=dict, help_text="opaque item id → seconds it was on the screen, as the page counts"
    )

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.seen_at:%H:%M:%S}"


class Signal(AppendOnlyModel):
    """Something the page or the server noticed. Evidence with context, never a verdict."""

    class Kind(models.TextChoices):
        HIDDEN = "hidden", _("离开考试页面")
        BLUR = "blur", _("切换到其他窗口")
        PASTE = "paste", _("粘贴")
        COPY = "copy", _("复制")
        ADDRESS = "address", _("网络地址变化")

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="signals")
    kind = models.CharField(max_length=8, choices=Kind)
    seconds = models.PositiveIntegerField(default=0, help_text="how long it lasted, by the page's monotonic clock")
    item = models.CharField(max_length=64, blank=True, help_text="opaque item id that was on the screen")
    detail = models.CharField(max_length=200, blank=True)
    client_ms = models.BigIntegerField(null=True, help_text="the client's clock; decides nothing")
    server_ts = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.kind}"


class DeviceCheck(AppendOnlyModel):
    """What a person's own device could do when they tried it before the day."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="device_checks")
    is_fit = models.BooleanField()
    findings = models.JSONField(help_text="check → ok, warn or bad")
    user_agent = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.person_id} {self.checked_at:%Y-%m-%d}"


class CheckIn(PublicIdModel, AppendOnlyModel):
    """The identity of a candidate was checked, how and by whom. A photo only with the candidate's own consent."""

    class Method(models.TextChoices):
        DOCUMENT = "document", _("核对证件原件")
        LAST_FOUR = "last_four", _("核对姓名和证件号后四位")
        VOUCHED = "vouched", _("单位随行人员书面证明")

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="check_ins")
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="check_ins")
    method = models.CharField(max_length=10, choices=Method)
    seat = models.CharField(max_length=12, blank=True)
    has_consent = models.BooleanField(default=False, help_text="the candidate agreed to the photo, asked separately")
    photo_stored_name = models.CharField(max_length=80, blank=True)
    photo_sha256 = models.CharField(max_length=64, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(photo_stored_name="") | models.Q(has_consent=True), name="photo_needs_consent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.checked_at:%H:%M}"


class IncidentFile(PublicIdModel, UploadedFileModel, AppendOnlyModel):
    """A picture or document that belongs to a recorded incident."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="files")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.sha256[:12]


class PaperEntry(PublicIdModel, AppendOnlyModel):
    """One person's reading of a printed answer sheet. Two that agree become answers of the attempt."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="paper_entries")
    answers = models.JSONField(help_text="item number → letters; blank items are absent")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.entered_at:%H:%M}"


class SimilarityReport(AppendOnlyModel):
    """Which papers of a sitting share more wrong answers than chance explains; a hint with its error rate."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="similarity_reports")
    content = models.TextField(help_text="canonical JSON of exams.domain.similarity.Report")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.made_at:%Y-%m-%d}"


class PhotoErasure(AppendOnlyModel):
    """The photo of a check-in was deleted: its time was over, or the candidate withdrew the consent."""

    class Ground(models.TextChoices):
        EXPIRED = "expired", _("保存期满")
        WITHDRAWN = "withdrawn", _("考生撤回同意")

    check_in = models.OneToOneField(CheckIn, on_delete=models.PROTECT, related_name="erasure")
    ground = models.CharField(max_length=9, choices=Ground)
    erased_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    erased_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.check_in_id} {self.ground}"
