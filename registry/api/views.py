"""Lists and details of the registry, by the same queries and the same reach as the pages."""

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.actor import Actor
from core.errors import NotFound
from core.http import RefusalSerializer
from registry.actions import change_enterprise, employ, end_appointment, register_enterprise
from registry.api.serializers import (
    AppointmentSerializer,
    AreaSerializer,
    EmploymentWriteSerializer,
    EndSerializer,
    EnterpriseSerializer,
    EnterpriseWriteSerializer,
    IndustrySerializer,
    PersonSerializer,
)
from registry.forms import EnterpriseFilter, PersonFilter
from registry.models import Area, Enterprise, Industry, Person
from registry.queries import (
    areas_in_force,
    check_may_change,
    check_may_keep_people,
    check_may_read,
    check_may_register,
    enterprises_for,
    get_appointment,
    get_enterprise,
    industries,
    people_with_posts,
)

_REFUSED = dict.fromkeys((400, 401, 403, 429), RefusalSerializer)
_REFUSED_WRITE = dict.fromkeys((400, 401, 403, 404, 409, 415, 422, 429), RefusalSerializer)
_REFUSED_ONE = dict.fromkeys((401, 403, 404, 429), RefusalSerializer)


class EnterpriseList(ListAPIView[Enterprise]):
    """Enterprises in reach, with the filters of the page; register one by POST."""

    queryset = Enterprise.objects.none()
    serializer_class = EnterpriseSerializer
    filterset_class = EnterpriseFilter

    def get_queryset(self) -> QuerySet[Enterprise]:
        check_may_read(_actor(self))
        return enterprises_for(_actor(self)).prefetch_related("tags")

    @extend_schema(responses={200: EnterpriseSerializer(many=True), **_REFUSED})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(request=EnterpriseWriteSerializer, responses={201: EnterpriseSerializer, **_REFUSED_WRITE})
    def post(self, request: Request) -> Response:
        """Registers an enterprise in the regulator's own area and industry."""
        check_may_register(_actor(self))
        body = EnterpriseWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        enterprise = register_enterprise(_actor(self), body.draft(), clock.now())
        return Response(EnterpriseSerializer(enterprise).data, status=HTTPStatus.CREATED)


class EnterpriseDetail(RetrieveAPIView[Enterprise]):
    """One enterprise in reach; PUT changes its facts."""

    queryset = Enterprise.objects.none()
    serializer_class = EnterpriseSerializer
    filter_backends = ()

    def get_object(self) -> Enterprise:
        check_may_read(_actor(self))
        return get_enterprise(_actor(self), self.kwargs["enterprise_id"])

    @extend_schema(responses={200: EnterpriseSerializer, **_REFUSED_ONE})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.retrieve(request, *args, **kwargs)

    @extend_schema(request=EnterpriseWriteSerializer, responses={200: EnterpriseSerializer, **_REFUSED_WRITE})
    def put(self, request: Request, enterprise_id: str) -> Response:
        """Replaces the facts; the flags are computed anew."""
        check_may_change(_actor(self), self.get_object())
        body = EnterpriseWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        enterprise = change_enterprise(_actor(self), enterprise_id, body.draft(), now=clock.now())
        return Response(EnterpriseSerializer(enterprise).data)


class EnterprisePeople(APIView):
    """The people of an enterprise."""

    @extend_schema(request=EmploymentWriteSerializer, responses={201: AppointmentSerializer, **_REFUSED_WRITE})
    def post(self, request: Request, enterprise_id: str) -> Response:
        """Appoints somebody by document: a person already registered, or a new one."""
        check_may_read(_actor(self))
        check_may_keep_people(_actor(self), get_enterprise(_actor(self), enterprise_id))
        body = EmploymentWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        done = employ(
            _actor(self),
            enterprise_id=enterprise_id,
            person=body.person(),
            appointment=body.appointment(),
            now=clock.now(),
        )
        return Response(AppointmentSerializer(done.appointment).data, status=HTTPStatus.CREATED)


class AppointmentEnd(APIView):
    """The end of an appointment."""

    @extend_schema(request=EndSerializer, responses={200: AppointmentSerializer, **_REFUSED_WRITE})
    def post(self, request: Request, appointment_id: str) -> Response:
        """Records the last day, inclusive."""
        check_may_read(_actor(self))
        check_may_keep_people(_actor(self), get_appointment(_actor(self), appointment_id).enterprise)
        body = EndSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        valid_to = body.validated_data["valid_to"]
        appointment = end_appointment(_actor(self), appointment_id, valid_to=valid_to, now=clock.now())
        return Response(AppointmentSerializer(appointment).data)


@extend_schema(responses={200: PersonSerializer(many=True), **_REFUSED})
class PersonList(ListAPIView[Person]):
    """People in reach, masked, with their posts in force."""

    queryset = Person.objects.none()
    serializer_class = PersonSerializer
    filterset_class = PersonFilter

    def get_queryset(self) -> QuerySet[Person]:
        check_may_read(_actor(self))
        return people_with_posts(_actor(self), on=clock.today())


@extend_schema(responses={200: PersonSerializer, **_REFUSED_ONE})
class PersonDetail(RetrieveAPIView[Person]):
    """One person in reach, masked."""

    queryset = Person.objects.none()
    serializer_class = PersonSerializer
    filter_backends = ()

    def get_object(self) -> Person:
        check_may_read(_actor(self))
        person = people_with_posts(_actor(self), on=clock.today()).filter(public_id=self.kwargs["person_id"]).first()
        if person is None:
            raise NotFound
        return person


@extend_schema(responses={200: AreaSerializer(many=True), **_REFUSED})
class AreaList(ListAPIView[Area]):
    """The areas in force today."""

    queryset = Area.objects.none()
    serializer_class = AreaSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Area]:
        return areas_in_force(clock.today()).select_related("parent")


@extend_schema(responses={200: IndustrySerializer(many=True), **_REFUSED})
class IndustryList(ListAPIView[Industry]):
    """All industries."""

    queryset = Industry.objects.none()
    serializer_class = IndustrySerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Industry]:
        return industries()


def _actor(view: Any) -> Actor:
    # Read after DRF has authenticated, so that a token's user counts.
    actor: Actor = view.request.actor
    return actor
