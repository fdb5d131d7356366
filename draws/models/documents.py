"""What is printed about a draw and who was there; evidence behind flags and excuses; people's certificates as a filter."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnlyModel, PublicIdModel, UploadedFileModel
from draws.models.draws import Draw
from draws.models.roster import Replacement, RosterFlag
from registry.models import Person


class Evidence(PublicIdModel, UploadedFileModel):
    """The file behind a flag or an excuse: private, stored under a random name, shown to those who decide."""

    flag = models.ForeignKey(RosterFlag, null=True, on_delete=models.PROTECT, related_name="files")
    replacement = models.ForeignKey(Replacement, null=True, on_delete=models.PROTECT, related_name="files")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(flag=None) ^ models.Q(replacement=None), name="evidence_of_one_thing"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class Minutes(AppendOnlyModel):
    """抽签记录: who was present, and where, as a regulator wrote it down. A correction is a further row."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="minutes")
    number = models.PositiveSmallIntegerField(help_text="1, then corrections")
    place = models.CharField(max_length=100)
    present = models.JSONField(help_text="list of {name, capacity}")
    remarks = models.CharField(max_length=1000, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["draw_id", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["draw", "number"], name="minutes_number"),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id}/{self.number}"


class DrawDocument(AppendOnlyModel):
    """A file made in the background from what is recorded; the newest of a kind counts."""

    class Kind(models.TextChoices):
        NOTICE = "notice", _("公告")
        MINUTES = "minutes", _("抽签记录")
        BUNDLE = "bundle", _("全部材料")

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=8, choices=Kind)
    stored_name = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"


class CertificateTerm(models.Model):
    """Until when a person's certificate is valid. The room of the certificates writes it down here: draws knows no certificates."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"{self.person_id} {self.valid_until}"
