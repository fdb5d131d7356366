"""What the API says about questions and blueprints: staff of the bank only, so keys are part of it."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from question_bank.domain.content import Content, Option
from question_bank.domain.draft import FACT_LIMITS, QuestionDraft
from question_bank.domain.kinds import KINDS
from question_bank.domain.kinds.base import MAX_EXPLANATION_CHARS, MAX_OPTION_CHARS, MAX_OPTIONS, MAX_STEM_CHARS
from question_bank.domain.kinds.choices import OPTION_IDS
from question_bank.domain.kinds.true_false import OPTIONS as TRUE_FALSE_OPTIONS
from question_bank.domain.normalise import MEDIUM, POST_NAMES
from question_bank.models import Blueprint, Pool, Question, QuestionState

KIND_CODES = list(KINDS)
DECISIONS = ("submit", "approve", "return", "retire")


class OptionSerializer(serializers.Serializer[object]):
    """One choice; ids are a, b, c… in order (t and f of a true/false question)."""

    id = serializers.CharField()
    text = serializers.CharField()


class QuestionSerializer(serializers.ModelSerializer[Question]):
    """A question in its current version, with its key."""

    id = serializers.CharField(source="public_id")
    authority = serializers.CharField(source="authority.code")
    pool = serializers.ChoiceField(choices=Pool.choices)
    state = serializers.ChoiceField(choices=QuestionState.choices)
    version = serializers.IntegerField(source="current.number")
    kind = serializers.ChoiceField(choices=KIND_CODES, source="current.kind")
    stem = serializers.CharField(source="current.stem")
    options = OptionSerializer(many=True, source="current.content.options")
    key = serializers.ListField(child=serializers.CharField(), source="current.content.key")
    explanation = serializers.CharField(source="current.content.explanation")
    sha256 = serializers.CharField(source="current.content_sha256")
    knowledge_point = serializers.CharField(source="current.knowledge_point.name")
    industry = serializers.CharField(source="current.industry.name", default=None, allow_null=True)
    posts = serializers.ListField(child=serializers.CharField(), source="current.posts")
    difficulty = serializers.DecimalField(max_digits=3, decimal_places=2, source="current.difficulty")
    law_reference = serializers.CharField(source="current.law_reference")
    law_edition = serializers.CharField(source="current.law_edition")
    valid_until = serializers.DateField(source="current.valid_until", allow_null=True)
    mark = serializers.DecimalField(max_digits=5, decimal_places=2, source="current.mark")
    source_note = serializers.CharField(source="current.source")
    note = serializers.CharField(source="current.note")

    class Meta:
        model = Question
        fields = (
            "id", "authority", "pool", "state", "version", "kind", "stem", "options", "key", "explanation", "sha256",
            "knowledge_point", "industry", "posts", "difficulty", "law_reference", "law_edition", "valid_until", "mark",
            "source_note", "note", "updated_at",
        )  # fmt: skip


def _text(name: str) -> serializers.CharField:
    return serializers.CharField(max_length=FACT_LIMITS[name], required=False, default="", allow_blank=True)


class DraftSerializer(serializers.Serializer[object]):
    """What a question is to say. `options` are texts in order; a true/false question has none, its key is t or f."""

    kind = serializers.ChoiceField(choices=KIND_CODES)
    stem = serializers.CharField(max_length=MAX_STEM_CHARS)
    options = serializers.ListField(
        child=serializers.CharField(max_length=MAX_OPTION_CHARS),
        max_length=MAX_OPTIONS,
        required=False,
        default=list,
    )
    key = serializers.ListField(child=serializers.CharField(max_length=1), min_length=1, max_length=MAX_OPTIONS)
    explanation = serializers.CharField(max_length=MAX_EXPLANATION_CHARS, required=False, default="", allow_blank=True)
    knowledge_point = serializers.CharField(max_length=FACT_LIMITS["knowledge_point"])
    industry = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    posts = serializers.ListField(
        child=serializers.ChoiceField(choices=list(POST_NAMES)),
        required=False,
        default=list,
        max_length=len(POST_NAMES),
    )
    difficulty = serializers.DecimalField(
        max_digits=3,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=Decimal(1),
        required=False,
        default=MEDIUM,
    )
    law_reference = _text("law_reference")
    law_edition = _text("law_edition")
    valid_until = serializers.DateField(required=False, default=None, allow_null=True)
    mark = serializers.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=Decimal(100),
        required=False,
        default=Decimal(1),
    )
    source_note = _text("source")
    note = _text("note")


class NewQuestionSerializer(DraftSerializer):
    """A question for the bank of an authority (its code)."""

    authority = serializers.CharField(max_length=20)
    pool = serializers.ChoiceField(choices=Pool.choices, required=False, default=Pool.EXAM)


class RevisionSerializer(DraftSerializer):
    """A new version; `seen_version` is the number that the author had before them."""

    seen_version = serializers.IntegerField(min_value=1, max_value=1_000_000)


class DecisionSerializer(serializers.Serializer[object]):
    """A step in the life of one or many questions: all of them or none."""

    questions = serializers.ListField(child=serializers.CharField(max_length=32), min_length=1, max_length=1000)
    decision = serializers.ChoiceField(choices=DECISIONS)
    comment = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)
    checked = serializers.ListField(
        child=serializers.CharField(max_length=80),
        required=False,
        default=list,
        max_length=50,
        help_text="sentences of the authority's checklist that the reviewer confirms when approving",
    )


class DecidedSerializer(serializers.Serializer[object]):
    """How many questions took the step."""

    decided = serializers.IntegerField()


class UploadSerializer(serializers.Serializer[object]):
    """A file for the bank of an authority (its code)."""

    file = serializers.FileField()
    authority = serializers.CharField(max_length=20)
    pool = serializers.ChoiceField(choices=Pool.choices, required=False, default=Pool.EXAM)
    dry_run = serializers.BooleanField(required=False, default=False)


class RejectedSerializer(serializers.Serializer[object]):
    """What is wrong with a row."""

    row = serializers.IntegerField()
    column = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    message = serializers.CharField()


class DuplicateSerializer(serializers.Serializer[object]):
    """A row that resembles an earlier row (a number) or a question of the bank (its id); 1 means equal and left out."""

    row = serializers.IntegerField()
    of = serializers.JSONField()
    similarity = serializers.FloatField()


class ReportSerializer(serializers.Serializer[object]):
    """The report of an import, as the command line prints it."""

    format = serializers.CharField()
    accepted = serializers.IntegerField()
    rejected = RejectedSerializer(many=True)
    duplicates = DuplicateSerializer(many=True)
    unsupported = serializers.ListField(child=serializers.CharField())


class CellSerializer(serializers.Serializer[object]):
    """A group of questions of a blueprint, and whether the bank holds enough for it."""

    code = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=KIND_CODES)
    count = serializers.IntegerField()
    mark = serializers.DecimalField(max_digits=5, decimal_places=2)
    knowledge_points = serializers.ListField(child=serializers.CharField())
    industries = serializers.ListField(child=serializers.CharField())
    posts = serializers.ListField(child=serializers.CharField())
    difficulty_from = serializers.DecimalField(max_digits=3, decimal_places=2, allow_null=True)
    difficulty_to = serializers.DecimalField(max_digits=3, decimal_places=2, allow_null=True)


class FeasibilitySerializer(serializers.Serializer[object]):
    """One line of the feasibility table."""

    cell = serializers.CharField(source="cell.code")
    asked = serializers.IntegerField()
    matching = serializers.IntegerField()
    available = serializers.IntegerField()
    is_feasible = serializers.BooleanField()
    message = serializers.CharField()


class BlueprintSerializer(serializers.ModelSerializer[Blueprint]):
    """A blueprint without its cells."""

    id = serializers.CharField(source="public_id")
    authority = serializers.CharField(source="authority.code")

    class Meta:
        model = Blueprint
        fields = ("id", "title", "authority", "is_active", "updated_at")


class BlueprintDetailSerializer(BlueprintSerializer):
    """A blueprint with its cells, its printed rule and what the bank holds for it today."""

    rule = serializers.CharField(source="shown.rule")
    question_count = serializers.IntegerField(source="shown.value.question_count")
    total_mark = serializers.DecimalField(max_digits=8, decimal_places=2, source="shown.value.total_mark")
    cells = CellSerializer(many=True, source="shown.value.cells")
    feasibility = FeasibilitySerializer(many=True, source="shown.lines")

    class Meta(BlueprintSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *BlueprintSerializer.Meta.fields, "rule", "question_count", "total_mark", "cells", "feasibility",
        )  # fmt: skip


def draft_from(data: dict[str, Any]) -> QuestionDraft:
    """The plain value of a validated `DraftSerializer`."""
    options = tuple(Option(option_id, text) for option_id, text in zip(OPTION_IDS, data["options"], strict=False))
    if data["kind"] == "true_false" and not options:
        options = TRUE_FALSE_OPTIONS
    return QuestionDraft(
        content=Content(data["kind"], data["stem"], options, sorted(set(data["key"])), data["explanation"]),
        knowledge_point=data["knowledge_point"],
        difficulty=data["difficulty"],
        industry=data["industry"],
        posts=tuple(data["posts"]),
        law_reference=data["law_reference"],
        law_edition=data["law_edition"],
        valid_until=data["valid_until"],
        mark=data["mark"],
        source=data["source_note"],
        note=data["note"],
    )
