"""What the API says about draws: an allow-list; no person, no salt, no typed value before two agree."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from draws.domain.pool import EXCLUDED_CODES, EXCUSE_CODES, MUST_SIT_CODES
from draws.models import Draw, DrawFile, DrawState, Enlargement, Evidence, Minutes, Replacement, RosterFlag
from draws.queries import files_of

FLAGS = [f"M:{code}" for code in MUST_SIT_CODES] + [f"X:{code}" for code in EXCLUDED_CODES]


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


class EvidenceFileField(serializers.FileField):
    """One private file; what it holds is judged by the action."""

    def __init__(self) -> None:
        super().__init__(required=False, default=None, allow_empty_file=True)


class FlagRequestSerializer(serializers.Serializer[object]):
    """A must-sit (`M:` and a code) or an exclusion (`X:`), for a person by public id; an exclusion needs its file."""

    person = serializers.RegexField(r"^[0-9a-f]{32}\Z")
    flag = serializers.ChoiceField(choices=FLAGS)
    reason = serializers.CharField(min_length=2, max_length=300)
    evidence = serializers.CharField(min_length=2, max_length=200)
    file = EvidenceFileField()


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    """A file behind a request: its name and hash. The file itself is shown on the page of those who decide."""

    id = serializers.CharField(source="public_id")

    class Meta:
        model = Evidence
        fields = ("id", "file_name", "sha256", "size_bytes", "uploaded_at")


class FlagSerializer(serializers.ModelSerializer[RosterFlag]):
    """A must-sit or an exclusion; it counts once `approved_at` is there."""

    id = serializers.CharField(source="public_id")
    person = serializers.CharField(source="person.public_id")
    flag = serializers.CharField(source="__str__")
    files = EvidenceSerializer(many=True)

    class Meta:
        model = RosterFlag
        fields = ("id", "person", "flag", "reason", "evidence", "requested_at", "approved_at", "files")


class EnlargementRequestSerializer(serializers.Serializer[object]):
    """So many further seats in all (`seats`), shared out by the largest remainders, or by stratum (`table`)."""

    seats = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False)
    table = serializers.DictField(child=serializers.IntegerField(min_value=1, max_value=1_000_000), required=False)
    reason = serializers.CharField(min_length=2, max_length=300)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("seats") and not attrs.get("table"):
            raise serializers.ValidationError({"seats": _("请填写人数，或写明分层。")})
        return attrs


class EnlargementSerializer(serializers.ModelSerializer[Enlargement]):
    """Further seats: asked for, decided; `number` as in `enlarge-<number>.json`."""

    id = serializers.CharField(source="public_id")
    state = serializers.ChoiceField(choices=Enlargement.State.choices)
    seats = serializers.DictField(child=serializers.IntegerField())

    class Meta:
        model = Enlargement
        fields = ("id", "number", "seats", "reason", "state", "requested_at", "decided_at")


class PresentSerializer(serializers.Serializer[object]):
    """Somebody who was there, and as what."""

    name = serializers.RegexField(r"^[^,，、;；:：\s][^,，、;；:：\t\r\n]{0,39}\Z")
    capacity = serializers.RegexField(r"^\S[^\r\n]{0,79}\Z")


class MinutesRequestSerializer(serializers.Serializer[object]):
    """Where the draw took place and who was there. Names become public: tell the people before."""

    place = serializers.CharField(min_length=2, max_length=100)
    present = PresentSerializer(many=True, allow_empty=False)
    remarks = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class PdfSerializer(serializers.Serializer[object]):
    """A printed file, made in the background."""

    url = serializers.CharField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()


class MinutesSerializer(serializers.ModelSerializer[Minutes]):
    """The minutes that count. `pdf`, with lines to sign on, is null until it is printed."""

    present = PresentSerializer(many=True)
    pdf = serializers.SerializerMethodField()

    class Meta:
        model = Minutes
        fields = ("number", "place", "present", "remarks", "recorded_at", "pdf")

    @extend_schema_field(PdfSerializer(allow_null=True))
    def get_pdf(self, minutes: Minutes) -> dict[str, Any] | None:
        pdf, draw = self.context["pdf"], self.context["draw"]
        if pdf is None or pdf.created_at < minutes.recorded_at:
            return None
        url = reverse("draws:public_document", args=[draw.public_id, "minutes.pdf"])
        return dict(PdfSerializer({"url": url, "sha256": pdf.sha256, "created_at": pdf.created_at}).data)


class ReplacementRequestSerializer(serializers.Serializer[object]):
    """An excuse of somebody who is called."""

    pid = serializers.RegexField(r"^[0-9a-f]{64}\Z")
    reason_code = serializers.ChoiceField(choices=EXCUSE_CODES)
    reason = serializers.CharField(min_length=2, max_length=300)
    evidence = serializers.CharField(min_length=2, max_length=200)
    file = EvidenceFileField()


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
