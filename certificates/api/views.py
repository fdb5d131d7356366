"""Certificates in reach, their revocation, and verification by the id that is on the paper."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from certificates.actions import revoke_certificate
from certificates.domain.content import read
from certificates.domain.states import LABELS, REASON_MOST, shown_state
from certificates.models import Certificate
from certificates.queries import certificates_for, check_may_list, get_certificate, get_public_certificate
from core import clock
from core.actor import Actor
from core.http import RefusalSerializer
from core.masking import mask_name

_READ = (401, 403, 404, 429)
_WRITE = (400, 401, 403, 404, 409, 415, 422, 429)


class CertificateSerializer(serializers.ModelSerializer[Certificate]):
    """A certificate in a list; the holder masked."""

    id = serializers.CharField(source="public_id", read_only=True)
    holder_masked = serializers.SerializerMethodField()
    enterprise = serializers.CharField(source="candidate.enterprise_name", read_only=True)
    round = serializers.CharField(source="candidate.round.code", read_only=True)
    state = serializers.SerializerMethodField()

    class Meta:
        model = Certificate
        fields = (
            "id",
            "number",
            "holder_masked",
            "enterprise",
            "round",
            "state",
            "issued_at",
            "valid_until",
            "content_sha256",
        )
        read_only_fields = fields

    def get_holder_masked(self, row: Certificate) -> str:
        return mask_name(row.person.name)

    def get_state(self, row: Certificate) -> str:
        return shown_state(row.state, row.valid_until, clock.today())


class VerifiedSerializer(serializers.Serializer[object]):
    """The state today and everything that is printed."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=list(LABELS.items()))
    state_reason = serializers.CharField(allow_blank=True)
    state_changed_at = serializers.DateTimeField()
    content = serializers.DictField(help_text="the frozen content; its canonical JSON has the hash below")
    content_sha256 = serializers.CharField()


class RevokeSerializer(serializers.Serializer[object]):
    """The public reason, and the number once more."""

    reason = serializers.CharField(max_length=REASON_MOST)
    confirmation = serializers.CharField(max_length=40, help_text="the certificate's number")


class CertificateList(generics.ListAPIView[Certificate]):
    """Certificates in reach, newest first."""

    serializer_class = CertificateSerializer
    queryset = Certificate.objects.none()
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Certificate]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        actor = _actor(self.request)
        check_may_list(actor)
        return certificates_for(actor)

    @extend_schema(responses={200: CertificateSerializer(many=True), **dict.fromkeys(_READ, RefusalSerializer)})
    def get(self, request: Request) -> Response:
        return self.list(request)


class CertificateDetail(APIView):
    """One certificate in reach."""

    @extend_schema(responses={200: CertificateSerializer, **dict.fromkeys(_READ, RefusalSerializer)})
    def get(self, request: Request, certificate_id: str) -> Response:
        return Response(CertificateSerializer(get_certificate(_actor(request), certificate_id)).data)


class CertificateRevoke(APIView):
    """Takes a certificate back for good."""

    @extend_schema(
        request=RevokeSerializer, responses={200: CertificateSerializer, **dict.fromkeys(_WRITE, RefusalSerializer)}
    )
    def post(self, request: Request, certificate_id: str) -> Response:
        typed = RevokeSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(typed.validated_data)
        row = revoke_certificate(_actor(request), certificate_id, now=clock.now(), **values)
        return Response(CertificateSerializer(row).data)


class CertificateVerify(APIView):
    """What the QR code leads to, for programs. No login."""

    permission_classes = (AllowAny,)

    @extend_schema(responses={200: VerifiedSerializer, 404: RefusalSerializer, 429: RefusalSerializer})
    def get(self, request: Request, certificate_id: str) -> Response:
        row = get_public_certificate(certificate_id)
        body = {
            "number": row.number,
            "state": shown_state(row.state, row.valid_until, clock.today()),
            "state_reason": row.state_reason,
            "state_changed_at": row.state_changed_at,
            "content": read(row.content),
            "content_sha256": row.content_sha256,
        }
        return Response(VerifiedSerializer(body).data)


def _actor(request: Request) -> Actor:
    # Computed after DRF has authenticated: the middleware's actor is lazy and reads request.user only now.
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
