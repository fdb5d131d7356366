"""Enterprises, people and their appointments."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicIdModel
from registry.models.territory import Area, Authority, HazardTag, Industry


class Post(models.TextChoices):
    """岗位"""

    PRINCIPAL = "principal", _("主要负责人")
    SAFETY_MANAGER = "safety_manager", _("安全管理人员")
    SAFETY_DIRECTOR = "safety_director", _("安全总监")
    OTHER = "other", _("其他")


class Capacity(models.TextChoices):
    """身份: several principals per enterprise are possible."""

    LEGAL_REPRESENTATIVE = "legal_representative", _("法定代表人")
    ACTUAL_CONTROLLER = "actual_controller", _("实际控制人")


class IdType(models.TextChoices):
    """证件类型"""

    ID_CARD = "ID", _("居民身份证")
    PASSPORT = "PASSPORT", _("护照")
    HK_MACAO_TAIWAN = "HMT", _("港澳台居民居住证")
    OTHER = "OTHER", _("其他")


class Enterprise(PublicIdModel):
    """生产经营单位. The three flags are computed from the raw numbers and dated, never typed."""

    uscc = models.CharField(max_length=18, unique=True, help_text="统一社会信用代码, GB 32100")
    name = models.CharField(max_length=120, db_index=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="enterprises")
    industry = models.ForeignKey(Industry, on_delete=models.PROTECT, related_name="enterprises")
    tags = models.ManyToManyField(HazardTag, blank=True, related_name="enterprises")
    authority = models.ForeignKey(
        Authority, null=True, blank=True, on_delete=models.PROTECT, related_name="enterprises"
    )
    employees = models.PositiveIntegerField(null=True, blank=True)
    revenue_10k = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="年主营业务收入, in 10,000 yuan",
    )
    is_large_scale = models.BooleanField(default=False)
    is_high_hazard = models.BooleanField(default=False)
    needs_safety_director = models.BooleanField(default=False)
    flags_rule_date = models.DateField(
        null=True, blank=True, help_text="date of the rule that the flags were computed by"
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "uscc"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(revenue_10k=None) | models.Q(revenue_10k__gte=0), name="revenue_sign"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Person(PublicIdModel):
    """人员. The ID number is sealed (bound to this row) and found by a keyed digest; only masks leave this app."""

    name = models.CharField(max_length=60)
    name_sort_key = models.CharField(max_length=160, blank=True, help_text="pinyin, surname first")
    id_type = models.CharField(max_length=10, choices=IdType, default=IdType.ID_CARD)
    id_number_sealed = models.BinaryField()
    id_number_digest = models.CharField(max_length=64, unique=True, help_text="keyed digest over type and number")
    id_number_masked = models.CharField(max_length=40)
    phone = models.CharField(max_length=20, blank=True, db_index=True, help_text="E.164")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["name_sort_key", "pk"]

    def __str__(self) -> str:
        return f"person {self.public_id[:8]}"


class Appointment(PublicIdModel):
    """任职: a person holds a post at an enterprise from a day to a day."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="appointments")
    post = models.CharField(max_length=16, choices=Post)
    capacity = models.CharField(max_length=24, choices=Capacity, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="last day, inclusive; empty while in force")

    class Meta:
        ordering: ClassVar[list[str]] = ["-valid_from", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person", "enterprise", "post"],
                condition=models.Q(valid_to=None),
                name="appointment_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="appointment_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.valid_from}"
