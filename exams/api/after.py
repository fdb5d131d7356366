"""Key corrections and appeals through the same queries and actions as the pages."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.actor import Actor
from core.errors import NotAllowed
from core.http import RefusalSerializer
from exams import actions
from exams.api.serializers import AppealSerializer, GroundsSerializer, KeyCorrectionSerializer
from exams.models import Appeal, KeyCorrection
from exams.policies import can_see_appeals, can_see_corrections
from exams.queries import get_round, my_candidacy
from exams.queries.appeals import appeals_for, own_appeals
from exams.queries.corrections import corrections_for

_READ = dict.fromkeys((401, 403, 404, 429), RefusalSerializer)
_WRITE = dict.fromkeys((400, 401, 403, 404, 409, 422, 429), RefusalSerializer)


class RoundKeyCorrections(generics.ListAPIView[KeyCorrection]):
    """The key corrections of one round, newest first."""

    serializer_class = KeyCorrectionSerializer  # type: ignore[assignment]
    queryset = KeyCorrection.objects.none()

    def get_queryset(self) -> QuerySet[KeyCorrection]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        actor = _actor_of(self.request)
        exam_round = get_round(actor, self.kwargs["round_id"])
        if not can_see_corrections(actor, exam_round):
            raise NotAllowed
        return corrections_for(actor).filter(round=exam_round)

    @extend_schema(responses={200: KeyCorrectionSerializer(many=True), **_READ})
    def get(self, request: Request, round_id: str) -> Response:
        return self.list(request)


class Appeals(generics.ListAPIView[Appeal]):
    """Appeals in reach, those due first."""

    serializer_class = AppealSerializer  # type: ignore[assignment]
    queryset = Appeal.objects.none()

    def get_queryset(self) -> QuerySet[Appeal]:
        actor = _actor_of(self.request)
        if not can_see_appeals(actor):
            raise NotAllowed
        return appeals_for(actor)

    @extend_schema(responses={200: AppealSerializer(many=True), **_READ})
    def get(self, request: Request) -> Response:
        return self.list(request)


class OwnAppeals(APIView):
    """Appeals against results of one's own exam; POST files one against the result that stands."""

    @extend_schema(responses={200: AppealSerializer(many=True), **_READ})
    def get(self, request: Request, candidate_id: str) -> Response:
        candidate = my_candidacy(_actor_of(request), candidate_id, clock.now()).candidate
        return Response(AppealSerializer(own_appeals(candidate), many=True).data)

    @extend_schema(request=GroundsSerializer, responses={201: AppealSerializer, **_WRITE})
    def post(self, request: Request, candidate_id: str) -> Response:
        form = GroundsSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        actor, grounds = _actor_of(request), form.validated_data["grounds"]
        now = clock.now()
        row = actions.file_appeal(
            actor, my_candidacy(actor, candidate_id, now).candidate.public_id, grounds=grounds, now=now
        )
        return Response(AppealSerializer(row).data, status=status.HTTP_201_CREATED)


def _actor_of(request: Request) -> Actor:
    # Computed after DRF has authenticated: the middleware's actor is lazy and reads request.user only now.
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
