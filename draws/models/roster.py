"""Who may be drawn, with which flag; who was; who moved up."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnlyModel, PublicIdModel
from draws.models.draws import Draw
from registry.models import Enterprise, Person, Post


class RosterFlag(PublicIdModel):
    """A must-sit or an exclusion asked for before the freeze, with reason, evidence and a second person's approval."""

    class Kind(models.TextChoices):
        MUST_SIT = "M", _("必考")
        EXCLUDED = "X", _("不参加抽签")

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="flags")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=1, choices=Kind)
    code = models.CharField(max_length=8, help_text="reason code: ACC, DAN, DEF, COV, MAT …")
    reason = models.CharField(max_length=300)
    evidence = models.CharField(max_length=200, blank=True, help_text="document number or file name of the evidence")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["draw", "person"], name="one_flag_per_person"),
            models.CheckConstraint(
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("requested_by")),
                name="flag_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.code}"


class RosterEntry(AppendOnlyModel):
    """One row of roster.csv and who stands behind it. The salt is sealed, bound to the pid.

    Rows of a proposal that was sent back stay as a record; `draw.proposal` says which rows count.
    """

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="entries")
    proposal = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roster_entries")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="roster_entries")
    post = models.CharField(max_length=16, choices=Post)
    pid = models.CharField(max_length=64)
    salt_sealed = models.BinaryField()
    stratum = models.CharField(max_length=40)
    lots = models.PositiveSmallIntegerField(default=1)
    flag = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["draw_id", "pid"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["draw", "proposal", "pid"], name="roster_pid"),
            models.UniqueConstraint(fields=["draw", "proposal", "person"], name="roster_person_once"),
            models.CheckConstraint(condition=models.Q(lots__gte=1, lots__lte=9), name="roster_lots"),
        ]

    def __str__(self) -> str:
        return self.pid[:12]


class PlaceState(models.TextChoices):
    CALLED = "called", _("抽中")
    STANDBY = "standby", _("递补")
    MOVED_UP = "moved_up", _("已递补")
    ENLARGED = "enlarged", _("扩大抽取")
    EXCUSED = "excused", _("缓考")


class Place(models.Model):
    """A row of result.csv, and what became of it since."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="places")
    entry = models.OneToOneField(RosterEntry, on_delete=models.PROTECT, related_name="place")
    status = models.CharField(max_length=8, help_text="M, S1… or R4…, as in result.csv")
    rank = models.PositiveIntegerField(help_text="0 for must-sit, else the number in status")
    state = models.CharField(max_length=10, choices=PlaceState)

    class Meta:
        ordering: ClassVar[list[str]] = ["entry__stratum", "rank", "entry__pid"]

    def __str__(self) -> str:
        return self.status


class Replacement(PublicIdModel):
    """An excuse after the draw: asked by one, decided by another; the next reserve of the stratum moves up."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("待审批")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("未批准")

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="replacements")
    excused = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="excuses")
    moved_up = models.OneToOneField(Place, null=True, on_delete=models.PROTECT, related_name="moved_up_by")
    reason_code = models.CharField(max_length=8)
    reason = models.CharField(max_length=300)
    evidence = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["excused"],
                condition=models.Q(state__in=["requested", "approved"]),
                name="one_live_excuse",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("requested_by")),
                name="excuse_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason_code} {self.state}"
