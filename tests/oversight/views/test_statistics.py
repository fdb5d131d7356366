"""Figures on the page and in the workbook: of rounds in reach only, at the same cost whatever their number."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.actor import REGULATOR
from tests.factories.actors import World, client_of
from tests.factories.publications import make_graded_round

pytestmark = pytest.mark.django_db


def _graded(world: World, year: int) -> None:
    exam_round = make_graded_round(authority=world.authority, year=year)
    exam_round.candidates.update(area=world.enterprise.area, industry=world.industry)


def _due(world: World, year: int) -> int:
    return world.authority.rounds.get(year=year).candidates.exclude(state="deferred").count()


def test_page_shows_the_figures_of_the_latest_quarter_and_of_a_chosen_one(world):
    _graded(world, 2024)
    _graded(world, 2025)
    client = client_of(world.users[REGULATOR])
    latest = client.get(reverse("oversight:statistics")).context
    assert [name[:4] for name in latest["quarters"]] == ["2025", "2024"]
    assert latest["figures"].due == _due(world, 2025)
    chosen = client.get(reverse("oversight:statistics"), {"quarter": latest["quarters"][1]}).context
    assert chosen["chosen"] == latest["quarters"][1]
    assert (
        client.get(reverse("oversight:statistics"), {"quarter": "'; DROP"}).context["chosen"] == latest["quarters"][0]
    )


def test_page_out_of_reach_is_empty(world):
    _graded(world, 2024)
    page = client_of(world.users["other_regulator"]).get(reverse("oversight:statistics"))
    assert page.context["figures"] is None
    assert "还没有可以统计的成绩" in page.content.decode()


def test_page_costs_the_same_for_one_round_and_for_three(world):
    client = client_of(world.users[REGULATOR])
    counts = []
    for years in ((2023,), (2024, 2025)):
        for year in years:
            _graded(world, year)
        client.get(reverse("oversight:statistics"))  # the first request also settles the session
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("oversight:statistics"))
        counts.append(len(queries))
    assert counts == [11, 11]


def test_workbook_holds_numbers_as_numbers(world):
    _graded(world, 2024)
    answer = client_of(world.users[REGULATOR]).get(reverse("oversight:statistics_export"))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["按季度", "按行业", "按乡街"]
    row = [cell.value for cell in book["按季度"][2]]
    assert row[0].startswith("2024")
    assert row[1] == _due(world, 2024)
