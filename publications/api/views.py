"""Published scores without login."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from core import clock
from core.http import RefusalSerializer
from core.pagination import StrictPagination
from publications.api.serializers import RowQuerySerializer, ScoreRoundSerializer, ScoreRowSerializer
from publications.domain.reading import RowFilter, matching
from publications.errors import RowsGone
from publications.queries import PublicRound, PublicVersion, get_public_round, public_rounds

_SECONDS = 60


class ScoreRoundList(APIView):
    """All published rounds, newest first."""

    permission_classes = (AllowAny,)
    pagination_class = StrictPagination

    @extend_schema(
        responses={200: ScoreRoundSerializer(many=True), 429: RefusalSerializer},
        filters=False,
    )
    def get(self, request: Request) -> Response:
        return _page(
            self, request, [_round(found) for found in public_rounds(clock.today())], serializer=ScoreRoundSerializer
        )


class ScoreRound(APIView):
    """One published round with its totals and versions."""

    permission_classes = (AllowAny,)

    @extend_schema(responses={200: ScoreRoundSerializer, 404: RefusalSerializer, 429: RefusalSerializer})
    def get(self, request: Request, round_id: str) -> Response:
        found = get_public_round(round_id, today=clock.today())
        return _cacheable(Response(ScoreRoundSerializer(_round(found)).data))


class ScoreRows(APIView):
    """The published lines of a round. 410 once names are off the page."""

    permission_classes = (AllowAny,)
    pagination_class = StrictPagination

    @extend_schema(
        parameters=[RowQuerySerializer],
        responses={200: ScoreRowSerializer(many=True), **dict.fromkeys((400, 404, 410, 429), RefusalSerializer)},
    )
    def get(self, request: Request, round_id: str) -> Response:
        found = get_public_round(round_id, today=clock.today())
        if not found.shows_rows:
            raise RowsGone
        asked = RowQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(asked.validated_data)
        rows = matching(found.current.snapshot.rows, RowFilter(text=values.pop("q", ""), **values))
        return _page(self, request, rows, serializer=ScoreRowSerializer)


def _page(view: APIView, request: Request, items: Sequence[Any], *, serializer: type[BaseSerializer[Any]]) -> Response:
    paginator = StrictPagination()
    page = paginator.paginate_queryset(list(items), request, view=view)  # type: ignore[arg-type]
    return _cacheable(paginator.get_paginated_response(serializer(page, many=True).data))


def _cacheable(response: Response) -> Response:
    response["Cache-Control"] = f"public, max-age={_SECONDS}"
    return response


def _round(found: PublicRound) -> dict[str, Any]:
    current = found.current
    facts = current.snapshot.round
    return {
        **{key: facts[key] for key in ("id", "code", "title", "authority", "total_mark", "pass_mark")},
        "is_withdrawn": current.is_withdrawn,
        "names_until": current.publication.names_until,
        "shows_rows": found.shows_rows,
        "totals": None if current.is_withdrawn else current.snapshot.totals,
        "versions": [_version(found, one) for one in found.versions],
    }


def _version(found: PublicRound, one: PublicVersion) -> dict[str, Any]:
    offered = found.shows_rows and not one.is_withdrawn
    arguments = [found.round_id, one.number]
    return {
        "number": one.number,
        "sha256": one.sha256,
        "published_at": one.publication.decided_at,
        "note": one.publication.correction_note,
        "withdrawn_at": one.publication.withdrawn_at,
        "json_url": reverse("publications:public_json", args=arguments) if offered else None,
        "csv_url": reverse("publications:public_csv", args=arguments) if offered else None,
    }
