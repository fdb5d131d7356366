"""Loading reference data."""

from datetime import UTC, date, datetime

import pytest

from core.actor import Actor
from core.errors import NotAllowed
from core.models import AuditEntry
from registry.actions import load_reference_data
from registry.models import Area, Authority, HazardTag, Industry
from registry.queries import areas_in_force, region_of_authority
from tests.factories.registry import SYSTEM

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_load_reference_data_twice_adds_nothing_the_second_time() -> None:
    first = load_reference_data(SYSTEM, NOW)
    counts = [model.objects.count() for model in (Area, Industry, HazardTag, Authority)]

    second = load_reference_data(SYSTEM, NOW)

    assert (first, second) == (sum(counts), 0)
    assert [model.objects.count() for model in (Area, Industry, HazardTag, Authority)] == counts
    assert AuditEntry.objects.filter(action="registry.reference_data_loaded").count() == 1


@pytest.mark.django_db
def test_load_reference_data_keeps_what_was_changed_since() -> None:
    load_reference_data(SYSTEM, NOW)
    Authority.objects.filter(code="YYLQ-AWB").update(contact="0730-0000000")

    load_reference_data(SYSTEM, NOW)

    assert Authority.objects.get(code="YYLQ-AWB").contact == "0730-0000000"


@pytest.mark.django_db
def test_load_reference_data_by_a_user_is_refused() -> None:
    with pytest.raises(NotAllowed):
        load_reference_data(Actor(user_id=1, person_id=None, label="somebody"), NOW)
    assert Area.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2014, 6, 1), {"洛王街道", "梅溪街道"}),
        (date(2018, 6, 1), {"洛王街道（梅溪并入）"}),
        (date(2026, 6, 1), {"洛王街道", "梅溪街道"}),
    ],
)
def test_streets_that_merged_and_split_are_in_force_in_their_years(day: date, expected: set[str]) -> None:
    load_reference_data(SYSTEM, NOW)

    names = set(areas_in_force(day).values_list("name", flat=True))

    assert {name for name in names if "洛王" in name or "梅溪" in name} == expected


@pytest.mark.django_db
def test_region_of_a_department_has_its_industries_with_those_below() -> None:
    load_reference_data(SYSTEM, NOW)

    region = region_of_authority(Authority.objects.get(code="YYLQ-JJ"))

    codes = set(Industry.objects.filter(pk__in=region.industries or ()).values_list("code", flat=True))
    assert codes == {"TRANSPORT", "TRANSPORT1", "TRANSPORT2"}
    assert region.areas == frozenset(Area.objects.values_list("pk", flat=True))
