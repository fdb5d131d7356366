"""Registering and changing enterprises."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from core.actor import ENTERPRISE_ADMIN, REGULATOR, REVIEWER, Actor, Grant, Reach
from core.errors import NotAllowed, NotFound
from core.models import AuditEntry
from registry.actions import change_enterprise, register_enterprise, set_enterprise_active
from registry.errors import (
    CreditCodeCheckWrong,
    EnterpriseExists,
    EnterpriseStateSame,
    FigureImpossible,
    OutsideReach,
    UnknownArea,
    UnknownAuthority,
    UnknownIndustry,
    UnknownTag,
)
from registry.models import Area, Authority, Enterprise
from registry.queries import flags_of, region_of_authority
from tests.factories.registry import SYSTEM, enterprise_draft, make_reference_data, make_uscc

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reference_data(db: None) -> None:
    make_reference_data()


def officer(code: str = "YYLQ-007", role: str = REGULATOR) -> Actor:
    """Somebody with a role at an authority; 007 is 望岳路街道."""
    authority = Authority.objects.get(code=code)
    region = region_of_authority(authority)
    grant = Grant(role, authority_id=authority.pk, region=region)
    return Actor(user_id=5, person_id=None, label=code, grants=(grant,), reach=Reach(regions=(region,)))


def test_register_enterprise_computes_flags_and_leaves_one_entry() -> None:
    draft = enterprise_draft(tag_codes=("CONFINED",), authority_code="YYLQ-ZJ", revenue_10k=Decimal("1500.50"))

    enterprise = register_enterprise(officer(), draft, NOW)

    assert (enterprise.is_large_scale, enterprise.is_high_hazard, enterprise.needs_safety_director) == (
        True,
        True,
        True,
    )
    assert enterprise.flags_rule_date == date(2021, 1, 1)
    assert flags_of(Enterprise.objects.get()).reasons == ("employees",)
    entry = AuditEntry.objects.get(action="registry.enterprise_registered")
    assert entry.object_id == enterprise.public_id
    assert json.loads(entry.details)["revenue_10k"] == "1500.50"


@pytest.mark.parametrize(
    ("over", "is_needed"),
    [
        ({"industry_code": "CROWD", "employees": 500}, False),
        ({"industry_code": "CROWD", "employees": 500, "tag_codes": ("DUST",)}, True),
        ({"industry_code": "TRADE4", "employees": 99, "tag_codes": ("DUST",)}, False),
        ({"industry_code": "SMELT", "employees": 5000}, False),
        ({"industry_code": "CHEM2", "employees": None, "revenue_10k": Decimal(2000)}, True),
    ],
)
def test_register_enterprise_needs_a_director_by_industry_or_tag(over: dict[str, Any], is_needed: bool) -> None:
    assert register_enterprise(officer(), enterprise_draft(**over), NOW).needs_safety_director is is_needed


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"uscc": "914306020000000000"}, CreditCodeCheckWrong),
        ({"area_code": "430602999"}, UnknownArea),
        ({"area_code": "430602"}, UnknownArea),
        ({"area_code": "430602015"}, UnknownArea),
        ({"industry_code": "SPACE"}, UnknownIndustry),
        ({"tag_codes": ("CONFINED", "NONE")}, UnknownTag),
        ({"authority_code": "NASA"}, UnknownAuthority),
        ({"employees": -1}, FigureImpossible),
        ({"revenue_10k": Decimal("NaN")}, FigureImpossible),
        ({"area_code": "430602008"}, OutsideReach),
    ],
)
def test_register_enterprise_that_cannot_be_right_is_refused(over: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        register_enterprise(officer(), enterprise_draft(**over), NOW)
    assert (Enterprise.objects.count(), AuditEntry.objects.filter(action__contains="enterprise").count()) == (0, 0)


def test_register_enterprise_twice_is_refused() -> None:
    draft = enterprise_draft()
    register_enterprise(officer(), draft, NOW)

    with pytest.raises(EnterpriseExists):
        register_enterprise(officer(), draft, NOW)


@pytest.mark.parametrize("role", [REVIEWER, ENTERPRISE_ADMIN, "trainer", "invigilator"])
def test_register_enterprise_by_another_role_is_refused(role: str) -> None:
    with pytest.raises(NotAllowed):
        register_enterprise(officer(role=role), enterprise_draft(), NOW)


def test_change_enterprise_recomputes_flags_and_records_what_changed() -> None:
    draft = enterprise_draft()
    enterprise = register_enterprise(officer(), draft, NOW)

    changed = change_enterprise(officer(), enterprise.public_id, replace(draft, employees=20), now=NOW)

    assert (changed.employees, changed.is_large_scale, changed.needs_safety_director) == (20, False, False)
    entry = AuditEntry.objects.get(action="registry.enterprise_changed")
    assert json.loads(entry.details) == {"employees": [120, 20]}


def test_change_enterprise_cannot_move_it_out_of_reach() -> None:
    draft = enterprise_draft()
    enterprise = register_enterprise(officer(), draft, NOW)

    with pytest.raises(OutsideReach):
        change_enterprise(officer(), enterprise.public_id, replace(draft, area_code="430602008"), now=NOW)

    assert Enterprise.objects.get().area.code == "430602007"


def test_change_enterprise_of_another_street_is_not_found() -> None:
    enterprise = register_enterprise(officer(), enterprise_draft(), NOW)

    with pytest.raises(NotFound):
        change_enterprise(officer("YYLQ-008"), enterprise.public_id, enterprise_draft(), now=NOW)


def test_change_enterprise_in_reach_without_the_role_is_refused() -> None:
    enterprise = register_enterprise(officer(), enterprise_draft(), NOW)

    with pytest.raises(NotAllowed):
        change_enterprise(officer(role=REVIEWER), enterprise.public_id, enterprise_draft(), now=NOW)


def test_change_enterprise_to_a_taken_code_is_refused() -> None:
    draft = enterprise_draft()
    enterprise = register_enterprise(officer(), draft, NOW)
    other = register_enterprise(officer(), enterprise_draft(uscc=make_uscc()), NOW)

    with pytest.raises(EnterpriseExists):
        change_enterprise(officer(), enterprise.public_id, replace(draft, uscc=other.uscc), now=NOW)


def test_change_enterprise_of_a_merged_street_keeps_the_old_row() -> None:
    merged = Area.objects.get(code="430602015")
    draft = enterprise_draft(area_code="430602014")
    enterprise = register_enterprise(SYSTEM, draft, NOW)
    Enterprise.objects.update(area=merged)

    changed = change_enterprise(
        SYSTEM, enterprise.public_id, replace(draft, area_code="430602015", employees=3), now=NOW
    )

    assert (changed.area, changed.employees) == (merged, 3)


def test_set_enterprise_active_stops_and_resumes_with_reason() -> None:
    enterprise = register_enterprise(officer(), enterprise_draft(), NOW)

    stopped = set_enterprise_active(officer(), enterprise.public_id, is_active=False, reason="已注销", now=NOW)

    assert not stopped.is_active
    assert AuditEntry.objects.get(action="registry.enterprise_deactivated").reason == "已注销"
    with pytest.raises(EnterpriseStateSame):
        set_enterprise_active(officer(), enterprise.public_id, is_active=False, reason="再来", now=NOW)
    assert set_enterprise_active(officer(), enterprise.public_id, is_active=True, reason="恢复", now=NOW).is_active
    with pytest.raises(NotAllowed):
        set_enterprise_active(officer(role=REVIEWER), enterprise.public_id, is_active=False, reason="x", now=NOW)
