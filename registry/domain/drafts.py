"""What somebody typed about an enterprise, a person or an appointment, checked and in normal form."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from registry.domain.credit_codes import read_credit_code
from registry.domain.id_documents import ID_CARD, read_id_document
from registry.domain.names import read_enterprise_name, read_person_name
from registry.domain.phones import read_phone
from registry.errors import DatesReversed, FigureImpossible

_MOST_EMPLOYEES: Final = 1_000_000
_MOST_REVENUE: Final = Decimal(100_000_000)


@dataclass(frozen=True, slots=True)
class EnterpriseDraft:
    """An enterprise by codes of the reference data. `revenue_10k` in 10,000 yuan a year; None where unknown."""

    name: str
    uscc: str
    area_code: str
    industry_code: str
    tag_codes: tuple[str, ...] = ()
    authority_code: str = ""
    employees: int | None = None
    revenue_10k: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person with a document. `phone` may be empty."""

    name: str
    id_number: str
    id_type: str = ID_CARD
    phone: str = ""


@dataclass(frozen=True, slots=True)
class AppointmentDraft:
    """A post from a day to a day (inclusive, None while in force). `post` and `capacity` are stored codes."""

    post: str
    valid_from: date
    valid_to: date | None = None
    capacity: str = ""


def checked_enterprise(draft: EnterpriseDraft) -> EnterpriseDraft:
    """The draft in normal form. Raises the refusals of names, credit codes and figures."""
    if draft.employees is not None and not 0 <= draft.employees <= _MOST_EMPLOYEES:
        raise FigureImpossible
    if draft.revenue_10k is not None and not (
        draft.revenue_10k.is_finite() and 0 <= draft.revenue_10k <= _MOST_REVENUE
    ):
        raise FigureImpossible
    return replace(draft, name=read_enterprise_name(draft.name), uscc=read_credit_code(draft.uscc))


def checked_person(draft: PersonDraft, *, today: date) -> PersonDraft:
    """The draft in normal form, phone in E.164. Raises the refusals of names, documents and phones."""
    document = read_id_document(draft.id_type, draft.id_number, today=today)
    return replace(
        draft,
        name=read_person_name(draft.name),
        id_number=document.number,
        phone=read_phone(draft.phone) if draft.phone.strip() else "",
    )


def checked_appointment(draft: AppointmentDraft) -> AppointmentDraft:
    """The draft itself. Raises DatesReversed."""
    if draft.valid_to is not None and draft.valid_to < draft.valid_from:
        raise DatesReversed
    return draft
