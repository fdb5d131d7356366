"""What the API says about draws: an allow-list; no person, no salt, no typed value before two agree."""

from django.urls import reverse
from rest_framework import serializers

from draws.domain.pool import EXCUSE_CODES
from draws.models import Draw, DrawFile, DrawState, Replacement
from draws.queries import files_of


class DrawFileSerializer(serializers.ModelSerializer[DrawFile]):
    """A published file: its hash, and where its exact bytes are."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = DrawFile
        fields = ("name", "sha256", "created_at", "url")

    def get_url(self, file: DrawFile) -> str:
        return reverse("draws:public_file", args=[self.context["draw"].public_id, file.name])


class DrawSerializer(serializers.ModelSerializer[Draw]):
    """One draw as everybody may see it."""

    id = serializers.CharField(source="public_id")
    authority = serializers.CharField(source="authority.name")
    round = serializers.CharField(source="round_code")
    state = serializers.ChoiceField(choices=DrawState.choices)

    class Meta:
        model = Draw
        fields: tuple[str, ...] = (
            "id",
            "authority",
            "round",
            "year",
            "quarter",
            "serial",
            "state",
            "is_demo",
            "plan_sha256",
            "roster_sha256",
            "seed",
            "frozen_at",
            "sources_from",
            "drawn_at",
            "cancelled_at",
            "cancel_reason",
        )


class DrawDetailSerializer(DrawSerializer):
    """The same with its files."""

    files = serializers.SerializerMethodField()

    class Meta(DrawSerializer.Meta):
        fields: tuple[str, ...] = (*DrawSerializer.Meta.fields, "files")

    def get_files(self, draw: Draw) -> list[dict[str, str]]:
        return list(DrawFileSerializer(files_of(draw), many=True, context={"draw": draw}).data)


class ApprovalSerializer(serializers.Serializer[object]):
    """The hash that the approver has seen."""

    plan_sha256 = serializers.RegexField(r"^[0-9a-f]{64}\Z")


class ReasonSerializer(serializers.Serializer[object]):
    """A reason that stays on record."""

    reason = serializers.CharField(min_length=2, max_length=300)


class SourceEntrySerializer(serializers.Serializer[object]):
    """What one person reads from the notice; `source` names a fallback of the plan."""

    position = serializers.IntegerField(min_value=0, max_value=1000)
    value = serializers.CharField(max_length=2000)
    source = serializers.CharField(max_length=100, required=False, default="")  # type: ignore[assignment]


class SourceStatusSerializer(serializers.Serializer[object]):
    """Where the typing of one source stands."""

    position = serializers.IntegerField()
    planned = serializers.CharField()
    typists = serializers.IntegerField()
    differs = serializers.BooleanField()
    agreed = serializers.CharField()
    own = serializers.CharField()


class ReplacementRequestSerializer(serializers.Serializer[object]):
    """An excuse of somebody who is called."""

    pid = serializers.RegexField(r"^[0-9a-f]{64}\Z")
    reason_code = serializers.ChoiceField(choices=EXCUSE_CODES)
    reason = serializers.CharField(min_length=2, max_length=300)
    evidence = serializers.CharField(min_length=2, max_length=200)


class ReplacementDecisionSerializer(serializers.Serializer[object]):
    """Whether it is approved."""

    approve = serializers.BooleanField()


class ReplacementSerializer(serializers.ModelSerializer[Replacement]):
    """A replacement by pids."""

    id = serializers.CharField(source="public_id")
    excused = serializers.CharField(source="excused.entry.pid")
    moved_up = serializers.CharField(source="moved_up.entry.pid", default=None, allow_null=True)
    state = serializers.ChoiceField(choices=Replacement.State.choices)

    class Meta:
        model = Replacement
        fields = ("id", "excused", "moved_up", "reason_code", "state", "requested_at", "decided_at")
