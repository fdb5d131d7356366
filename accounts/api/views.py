"""Who am I, and my key."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actions import make_token, revoke_token
from accounts.models import User
from accounts.queries import find_token_made_at, get_user, reach_label
from core import clock
from core.actor import Actor
from core.http import RefusalSerializer


class MeSerializer(serializers.Serializer[object]):
    id = serializers.CharField(help_text="public id of the account")
    username = serializers.CharField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    reach = serializers.CharField(help_text="areas and industries in words")
    person_id = serializers.CharField(allow_null=True, help_text="public id of the person, when known")


class TokenStateSerializer(serializers.Serializer[object]):
    made_at = serializers.DateTimeField(allow_null=True, help_text="null: no key")


class TokenSerializer(serializers.Serializer[object]):
    key = serializers.CharField(help_text="shown once; send it as `Authorization: Token <key>`")


_REFUSED = dict.fromkeys((401, 403, 429), RefusalSerializer)


class MeView(APIView):
    """The account behind this request."""

    @extend_schema(responses={200: MeSerializer, **_REFUSED})
    def get(self, request: Request) -> Response:
        actor = _actor(request)
        assert isinstance(request.user, User), "IsAuthenticated stands before this"
        user = get_user(actor, request.user.public_id)
        body = {
            "id": user.public_id,
            "username": user.username,
            "name": user.display_name,
            "roles": sorted(actor.roles),
            "reach": reach_label(actor),
            "person_id": user.person.public_id if user.person else None,
        }
        return Response(MeSerializer(body).data)


class TokenView(APIView):
    """One's own key for the API: one at a time."""

    @extend_schema(responses={200: TokenStateSerializer, **_REFUSED})
    def get(self, request: Request) -> Response:
        return Response(TokenStateSerializer({"made_at": find_token_made_at(_actor(request))}).data)

    @extend_schema(request=None, responses={201: TokenSerializer, **_REFUSED})
    def post(self, request: Request) -> Response:
        """A new key; the one before stops working."""
        key = make_token(_actor(request), now=clock.now())
        return Response(TokenSerializer({"key": key}).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: OpenApiResponse(description="no key any more"), **_REFUSED})
    def delete(self, request: Request) -> Response:
        """Revokes the key; nothing happens when there is none."""
        revoke_token(_actor(request), now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _actor(request: Request) -> Actor:
    # Computed after DRF has authenticated: the middleware's actor is lazy and reads request.user only now.
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
