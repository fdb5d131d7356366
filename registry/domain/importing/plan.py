"""What importing the rows would do to what is known: new, changed, unchanged, and where file and database contradict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

from registry.domain.drafts import AppointmentDraft, EnterpriseDraft, PersonDraft
from registry.domain.importing import columns as col
from registry.domain.importing.rows import ReadRow, RowProblem
from registry.errors import (
    DatesReversed,
    EnterpriseNameConflict,
    EnterpriseRowsDiffer,
    OutsideReach,
    PersonNameConflict,
    PersonPhoneConflict,
    PersonRowsDiffer,
    RowRepeated,
)

Status = Literal["new", "changed", "unchanged"]
PersonKey = tuple[str, str]

# Field of the draft → column, in the order in which a difference is told.
_ENTERPRISE_COLUMNS: Final = {
    "name": col.ENTERPRISE_NAME,
    "area_code": col.AREA,
    "industry_code": col.INDUSTRY,
    "tag_codes": col.TAGS,
    "authority_code": col.AUTHORITY,
    "employees": col.EMPLOYEES,
    "revenue_10k": col.REVENUE,
}


@dataclass(frozen=True, slots=True)
class KnownEnterprise:
    """An enterprise in the database. `in_reach`: the actor may write it as it is now."""

    draft: EnterpriseDraft
    in_reach: bool


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person in the database. `in_reach`: the actor saw the person before this import."""

    name: str
    phone: str
    in_reach: bool


@dataclass(frozen=True, slots=True)
class KnownAppointment:
    """An appointment in the database; `row_id` names it to the caller."""

    row_id: int
    draft: AppointmentDraft


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says about the credit codes and documents of the file."""

    enterprises: Mapping[str, KnownEnterprise] = field(default_factory=dict)
    people: Mapping[PersonKey, KnownPerson] = field(default_factory=dict)
    appointments: Mapping[tuple[str, PersonKey], Sequence[KnownAppointment]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """One column of one row that will be written differently; raw values, to be masked where private."""

    row: int
    column: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class PlannedEnterprise:
    """An enterprise of the file, filled up with what is known."""

    row: int
    status: Status
    draft: EnterpriseDraft
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """A person of the file; the phone is the one that will stand."""

    row: int
    status: Status
    draft: PersonDraft
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedAppointment:
    """An appointment of the file; `row_id` names the known one that it changes."""

    row: int
    status: Status
    uscc: str
    person_key: PersonKey
    draft: AppointmentDraft
    row_id: int | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Everything that would happen; nothing may happen while there are problems."""

    enterprises: tuple[PlannedEnterprise, ...]
    people: tuple[PlannedPerson, ...]
    appointments: tuple[PlannedAppointment, ...]
    problems: tuple[RowProblem, ...]

    def changes(self) -> list[Change]:
        """All changes of existing rows, in the order of the file."""
        changes = [
            *(change for item in self.enterprises for change in item.changes),
            *(change for person in self.people for change in person.changes),
            *(change for appointment in self.appointments for change in appointment.changes),
        ]
        return sorted(changes, key=lambda change: change.row)

    def counts(self) -> dict[str, dict[str, int]]:
        """How many new, changed and unchanged: by enterprises, people, appointments."""
        return {
            "enterprises": _count(item.status for item in self.enterprises),
            "people": _count(item.status for item in self.people),
            "appointments": _count(item.status for item in self.appointments),
        }


def plan_import(rows: Sequence[ReadRow], known: Known, *, today: date) -> ImportPlan:
    """Compares the rows with each other and with what is known. Empty optional cells leave what is there."""
    problems: list[RowProblem] = []
    enterprises = _plan_enterprises(rows, known, problems)
    people = _plan_people(rows, known, problems)
    appointments = _plan_appointments(rows, known, problems, today=today)
    ordered = sorted(problems, key=lambda problem: problem.row)
    return ImportPlan(tuple(enterprises), tuple(people), tuple(appointments), tuple(ordered))


def _count(statuses: Iterable[Status]) -> dict[str, int]:
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    for status in statuses:
        counts[status] += 1
    return counts


def _plan_enterprises(rows: Sequence[ReadRow], known: Known, problems: list[RowProblem]) -> list[PlannedEnterprise]:
    merged: dict[str, EnterpriseDraft] = {}
    first_rows: dict[str, int] = {}
    for row in rows:
        uscc = row.enterprise.uscc
        first = first_rows.setdefault(uscc, row.number)
        merged[uscc] = _merged_enterprise(merged.get(uscc), row, first, problems=problems)
    return [_planned_enterprise(first_rows[uscc], draft, known, problems=problems) for uscc, draft in merged.items()]


def _merged_enterprise(
    so_far: EnterpriseDraft | None, row: ReadRow, first: int, *, problems: list[RowProblem]
) -> EnterpriseDraft:
    if so_far is None:
        return row.enterprise
    filled: dict[str, object] = {}
    for name, title in _ENTERPRISE_COLUMNS.items():
        before, after = getattr(so_far, name), getattr(row.enterprise, name)
        if _is_empty(before):
            filled[name] = after
        elif not _is_empty(after) and before != after:
            problems.append(RowProblem(row.number, title, EnterpriseRowsDiffer(other=first, column=title)))
    return replace(so_far, **filled)  # type: ignore[arg-type]


def _planned_enterprise(
    row: int, draft: EnterpriseDraft, known: Known, *, problems: list[RowProblem]
) -> PlannedEnterprise:
    found = known.enterprises.get(draft.uscc)
    if found is None:
        return PlannedEnterprise(row, "new", draft)
    if not found.in_reach:
        problems.append(RowProblem(row, col.USCC, OutsideReach()))
        return PlannedEnterprise(row, "unchanged", found.draft)
    if found.draft.name != draft.name:
        problems.append(RowProblem(row, col.ENTERPRISE_NAME, EnterpriseNameConflict(registered=found.draft.name)))
    kept = {name: getattr(found.draft, name) for name in _ENTERPRISE_COLUMNS if _is_empty(getattr(draft, name))}
    after = replace(draft, **kept)
    changes = tuple(
        Change(row, title, getattr(found.draft, name), getattr(after, name))
        for name, title in _ENTERPRISE_COLUMNS.items()
        if getattr(found.draft, name) != getattr(after, name)
    )
    return PlannedEnterprise(row, "changed" if changes else "unchanged", after, changes)


def _is_empty(value: object) -> bool:
    # Zero employees is a fact; nothing typed is none.
    return value is None or value in ("", ())


def _plan_people(rows: Sequence[ReadRow], known: Known, problems: list[RowProblem]) -> list[PlannedPerson]:
    merged: dict[PersonKey, PersonDraft] = {}
    first_rows: dict[PersonKey, int] = {}
    for row in rows:
        first = first_rows.setdefault(row.person_key, row.number)
        so_far = merged.get(row.person_key, row.person)
        if so_far.name != row.person.name:
            refusal = PersonRowsDiffer(other=first, column=col.PERSON_NAME)
            problems.append(RowProblem(row.number, col.PERSON_NAME, refusal))
        if so_far.phone and row.person.phone and so_far.phone != row.person.phone:
            problems.append(RowProblem(row.number, col.PHONE, PersonRowsDiffer(other=first, column=col.PHONE)))
        merged[row.person_key] = replace(so_far, phone=so_far.phone or row.person.phone)
    return [
        _planned_person(first_rows[key], draft, known.people.get(key), problems=problems)
        for key, draft in merged.items()
    ]


def _planned_person(
    row: int, draft: PersonDraft, found: KnownPerson | None, *, problems: list[RowProblem]
) -> PlannedPerson:
    if found is None:
        return PlannedPerson(row, "new", draft)
    if found.name != draft.name:
        problems.append(RowProblem(row, col.PERSON_NAME, PersonNameConflict()))
        return PlannedPerson(row, "unchanged", draft)
    if not draft.phone or draft.phone == found.phone:
        return PlannedPerson(row, "unchanged", replace(draft, phone=found.phone))
    if found.phone and not found.in_reach:
        problems.append(RowProblem(row, col.PHONE, PersonPhoneConflict()))
        return PlannedPerson(row, "unchanged", draft)
    return PlannedPerson(row, "changed", draft, (Change(row, col.PHONE, found.phone, draft.phone),))


def _plan_appointments(
    rows: Sequence[ReadRow], known: Known, problems: list[RowProblem], *, today: date
) -> list[PlannedAppointment]:
    planned = []
    seen: dict[tuple[object, ...], int] = {}
    taken: set[int] = set()
    for row in rows:
        # A post may have been held twice, from different days; without an end it can only be held once.
        start = row.valid_from if row.valid_to is not None else None
        identity = (row.enterprise.uscc, row.person_key, row.post, start)
        if identity in seen:
            problems.append(RowProblem(row.number, "", RowRepeated(other=seen[identity])))
            continue
        seen[identity] = row.number
        existing = known.appointments.get((row.enterprise.uscc, row.person_key), ())
        free = [item for item in existing if item.row_id not in taken and item.draft.post == row.post]
        found = _matching(row, free)
        if found is not None:
            taken.add(found.row_id)
        planned.append(_planned_appointment(row, found, problems, today=today))
    return planned


def _matching(row: ReadRow, existing: Sequence[KnownAppointment]) -> KnownAppointment | None:
    """The appointment that the row speaks of: the same first day, else the one in force, unless the row ended before it."""
    for item in existing:
        if row.valid_from is not None and item.draft.valid_from == row.valid_from:
            return item
    in_force = next((item for item in existing if item.draft.valid_to is None), None)
    if in_force is None or (row.valid_to is not None and row.valid_to < in_force.draft.valid_from):
        return next(
            (item for item in existing if row.valid_to is not None and item.draft.valid_to == row.valid_to), None
        )
    return in_force


def _planned_appointment(
    row: ReadRow, found: KnownAppointment | None, problems: list[RowProblem], *, today: date
) -> PlannedAppointment:
    uscc, key = row.enterprise.uscc, row.person_key
    if found is None:
        start = row.valid_from or (min(today, row.valid_to) if row.valid_to else today)
        draft = AppointmentDraft(row.post, start, row.valid_to, row.capacity)
        return PlannedAppointment(row.number, "new", uscc, key, draft)
    before = found.draft
    after = AppointmentDraft(
        post=row.post,
        valid_from=row.valid_from or before.valid_from,
        valid_to=row.valid_to or before.valid_to,
        capacity=row.capacity or before.capacity,
    )
    if after.valid_to is not None and after.valid_to < after.valid_from:
        problems.append(RowProblem(row.number, col.VALID_TO, DatesReversed()))
    pairs = (
        (col.CAPACITY, before.capacity, after.capacity),
        (col.VALID_FROM, before.valid_from, after.valid_from),
        (col.VALID_TO, before.valid_to, after.valid_to),
    )
    changes = tuple(Change(row.number, title, old, new) for title, old, new in pairs if old != new)
    return PlannedAppointment(
        row.number, "changed" if changes else "unchanged", uscc, key, after, found.row_id, changes
    )
