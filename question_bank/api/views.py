"""Questions and blueprints by the same queries and actions, and in the same reach, as the pages."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError
from rest_framework.views import APIView

from core import clock
from core.actor import Actor
from core.errors import NotFound
from core.http import RefusalSerializer
from question_bank import actions, queries
from question_bank.api.serializers import (
    BlueprintDetailSerializer,
    BlueprintSerializer,
    DecidedSerializer,
    DecisionSerializer,
    NewQuestionSerializer,
    QuestionSerializer,
    ReportSerializer,
    RevisionSerializer,
    UploadSerializer,
    draft_from,
)
from question_bank.domain import blueprint as rules
from question_bank.domain.importing.report import report_json
from question_bank.errors import ImportRefused
from question_bank.forms import QuestionFilter
from question_bank.models import Blueprint, Question
from registry.models import Authority
from registry.queries import authorities_for

_READ = dict.fromkeys((400, 401, 403, 404, 429), RefusalSerializer)
_WRITE = dict.fromkeys((400, 401, 403, 404, 409, 415, 422, 429), RefusalSerializer)


class QuestionList(ListAPIView[Question]):
    """Questions of the banks that one writes or reviews, with the filters of the page."""

    queryset = Question.objects.none()
    serializer_class = QuestionSerializer
    filterset_class = QuestionFilter

    def get_queryset(self) -> QuerySet[Question]:
        actor = _actor(self.request)
        queries.check_may_read_questions(actor)
        return queries.questions_for(actor)

    @extend_schema(responses={200: QuestionSerializer(many=True), **_READ})
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(request=NewQuestionSerializer, responses={201: QuestionSerializer, **_WRITE})
    def post(self, request: Request) -> Response:
        """Writes a draft."""
        actor = _actor(request)
        queries.check_may_read_questions(actor)
        data = _validated(NewQuestionSerializer(data=request.data))
        authority = _own_authority(actor, data["authority"])
        question = actions.create_question(actor, authority, draft_from(data), pool=data["pool"], now=clock.now())
        return _question(actor, question.public_id, status.HTTP_201_CREATED)


class QuestionDetail(APIView):
    """One question in its current version."""

    @extend_schema(responses={200: QuestionSerializer, **_READ})
    def get(self, request: Request, question_id: str) -> Response:
        actor = _actor(request)
        queries.check_may_read_questions(actor)
        actions.record_viewing(actor, queries.get_question(actor, question_id))
        return _question(actor, question_id, status.HTTP_200_OK)


class QuestionVersions(APIView):
    """A new version of a question; the old ones stay."""

    @extend_schema(request=RevisionSerializer, responses={201: QuestionSerializer, **_WRITE})
    def post(self, request: Request, question_id: str) -> Response:
        actor = _actor(request)
        queries.check_may_read_questions(actor)
        data = _validated(RevisionSerializer(data=request.data))
        actions.revise_question(
            actor, question_id, draft_from(data), seen_version=data["seen_version"], now=clock.now(),
        )  # fmt: skip
        return _question(actor, question_id, status.HTTP_201_CREATED)


class QuestionDecisions(APIView):
    """Submits, approves, returns or retires questions: all that are named, or none."""

    @extend_schema(request=DecisionSerializer, responses={200: DecidedSerializer, **_WRITE})
    def post(self, request: Request) -> Response:
        actor = _actor(request)
        queries.check_may_read_questions(actor)
        data = _validated(DecisionSerializer(data=request.data))
        decided = actions.decide_questions(
            actor,
            data["questions"],
            data["decision"],
            comment=data["comment"],
            checked=data["checked"],
            now=clock.now(),
        )
        return Response({"decided": len(decided)})


class QuestionImports(APIView):
    """Imports a file: every row, or nothing. With `dry_run` it only checks."""

    parser_classes = (MultiPartParser,)

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses={200: ReportSerializer, **_WRITE})
    def post(self, request: Request) -> Response:
        actor = _actor(request)
        queries.check_may_read_questions(actor)
        data = _validated(UploadSerializer(data=request.data))
        authority, file = _own_authority(actor, data["authority"]), data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            raise ValidationError({"file": "文件过大，请拆分后上传。"})
        if data["dry_run"]:
            return Response(report_json(queries.check_file(authority, file.name, file.read())))
        report, _written = actions.import_file(
            actor, authority, (file.name, file.read()), pool=data["pool"], now=clock.now(),
        )  # fmt: skip
        if report.rejected:
            raise ImportRefused(count=len(report.rejected))
        return Response(report_json(report))


class BlueprintList(ListAPIView[Blueprint]):
    """Blueprints that one may plan with."""

    queryset = Blueprint.objects.none()
    serializer_class = BlueprintSerializer

    def get_queryset(self) -> QuerySet[Blueprint]:
        actor = _actor(self.request)
        queries.check_may_read_blueprints(actor)
        return queries.blueprints_for(actor)

    @extend_schema(responses={200: BlueprintSerializer(many=True), **_READ})
    def get(self, request: Request) -> Response:
        return self.list(request)


@dataclass(frozen=True, slots=True)
class _Shown:
    rule: str
    value: rules.Blueprint
    lines: tuple[rules.CellFeasibility, ...]


class BlueprintDetail(APIView):
    """A blueprint with its cells and what the bank holds for them today."""

    @extend_schema(responses={200: BlueprintDetailSerializer, **_READ})
    def get(self, request: Request, blueprint_id: str) -> Response:
        actor = _actor(request)
        queries.check_may_read_blueprints(actor)
        row: Any = queries.get_blueprint(actor, blueprint_id)
        row.shown = _Shown(
            queries.marking_rule_of(row).label,
            queries.blueprint_value(row),
            queries.blueprint_feasibility(row, on=clock.today()),
        )
        return Response(BlueprintDetailSerializer(row).data)


def _actor(request: Any) -> Actor:
    # Read after DRF has authenticated, so that a token's user counts.
    actor: Actor = request.actor
    return actor


def _validated(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    data: dict[str, Any] = serializer.validated_data
    return data


def _own_authority(actor: Actor, code: str) -> Authority:
    authority = authorities_for(actor).filter(code=code).first()
    if authority is None:
        raise NotFound
    return authority


def _question(actor: Actor, question_id: str, code: int) -> Response:
    return Response(QuestionSerializer(queries.get_question(actor, question_id)).data, status=code)
