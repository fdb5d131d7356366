"""One draw of one authority and quarter, its committed files and its typed sources."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnlyModel, PublicIdModel
from registry.models import Authority


class DrawState(models.TextChoices):
    DRAFT = "draft", _("准备名册")
    FREEZE_PROPOSED = "freeze_proposed", _("待审批冻结")
    FROZEN = "frozen", _("名册已冻结")
    DRAWN = "drawn", _("已抽签")
    CANCELLED = "cancelled", _("已取消")


class Draw(PublicIdModel):
    """抽签. Everything that decides the result is in its files; the columns here are what leads to them."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="draws")
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    serial = models.PositiveSmallIntegerField(default=1, help_text="2 after a cancelled first draw of the same quarter")
    state = models.CharField(max_length=16, choices=DrawState, default=DrawState.DRAFT)
    parameters = models.JSONField(
        default=dict, help_text="n or quotas, quota, standby, sources, area, industries, posts …"
    )
    is_demo = models.BooleanField(default=False, help_text="LOCAL seed: proves nothing, and its pages say so")
    bank_root = models.CharField(max_length=64, blank=True)
    paper_key_commit = models.CharField(max_length=64, blank=True)
    proposal = models.PositiveSmallIntegerField(
        default=0, help_text="which of its proposals is the current one; 0: none"
    )
    roster_sha256 = models.CharField(max_length=64, blank=True)
    plan_sha256 = models.CharField(max_length=64, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField(null=True)
    sources_from = models.DateTimeField(null=True, help_text="end of the objection window: no source before this")
    seed = models.CharField(max_length=64, blank=True)
    drawn_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.TextField(blank=True)
    enlarging_ended_at = models.DateTimeField(null=True, help_text="the first sitting opened: nobody more is called")
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-year", "-quarter", "authority_id", "-serial"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["authority", "year", "quarter", "serial"], name="draw_serial"),
            models.UniqueConstraint(
                fields=["authority", "year", "quarter"],
                condition=~models.Q(state="cancelled"),
                name="one_live_draw",
            ),
            models.CheckConstraint(condition=models.Q(quarter__gte=1, quarter__lte=4), name="draw_quarter"),
            models.CheckConstraint(
                condition=models.Q(frozen_by=None) | ~models.Q(frozen_by=models.F("proposed_by")),
                name="freeze_two_people",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="drawn") | (~models.Q(seed="") & models.Q(drawn_at__isnull=False)),
                name="drawn_with_seed",
            ),
        ]

    def __str__(self) -> str:
        return self.round_code

    @property
    def round_code(self) -> str:
        """`2026Q4`, as in plan.json and in every pid."""
        return f"{self.year}Q{self.quarter}"


class DrawFile(AppendOnlyModel):
    """The exact bytes of a file (ASCII). Files of a proposal that was sent back stay as a record; only the current are published."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="files")
    proposal = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=20, help_text="plan.json, roster.csv, sources.txt, result.csv or verify.py")
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["draw", "proposal", "name"], name="draw_file_name"),
        ]

    def __str__(self) -> str:
        return self.name


class SourceEntry(AppendOnlyModel):
    """What one of the two people typed for one source. A correction is a further entry of the same person."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="source_entries")
    position = models.PositiveSmallIntegerField(help_text="0-based place in the plan's sources")
    source = models.CharField(
        max_length=100, help_text="NAME:ISSUE, the planned one or a fallback that the plan allows"
    )
    value = models.CharField(max_length=300, help_text="what follows NAME:ISSUE: in sources.txt")
    typed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    typed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.draw_id}/{self.position}"
