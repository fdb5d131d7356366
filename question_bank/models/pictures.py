"""Pictures of questions: decoded and encoded anew, named by chance, seen only by those who may see the question."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from core.models import PublicIdModel
from registry.models import Authority


class Picture(PublicIdModel):
    """One picture of a bank. Texts name it by its public id; the bytes never change."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, help_text="of the bytes as kept")
    content_type = models.CharField(max_length=20)
    content = models.BinaryField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["authority", "sha256"], name="picture_once_in_a_bank"),
        ]

    def __str__(self) -> str:
        return f"picture {self.public_id[:8]}"
