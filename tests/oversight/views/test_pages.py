"""Board, follow-ups and files: what each may see, and how many queries it costs."""

import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.actor import REGULATOR
from exams.models import Round
from oversight.models import FollowUp
from tests.factories.actors import World, client_of
from tests.factories.oversight import NOW, make_failed_candidate, make_follow_up
from tests.factories.publications import make_graded_round
from tests.factories.registry import make_enterprise, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _then() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def _round(world: World) -> Round:
    found = world.things.get("round")
    if found is None:
        found = world.things["round"] = make_graded_round(authority=world.authority)
        found.candidates.update(area=world.enterprise.area, industry=world.industry)
    return found


def _follow_up(world: World, **over: Any) -> FollowUp:
    enterprise = over.pop("enterprise", world.enterprise)
    return make_follow_up(make_failed_candidate(_round(world), enterprise=enterprise, **over))


def test_board_counts_lead_to_their_lists(world: World) -> None:
    _follow_up(world)
    FollowUp.objects.update(due_on="2026-11-01")
    world.enterprise.is_high_hazard = True
    world.enterprise.save()
    page = world.client("regulator").get(reverse("oversight:board"))
    assert page.status_code == 200
    exam = {one["label"]: one["value"] for one in page.context["exam_stats"]}
    assert (exam["应考"], exam["合格"], exam["不合格"], exam["缺考"]) == (7, 5, 1, 1)
    late = page.context["follow_up_stats"][0]
    assert (late["value"], late["url"], late["tone"]) == (1, "/oversight/follow-ups/?state=overdue", "bad")
    assert page.context["lecture_stats"][1]["value"] == 1
    assert page.context["board"].matrix.total.total == 7


@pytest.mark.parametrize("query", ["?measure=lectures", "?measure=follow_ups", "?measure=x';--"])
def test_board_measures_fill_the_table_and_nonsense_is_the_first(world: World, query: str) -> None:
    _follow_up(world)
    page = world.client("regulator").get(reverse("oversight:board") + query)
    assert page.status_code == 200
    assert page.context["board"].measure in {"exam", "lectures", "follow_ups"}


def test_board_of_an_authority_where_one_has_no_role_is_not_found(world: World) -> None:
    address = f"{reverse('oversight:board')}?authority={world.other_authority.public_id}"
    assert world.client("regulator").get(address).status_code == 404
    assert world.client("candidate").get(address).status_code == 403


def test_board_without_any_round_says_what_to_do(world: World) -> None:
    page = world.client("regulator").get(reverse("oversight:board"))
    assert "还没有抽考轮次" in page.content.decode()


def test_follow_ups_list_same_number_of_queries_with_one_and_three_rows(world: World) -> None:
    _follow_up(world)
    client = world.client("regulator")
    address = reverse("oversight:follow_ups")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    _follow_up(world)
    _follow_up(world)
    with CaptureQueriesContext(connection) as three:
        page = client.get(address)
    assert len(page.context["rows"]) == 3
    assert len(one) == len(three)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("?state=open", 1),
        ("?state=done", 0),
        ("?step=talk", 1),
        ("?step=circular", 0),
        ("?q=甪", 0),
        ("?state=x", 1),
    ],
)
def test_follow_ups_filters_narrow(world: World, query: str, count: int) -> None:
    _follow_up(world)
    assert len(world.client("regulator").get(reverse("oversight:follow_ups") + query).context["rows"]) == count


def test_follow_ups_of_another_street_are_not_seen(world: World) -> None:
    follow_up = _follow_up(world)
    client = world.client("other_regulator")
    assert len(client.get(reverse("oversight:follow_ups")).context["rows"]) == 0
    assert client.get(reverse("oversight:follow_up", args=[follow_up.public_id])).status_code == 404


def test_follow_ups_enterprise_sees_its_own_and_cannot_close(world: World) -> None:
    follow_up = _follow_up(world)
    client = world.client("enterprise_admin")
    page = client.get(reverse("oversight:follow_up", args=[follow_up.public_id]))
    assert (page.status_code, page.context["may_close"]) == (200, False)
    answer = client.post(reverse("oversight:follow_up", args=[follow_up.public_id]), {"evidence": "约谈笔录第 12 号"})
    assert answer.status_code == 403
    follow_up.refresh_from_db()
    assert follow_up.state == "open"


def test_follow_up_page_closes_with_evidence_and_says_what_is_missing(world: World) -> None:
    follow_up = _follow_up(world)
    client = world.client("regulator")
    address = reverse("oversight:follow_up", args=[follow_up.public_id])
    missing = client.post(address, {"evidence": "短"})
    assert missing.status_code == 422
    assert "请写明办理情况和依据" in missing.content.decode()
    assert client.post(address, {"evidence": "约谈笔录第 12 号", "open_next": "on"}).status_code == 302
    assert FollowUp.objects.count() == 2


def test_export_is_what_is_filtered_and_holds_no_formula(world: World) -> None:
    hostile = make_person(name="=cmd|' /C calc'!A0")
    _follow_up(world, person=hostile)
    client = world.client("regulator")
    data = client.get(reverse("oversight:follow_up_export")).content
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    rows = list(sheet.iter_rows())
    assert len(rows) == 2
    assert not [cell for row in rows for cell in row if cell.data_type == "f"]
    nothing = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("oversight:follow_up_export") + "?state=done").content)
    ).active
    assert nothing.max_row == 1


def test_file_shows_everything_of_one_enterprise_and_nothing_of_another(world: World) -> None:
    _follow_up(world, person=world.person)
    _follow_up(world, enterprise=world.other_enterprise, person=world.other_person)
    page = world.client("regulator").get(reverse("oversight:enterprise_file", args=[world.enterprise.public_id]))
    text = page.content.decode()
    assert page.status_code == 200
    for part in (world.enterprise.name, world.enterprise.uscc, world.person.name, "约谈", "待处置"):
        assert part in text
    for part in (world.other_person.name, world.person.phone[-11:], world.person.id_number_masked):
        assert part not in text


def test_file_out_of_reach_is_not_found_and_own_is_shown(world: World) -> None:
    address = reverse("oversight:enterprise_file", args=[world.enterprise.public_id])
    assert world.client("other_regulator").get(address).status_code == 404
    assert world.client("other_enterprise_admin").get(address).status_code == 404
    assert world.client("enterprise_admin").get(address).status_code == 200
    assert world.client("candidate").get(address).status_code in {403, 404}


def test_file_prints_on_paper(world: World) -> None:
    _follow_up(world, person=world.person)
    page = world.client("regulator").get(reverse("oversight:enterprise_file_print", args=[world.enterprise.public_id]))
    assert "安全生产教育培训档案" in page.content.decode()
    assert world.person.name in page.content.decode()


def test_file_list_finds_by_name_and_code(world: World) -> None:
    make_enterprise(name="望岳甪化工", area=world.enterprise.area, industry=world.industry)
    client = client_of(world.users[REGULATOR])
    assert len(client.get(reverse("oversight:files")).context["page"].object_list) == 2
    assert len(client.get(reverse("oversight:files"), {"q": "甪"}).context["page"].object_list) == 1
    assert len(client.get(reverse("oversight:files"), {"q": world.enterprise.uscc}).context["page"].object_list) == 1
