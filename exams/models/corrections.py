"""答案更正 and 成绩复核: what may still change a score after the exam, and who decided it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicIdModel
from exams.models.results import Incident, Result
from exams.models.rounds import Candidate, Round


class KeyCorrection(PublicIdModel):
    """答案更正 of one item version in one round: a dry run, bound by its hash to a second person's approval."""

    class Policy(models.TextChoices):
        ACCEPT_ALSO = "accept_also", _("另一答案也算对")
        REPLACE = "replace", _("改用正确的答案")
        FULL_MARKS = "full_marks", _("本题所有人给满分")
        DROP = "drop", _("本题不计，其余按比例折算")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待审批")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("已退回")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="key_corrections")
    ref = models.CharField(max_length=64, help_text="item@version")
    policy = models.CharField(max_length=12, choices=Policy)
    key = models.JSONField(null=True, help_text="in real option ids, where the policy needs one")
    key_text = models.CharField(max_length=200, blank=True, help_text="the key as people write it")
    reason = models.CharField(max_length=500, help_text="for the file: what was wrong, on what ground")
    public_note = models.CharField(max_length=500, help_text="becomes the public note of the correction")
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    difference = models.TextField(help_text="canonical JSON of the dry run")
    difference_sha256 = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="an approval after this is refused")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=500, blank=True)
    applied_at = models.DateTimeField(null=True, help_text="when every paper with the item had been graded again")

    class Meta:
        ordering: ClassVar[list[str]] = ["-proposed_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["round", "ref"], condition=models.Q(state="proposed"), name="one_proposed_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.state}"


class Appeal(PublicIdModel):
    """成绩复核: the candidate asks, somebody who had no part in the score answers with reasons."""

    class State(models.TextChoices):
        FILED = "filed", _("待受理")
        IN_REVIEW = "in_review", _("复核中")
        UPHELD = "upheld", _("维持原成绩")
        CHANGED = "changed", _("成绩已更正")
        WITHDRAWN = "withdrawn", _("已撤回")

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="appeals")
    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="appeals", help_text="what is disputed")
    state = models.CharField(max_length=10, choices=State, default=State.FILED)
    grounds = models.CharField(max_length=1000)
    filed_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="by when it must be answered")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=1000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["due_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["result"], name="one_appeal_per_result"),
        ]

    def __str__(self) -> str:
        return f"appeal {self.public_id[:8]} {self.state}"


class Annulment(PublicIdModel):
    """撤销违纪认定 on appeal: put forward by the handler, decided by another person who had no part in it either."""

    class Effect(models.TextChoices):
        SCORE = "score", _("按已送达的答案评分")
        INVALID = "invalid", _("本场无效，另行安排补考")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待审批")
        APPROVED = "approved", _("已撤销违纪认定")
        REFUSED = "refused", _("未同意撤销")

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="annulments")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="annulments")
    effect = models.CharField(max_length=8, choices=Effect)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=500, blank=True)
    applied_at = models.DateTimeField(null=True, help_text="when another result stood in place of the misconduct")

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["appeal"], condition=~models.Q(state="refused"), name="one_annulment_per_appeal"
            ),
        ]

    def __str__(self) -> str:
        return f"annulment {self.public_id[:8]} {self.state}"
