"""Public draws without login; the steps of a draw for those who conduct it, through the same actions as the pages."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from core import clock
from core.actor import Actor
from core.errors import NotFound
from core.http import RefusalSerializer
from draws.actions import (
    Upload,
    approve_flag,
    approve_freeze,
    cancel_draw,
    decide_enlargement,
    decide_replacement,
    propose_freeze,
    record_minutes,
    request_enlargement,
    request_flag,
    request_replacement,
    run_draw,
    send_back,
    type_source,
    withdraw_flag,
)
from draws.api.serializers import (
    ApprovalSerializer,
    DrawDetailSerializer,
    DrawSerializer,
    EnlargementRequestSerializer,
    EnlargementSerializer,
    FlagRequestSerializer,
    FlagSerializer,
    MinutesRequestSerializer,
    MinutesSerializer,
    ReasonSerializer,
    ReplacementDecisionSerializer,
    ReplacementRequestSerializer,
    ReplacementSerializer,
    SourceEntrySerializer,
    SourceStatusSerializer,
)
from draws.domain.minutes import Present, write_present
from draws.models import Draw, DrawDocument
from draws.queries import (
    check_may_conduct,
    check_may_see_people,
    check_may_watch,
    draws_for,
    flags_of,
    get_draw,
    get_public_draw,
    public_draws,
    source_statuses,
)
from draws.queries.documents import documents_of, latest_minutes
from draws.queries.enlargements import enlargements_of

_PUBLIC = dict.fromkeys((400, 401, 404, 429), RefusalSerializer)
_STEP = dict.fromkeys((400, 401, 403, 404, 409, 415, 422, 429), RefusalSerializer)


def _with_file(serializer: type[Serializer[Any]]) -> dict[str, type[Serializer[Any]]]:
    return {"multipart/form-data": serializer, "application/json": serializer}


@extend_schema(responses={200: DrawSerializer(many=True), **_PUBLIC})
class PublicDrawList(ListAPIView[Draw]):
    """Every draw that was ever frozen, cancelled ones included."""

    queryset = Draw.objects.none()
    serializer_class = DrawSerializer
    permission_classes = (AllowAny,)
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Draw]:
        return public_draws()


@extend_schema(responses={200: DrawDetailSerializer, **_PUBLIC})
class PublicDrawDetail(RetrieveAPIView[Draw]):
    """One of them with its files."""

    queryset = Draw.objects.none()
    serializer_class = DrawDetailSerializer
    permission_classes = (AllowAny,)
    filter_backends = ()

    def get_object(self) -> Draw:
        return get_public_draw(self.kwargs["draw_id"])


@extend_schema(responses={200: DrawSerializer(many=True), **_STEP})
class ManagedDrawList(ListAPIView[Draw]):
    """The draws of the authorities at which the caller works, drafts included."""

    queryset = Draw.objects.none()
    serializer_class = DrawSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Draw]:
        check_may_watch(_actor(self.request))
        return draws_for(_actor(self.request))


class Proposal(APIView):
    """Proposes the freeze of the roster."""

    @extend_schema(request=None, responses={200: DrawSerializer, **_STEP})
    def post(self, request: Request, draw_id: str) -> Response:
        propose_freeze(_actor(request), draw_id, now=clock.now())
        return _draw(request, draw_id)


class Approval(APIView):
    """Approves the freeze of exactly the plan that was seen."""

    @extend_schema(request=ApprovalSerializer, responses={200: DrawSerializer, **_STEP})
    def post(self, request: Request, draw_id: str) -> Response:
        values = _values(ApprovalSerializer, request)
        approve_freeze(_actor(request), draw_id, plan_sha256=values["plan_sha256"], now=clock.now())
        return _draw(request, draw_id)


class Return(APIView):
    """Sends a proposal back to the draft."""

    @extend_schema(request=ReasonSerializer, responses={200: DrawSerializer, **_STEP})
    def post(self, request: Request, draw_id: str) -> Response:
        values = _values(ReasonSerializer, request)
        send_back(_actor(request), draw_id, reason=values["reason"], now=clock.now())
        return _draw(request, draw_id)


class Cancellation(APIView):
    """Cancels a draw that is not completed; once frozen it stays public."""

    @extend_schema(request=ReasonSerializer, responses={200: DrawSerializer, **_STEP})
    def post(self, request: Request, draw_id: str) -> Response:
        values = _values(ReasonSerializer, request)
        cancel_draw(_actor(request), draw_id, reason=values["reason"], now=clock.now())
        return _draw(request, draw_id)


class Sources(APIView):
    """The typing of the sources: where it stands, and one person's entry."""

    @extend_schema(responses={200: SourceStatusSerializer(many=True), **_STEP})
    def get(self, request: Request, draw_id: str) -> Response:
        return _statuses(request, draw_id)

    @extend_schema(request=SourceEntrySerializer, responses={200: SourceStatusSerializer(many=True), **_STEP})
    def post(self, request: Request, draw_id: str) -> Response:
        type_source(_actor(request), draw_id, now=clock.now(), **_values(SourceEntrySerializer, request))
        return _statuses(request, draw_id)


class Result(APIView):
    """Draws, once two people have typed the same."""

    @extend_schema(request=None, responses={200: DrawSerializer, **_STEP})
    def post(self, request: Request, draw_id: str) -> Response:
        run_draw(_actor(request), draw_id, now=clock.now())
        return _draw(request, draw_id)


class Flags(APIView):
    """Must-sits and exclusions of a draft, and one more with the file that shows why (`multipart/form-data`)."""

    parser_classes = (MultiPartParser, JSONParser)

    @extend_schema(responses={200: FlagSerializer(many=True), **_STEP})
    def get(self, request: Request, draw_id: str) -> Response:
        actor = _actor(request)
        draw = get_draw(actor, draw_id)
        check_may_see_people(actor, draw)
        return Response(FlagSerializer(flags_of(draw), many=True).data)

    @extend_schema(request=_with_file(FlagRequestSerializer), responses={201: FlagSerializer, **_STEP})
    def post(self, request: Request, draw_id: str) -> Response:
        values = _values(FlagRequestSerializer, request)
        kind, _colon, code = values.pop("flag").partition(":")
        file, person = _upload(values.pop("file")), values.pop("person")
        row = request_flag(
            _actor(request), draw_id, person_id=person, kind=kind, code=code, file=file, now=clock.now(), **values
        )
        return Response(FlagSerializer(row).data, status=201)


class FlagApproval(APIView):
    """The second pair of eyes on a must-sit or an exclusion."""

    @extend_schema(request=None, responses={200: FlagSerializer, **_STEP})
    def post(self, request: Request, flag_id: str) -> Response:
        return Response(FlagSerializer(approve_flag(_actor(request), flag_id, now=clock.now())).data)


class FlagWithdrawal(APIView):
    """Takes a must-sit or an exclusion back, with its file, while the draft is open."""

    @extend_schema(request=ReasonSerializer, responses={204: None, **_STEP})
    def post(self, request: Request, flag_id: str) -> Response:
        withdraw_flag(_actor(request), flag_id, reason=_values(ReasonSerializer, request)["reason"], now=clock.now())
        return Response(status=204)


class Enlargements(APIView):
    """Further seats of a completed draw: what was asked for, and one more request."""

    @extend_schema(responses={200: EnlargementSerializer(many=True), **_STEP})
    def get(self, request: Request, draw_id: str) -> Response:
        actor = _actor(request)
        draw = get_draw(actor, draw_id)
        check_may_see_people(actor, draw)
        return Response(EnlargementSerializer(enlargements_of(draw), many=True).data)

    @extend_schema(request=EnlargementRequestSerializer, responses={201: EnlargementSerializer, **_STEP})
    def post(self, request: Request, draw_id: str) -> Response:
        values = _values(EnlargementRequestSerializer, request)
        seats = values.get("table") or values["seats"]
        row = request_enlargement(_actor(request), draw_id, seats=seats, reason=values["reason"], now=clock.now())
        return Response(EnlargementSerializer(row).data, status=201)


class EnlargementDecision(APIView):
    """Decides another person's request; approved, the next tickets of the same seed come in."""

    @extend_schema(request=ReplacementDecisionSerializer, responses={200: EnlargementSerializer, **_STEP})
    def post(self, request: Request, enlargement_id: str) -> Response:
        values = _values(ReplacementDecisionSerializer, request)
        row = decide_enlargement(_actor(request), enlargement_id, approve=values["approve"], now=clock.now())
        return Response(EnlargementSerializer(row).data)


class MinutesOfDraw(APIView):
    """抽签记录: who was present, with the PDF to be signed once it is printed; again to correct."""

    @extend_schema(responses={200: MinutesSerializer, **_STEP})
    def get(self, request: Request, draw_id: str) -> Response:
        actor = _actor(request)
        draw = get_draw(actor, draw_id)
        check_may_see_people(actor, draw)
        return _minutes(draw)

    @extend_schema(request=MinutesRequestSerializer, responses={201: MinutesSerializer, **_STEP})
    def post(self, request: Request, draw_id: str) -> Response:
        values = _values(MinutesRequestSerializer, request)
        present = write_present(Present(**person) for person in values.pop("present"))
        record_minutes(_actor(request), draw_id, present=present, now=clock.now(), **values)
        return _minutes(get_draw(_actor(request), draw_id), status=201)


class Replacements(APIView):
    """Asks to excuse somebody who is called, with the evidence (`multipart/form-data` where there is a file)."""

    parser_classes = (JSONParser, MultiPartParser)

    @extend_schema(request=_with_file(ReplacementRequestSerializer), responses={201: ReplacementSerializer, **_STEP})
    def post(self, request: Request, draw_id: str) -> Response:
        values = _values(ReplacementRequestSerializer, request)
        file = _upload(values.pop("file"))
        row = request_replacement(_actor(request), draw_id, file=file, now=clock.now(), **values)
        return Response(ReplacementSerializer(row).data, status=201)


class ReplacementDecision(APIView):
    """Decides another person's request; approved, the next reserve of the stratum moves up."""

    @extend_schema(request=ReplacementDecisionSerializer, responses={200: ReplacementSerializer, **_STEP})
    def post(self, request: Request, replacement_id: str) -> Response:
        values = _values(ReplacementDecisionSerializer, request)
        row = decide_replacement(_actor(request), replacement_id, approve=values["approve"], now=clock.now())
        return Response(ReplacementSerializer(row).data)


def _upload(file: UploadedFile | None) -> Upload | None:
    # What it holds, and how much, is judged by the action.
    return Upload(file.name or "file", file.read()) if file is not None else None


def _minutes(draw: Draw, status: int = 200) -> Response:
    row = latest_minutes(draw)
    if row is None:
        raise NotFound
    pdf = documents_of(draw).get(DrawDocument.Kind.MINUTES)
    return Response(MinutesSerializer(row, context={"draw": draw, "pdf": pdf}).data, status=status)


def _actor(request: Any) -> Actor:
    # Read after DRF has authenticated, so that a token's user counts.
    actor: Actor = request.actor
    return actor


def _values(serializer_class: Any, request: Request) -> dict[str, Any]:
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


def _draw(request: Request, draw_id: str) -> Response:
    return Response(DrawSerializer(get_draw(_actor(request), draw_id)).data)


def _statuses(request: Request, draw_id: str) -> Response:
    actor = _actor(request)
    draw = get_draw(actor, draw_id)
    check_may_conduct(actor, draw)
    return Response(SourceStatusSerializer(source_statuses(actor, draw), many=True).data)
