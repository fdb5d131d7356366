"""Laws in their editions, and articles that fell: what makes an approved question due for another look."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from core.models import PublicIdModel


class LawEdition(PublicIdModel):
    """法规版本: one edition of a law, from a day on. The next edition of the same title makes it an old one."""

    title = models.CharField(max_length=100, help_text="without 《》")
    edition = models.CharField(max_length=20)
    in_force_on = models.DateField()
    repealed_on = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["title", "-in_force_on"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["title", "edition"], name="law_edition_once"),
        ]

    def __str__(self) -> str:
        return f"《{self.title}》（{self.edition}）"


class WithdrawnArticle(models.Model):
    """废止或修改的条文 of an edition: questions that cite it are due."""

    edition = models.ForeignKey(LawEdition, on_delete=models.PROTECT, related_name="withdrawn")
    article = models.PositiveSmallIntegerField(help_text="第…条")
    withdrawn_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["edition_id", "article"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "article"], name="withdrawn_once"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} §{self.article}"
