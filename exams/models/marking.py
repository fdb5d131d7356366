"""人工评阅: answers that people judge, blind, by two and where they differ by a third."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnlyModel, PublicIdModel
from exams.models.attempts import Attempt
from exams.models.corrections import Appeal


class ManualItem(PublicIdModel):
    """One answer that waits for markers. `state` and `fraction` are a cache of its marks."""

    class State(models.TextChoices):
        OPEN = "open", _("待评阅")
        THIRD = "third", _("待第三人评阅")
        DONE = "done", _("已评定")

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="manual_items")
    item = models.CharField(max_length=64, help_text="opaque item id of the paper")
    place = models.CharField(max_length=40, help_text="which text of the item, as its kind names it")
    ref = models.CharField(max_length=64)
    points = models.DecimalField(
        max_digits=5, decimal_places=2, help_text="the share of the item's mark that this is worth"
    )
    answers_sha256 = models.CharField(
        max_length=64, help_text="of the answer that is judged: another answer, another row"
    )
    generation = models.PositiveSmallIntegerField(default=1, help_text="2 and more: marked anew, on appeal")
    appeal = models.ForeignKey(Appeal, null=True, on_delete=models.PROTECT, related_name="remarkings")
    state = models.CharField(max_length=5, choices=State, default=State.OPEN)
    fraction = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["attempt", "item", "place", "answers_sha256", "generation"], name="manual_item_generation"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state"], name="manual_item_state")]

    def __str__(self) -> str:
        return f"manual {self.public_id[:8]} {self.state}"


class ManualMark(AppendOnlyModel):
    """What one marker gave. Slots 1 and 2 are blind to each other; 3 decides."""

    manual_item = models.ForeignKey(ManualItem, on_delete=models.PROTECT, related_name="marks")
    slot = models.PositiveSmallIntegerField()
    mark = models.DecimalField(max_digits=5, decimal_places=2)
    comment = models.CharField(max_length=300, blank=True)
    marker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["manual_item_id", "slot"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["manual_item", "slot"], name="manual_mark_slot"),
            models.UniqueConstraint(fields=["manual_item", "marker"], name="manual_mark_marker"),
            models.CheckConstraint(condition=models.Q(slot__in=[1, 2, 3]), name="manual_mark_slots"),
        ]

    def __str__(self) -> str:
        return f"{self.manual_item_id}/{self.slot}"
