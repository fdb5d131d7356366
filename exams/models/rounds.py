"""抽考轮次: one authority, one year and quarter; its sittings and its candidates (product.md section 5)."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicIdModel
from draws.models import Draw
from question_bank.models import BankSnapshot, Blueprint
from registry.models import Area, Authority, Enterprise, Industry, Person, Post


class RoundState(models.TextChoices):
    PLANNED = "planned", _("已计划")
    FROZEN = "frozen", _("名册已冻结")
    DRAWN = "drawn", _("已抽签")
    NOTIFIED = "notified", _("已通知")
    OPEN = "open", _("考试中")
    CLOSED = "closed", _("考试结束")
    GRADED = "graded", _("已评分")
    PUBLISHED = "published", _("已公示")
    ARCHIVED = "archived", _("已归档")
    CANCELLED = "cancelled", _("已取消")


class ReviewLevel(models.TextChoices):
    SCORE = "score", _("只看分数")
    POINTS = "points", _("分数，和各知识点的得分")
    FULL = "full", _("分数、知识点，题目退出考试题库后可看原题和解析")


class Round(PublicIdModel):
    """One quarterly exam. Rules are copied in when it is planned, so that a later setting changes nothing."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="rounds")
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.PLANNED)
    blueprint = models.ForeignKey(Blueprint, on_delete=models.PROTECT, related_name="rounds")
    bank_snapshot = models.ForeignKey(BankSnapshot, null=True, on_delete=models.PROTECT, related_name="rounds")
    draw = models.OneToOneField(Draw, null=True, on_delete=models.PROTECT, related_name="round")
    total_mark = models.DecimalField(max_digits=6, decimal_places=2)
    pass_mark = models.DecimalField(max_digits=6, decimal_places=2)
    minutes = models.PositiveSmallIntegerField()
    grace_seconds = models.PositiveSmallIntegerField(default=30)
    paper_key_sealed = models.BinaryField(null=True)
    paper_key_commit = models.CharField(max_length=64, blank=True)
    paper_key_revealed = models.CharField(max_length=64, blank=True, help_text="K, after the results are published")
    review = models.CharField(
        max_length=8, choices=ReviewLevel, default=ReviewLevel.SCORE, help_text="what a candidate sees once published"
    )
    appeal_days = models.PositiveSmallIntegerField(default=5, help_text="days after a result is public to dispute it")
    marking_tolerance = models.DecimalField(
        max_digits=3,
        decimal_places=2,
        default=Decimal("0.20"),
        help_text="share of an item's points: beyond it a third marks",
    )
    published_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-year", "-quarter", "authority_id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["authority", "year", "quarter"],
                condition=~models.Q(state="cancelled"),
                name="one_live_round",
            ),
            models.CheckConstraint(
                condition=models.Q(pass_mark__gt=0, pass_mark__lte=models.F("total_mark")),
                name="round_pass_mark",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def code(self) -> str:
        """`2026Q4`"""
        return f"{self.year}Q{self.quarter}"


class SittingState(models.TextChoices):
    PLANNED = "planned", _("未开始")
    OPEN = "open", _("进行中")
    CLOSED = "closed", _("已结束")


class Sitting(PublicIdModel):
    """场次: 1 is the exam, 2 the makeup. `last_start_at` and `hard_end_at` are two settings."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="sittings")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=SittingState, default=SittingState.PLANNED)
    place = models.CharField(max_length=120, blank=True)
    opens_at = models.DateTimeField()
    last_start_at = models.DateTimeField()
    hard_end_at = models.DateTimeField()
    asks_code = models.BooleanField(
        default=True, help_text="venue: who starts types the opening code; online: nobody does"
    )
    rotates_code = models.BooleanField(
        default=False, help_text="the code to type changes every minute and is shown in the room only"
    )
    opening_code = models.CharField(
        max_length=16, blank=True, help_text="read out when the sitting opens; part of PAPER/1"
    )
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["round_id", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "number"], name="sitting_number"),
            models.CheckConstraint(
                condition=models.Q(opens_at__lt=models.F("last_start_at"))
                & models.Q(last_start_at__lte=models.F("hard_end_at")),
                name="sitting_window",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.number}"


class CandidateState(models.TextChoices):
    DRAWN = "drawn", _("已抽中")
    MUST_SIT = "must_sit", _("必考")
    NOTIFIED = "notified", _("已通知")
    CONFIRMED = "confirmed", _("已确认")
    DEFERRED = "deferred", _("缓考")
    CHECKED_IN = "checked_in", _("已签到")
    SITTING = "sitting", _("答题中")
    SUBMITTED = "submitted", _("已交卷")
    TIMED_OUT = "timed_out", _("超时收卷")
    ABSENT = "absent", _("缺考")
    MISCONDUCT = "misconduct", _("违纪")
    INVALID = "invalid", _("无效")
    PASSED = "passed", _("合格")
    FAILED = "failed", _("不合格")
    MAKEUP = "makeup", _("待补考")
    FOLLOW_UP = "follow_up", _("待处置")


class Candidate(PublicIdModel):
    """考生: a person in a round. What the public page shows of the enterprise is copied when drawn."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="candidates")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="candidacies")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="candidacies")
    post = models.CharField(max_length=16, choices=Post)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    industry = models.ForeignKey(Industry, on_delete=models.PROTECT, related_name="+")
    enterprise_name = models.CharField(max_length=120)
    uscc = models.CharField(max_length=18)
    pid = models.CharField(max_length=64)
    is_must_sit = models.BooleanField(default=False, help_text="outside the draw, counted apart")
    state = models.CharField(max_length=12, choices=CandidateState)
    sitting_number = models.PositiveSmallIntegerField(
        default=1, help_text="the sitting that is due or was last: 2 is the makeup"
    )
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True, help_text="of the latest grading; a cache")
    notified_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    state_changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["enterprise_name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "person"], name="candidate_once"),
            models.UniqueConstraint(fields=["round", "pid"], name="candidate_pid"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["round", "state"], name="candidate_state")]

    def __str__(self) -> str:
        return f"candidate {self.public_id[:8]}"
