"""One row of the table → drafts, or the problems of its cells."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

from core.errors import DomainError
from core.spreadsheets import CellValue, TableRow
from registry.domain.credit_codes import read_credit_code
from registry.domain.drafts import (
    AppointmentDraft,
    EnterpriseDraft,
    PersonDraft,
    checked_appointment,
    checked_enterprise,
)
from registry.domain.id_documents import ID_CARD, OTHER, PASSPORT, RESIDENCE_PERMIT, IdDocument, read_id_document
from registry.domain.importing import columns as col
from registry.domain.importing.cells import (
    amount_of,
    choice_of,
    count_of,
    date_of,
    identifier_of,
    plain,
    shown,
    text_of,
)
from registry.domain.names import read_enterprise_name, read_person_name
from registry.domain.phones import read_phone
from registry.errors import (
    CellRequired,
    DatesReversed,
    DatumInvalid,
    FigureImpossible,
    OutsideReach,
    UnknownArea,
    UnknownAuthority,
    UnknownIndustry,
    UnknownTag,
)

T = TypeVar("T")

ID_TYPES: Final = {
    "居民身份证": ID_CARD,
    "身份证": ID_CARD,
    "护照": PASSPORT,
    "港澳台居民居住证": RESIDENCE_PERMIT,
    "其他": OTHER,
    "其他证件": OTHER,
}
POSTS: Final = {
    "主要负责人": "principal",
    "负责人": "principal",
    "安全管理人员": "safety_manager",
    "安全管理员": "safety_manager",
    "安全员": "safety_manager",
    "安全总监": "safety_director",
    "其他": "other",
    "其他人员": "other",
}
CAPACITIES: Final = {
    "法定代表人": "legal_representative",
    "法人代表": "legal_representative",
    "法人": "legal_representative",
    "实际控制人": "actual_controller",
}
OFFERED_ID_TYPES: Final = ("居民身份证", "护照", "港澳台居民居住证", "其他")
OFFERED_POSTS: Final = ("主要负责人", "安全管理人员", "安全总监", "其他")
OFFERED_CAPACITIES: Final = ("法定代表人", "实际控制人")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong: row as the spreadsheet shows it, the column's title ("" for the whole row), and the refusal."""

    row: int
    column: str
    refusal: DomainError


@dataclass(frozen=True, slots=True)
class RowWarning:
    """Worth a look, no obstacle. `code`: `id_area_unknown` or `phone_shared`."""

    row: int
    column: str
    code: str


@dataclass(frozen=True, slots=True)
class ReferenceBook:
    """Names and codes, as `cells.plain` makes them, → codes. `may_register(area code, industry code)` is the actor's reach."""

    areas: Mapping[str, str]
    industries: Mapping[str, str]
    tags: Mapping[str, str]
    authorities: Mapping[str, str]
    may_register: Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row without problems. `valid_from` is None where the clerk left it open."""

    number: int
    enterprise: EnterpriseDraft
    person: PersonDraft
    post: str
    capacity: str
    valid_from: date | None
    valid_to: date | None

    @property
    def person_key(self) -> tuple[str, str]:
        return self.person.id_type, self.person.id_number


@dataclass(slots=True)
class _Reading:
    """One row while it is read: every cell is tried, so that the clerk learns of all problems at once."""

    row: TableRow
    problems: list[RowProblem] = field(default_factory=list)

    def get(self, title: str, read: Callable[[CellValue], T], default: T) -> T:
        try:
            return read(self.row.cells.get(title))
        except DatumInvalid as refusal:
            self.problems.append(RowProblem(self.row.number, title, refusal))
            return default


def read_rows(
    table_rows: Iterable[TableRow], book: ReferenceBook, *, today: date
) -> tuple[list[ReadRow], list[RowProblem], list[RowWarning]]:
    """All rows: those without problems, all problems, and warnings."""
    rows: list[ReadRow] = []
    problems: list[RowProblem] = []
    warnings: list[RowWarning] = []
    for table_row in table_rows:
        reading = _Reading(table_row)
        row = _read_row(reading, book, today=today, warnings=warnings)
        if reading.problems:
            problems.extend(reading.problems)
        else:
            rows.append(row)
    return rows, problems, warnings


def shared_phones(rows: Iterable[ReadRow], holders: Mapping[str, Collection[tuple[str, str]]]) -> list[RowWarning]:
    """A phone that two people give: a code sent to it can sign in only one of them.

    `holders`: who has the phone in the database already, as (ID type, number), as far as the clerk may know.
    """
    people: dict[str, set[tuple[str, str]]] = {phone: set(keys) for phone, keys in holders.items()}
    warnings: list[RowWarning] = []
    for row in rows:
        if not row.person.phone:
            continue
        seen = people.setdefault(row.person.phone, set())
        seen.add(row.person_key)
        if len(seen) > 1:
            warnings.append(RowWarning(row.number, col.PHONE, "phone_shared"))
    return warnings


def _read_row(reading: _Reading, book: ReferenceBook, *, today: date, warnings: list[RowWarning]) -> ReadRow:
    enterprise = _read_enterprise(reading, book)
    person = _read_person(reading, today, warnings)
    post = reading.get(col.POST, _required(lambda cell: choice_of(cell, POSTS, offered="、".join(OFFERED_POSTS))), "")
    capacity = reading.get(
        col.CAPACITY, lambda cell: choice_of(cell, CAPACITIES, offered="、".join(OFFERED_CAPACITIES)), ""
    )
    valid_from = reading.get(col.VALID_FROM, lambda cell: date_of(cell, today=today), None)
    valid_to = reading.get(col.VALID_TO, lambda cell: date_of(cell, today=today), None)
    try:
        checked_appointment(AppointmentDraft(post, valid_from or valid_to or today, valid_to))
    except DatesReversed as refusal:
        reading.problems.append(RowProblem(reading.row.number, col.VALID_TO, refusal))
    return ReadRow(reading.row.number, enterprise, person, post, capacity, valid_from, valid_to)


def _read_enterprise(reading: _Reading, book: ReferenceBook) -> EnterpriseDraft:
    before = len(reading.problems)
    draft = EnterpriseDraft(
        name=reading.get(col.ENTERPRISE_NAME, _required(lambda cell: read_enterprise_name(text_of(cell)), text_of), ""),
        uscc=reading.get(col.USCC, _required(lambda cell: read_credit_code(identifier_of(cell)), identifier_of), ""),
        area_code=reading.get(col.AREA, _required(lambda cell: _looked_up(cell, book.areas, UnknownArea)), ""),
        industry_code=reading.get(
            col.INDUSTRY, _required(lambda cell: _looked_up(cell, book.industries, UnknownIndustry)), ""
        ),
        tag_codes=reading.get(col.TAGS, lambda cell: _tags(cell, book), ()),
        authority_code=reading.get(
            col.AUTHORITY, lambda cell: _looked_up(cell, book.authorities, UnknownAuthority), ""
        ),
        employees=reading.get(col.EMPLOYEES, count_of, None),
        revenue_10k=reading.get(col.REVENUE, amount_of, None),
    )
    if len(reading.problems) > before:
        return draft
    try:
        draft = checked_enterprise(draft)
    except FigureImpossible as refusal:
        reading.problems.append(RowProblem(reading.row.number, col.EMPLOYEES, refusal))
    if not book.may_register(draft.area_code, draft.industry_code):
        reading.problems.append(RowProblem(reading.row.number, col.AREA, OutsideReach()))
    return draft


def _read_person(reading: _Reading, today: date, warnings: list[RowWarning]) -> PersonDraft:
    name = reading.get(col.PERSON_NAME, _required(lambda cell: read_person_name(text_of(cell)), text_of), "")
    id_type = reading.get(
        col.ID_TYPE, lambda cell: choice_of(cell, ID_TYPES, offered="、".join(OFFERED_ID_TYPES)) or ID_CARD, ID_CARD
    )
    nothing = IdDocument(id_type, "")
    document = reading.get(
        col.ID_NUMBER,
        _required(lambda cell: read_id_document(id_type, identifier_of(cell), today=today), identifier_of),
        nothing,
    )
    if not document.is_area_known:
        warnings.append(RowWarning(reading.row.number, col.ID_NUMBER, "id_area_unknown"))
    phone = reading.get(col.PHONE, _phone, "")
    return PersonDraft(name=name, id_number=document.number, id_type=id_type, phone=phone)


def _required(read: Callable[[CellValue], T], show: Callable[[CellValue], str] = text_of) -> Callable[[CellValue], T]:
    def checked(cell: CellValue) -> T:
        if not show(cell).strip():
            raise CellRequired
        return read(cell)

    return checked


def _looked_up(cell: CellValue, known: Mapping[str, str], unknown: type[DatumInvalid]) -> str:
    text = plain(text_of(cell))
    if not text:
        return ""
    if text not in known:
        raise unknown(value=shown(text))
    return known[text]


def _tags(cell: CellValue, book: ReferenceBook) -> tuple[str, ...]:
    words = [plain(word) for word in re.split(r"[、,，;；|/\n]+", text_of(cell)) if plain(word)]
    unknown = [word for word in words if word not in book.tags]
    if unknown:
        raise UnknownTag(value=shown("、".join(unknown)))
    return tuple(sorted({book.tags[word] for word in words}))


def _phone(cell: CellValue) -> str:
    # Eleven digits typed as a number are still exact.
    text = text_of(cell)
    return read_phone(text) if text else ""
