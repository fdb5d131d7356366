"""The API of the registry."""

import pytest
from django.urls import reverse

from tests.factories.actors import World
from tests.factories.registry import make_appointment, make_enterprise, make_id_number, make_person
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
