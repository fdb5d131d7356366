"""How lists of the API are paged: `limit` and `offset`, and a malformed one is an error rather than another page."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from rest_framework import serializers
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

MOST_ROWS = 1000
_FARTHEST = 2**31 - 1


class _PageQuery(serializers.Serializer[object]):
    limit = serializers.IntegerField(required=False, validators=[MinValueValidator(1), MaxValueValidator(MOST_ROWS)])
    offset = serializers.IntegerField(required=False, validators=[MinValueValidator(0), MaxValueValidator(_FARTHEST)])


class StrictPagination(LimitOffsetPagination):
    """Refuses with 400 and the field's name what is not a whole number within its bounds (RFC 9110, section 15.5.1)."""

    max_limit = MOST_ROWS

    def get_limit(self, request: Request) -> int:
        return int(self._asked(request).get("limit") or self.default_limit or MOST_ROWS)

    def get_offset(self, request: Request) -> int:
        return int(self._asked(request).get("offset") or 0)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit, offset = super().get_schema_operation_parameters(view)
        limit["schema"] = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}
        offset["schema"] = {"type": "integer", "minimum": 0, "maximum": _FARTHEST}
        return [limit, offset]

    def _asked(self, request: Request) -> dict[str, Any]:
        query = _PageQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)
