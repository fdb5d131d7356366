"""扩大抽取: more seats after the draw, filled by the next tickets of the same seed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicIdModel
from draws.models.draws import Draw


class Enlargement(PublicIdModel):
    """So many more seats in these strata: asked by one, decided by another; nobody says who."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("待审批")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("未批准")

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="enlargements")
    number = models.PositiveSmallIntegerField(null=True, help_text="1, 2 … in the order of approval: enlarge-1.json")
    seats = models.JSONField(help_text="stratum → further seats")
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["draw", "number"], name="enlargement_number"),
            models.UniqueConstraint(
                fields=["draw"], condition=models.Q(state="requested"), name="one_open_enlargement"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("requested_by")),
                name="enlargement_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id}/{self.number}"
