"""培训合格证 of the quarterly exam: issued, verifiable by anybody, revocable."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicIdModel
from exams.models import Candidate
from registry.models import Authority, Person


class Certificate(PublicIdModel):
    """One certificate. `content` is what it says and never changes; its hash is printed on it."""

    class State(models.TextChoices):
        VALID = "valid", _("有效")
        REVOKED = "revoked", _("已撤销")
        SUPERSEDED = "superseded", _("已被新证替代")

    number = models.CharField(max_length=24, unique=True)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="certificates")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="certificates")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="certificates")
    state = models.CharField(max_length=10, choices=State, default=State.VALID)
    content = models.TextField(help_text="canonical JSON: holder, enterprise, post, round, score, dates, issuer")
    content_sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    valid_until = models.DateField()
    state_changed_at = models.DateTimeField()
    state_reason = models.CharField(max_length=300, blank=True)
    state_changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    pdf_name = models.CharField(max_length=80, blank=True, help_text="stored file; rendered by a job")

    class Meta:
        ordering: ClassVar[list[str]] = ["-issued_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A correction of the score replaces the certificate; the older one stays, superseded.
            models.UniqueConstraint(
                fields=["candidate"],
                condition=models.Q(state="valid"),
                name="one_valid_certificate",
            ),
        ]

    def __str__(self) -> str:
        return self.number
