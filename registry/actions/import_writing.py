"""Writing a checked import plan in bulk, inside the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from registry.actions.enterprises import set_flags
from registry.actions.people import sealed_person
from registry.domain.importing import ImportPlan
from registry.domain.importing.plan import PlannedEnterprise, PlannedPerson
from registry.models import Appointment, Area, Authority, Enterprise, HazardTag, Industry, Person
from registry.queries import areas_in_force, id_number_digest

_BATCH = 500


def write_plan(plan: ImportPlan, *, now: datetime) -> None:
    """Everything new and everything changed; what is unchanged is not touched."""
    enterprises = _write_enterprises(plan.enterprises, now)
    people = _write_people(plan.people, now)
    _change_appointments(plan)
    Appointment.objects.bulk_create(
        [
            Appointment(
                person_id=people[item.person_key],
                enterprise_id=enterprises[item.uscc],
                post=item.draft.post,
                capacity=item.draft.capacity,
                valid_from=item.draft.valid_from,
                valid_to=item.draft.valid_to,
            )
            for item in plan.appointments
            if item.status == "new"
        ],
        batch_size=_BATCH,
    )


def _write_enterprises(planned: Sequence[PlannedEnterprise], now: datetime) -> dict[str, int]:
    """Primary keys by credit code."""
    rows = Enterprise.objects.in_bulk([item.draft.uscc for item in planned if item.status != "new"], field_name="uscc")
    book = _Book(now)
    for item in planned:
        if item.status != "unchanged":
            row = rows.setdefault(item.draft.uscc, Enterprise(uscc=item.draft.uscc, created_at=now))
            book.fill(row, item)
    written = [item for item in planned if item.status != "unchanged"]
    Enterprise.objects.bulk_create(
        [rows[item.draft.uscc] for item in written if item.status == "new"], batch_size=_BATCH
    )
    changed = [rows[item.draft.uscc] for item in written if item.status == "changed"]
    Enterprise.objects.bulk_update(changed, book.COLUMNS, batch_size=_BATCH)
    _set_tags(rows, written, book)
    return {uscc: row.pk for uscc, row in rows.items()}


class _Book:
    """The reference rows by code, loaded once for all enterprises of an import."""

    COLUMNS = (
        "name", "area", "industry", "authority", "employees", "revenue_10k", "is_large_scale", "is_high_hazard",
        "needs_safety_director", "flags_rule_date", "updated_at",
    )  # fmt: skip

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.today = timezone.localtime(now).date()
        self.areas: dict[str, Area] = {area.code: area for area in areas_in_force(self.today)}
        self.industries: dict[str, Industry] = {row.code: row for row in Industry.objects.all()}
        self.authorities: dict[str, Authority] = {row.code: row for row in Authority.objects.all()}
        self.tags: dict[str, HazardTag] = {row.code: row for row in HazardTag.objects.all()}

    def fill(self, row: Enterprise, item: PlannedEnterprise) -> None:
        draft = item.draft
        row.name = draft.name
        if item.status == "new" or any(change.column == "乡街" for change in item.changes):
            row.area = self.areas[draft.area_code]
        row.industry = self.industries[draft.industry_code]
        row.authority = self.authorities[draft.authority_code] if draft.authority_code else None
        row.employees = draft.employees
        row.revenue_10k = draft.revenue_10k
        row.updated_at = self.now
        set_flags(row, [self.tags[code] for code in draft.tag_codes], on=self.today)


def _set_tags(rows: dict[str, Enterprise], written: Sequence[PlannedEnterprise], book: _Book) -> None:
    through = Enterprise.tags.through
    changed = [rows[item.draft.uscc].pk for item in written if item.status == "changed"]
    for start in range(0, len(changed), _BATCH):
        through.objects.filter(enterprise_id__in=changed[start : start + _BATCH]).delete()
    through.objects.bulk_create(
        [
            through(enterprise_id=rows[item.draft.uscc].pk, hazardtag_id=book.tags[code].pk)
            for item in written
            for code in item.draft.tag_codes
        ],
        batch_size=_BATCH,
    )


def _write_people(planned: Sequence[PlannedPerson], now: datetime) -> dict[tuple[str, str], int]:
    """Primary keys by document."""
    keys = {(item.draft.id_type, item.draft.id_number): item for item in planned}
    digests = {id_number_digest(*key): key for key in keys}
    known = Person.objects.defer("id_number_sealed").in_bulk(list(digests), field_name="id_number_digest")
    created = Person.objects.bulk_create(
        [sealed_person(item.draft, now) for item in planned if item.status == "new"], batch_size=_BATCH
    )
    changed = []
    for digest, person in known.items():
        item = keys[digests[digest]]
        if item.status == "changed":
            person.phone, person.updated_at = item.draft.phone, now
            changed.append(person)
    Person.objects.bulk_update(changed, ["phone", "updated_at"], batch_size=_BATCH)
    everybody = [*created, *known.values()]
    return {digests[person.id_number_digest]: person.pk for person in everybody}


def _change_appointments(plan: ImportPlan) -> None:
    changed = {item.row_id: item.draft for item in plan.appointments if item.status == "changed" and item.row_id}
    rows = list(Appointment.objects.in_bulk(list(changed)).values())
    for row in rows:
        draft = changed[row.pk]
        row.capacity, row.valid_from, row.valid_to = draft.capacity, draft.valid_from, draft.valid_to
    Appointment.objects.bulk_update(rows, ["capacity", "valid_from", "valid_to"], batch_size=_BATCH)
