"""Uploads waiting to be applied, and what the database knows about the rows in them."""

from collections.abc import Sequence

from django.db.models import QuerySet

from core.actor import Actor
from core.crypto import unseal
from core.errors import NotAllowed, NotFound
from core.models import JobRun
from registry.domain.drafts import AppointmentDraft, EnterpriseDraft
from registry.domain.importing import Known, KnownAppointment, KnownEnterprise, KnownPerson, ReadRow, ReferenceBook
from registry.domain.importing.cells import plain
from registry.errors import ImportClosed
from registry.models import Appointment, Area, Enterprise, EnterpriseImport, Industry, Person
from registry.policies import can_change_enterprise, can_register_at, can_register_enterprises
from registry.queries.people import id_number_digest, people_for
from registry.queries.territory import all_authorities, hazard_tags, industries

IMPORT_TABLE = "registry_enterpriseimport"
IMPORT_COLUMN = "file"
_CHUNK = 500
_WITH_FILE = (EnterpriseImport.State.CHECKING, EnterpriseImport.State.PREVIEW, EnterpriseImport.State.APPLYING)
_AREA_ENDINGS = ("街道办事处", "人民政府", "街道", "镇", "乡")


def imports_of(actor: Actor) -> QuerySet[EnterpriseImport]:
    """The actor's own uploads, newest first: a preview shows what one clerk may do, so it is one clerk's."""
    if not can_register_enterprises(actor):
        raise NotAllowed
    return EnterpriseImport.objects.filter(created_by_user_id=actor.user_id or 0)


def get_enterprise_import(actor: Actor, import_id: str) -> EnterpriseImport:
    """One of `imports_of`, by public id, without its file. Raises NotAllowed, NotFound."""
    try:
        return imports_of(actor).defer("file_sealed").get(public_id=import_id)
    except EnterpriseImport.DoesNotExist:
        raise NotFound


def lock_enterprise_import(actor: Actor, import_id: str, *states: str) -> EnterpriseImport:
    """The same with its file, locked, in one of the states (a preview when none is named).

    Raises NotAllowed, NotFound, ImportClosed.
    """
    try:
        row = imports_of(actor).select_for_update().get(public_id=import_id)
    except EnterpriseImport.DoesNotExist:
        raise NotFound
    if row.state not in (states or (EnterpriseImport.State.PREVIEW,)):
        raise ImportClosed
    if row.state in _WITH_FILE and row.file_sealed is None:
        raise ImportClosed
    return row


def waiting_import(import_id: str) -> EnterpriseImport | None:
    """An upload that a background run was sent for, if it still exists. Takes no actor: the run was asked for by one."""
    return EnterpriseImport.objects.filter(public_id=import_id).first()


def run_of(row: EnterpriseImport) -> JobRun | None:
    """The run that checks or imports the upload now."""
    return JobRun.objects.filter(public_id=row.job_id).first() if row.job_id else None


def sealed_content(row: EnterpriseImport) -> str:
    """What was sealed with the upload: the file in base64. Raises ImportClosed when it is gone."""
    if row.file_sealed is None:
        raise ImportClosed
    return unseal(bytes(row.file_sealed), table=IMPORT_TABLE, column=IMPORT_COLUMN, row=row.public_id)


def reference_book(actor: Actor, areas: Sequence[Area]) -> ReferenceBook:
    """Names and codes of the reference data as clerks write them, and the actor's reach. Four queries."""
    rows = list(industries())
    area_ids = {area.code: area.pk for area in areas}
    industry_ids = {industry.code: industry.pk for industry in rows}
    cache: dict[tuple[str, str], bool] = {}

    def may_register(area_code: str, industry_code: str) -> bool:
        key = (area_code, industry_code)
        if key not in cache:
            cache[key] = can_register_at(actor, area_ids[area_code], industry_ids[industry_code])
        return cache[key]

    return ReferenceBook(
        areas=_area_words(areas),
        industries=_industry_words(rows),
        tags={plain(word): tag.code for tag in hazard_tags() for word in (tag.name, tag.code)},
        authorities={plain(word): row.code for row in all_authorities() for word in (row.name, row.code)},
        may_register=may_register,
    )


def known_to_database(actor: Actor, rows: Sequence[ReadRow]) -> Known:
    """The enterprises, people and appointments that the rows name, wherever they are; `in_reach` says whose they are."""
    enterprises = _enterprises_by_uscc({row.enterprise.uscc for row in rows})
    digests = {id_number_digest(*key): key for key in {row.person_key for row in rows}}
    people = Person.objects.defer("id_number_sealed").in_bulk(list(digests), field_name="id_number_digest")
    reached = _reached_people(actor, [person.pk for person in people.values()])
    keys = {person.pk: digests[digest] for digest, person in people.items()}
    return Known(
        enterprises={
            uscc: KnownEnterprise(_draft_of(row), can_change_enterprise(actor, row))
            for uscc, row in enterprises.items()
        },
        people={
            digests[digest]: KnownPerson(person.name, person.phone, in_reach=person.pk in reached)
            for digest, person in people.items()
        },
        appointments=_known_appointments(list(enterprises.values()), keys),
    )


def phone_holders(actor: Actor, rows: Sequence[ReadRow]) -> dict[str, set[tuple[str, str]]]:
    """Whose phones in the database the rows give: phone → people, of those in reach. People that no row names count
    under their digest.
    """
    keys = {id_number_digest(*key): key for key in {row.person_key for row in rows}}
    phones = sorted({row.person.phone for row in rows if row.person.phone})
    holders: dict[str, set[tuple[str, str]]] = {}
    for start in range(0, len(phones), _CHUNK):
        found = people_for(actor).filter(phone__in=phones[start : start + _CHUNK])
        for phone, digest in found.values_list("phone", "id_number_digest"):
            holders.setdefault(phone, set()).add(keys.get(digest, ("", digest)))
    return holders


def _enterprises_by_uscc(codes: set[str]) -> dict[str, Enterprise]:
    queryset = Enterprise.objects.select_related("area", "industry", "authority").prefetch_related("tags")
    return queryset.in_bulk(list(codes), field_name="uscc")


def _reached_people(actor: Actor, people: list[int]) -> set[int]:
    reached: set[int] = set()
    for start in range(0, len(people), _CHUNK):
        reached.update(people_for(actor).filter(pk__in=people[start : start + _CHUNK]).values_list("pk", flat=True))
    return reached


def _known_appointments(
    enterprises: Sequence[Enterprise], keys: dict[int, tuple[str, str]]
) -> dict[tuple[str, tuple[str, str]], list[KnownAppointment]]:
    codes = {row.pk: row.uscc for row in enterprises}
    places = list(codes)
    found: dict[tuple[str, tuple[str, str]], list[KnownAppointment]] = {}
    for start in range(0, len(places), _CHUNK):
        rows = Appointment.objects.filter(enterprise__in=places[start : start + _CHUNK]).order_by("pk")
        for row in rows:
            if row.person_id in keys:
                draft = AppointmentDraft(row.post, row.valid_from, row.valid_to, row.capacity)
                place = (codes[row.enterprise_id], keys[row.person_id])
                found.setdefault(place, []).append(KnownAppointment(row.pk, draft))
    return found


def _draft_of(row: Enterprise) -> EnterpriseDraft:
    return EnterpriseDraft(
        name=row.name,
        uscc=row.uscc,
        area_code=row.area.code,
        industry_code=row.industry.code,
        tag_codes=tuple(sorted(tag.code for tag in row.tags.all())),
        authority_code=row.authority.code if row.authority else "",
        employees=row.employees,
        revenue_10k=row.revenue_10k,
    )


def _area_words(areas: Sequence[Area]) -> dict[str, str]:
    words: dict[str, str] = {}
    for area in areas:
        stem = area.name
        for ending in _AREA_ENDINGS:
            stem = stem.removesuffix(ending)
        for word in (area.code, area.name, stem, *(stem + ending for ending in _AREA_ENDINGS)):
            words[plain(word)] = area.code
            words[plain(f"岳阳楼区{word}")] = area.code
    return words


def _industry_words(rows: Sequence[Industry]) -> dict[str, str]:
    """Each by name and code; a lower one also as parent and name: 危险化学品（生产）, 交通运输-道路, 工贸冶金."""
    words: dict[str, str] = {}
    for row in rows:
        if row.parent is not None:
            short = row.name.removeprefix(row.parent.name)
            for word in (short, short.removesuffix("运输")):
                words[plain(row.parent.name + word)] = row.code
    for row in rows:
        words[plain(row.code)] = words[plain(row.name)] = row.code
    return words
