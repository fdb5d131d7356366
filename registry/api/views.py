"""Lists and details of the registry, by the same queries and the same reach as the pages."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView

from core import clock
from core.actor import Actor
from core.errors import NotFound
from registry.api.serializers import (
    AreaSerializer,
    EnterpriseSerializer,
    IndustrySerializer,
    PersonSerializer,
    RefusalSerializer,
)
from registry.forms import EnterpriseFilter, PersonFilter
from registry.models import Area, Enterprise, Industry, Person
from registry.queries import (
    areas_in_force,
    check_may_read,
    enterprises_for,
    get_enterprise,
    industries,
    people_with_posts,
)

_REFUSED = dict.fromkeys((400, 401, 403, 429), RefusalSerializer)
_REFUSED_ONE = dict.fromkeys((401, 403, 404, 429), RefusalSerializer)


@extend_schema(responses={200: EnterpriseSerializer(many=True), **_REFUSED})
class EnterpriseList(ListAPIView[Enterprise]):
    """Enterprises in reach, with the filters of the page."""

    queryset = Enterprise.objects.none()
    serializer_class = EnterpriseSerializer
    filterset_class = EnterpriseFilter

    def get_queryset(self) -> QuerySet[Enterprise]:
        check_may_read(_actor(self))
        return enterprises_for(_actor(self)).prefetch_related("tags")


@extend_schema(responses={200: EnterpriseSerializer, **_REFUSED_ONE})
class EnterpriseDetail(RetrieveAPIView[Enterprise]):
    """One enterprise in reach."""

    queryset = Enterprise.objects.none()
    serializer_class = EnterpriseSerializer
    filter_backends = ()

    def get_object(self) -> Enterprise:
        check_may_read(_actor(self))
        return get_enterprise(_actor(self), self.kwargs["enterprise_id"])


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
