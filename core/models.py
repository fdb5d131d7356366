"""Abstract bases, and the three tables that belong to no room: audit entries, job runs, outgoing messages."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.seeded import fresh_token


def new_public_id() -> str:
    """128 random bits as 32 hex digits: what URLs and APIs carry instead of row numbers."""
    return fresh_token(16)


class PublicIdModel(models.Model):
    """A row that the outside can name without learning how many there are."""

    public_id = models.CharField(max_length=32, unique=True, editable=False, default=new_public_id)

    class Meta:
        abstract = True


class AppendOnlyModel(models.Model):
    """A log: inserted, never updated or deleted. `core.append_only` installs the trigger that refuses."""

    append_only: ClassVar[bool] = True

    class Meta:
        abstract = True


class UploadedFileModel(models.Model):
    """A file that somebody uploaded and `core.uploads` cleaned: its own name, and the random one under which it is kept."""

    file_name = models.CharField(max_length=200)
    stored_name = models.CharField(max_length=80, unique=True)
    content_type = models.CharField(max_length=80)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()

    class Meta:
        abstract = True


class AuditEntry(AppendOnlyModel):
    """One action, hash-chained to the one before (security.md section 3.1)."""

    sequence = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    actor_user_id = models.BigIntegerField(null=True)
    actor_person_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120)
    roles = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=80, db_index=True)
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=64, blank=True)
    object_label = models.CharField(max_length=200, blank=True)
    details = models.TextField(default="{}", help_text="canonical JSON")
    reason = models.TextField(blank=True)
    previous_hash = models.CharField(max_length=64)
    entry_hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar[list[str]] = ["sequence"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.object_type} {self.object_id}"


class JobRun(PublicIdModel):
    """One piece of background work: what is due, who claimed it, how far it is, how it ended."""

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        REFUSED = "refused", _("未执行")
        FAILED = "failed", _("失败")

    name = models.CharField(max_length=80)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    run_after = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by_user_id = models.BigIntegerField(null=True)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    result: Any = models.JSONField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "run_after"], name="job_due"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class OutgoingMessage(models.Model):
    """What the database channel sent: a text to a phone, kept for the demo and for drills."""

    to = models.CharField(max_length=64)
    text = models.TextField()
    purpose = models.CharField(max_length=40)
    sent_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["to", "sent_at"], name="message_to")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.sent_at:%Y-%m-%d %H:%M}"


class LogLeaf(AppendOnlyModel):
    """One leaf of the public log (core.public_log)."""

    number = models.PositiveBigIntegerField(unique=True, help_text="0-based place in the tree")
    kind = models.CharField(max_length=40, db_index=True)
    content = models.TextField(help_text="canonical JSON; public")
    leaf_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"
