from datetime import UTC, datetime, timedelta

import pytest

from accounts.domain.roles import check_decision, check_place, check_separation, checked_reason
from accounts.errors import ReasonMissing, RequestDecided, RequestExpired, RolePlaceWrong, RolesConflict, RoleUnknown
from core import actor
from core.errors import SameApprover

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("role", "has_authority", "has_enterprise"),
    [
        (actor.REGULATOR, True, False),
        (actor.TRAINER, True, False),
        (actor.REVIEWER, True, False),
        (actor.INVIGILATOR, True, False),
        (actor.ENTERPRISE_ADMIN, False, True),
        (actor.SYSTEM_ADMIN, False, False),
        (actor.SECURITY_ADMIN, False, False),
        (actor.AUDITOR, False, False),
    ],
)
def test_check_place_each_role_holds_only_where_it_belongs(
    role: str, has_authority: bool, has_enterprise: bool
) -> None:
    check_place(role, has_authority=has_authority, has_enterprise=has_enterprise)
    for wrong in {(True, False), (False, True), (False, False), (True, True)} - {(has_authority, has_enterprise)}:
        with pytest.raises(RolePlaceWrong):
            check_place(role, has_authority=wrong[0], has_enterprise=wrong[1])


@pytest.mark.parametrize("role", ["candidate", "superuser", "", "REGULATOR"])
def test_check_place_unknown_role_is_refused(role: str) -> None:
    with pytest.raises(RoleUnknown):
        check_place(role, has_authority=True, has_enterprise=False)


def test_check_separation_two_administrations_in_one_hand_are_refused() -> None:
    check_separation(actor.AUDITOR, [actor.REGULATOR])
    check_separation(actor.REGULATOR, [actor.AUDITOR])
    for held in (actor.SYSTEM_ADMIN, actor.SECURITY_ADMIN):
        with pytest.raises(RolesConflict):
            check_separation(actor.AUDITOR, [held])


def test_check_decision_another_person_in_time_may_decide() -> None:
    check_decision(
        requested_by="user:1", decided_by="user:2", requested_at=NOW - timedelta(hours=24), now=NOW, is_open=True
    )


def test_check_decision_each_rule_alone_refuses() -> None:
    asked = NOW - timedelta(hours=24)
    with pytest.raises(SameApprover):
        check_decision(requested_by="person:1", decided_by="person:1", requested_at=asked, now=NOW, is_open=True)
    with pytest.raises(RequestDecided):
        check_decision(requested_by="user:1", decided_by="user:2", requested_at=asked, now=NOW, is_open=False)
    with pytest.raises(RequestExpired):
        check_decision(
            requested_by="user:1",
            decided_by="user:2",
            requested_at=asked,
            now=NOW + timedelta(seconds=1),
            is_open=True,
        )


def test_checked_reason_empty_is_refused_and_long_is_cut() -> None:
    assert checked_reason("  离岗 ") == "离岗"
    assert len(checked_reason("长" * 900)) == 500
    with pytest.raises(ReasonMissing):
        checked_reason(" \n\t")
