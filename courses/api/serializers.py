"""What the API says about lectures: an allow-list, lecturers masked; what a record says is reported by the enterprise."""

from typing import Any

from rest_framework import serializers

from core.masking import mask_name
from courses.domain.halves import STANDINGS
from courses.models import Lecture


class LectureSerializer(serializers.ModelSerializer[Lecture]):
    """A lecture as planned or as the enterprise reported it."""

    id = serializers.CharField(source="public_id", read_only=True)
    enterprise_id = serializers.CharField(source="enterprise.public_id", read_only=True)
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    lecturer_masked = serializers.SerializerMethodField()

    class Meta:
        model = Lecture
        fields = (
            "id",
            "enterprise_id",
            "enterprise_name",
            "lecturer_masked",
            "year",
            "half",
            "state",
            "title",
            "place",
            "planned_at",
            "held_at",
            "minutes",
            "due_count",
            "present_count",
            "recorded_at",
        )

    def get_lecturer_masked(self, lecture: Lecture) -> str:
        return mask_name(lecture.lecturer.name)


class PlanSerializer(serializers.Serializer[Any]):
    """A plan to be made; ids are public ids."""

    enterprise_id = serializers.CharField(max_length=32)
    lecturer_id = serializers.CharField(max_length=32)
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    half = serializers.IntegerField(min_value=1, max_value=2)
    title = serializers.CharField(max_length=120)
    planned_at = serializers.DateTimeField()
    place = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class LectureStateSerializer(serializers.Serializer[Any]):
    """How one enterprise stands in one half-year."""

    enterprise_id = serializers.CharField(source="enterprise.public_id")
    enterprise_name = serializers.CharField(source="enterprise.name")
    year = serializers.IntegerField(source="half.year")
    half = serializers.IntegerField(source="half.half")
    due_on = serializers.DateField()
    state = serializers.ChoiceField(choices=list(STANDINGS))
    lecture_id = serializers.CharField(source="lecture.public_id", default=None, allow_null=True)


class PeriodSerializer(serializers.Serializer[Any]):
    """Which half-year; the current one when left out."""

    year = serializers.IntegerField(min_value=2000, max_value=2100, required=False)
    half = serializers.IntegerField(min_value=1, max_value=2, required=False)
