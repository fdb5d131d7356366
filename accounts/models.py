"""Who signs in: users, and the role rows that give them reach."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import actor
from core.models import PublicIdModel
from registry.models import Authority, Enterprise, Person


class UserManager(BaseUserManager["User"]):
    """Look-ups that Django's authentication needs. Accounts are made by `accounts.actions`."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(PublicIdModel, AbstractBaseUser, PermissionsMixin):
    """One account. Usually of one person; `phone` is what that person signs in with."""

    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, unique=True, null=True, blank=True, help_text="E.164")
    phone_verified = models.BooleanField(default=False)
    display_name = models.CharField(max_length=60, blank=True)
    person = models.OneToOneField(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="user")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="may open the break-glass admin")
    date_joined = models.DateTimeField()

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering: ClassVar[list[str]] = ["username"]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return self.display_name or self.username


class Role(models.TextChoices):
    """Roles of product.md section 2 that are given by a row. A candidate needs none: being a person is enough."""

    ENTERPRISE_ADMIN = actor.ENTERPRISE_ADMIN, _("企业管理员")
    TRAINER = actor.TRAINER, _("题库管理员")
    REVIEWER = actor.REVIEWER, _("审核人")
    REGULATOR = actor.REGULATOR, _("监管人员")
    INVIGILATOR = actor.INVIGILATOR, _("监考")
    AUDITOR = actor.AUDITOR, _("审计管理员")
    SYSTEM_ADMIN = actor.SYSTEM_ADMIN, _("系统管理员")
    SECURITY_ADMIN = actor.SECURITY_ADMIN, _("安全管理员")


class RoleAssignment(PublicIdModel):
    """A role held at an authority (reach: its area subtree × industries) or at an enterprise, from a day to a day."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_assignments")
    role = models.CharField(max_length=20, choices=Role)
    authority = models.ForeignKey(
        Authority, null=True, blank=True, on_delete=models.PROTECT, related_name="role_assignments"
    )
    enterprise = models.ForeignKey(
        Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="role_assignments"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="last day, inclusive; empty while in force")
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True, help_text="ended at this moment, whatever valid_to says")

    class Meta:
        ordering: ClassVar[list[str]] = ["role", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(role=actor.ENTERPRISE_ADMIN, enterprise__isnull=False, authority=None)
                | (~models.Q(role=actor.ENTERPRISE_ADMIN) & models.Q(enterprise=None)),
                name="role_place",
            ),
            # Three, because SQLite cannot say that two empty places are the same place.
            models.UniqueConstraint(
                fields=["user", "role", "authority"],
                condition=models.Q(valid_to=None, revoked_at=None, authority__isnull=False),
                name="role_at_authority",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "enterprise"],
                condition=models.Q(valid_to=None, revoked_at=None, enterprise__isnull=False),
                name="role_at_enterprise",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(valid_to=None, revoked_at=None, authority=None, enterprise=None),
                name="role_nowhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.valid_from}"


class RoleRequest(PublicIdModel):
    """An administrator role asked for by one security administrator, to be decided by another."""

    class State(models.TextChoices):
        OPEN = "open", _("待批准")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("已拒绝")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_requests")
    role = models.CharField(max_length=20, choices=Role)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-requested_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(state="open"), name="role_request_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.state}"
