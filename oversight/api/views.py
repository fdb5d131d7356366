"""The board and the follow-ups, by the same queries, actions and reach as the pages."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.actor import Actor
from core.http import RefusalSerializer
from core.masking import mask_name
from oversight.actions import close_follow_up
from oversight.domain.ladder import EVIDENCE_MOST
from oversight.models import FollowUp
from oversight.queries import MEASURES, board_of, check_may_see, follow_ups_for, get_board_authority, get_follow_up

_READ = (400, 401, 403, 404, 429)
_WRITE = (400, 401, 403, 404, 409, 415, 422, 429)


class FollowUpSerializer(serializers.ModelSerializer[FollowUp]):
    """One step after failure; the person masked."""

    id = serializers.CharField(source="public_id", read_only=True)
    enterprise_id = serializers.CharField(source="candidate.enterprise.public_id", read_only=True)
    enterprise = serializers.CharField(source="candidate.enterprise_name", read_only=True)
    person_masked = serializers.SerializerMethodField()
    round = serializers.CharField(source="candidate.round.code", read_only=True)

    class Meta:
        model = FollowUp
        fields = (
            "id",
            "enterprise_id",
            "enterprise",
            "person_masked",
            "round",
            "step",
            "state",
            "due_on",
            "opened_at",
            "done_at",
            "evidence",
        )
        read_only_fields = fields

    def get_person_masked(self, row: FollowUp) -> str:
        return mask_name(row.candidate.person.name)


class CloseSerializer(serializers.Serializer[object]):
    """What was done, and whether the next step follows."""

    evidence = serializers.CharField(max_length=EVIDENCE_MOST)
    open_next = serializers.BooleanField(default=False)


class ExamCountsSerializer(serializers.Serializer[object]):
    people = serializers.IntegerField()
    waiting = serializers.IntegerField()
    passed = serializers.IntegerField()
    failed = serializers.IntegerField()
    absent = serializers.IntegerField()
    makeup = serializers.IntegerField()
    deferred = serializers.IntegerField()
    pass_percent = serializers.IntegerField(allow_null=True)


class FollowUpCountsSerializer(serializers.Serializer[object]):
    open = serializers.IntegerField()
    soon = serializers.IntegerField()
    overdue = serializers.IntegerField()
    done = serializers.IntegerField()


class LectureCountsSerializer(serializers.Serializer[object]):
    done = serializers.IntegerField()
    planned = serializers.IntegerField()
    due = serializers.IntegerField()
    overdue = serializers.IntegerField()


class StreetSerializer(serializers.Serializer[object]):
    """One street's sum of the chosen measure."""

    street = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()


class BoardSerializer(serializers.Serializer[object]):
    """What is due, done and overdue at one authority."""

    authority_id = serializers.CharField()
    authority = serializers.CharField()
    round_id = serializers.CharField(allow_null=True)
    round = serializers.CharField(allow_null=True)
    exam = ExamCountsSerializer(allow_null=True)
    follow_ups = FollowUpCountsSerializer()
    lectures = LectureCountsSerializer()
    measure = serializers.ChoiceField(choices=MEASURES)
    streets = StreetSerializer(many=True)


class FollowUpFilter(django_filters.FilterSet):
    """By state and step."""

    state = django_filters.ChoiceFilter(choices=FollowUp.State.choices)
    step = django_filters.ChoiceFilter(choices=FollowUp.Step.choices)

    class Meta:
        model = FollowUp
        fields = ("state", "step")


class BoardView(APIView):
    """The board of one authority: the first at which one holds a role, or the chosen one."""

    @extend_schema(
        parameters=[
            OpenApiParameter("authority", str, description="public id of the authority"),
            OpenApiParameter("measure", str, enum=MEASURES, description="what `streets` counts"),
        ],
        responses={200: BoardSerializer, **dict.fromkeys((401, 403, 404, 429), RefusalSerializer)},
    )
    def get(self, request: Request) -> Response:
        actor = _actor(request)
        authority = get_board_authority(actor, request.query_params.get("authority", ""))
        found = board_of(actor, authority, measure=request.query_params.get("measure", ""), today=clock.today())
        body = {
            "authority_id": authority.public_id,
            "authority": authority.name,
            "round_id": found.round.public_id if found.round else None,
            "round": found.round.code if found.round else None,
            "exam": found.exam,
            "follow_ups": found.follow_ups,
            "lectures": found.lectures,
            "measure": found.measure,
            "streets": [
                {"street": street, "done": tally.done, "total": tally.total}
                for street, tally in zip(found.matrix.streets, found.matrix.row_sums, strict=True)
            ],
        }
        return Response(BoardSerializer(body).data)


class FollowUpList(generics.ListAPIView[FollowUp]):
    """Follow-ups in reach, the most urgent first."""

    serializer_class = FollowUpSerializer
    filterset_class = FollowUpFilter
    queryset = FollowUp.objects.none()

    def get_queryset(self) -> QuerySet[FollowUp]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        actor = _actor(self.request)
        check_may_see(actor)
        return follow_ups_for(actor)

    @extend_schema(responses={200: FollowUpSerializer(many=True), **dict.fromkeys(_READ, RefusalSerializer)})
    def get(self, request: Request) -> Response:
        return self.list(request)


class FollowUpDetail(APIView):
    """One follow-up."""

    @extend_schema(responses={200: FollowUpSerializer, **dict.fromkeys((401, 403, 404, 429), RefusalSerializer)})
    def get(self, request: Request, follow_up_id: str) -> Response:
        actor = _actor(request)
        row = get_follow_up(actor, follow_up_id)
        check_may_see(actor)
        return Response(FollowUpSerializer(row).data)


class FollowUpClose(APIView):
    """Closes a step with evidence."""

    @extend_schema(
        request=CloseSerializer, responses={200: FollowUpSerializer, **dict.fromkeys(_WRITE, RefusalSerializer)}
    )
    def post(self, request: Request, follow_up_id: str) -> Response:
        typed = CloseSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(typed.validated_data)
        row = close_follow_up(
            _actor(request),
            follow_up_id,
            evidence_text=values["evidence"],
            open_next=values["open_next"],
            now=clock.now(),
        )
        return Response(FollowUpSerializer(row).data)


def _actor(request: Request) -> Actor:
    # Computed after DRF has authenticated: the middleware's actor is lazy and reads request.user only now.
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
