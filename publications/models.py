"""公示: a snapshot, a proposal bound to its hash, another person's approval, and public corrections."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnlyModel, PublicIdModel
from exams.models import Round


class Snapshot(AppendOnlyModel):
    """The exact figures of a round at one moment: canonical JSON, already masked. Pages and files are made from it alone."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="snapshots")
    version = models.PositiveSmallIntegerField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["round_id", "version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "version"], name="snapshot_version"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class Publication(PublicIdModel):
    """One snapshot on its way to the public. A correction is a further publication of the same round."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待审批")
        PUBLISHED = "published", _("公示中")
        REFUSED = "refused", _("已退回")
        SUPERSEDED = "superseded", _("已更正")
        WITHDRAWN = "withdrawn", _("已撤回")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="publications")
    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, related_name="publication")
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    correction_note = models.TextField(
        blank=True, help_text="public: what changed and why; empty for the first publication"
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="an approval after this is refused")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    names_until = models.DateField(null=True, help_text="last day on which rows of people are shown; totals stay")

    class Meta:
        ordering: ClassVar[list[str]] = ["-proposed_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round"], condition=models.Q(state="published"), name="one_published"),
            models.UniqueConstraint(fields=["round"], condition=models.Q(state="proposed"), name="one_proposed"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.state}"
