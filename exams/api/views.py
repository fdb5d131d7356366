"""Lists and actions of this room through the same queries and actions as the pages."""

from django.db.models import QuerySet
from django.urls import reverse
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
from exams.api.serializers import (
    CandidateSerializer,
    OwnExamSerializer,
    RoundSerializer,
    SittingSerializer,
    StartedSerializer,
    StartSerializer,
)
from exams.forms import CandidateFilter, RoundFilter
from exams.models import Candidate, Round
from exams.policies import can_see_rounds
from exams.queries import candidates_of_round, get_candidate, get_round, my_candidacies, my_candidacy, rounds_for

_READ = dict.fromkeys((401, 403, 404, 429), RefusalSerializer)
_WRITE = dict.fromkeys((400, 401, 403, 404, 409, 422, 429), RefusalSerializer)


class RoundList(generics.ListAPIView[Round]):
    """Rounds of the authorities at which one holds a role."""

    serializer_class = RoundSerializer  # type: ignore[assignment]
    filterset_class = RoundFilter
    queryset = Round.objects.none()

    def get_queryset(self) -> QuerySet[Round]:
        actor = actor_of(self.request)
        if not can_see_rounds(actor):
            raise NotAllowed
        return rounds_for(actor).prefetch_related("sittings")

    @extend_schema(responses={200: RoundSerializer(many=True), 400: RefusalSerializer, **_READ})
    def get(self, request: Request) -> Response:
        return self.list(request)


class RoundDetail(APIView):
    """One round."""

    @extend_schema(responses={200: RoundSerializer, **_READ})
    def get(self, request: Request, round_id: str) -> Response:
        return Response(RoundSerializer(get_round(actor_of(request), round_id)).data)


class RoundCandidates(generics.ListAPIView[Candidate]):
    """The candidates of one round that are in reach."""

    serializer_class = CandidateSerializer  # type: ignore[assignment]
    filterset_class = CandidateFilter
    queryset = Candidate.objects.none()

    def get_queryset(self) -> QuerySet[Candidate]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        actor = actor_of(self.request)
        return candidates_of_round(actor, get_round(actor, self.kwargs["round_id"]))

    @extend_schema(responses={200: CandidateSerializer(many=True), 400: RefusalSerializer, **_READ})
    def get(self, request: Request, round_id: str) -> Response:
        return self.list(request)


class CandidateDetail(APIView):
    """One candidate in reach; also one's own, and those of one's enterprise."""

    @extend_schema(responses={200: CandidateSerializer, **_READ})
    def get(self, request: Request, candidate_id: str) -> Response:
        return Response(CandidateSerializer(get_candidate(actor_of(request), candidate_id)).data)


class CandidateConfirm(APIView):
    """Confirms one's own attendance."""

    @extend_schema(request=None, responses={200: CandidateSerializer, **_WRITE})
    def post(self, request: Request, candidate_id: str) -> Response:
        candidate = actions.confirm_attendance(actor_of(request), candidate_id, now=clock.now())
        return Response(CandidateSerializer(candidate).data)


class CandidateCheckIn(APIView):
    """The invigilator saw the person and their document."""

    @extend_schema(request=None, responses={200: CandidateSerializer, **_WRITE})
    def post(self, request: Request, candidate_id: str) -> Response:
        candidate = actions.check_in(actor_of(request), candidate_id, now=clock.now())
        return Response(CandidateSerializer(candidate).data)


class RoundNotify(APIView):
    """Tells the candidates of a round when and where."""

    @extend_schema(request=None, responses={200: RoundSerializer, **_WRITE})
    def post(self, request: Request, round_id: str) -> Response:
        actions.notify_candidates(actor_of(request), round_id, now=clock.now())
        return Response(RoundSerializer(get_round(actor_of(request), round_id)).data)


class SittingOpen(APIView):
    """Opens a sitting. The opening code is read on the desk, not here."""

    @extend_schema(request=None, responses={200: SittingSerializer, **_WRITE})
    def post(self, request: Request, sitting_id: str) -> Response:
        return Response(SittingSerializer(actions.open_sitting(actor_of(request), sitting_id, now=clock.now())).data)


class SittingClose(APIView):
    """Closes a sitting in which nobody writes any more."""

    @extend_schema(request=None, responses={200: SittingSerializer, **_WRITE})
    def post(self, request: Request, sitting_id: str) -> Response:
        return Response(SittingSerializer(actions.close_sitting(actor_of(request), sitting_id, now=clock.now())).data)


class OwnExams(APIView):
    """Everything one is or was called to, and whether one may write now."""

    @extend_schema(responses={200: OwnExamSerializer(many=True), **_READ})
    def get(self, request: Request) -> Response:
        return Response(OwnExamSerializer(my_candidacies(actor_of(request), clock.now()), many=True).data)


class OwnExam(APIView):
    """One of one's own; POST begins it, or finds the attempt already begun."""

    @extend_schema(responses={200: OwnExamSerializer, **_READ})
    def get(self, request: Request, candidate_id: str) -> Response:
        return Response(OwnExamSerializer(my_candidacy(actor_of(request), candidate_id, clock.now())).data)

    @extend_schema(request=StartSerializer, responses={200: StartedSerializer, **_WRITE})
    def post(self, request: Request, candidate_id: str) -> Response:
        form = StartSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        code = form.validated_data["opening_code"]
        attempt = actions.start_attempt(actor_of(request), candidate_id, opening_code=code, now=clock.now())
        page = reverse("exams:sitting", args=[attempt.public_id])
        body = {"public_id": attempt.public_id, "deadline": attempt.deadline, "page": page}
        return Response(StartedSerializer(body).data, status=status.HTTP_200_OK)


def actor_of(request: Request) -> Actor:
    # Computed after DRF has authenticated: the middleware's actor is lazy and reads request.user only now.
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
