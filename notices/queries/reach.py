"""Who would hear of a notice only by signing in: asked before people are told something that has consequences."""

from collections.abc import Collection
from enum import StrEnum

from django.db.models import Q, QuerySet

from accounts.models import User
from notices.domain.channels import IN_APP, SMS
from notices.models import Delivery, Notice
from registry.models import Person


class Silence(StrEnum):
    """Why nothing outside this site reaches a person."""

    NO_ADDRESS = "no_address"
    REFUSED = "refused"


def hard_to_reach(people: Collection[int]) -> dict[int, Silence]:
    """Primary keys of people without phone and mail, or whose last text was given up, and why. Three queries.

    A mail address counts as a way; a messenger finds people by their phone and is none of its own.
    """
    phones = dict(Person.objects.filter(pk__in=people).values_list("pk", "phone"))
    mails = set(
        User.objects.filter(person__in=people, is_active=True).exclude(email="").values_list("person_id", flat=True)
    )
    without_mail = [pk for pk in phones if pk not in mails]
    sent = Delivery.objects.filter(notice__person__in=without_mail, channel=SMS).exclude(state=Delivery.State.DUE)
    last = dict(sent.order_by("pk").values_list("notice__person_id", "state"))
    silent = {pk: Silence.NO_ADDRESS for pk in without_mail if not phones[pk]}
    refused = {pk: Silence.REFUSED for pk in without_mail if phones[pk] and last.get(pk) == Delivery.State.FAILED}
    return silent | refused


def count_reached(told: QuerySet[Notice]) -> int:
    """How many of these notices a text or a mail brought, or the person has opened: the copy inside is always there."""
    brought = Delivery.objects.filter(notice__in=told, state=Delivery.State.SENT).exclude(channel=IN_APP)
    return told.filter(Q(pk__in=brought.values("notice")) | Q(read_at__isnull=False)).count()
