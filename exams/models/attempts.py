"""Papers, attempts and the answer journal (answers.md, Records). Logs are inserted, never changed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnlyModel, PublicIdModel
from exams.models.rounds import Candidate, Sitting


class Paper(AppendOnlyModel):
    """试卷, built once by PAPER/1 and stored with its hash. `content` has no key; `answer_key` never leaves the server."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="papers")
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="papers")
    content = models.TextField(help_text="canonical JSON for the candidate: opaque item and option ids")
    sha256 = models.CharField(max_length=64)
    answer_key = models.TextField(help_text="canonical JSON: opaque item id → item@version, kind, mark, rule, key")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["candidate", "sitting"], name="one_paper"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class AttemptState(models.TextChoices):
    OPEN = "open", _("答题中")
    SUBMITTED = "submitted", _("已交卷")
    TIMED_OUT = "timed_out", _("超时收卷")
    VOID = "void", _("作废")


class Attempt(PublicIdModel):
    """作答. `state`, `answers` and `next_sseq`/`head` are a cache of the journal, written with it."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="attempts")
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="attempts")
    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="attempt")
    state = models.CharField(max_length=10, choices=AttemptState, default=AttemptState.OPEN)
    epoch = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    deadline = models.DateTimeField(help_text="with extensions; the cache of opened_at + minutes + extensions, capped")
    grace_seconds = models.PositiveSmallIntegerField()
    next_sseq = models.PositiveBigIntegerField(default=1)
    head = models.CharField(max_length=64)
    answers = models.JSONField(default=dict, help_text="effective answers, written at close")
    finished_at = models.DateTimeField(null=True)
    final_receipt = models.TextField(blank=True)
    graded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["candidate", "sitting"],
                condition=~models.Q(state="void"),
                name="one_live_attempt",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["deadline"], condition=models.Q(state="open"), name="attempt_overdue"),
        ]

    def __str__(self) -> str:
        return self.public_id[:8]


class Lease(AppendOnlyModel):
    """One writing device per epoch."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="leases")
    epoch = models.PositiveIntegerField()
    cid = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    address = models.CharField(max_length=64, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["attempt", "epoch"], name="lease_epoch"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.epoch}"


class AnswerEvent(AppendOnlyModel):
    """The complete answer of one item, as one device sent it once; with the receipt that the device was given."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="events")
    cid = models.CharField(max_length=64)
    seq = models.PositiveBigIntegerField()
    epoch = models.PositiveIntegerField()
    item = models.CharField(max_length=64)
    answer = models.TextField(help_text="canonical JSON; null clears")
    sha256 = models.CharField(max_length=64)
    client_ms = models.BigIntegerField(null=True, help_text="the client's clock; decides nothing")
    client_mono_ms = models.BigIntegerField(null=True)
    server_ts = models.DateTimeField()
    late = models.BooleanField()
    sseq = models.PositiveBigIntegerField()
    chain = models.CharField(max_length=64)
    receipt = models.TextField()
    via = models.CharField(max_length=8, default="page", help_text="page or file")

    class Meta:
        ordering: ClassVar[list[str]] = ["attempt_id", "sseq"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["attempt", "cid", "seq"], name="event_once"),
            models.UniqueConstraint(fields=["attempt", "sseq"], name="event_sseq"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.sseq}"


class ConflictEvent(AppendOnlyModel):
    """What arrived malformed or contradictory: kept, never silently dropped."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="conflicts")
    cid = models.CharField(max_length=64, blank=True)
    seq = models.PositiveBigIntegerField(null=True, help_text="where it could be read: SUBMIT counts it as delivered")
    code = models.CharField(max_length=40)
    payload = models.TextField()
    server_ts = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.code}"


class Extension(PublicIdModel):
    """Extra time for one attempt or a whole sitting. It counts once a second person has approved it."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="extensions")
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="extensions")
    seconds = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(seconds__gt=0, seconds__lte=4 * 3600), name="extension_seconds"),
        ]

    def __str__(self) -> str:
        return f"+{self.seconds} s"
