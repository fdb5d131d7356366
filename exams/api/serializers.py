"""Allow-lists: what of a round, a sitting, a candidate and a result leaves through the API, field by field.

No serializer here knows papers, keys, answers or opening codes.
"""

from rest_framework import serializers


class SittingSerializer(serializers.Serializer[object]):
    id = serializers.CharField(source="public_id")
    number = serializers.IntegerField(help_text="1 is the exam, 2 the makeup")
    state = serializers.CharField()
    place = serializers.CharField(allow_blank=True)
    opens_at = serializers.DateTimeField()
    last_start_at = serializers.DateTimeField()
    hard_end_at = serializers.DateTimeField()


class RoundSerializer(serializers.Serializer[object]):
    id = serializers.CharField(source="public_id")
    code = serializers.CharField(help_text="2026Q4")
    title = serializers.CharField()
    authority = serializers.CharField(source="authority.name")
    state = serializers.CharField()
    minutes = serializers.IntegerField()
    total_mark = serializers.DecimalField(max_digits=6, decimal_places=2)
    pass_mark = serializers.DecimalField(max_digits=6, decimal_places=2)
    sittings = SittingSerializer(many=True)


class CandidateSerializer(serializers.Serializer[object]):
    id = serializers.CharField(source="public_id")
    round = serializers.CharField(source="round.public_id")
    name = serializers.CharField(source="person.name")
    enterprise = serializers.CharField(source="enterprise_name")
    uscc = serializers.CharField()
    post = serializers.CharField()
    area = serializers.CharField(source="area.name")
    industry = serializers.CharField(source="industry.name")
    is_must_sit = serializers.BooleanField()
    state = serializers.CharField()
    score = serializers.DecimalField(max_digits=6, decimal_places=2, allow_null=True)


class OwnResultSerializer(serializers.Serializer[object]):
    sitting = serializers.IntegerField(source="sitting.number")
    outcome = serializers.CharField()
    score = serializers.DecimalField(max_digits=6, decimal_places=2, allow_null=True)
    recorded_at = serializers.DateTimeField()


class OwnExamSerializer(serializers.Serializer[object]):
    id = serializers.CharField(source="candidate.public_id")
    title = serializers.CharField(source="candidate.round.title")
    state = serializers.CharField(source="candidate.state")
    decision = serializers.CharField(source="access.decision", allow_null=True, default=None)
    reasons = serializers.ListField(child=serializers.CharField(), source="access.reasons", default=[])
    remaining_seconds = serializers.IntegerField(source="access.remaining_seconds", default=0)
    sitting = SittingSerializer(allow_null=True)
    attempt = serializers.CharField(source="attempt.public_id", allow_null=True, default=None)
    results = OwnResultSerializer(many=True)


class StartSerializer(serializers.Serializer[object]):
    opening_code = serializers.CharField(max_length=16, required=False, allow_blank=True, default="")


class StartedSerializer(serializers.Serializer[object]):
    attempt = serializers.CharField(source="public_id")
    deadline = serializers.DateTimeField()
    page = serializers.CharField(help_text="address of the sitting page")


class KeyCorrectionSerializer(serializers.Serializer[object]):
    """What was corrected and what it did; the question and its key stay inside."""

    id = serializers.CharField(source="public_id")
    policy = serializers.CharField(help_text="accept_also, replace, full_marks or drop")
    state = serializers.CharField()
    public_note = serializers.CharField()
    difference_sha256 = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    applied_at = serializers.DateTimeField(allow_null=True)


class AppealSerializer(serializers.Serializer[object]):
    id = serializers.CharField(source="public_id")
    candidate = serializers.CharField(source="candidate.public_id")
    state = serializers.CharField()
    grounds = serializers.CharField()
    filed_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    answer = serializers.CharField(allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class GroundsSerializer(serializers.Serializer[object]):
    grounds = serializers.CharField(max_length=1000)
