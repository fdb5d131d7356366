"""Areas with dates, industries, hazard tags, and the authorities that reach area subtree × industries."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicIdModel


class Area(models.Model):
    """行政区划: one row per period of validity. `path` is `430602/430602001`, so a subtree is a prefix."""

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=120, db_index=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="last day, inclusive; empty while in force")

    class Meta:
        ordering: ClassVar[list[str]] = ["path"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="area_code_from"),
            models.UniqueConstraint(fields=["code"], condition=models.Q(valid_to=None), name="area_code_in_force"),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="area_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Industry(models.Model):
    """行业领域. `code` is upper case letters and digits: it is the first part of a draw's stratum."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=40, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    is_high_hazard = models.BooleanField(default=False)
    needs_safety_director = models.BooleanField(
        default=False,
        help_text="one of the seven industries in which size decides (product.md section 4)",
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class HazardTag(models.Model):
    """风险标签, independent of the industry."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=40, unique=True)
    needs_safety_director = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Authority(PublicIdModel):
    """监管部门. Its reach is the subtree of `area` × `industries` (none listed: all)."""

    class Kind(models.TextChoices):
        OFFICE = "office", _("区安委办")
        DEPARTMENT = "department", _("行业主管部门")
        STREET = "street", _("乡街")

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="authorities")
    industries = models.ManyToManyField(Industry, blank=True, related_name="authorities")
    contact = models.CharField(max_length=120, blank=True, help_text="where objections go; printed on public pages")
    settings = models.JSONField(
        default=dict, blank=True, help_text="rules of product.md section 4 that this authority sets"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["kind", "code"]

    def __str__(self) -> str:
        return self.name
