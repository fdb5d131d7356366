"""The API of the registry."""

import pytest
from django.urls import reverse

from registry.models import Enterprise
from tests.factories.actors import World
from tests.factories.registry import make_appointment, make_enterprise, make_id_number, make_person, make_uscc
from tests.registry.views.test_pages import own_queries

pytestmark = pytest.mark.django_db


def test_api_enterprises_are_those_in_reach(world: World) -> None:
    body = world.api_client("regulator").get(reverse("api:enterprise_list")).json()

    assert [(row["id"], row["name"], row["is_high_hazard"]) for row in body["results"]] == [
        (world.enterprise.public_id, world.enterprise.name, False)
    ]
    assert body["count"] == 1


def test_api_people_are_masked(world: World) -> None:
    number = make_id_number()
    make_appointment(
        enterprise=world.enterprise, person=make_person(name="欧阳锋", id_number=number, phone="+8613812341234")
    )

    response = world.api_client("regulator").get(reverse("api:person_list"))

    names = {row["name_masked"] for row in response.json()["results"]}
    assert "欧阳*" in names
    for private in (number, number[-6:], "13812341234", "欧阳锋"):
        assert private not in response.content.decode()


@pytest.mark.parametrize(
    "query", [{"sort": "password"}, {"area": "x' OR 1=1"}, {"flag": "is_active"}, {"q": "x" * 500}]
)
def test_api_with_an_unknown_filter_value_is_a_bad_request(world: World, query: dict[str, str]) -> None:
    response = world.api_client("regulator").get(reverse("api:enterprise_list"), query)

    assert response.status_code == 400
    assert response.json()["code"] == "invalid"


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("api:enterprise_list", 3), ("api:person_list", 3)])
def test_api_list_costs_the_same_with_one_and_with_three_rows(
    world: World, name: str, queries: int, count: int
) -> None:
    for _ in range(count - 1):
        make_appointment(enterprise=make_enterprise(area=world.enterprise.area, industry=world.industry))

    assert len(own_queries(world.api_client("regulator"), reverse(name))) == queries


def test_api_areas_are_for_everybody_signed_in(world: World) -> None:
    body = world.api_client("candidate").get(reverse("api:area_list")).json()

    assert {row["name"] for row in body["results"]} == {"岳阳楼区", "望岳路街道", "城陵矶街道"}


def body_of(world: World, **over: object) -> dict[str, object]:
    place = {"area": world.enterprise.area.code, "industry": world.industry.code}
    return {"name": "新公司", "uscc": make_uscc(), "employees": 120, **place, **over}


def test_api_registers_and_changes_an_enterprise(world: World) -> None:
    client = world.api_client("regulator")
    body = body_of(world)

    made = client.post(reverse("api:enterprise_list"), body, format="json")
    changed = client.put(
        reverse("api:enterprise_detail", args=[made.json()["id"]]), {**body, "employees": 5}, format="json"
    )

    assert (made.status_code, made.json()["is_large_scale"]) == (201, True)
    assert (changed.status_code, changed.json()["employees"], changed.json()["is_large_scale"]) == (200, 5, False)


@pytest.mark.parametrize(
    ("over", "status", "code"),
    [
        ({"uscc": "914306020000000000"}, 422, "credit_code_check_wrong"),
        ({"area": "430602102"}, 422, "outside_reach"),
        ({"industry": "NONE"}, 422, "unknown_industry"),
        ({"employees": -1}, 400, "invalid"),
        ({"name": ["x"]}, 400, "invalid"),
        ({"revenue_10k": "NaN"}, 400, "invalid"),
        ({"is_high_hazard": True, "id": "x", "name": "<b>"}, 422, "name_malformed"),
    ],
)
def test_api_refuses_an_enterprise_that_cannot_be(
    world: World, over: dict[str, object], status: int, code: str
) -> None:
    response = world.api_client("regulator").post(reverse("api:enterprise_list"), body_of(world, **over), format="json")

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert not Enterprise.objects.filter(name="新公司").exists()


def test_api_employs_and_ends_without_showing_the_number(world: World) -> None:
    client = world.api_client("enterprise_admin")
    number = make_id_number()
    body = {"name": "王安全", "id_number": number, "post": "safety_manager", "valid_from": "2026-11-01"}

    made = client.post(reverse("api:enterprise_people", args=[world.enterprise.public_id]), body, format="json")
    ended = client.post(
        reverse("api:appointment_end", args=[made.json()["id"]]), {"valid_to": "2026-11-20"}, format="json"
    )

    assert (made.status_code, made.json()["post"]) == (201, "safety_manager")
    assert number not in made.content.decode()
    assert (ended.status_code, ended.json()["valid_to"]) == (200, "2026-11-20")
