"""People and their appointments within an actor's reach. ID numbers stay sealed."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from core.actor import Actor
from core.crypto import keyed_digest, unseal, unseal_many
from core.errors import NotAllowed, NotFound
from registry.models import Appointment, Person
from registry.policies import can_change_enterprise, can_keep_people, reachable_enterprises, reachable_people

ID_TABLE = "registry_person"
ID_COLUMN = "id_number"


def id_number_digest(id_type: str, number: str) -> str:
    """The keyed digest by which a document is found again: over type and normal number."""
    return keyed_digest(f"{id_type}:{number}", purpose="registry.person.id_number")


def people_for(actor: Actor) -> QuerySet[Person]:
    """The people whom the actor reaches, each once."""
    reached = Person.objects.filter(reachable_people(actor)).order_by().values("pk")
    return Person.objects.filter(pk__in=reached)


def get_person(actor: Actor, person_id: str) -> Person:
    """One of `people_for`, by public id. Raises NotFound."""
    try:
        return people_for(actor).get(public_id=person_id)
    except Person.DoesNotExist:
        raise NotFound


def people_with_posts(actor: Actor, *, on: date) -> QuerySet[Person]:
    """`people_for` with `posts`: their appointments in force at enterprises in reach. Two queries."""
    posts = appointments_for(actor, on=on).order_by("post", "pk")
    return (
        people_for(actor).defer("id_number_sealed").prefetch_related(Prefetch("appointments", posts, to_attr="posts"))
    )


def find_person_by_document(id_type: str, number: str) -> Person | None:
    """Whoever holds the document, in reach or not: for actions that must not register somebody twice."""
    return Person.objects.filter(id_number_digest=id_number_digest(id_type, number)).first()


def lock_person_to_appoint(actor: Actor, person_id: str) -> Person:
    """A person in reach, or one without any appointment yet, locked for update. Raises NotFound."""
    reached = Person.objects.filter(reachable_people(actor) | Q(appointments=None)).order_by().values("pk")
    try:
        return Person.objects.select_for_update().filter(pk__in=reached).get(public_id=person_id)
    except Person.DoesNotExist:
        raise NotFound


def in_force(on: date, prefix: str = "") -> Q:
    """Appointments valid on a day: both ends count. `prefix` leads to them, e.g. `"appointments__"`."""
    begun = Q(**{f"{prefix}valid_from__lte": on})
    return begun & (Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gte": on}))


def all_appointments_for(actor: Actor) -> QuerySet[Appointment]:
    """Appointments, past and present, at enterprises in reach (and the actor's own elsewhere)."""
    reach = reachable_enterprises(actor, "enterprise__")
    if actor.reach.person is not None:
        reach |= Q(person=actor.reach.person)
    return Appointment.objects.filter(reach).select_related("person", "enterprise__area", "enterprise__industry")


def appointments_for(actor: Actor, *, on: date) -> QuerySet[Appointment]:
    """Appointments in force on a day at active enterprises in reach, with person, enterprise, area and industry."""
    return Appointment.objects.filter(
        reachable_enterprises(actor, "enterprise__"), in_force(on), enterprise__is_active=True
    ).select_related("person", "enterprise__area", "enterprise__industry")


def get_appointment(actor: Actor, appointment_id: str) -> Appointment:
    """One of `all_appointments_for`, by public id. Raises NotFound."""
    try:
        return all_appointments_for(actor).get(public_id=appointment_id)
    except Appointment.DoesNotExist:
        raise NotFound


def check_may_keep_person(actor: Actor, person: Person) -> None:
    """Raises NotAllowed unless the actor keeps the people of some enterprise where the person is or was."""
    rows = all_appointments_for(actor).filter(person=person)
    if not any(can_keep_people(actor, row.enterprise) for row in rows):
        raise NotAllowed


def check_may_correct_person(actor: Actor, person: Person) -> None:
    """Raises NotAllowed unless the actor regulates an enterprise where the person is or was; the action decides finally."""
    rows = all_appointments_for(actor).filter(person=person)
    if not any(can_change_enterprise(actor, row.enterprise) for row in rows):
        raise NotAllowed


def lock_appointment(actor: Actor, appointment_id: str) -> Appointment:
    """An appointment at a reachable enterprise, locked for update. Raises NotFound."""
    try:
        return (
            Appointment.objects.select_for_update(of=("self",))
            .filter(reachable_enterprises(actor, "enterprise__"))
            .select_related("person", "enterprise")
            .get(public_id=appointment_id)
        )
    except Appointment.DoesNotExist:
        raise NotFound


def id_number_of(actor: Actor, person: Person) -> str:
    """Opens the seal. For draws (pids) and exports with a legal basis; the calling action writes the audit entry.

    Raises NotFound for a person out of reach.
    """
    if not people_for(actor).filter(pk=person.pk).exists():
        raise NotFound
    return unseal(bytes(person.id_number_sealed), table=ID_TABLE, column=ID_COLUMN, row=person.public_id)


def id_numbers_of(actor: Actor, people: Iterable[Person]) -> dict[int, str]:
    """The same for many people at once: primary key → number. Raises NotFound when any of them is out of reach."""
    wanted = {person.pk: person for person in people}
    reached = set(people_for(actor).values_list("pk", flat=True))
    if not wanted.keys() <= reached:
        raise NotFound
    return {
        pk: unseal(bytes(person.id_number_sealed), table=ID_TABLE, column=ID_COLUMN, row=person.public_id)
        for pk, person in wanted.items()
    }


def identities_of(actor: Actor, person_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Primary key → (kind of document, number), opened, for one batch of very many. Raises NotFound when any is out of reach."""
    # Not `people_for`, whose subquery would be worked through for everybody with each batch.
    reached = Person.objects.filter(reachable_people(actor), pk__in=person_ids).order_by()
    columns = reached.values_list("pk", "public_id", "id_type", "id_number_sealed").distinct()
    opened = {
        pk: (id_type, unseal(bytes(sealed), table=ID_TABLE, column=ID_COLUMN, row=public_id))
        for pk, public_id, id_type, sealed in columns
    }
    if len(opened) < len(set(person_ids)):
        raise NotFound
    return opened


def opened_id_numbers(sealed: Sequence[bytes], public_ids: Sequence[str]) -> list[str]:
    """The numbers behind seals that a query within an actor's reach has read (`appointments_for`), a batch of very many, in order."""
    return unseal_many(sealed, table=ID_TABLE, column=ID_COLUMN, rows=public_ids)
