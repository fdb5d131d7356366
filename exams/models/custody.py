"""What the server keeps of the two halves of a paper key: who has them, and how a half is recognised."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from core.models import PublicIdModel
from exams.models.rounds import Round


class KeyShare(PublicIdModel):
    """One of the two shares of K. The share itself is here, sealed, only while the other one is waited for."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="key_shares")
    number = models.PositiveSmallIntegerField(help_text="1 or 2: the order in which K is made of them")
    commit = models.CharField(max_length=64, help_text='SHA-256("paper-share/1|<round>|<number>|<share>")')
    share_sealed = models.BinaryField(null=True, help_text="until the other share is given, or typed at the opening")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["round_id", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "number"], name="key_share_number"),
            models.UniqueConstraint(fields=["round", "given_by"], name="key_share_two_custodians"),
            models.UniqueConstraint(fields=["round", "opened_by"], name="key_share_two_openers"),
            models.CheckConstraint(condition=models.Q(number__in=[1, 2]), name="key_share_one_or_two"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.number}"
