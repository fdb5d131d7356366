"""Areas, authorities, enterprises, people, appointments. A new enterprise with one person costs under five queries."""

import itertools
from datetime import UTC, date, datetime
from typing import Any

from core.actor import Actor, system_actor
from registry.actions import load_reference_data
from registry.actions.people import sealed_person
from registry.domain.credit_codes import check_character as uscc_check
from registry.domain.drafts import EnterpriseDraft, PersonDraft
from registry.domain.id_documents import check_character as id_check
from registry.models import Appointment, Area, Authority, Enterprise, HazardTag, Industry, Person, Post

_numbers = itertools.count(1)
CREATED_AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
SYSTEM: Actor = system_actor("tests")


def make_uscc(number: int | None = None) -> str:
    """A credit code with a right check character, unique for each number."""
    body = f"91430602MA{next(_numbers) if number is None else number:07}"
    return body + uscc_check(body)


def make_id_number(number: int | None = None) -> str:
    """An ID card number with a right check character, unique for each number."""
    serial = next(_numbers) if number is None else number
    body = f"430602{1960 + serial // 900 % 40}{1 + serial % 12:02}{1 + serial % 28:02}{serial % 1000:03}"
    return body + id_check(body)


def make_phone(number: int | None = None) -> str:
    """A mobile number in E.164."""
    return f"+86139{(next(_numbers) if number is None else number) % 100_000_000:08}"


def make_reference_data() -> int:
    """The whole reference data, through the action."""
    return load_reference_data(SYSTEM, CREATED_AT)


def make_area(**over: Any) -> Area:
    """An area in force since 2020; with `parent`, a street below it."""
    number = next(_numbers)
    parent = over.get("parent")
    code = over.pop("code", f"430602{number:03}" if parent else f"43{number:04}")
    fields = {
        "name": f"第{number}街道",
        "valid_from": date(2020, 1, 1),
        "path": f"{parent.path}/{code}" if parent else code,
    }
    return Area.objects.create(code=code, **{**fields, **over})


def make_industry(**over: Any) -> Industry:
    number = next(_numbers)
    return Industry.objects.create(**{"code": f"IND{number}", "name": f"行业{number}", "position": number, **over})


def make_tag(**over: Any) -> HazardTag:
    number = next(_numbers)
    return HazardTag.objects.create(**{"code": f"TAG{number}", "name": f"标签{number}", "position": number, **over})


def make_authority(**over: Any) -> Authority:
    """An authority; `industries` as a list, none for all."""
    number = next(_numbers)
    industries = over.pop("industries", ())
    area = over.pop("area", None) or make_area()
    fields = {"code": f"A{number}", "name": f"监管部门{number}", "kind": Authority.Kind.DEPARTMENT, "area": area}
    authority = Authority.objects.create(**{**fields, **over})
    if industries:
        authority.industries.set(industries)
    return authority


def make_enterprise(**over: Any) -> Enterprise:
    """An active enterprise with a right credit code. `tags` as a list. One query when area and industry are given."""
    number = next(_numbers)
    tags = over.pop("tags", ())
    fields = {
        "name": f"岳阳楼区第{number}机械有限公司",
        "uscc": make_uscc(number),
        "created_at": CREATED_AT,
        "updated_at": CREATED_AT,
    }
    places = {
        "area": over.pop("area", None) or make_area(),
        "industry": over.pop("industry", None) or make_industry(),
    }
    enterprise = Enterprise.objects.create(**{**fields, **places, **over})
    if tags:
        enterprise.tags.set(tags)
    return enterprise


def make_person(**over: Any) -> Person:
    """A person with a right, sealed ID number and a phone; one query. `id_number` may be given in clear."""
    number = next(_numbers)
    draft = PersonDraft(
        name=over.pop("name", "张小三"),
        id_number=over.pop("id_number", None) or make_id_number(number),
        id_type=over.pop("id_type", "ID"),
        phone=over.pop("phone", make_phone(number)),
    )
    person = sealed_person(draft, CREATED_AT)
    for name, value in over.items():
        setattr(person, name, value)
    person.save(force_insert=True)
    return person


def make_appointment(**over: Any) -> Appointment:
    """A principal in force since 2025; person and enterprise are made where they are not given."""
    places = {
        "person": over.pop("person", None) or make_person(),
        "enterprise": over.pop("enterprise", None) or make_enterprise(),
    }
    return Appointment.objects.create(**{"post": Post.PRINCIPAL, "valid_from": date(2025, 1, 1), **places, **over})


def enterprise_draft(**over: Any) -> EnterpriseDraft:
    """A draft in 望岳路街道, 建筑施工, of the reference data."""
    fields = {
        "name": "岳阳望岳建筑有限公司",
        "uscc": make_uscc(),
        "area_code": "430602007",
        "industry_code": "BUILD",
        "employees": 120,
    }
    return EnterpriseDraft(**{**fields, **over})


def person_draft(**over: Any) -> PersonDraft:
    """A draft of somebody new."""
    return PersonDraft(**{"name": "李建国", "id_number": make_id_number(), "phone": make_phone(), **over})
