"""Lectures by the same queries, actions and reach as the pages."""

from http import HTTPStatus
from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.actor import Actor
from core.http import RefusalSerializer
from courses.actions import plan_lecture
from courses.api.serializers import (
    LectureSerializer,
    LectureStateSerializer,
    PeriodSerializer,
    PlanSerializer,
)
from courses.domain.halves import half_of
from courses.domain.records import LectureDraft
from courses.models import Lecture
from courses.queries import check_may_read, get_lecture, lecture_states, lectures_for

_REFUSED = dict.fromkeys((400, 401, 403, 429), RefusalSerializer)
_REFUSED_ONE = dict.fromkeys((401, 403, 404, 429), RefusalSerializer)
_REFUSED_WRITE = dict.fromkeys((400, 401, 403, 404, 409, 415, 422, 429), RefusalSerializer)


class LectureFilter(django_filters.FilterSet):
    """By half-year and state."""

    state = django_filters.ChoiceFilter(choices=Lecture.State.choices)
    enterprise = django_filters.CharFilter(field_name="enterprise__public_id", max_length=32)
    # Columns are small integers: larger numbers cannot match, and some databases refuse to compare them.
    year = django_filters.NumberFilter(min_value=2000, max_value=2100)
    half = django_filters.NumberFilter(min_value=1, max_value=2)

    class Meta:
        model = Lecture
        fields = ("state", "year", "half", "enterprise")


class LectureList(ListAPIView[Lecture]):
    """Lectures in reach; plan one by POST."""

    queryset = Lecture.objects.none()
    serializer_class = LectureSerializer
    filterset_class = LectureFilter

    def get_queryset(self) -> QuerySet[Lecture]:
        check_may_read(_actor(self.request))
        return lectures_for(_actor(self.request))

    @extend_schema(responses={200: LectureSerializer(many=True), **_REFUSED})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(request=PlanSerializer, responses={201: LectureSerializer, **_REFUSED_WRITE})
    def post(self, request: Request) -> Response:
        """Plans a lecture of the own enterprise."""
        check_may_read(_actor(request))
        body = PlanSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        data = dict(body.validated_data)
        enterprise_id = data.pop("enterprise_id")
        lecture = plan_lecture(_actor(request), enterprise_id, LectureDraft(**data), now=clock.now())
        return Response(LectureSerializer(lecture).data, status=HTTPStatus.CREATED)


@extend_schema(responses={200: LectureSerializer, **_REFUSED_ONE})
class LectureDetail(RetrieveAPIView[Lecture]):
    """One lecture in reach."""

    queryset = Lecture.objects.none()
    serializer_class = LectureSerializer
    filter_backends = ()

    def get_object(self) -> Lecture:
        check_may_read(_actor(self.request))
        return get_lecture(_actor(self.request), self.kwargs["lecture_id"])


class LectureStates(APIView):
    """How the high-hazard enterprises in reach stand in a half-year."""

    @extend_schema(parameters=[PeriodSerializer], responses={200: LectureStateSerializer(many=True), **_REFUSED})
    def get(self, request: Request) -> Response:
        check_may_read(_actor(request))
        period = PeriodSerializer(data=request.query_params)
        period.is_valid(raise_exception=True)
        today = clock.today()
        current = half_of(today)
        year, half = period.validated_data.get("year", current.year), period.validated_data.get("half", current.half)
        states = lecture_states(_actor(request), year, half, today=today)
        return Response(LectureStateSerializer(states, many=True).data)


def _actor(request: Any) -> Actor:
    # Read after DRF has authenticated, so that a token's user counts.
    actor: Actor = request.actor
    return actor
