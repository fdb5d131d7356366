"""The public pages: nothing before the instant, nothing private ever, everything from the snapshot."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.canonical import sha256_hex
from exams.models import Candidate
from publications.actions import approve_publication, correct_publication, withdraw_publication
from publications.models import Publication
from tests.factories.exams import make_candidate
from tests.factories.publications import (
    CANARIES,
    NOW,
    make_graded_round,
    make_proposed,
    make_published,
    make_regulator,
    make_result,
    make_reviewer,
)
from tests.factories.registry import make_enterprise, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shortly_after_publication() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield


def _base(row: Publication) -> str:
    return f"/public/scores/{row.round.public_id}/"


def _all_addresses(row: Publication) -> list[str]:
    base = _base(row)
    return [
        base,
        f"{base}print/",
        f"{base}1/scores.json",
        f"{base}1/scores.csv",
        "/public/scores/",
        "/public/",
        "/public/about/",
    ]


def test_round_page_shows_masked_rows_totals_hash_and_no_private_byte(client: Client) -> None:
    row = make_published()
    phones = list(Candidate.objects.values_list("person__phone", flat=True))
    for address in _all_addresses(row):
        response = client.get(address)
        assert response.status_code == 200, address
        everything = response.content.decode() + str(response.headers)
        for name in CANARIES:
            assert name not in everything
            assert json.dumps(name)[1:-1] not in everything
        assert not [phone for phone in phones if phone[-11:] in everything]
    page = client.get(_base(row)).content.decode()
    assert "张*旯" in page
    assert "欧阳*彐" in page
    assert row.snapshot.sha256 in page


def test_round_page_before_approval_answers_like_nothing(client: Client) -> None:
    row = make_proposed()
    unknown = client.get("/public/scores/" + "0" * 32 + "/")
    for address in (_base(row), f"{_base(row)}print/", f"{_base(row)}1/scores.json", f"{_base(row)}1/scores.csv"):
        response = client.get(address)
        assert response.status_code == 404
        assert row.round.title not in response.content.decode()
    assert unknown.status_code == 404
    assert row.round.public_id not in client.get("/public/scores/").content.decode()


def test_scores_json_is_the_snapshot_and_its_hash_is_the_one_on_the_page(client: Client) -> None:
    row = make_published()
    response = client.get(f"{_base(row)}1/scores.json")
    assert response.content.decode() == row.snapshot.content
    assert sha256_hex(response.content) == row.snapshot.sha256
    assert response["ETag"] == f'"{row.snapshot.sha256}"'
    assert response["Cache-Control"] == "public, max-age=300"
    again = client.get(f"{_base(row)}1/scores.json", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_scores_csv_opens_in_excel_and_no_cell_is_a_formula(client: Client) -> None:
    exam_round = make_graded_round()
    firm = make_enterprise(name='=HYPERLINK("http://evil.example","点我")')
    make_result(make_candidate(exam_round, enterprise=firm, person=make_person(name="钱甪旯")), score=90)
    row = make_published(exam_round)
    data = client.get(f"{_base(row)}1/scores.csv").content
    assert data.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert table[0] == [
        "单位名称",
        "统一社会信用代码",
        "行业领域",
        "乡街",
        "姓名",
        "岗位",
        "成绩",
        "结果",
        "轮次",
        "备注",
    ]
    assert len(table) == 1 + len(CANARIES) + 1
    assert not [cell for line in table for cell in line if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_round_page_hostile_names_are_text_not_markup(client: Client) -> None:
    exam_round = make_graded_round()
    firm = make_enterprise(name="<img src=x onerror=alert(1)>公司")
    make_result(
        make_candidate(exam_round, enterprise=firm, person=make_person(name="<script>alert(1)</script>")), score=90
    )
    page = client.get(_base(make_published(exam_round))).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;公司" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 6),
        ("?state=absent", 1),
        ("?state=passed&post=principal", 5),
        ("?q=%E6%AC%A7%E9%98%B3", 1),
        ("?q=nothing-like-it", 0),
        ("?post=safety_director", 6),
        ("?state=%3Cb%3E", 6),
        ("?page=999&size=50", 6),
        ("?size=-1", 6),
        ("?size=²", 6),
        ("?q=" + "x" * 500, 6),
    ],
)
def test_round_page_filters_in_the_address_narrow_and_nonsense_changes_nothing(
    client: Client, query: str, count: int
) -> None:
    response = client.get(_base(make_published()) + query)
    assert response.status_code == 200
    assert len(response.context["rows"]) == count


def test_round_page_names_period_over_rows_are_gone_and_totals_stay(client: Client) -> None:
    row = make_published()
    base = _base(row)
    with time_machine.travel(NOW + timedelta(days=90), tick=False):
        assert "张*旯" in client.get(base).content.decode()
    with time_machine.travel(NOW + timedelta(days=91), tick=False):
        page = client.get(base)
        assert page.status_code == 200
        assert "张*旯" not in page.content.decode()
        assert "合格率" in page.content.decode()
        assert client.get(f"{base}1/scores.json").status_code == 410
        assert client.get(f"{base}1/scores.csv").status_code == 410
        assert "张*旯" not in client.get(f"{base}print/").content.decode()


def test_round_page_withdrawn_says_so_and_shows_no_figure(client: Client) -> None:
    row = make_published()
    withdraw_publication(make_regulator(row.round), row.public_id, note="发现名单有误，正在核对", now=NOW)
    page = client.get(_base(row))
    assert page.status_code == 200
    assert "发现名单有误，正在核对" in page.content.decode()
    assert "张*旯" not in page.content.decode()
    assert page.context["stats"] == []
    assert client.get(f"{_base(row)}1/scores.json").status_code == 410


def test_round_page_corrected_shows_the_note_and_both_versions_download(client: Client) -> None:
    first = make_published()
    make_result(Candidate.objects.get(person__name=CANARIES[0]), score=99)
    second = correct_publication(make_regulator(first.round), first.round.public_id, note="答案更正后重新评分", now=NOW)
    assert client.get(f"{_base(first)}2/scores.json").status_code == 404
    approve_publication(make_reviewer(first.round), second.public_id, snapshot_sha256=second.snapshot.sha256, now=NOW)
    page = client.get(_base(first)).content.decode()
    assert "答案更正后重新评分" in page
    assert "99 分" in page
    assert sha256_hex(client.get(f"{_base(first)}1/scores.json").content) == first.snapshot.sha256
    assert sha256_hex(client.get(f"{_base(first)}2/scores.json").content) == second.snapshot.sha256
    assert client.get(f"{_base(first)}3/scores.json").status_code == 404


def test_round_page_changed_live_tables_change_nothing_that_is_shown(client: Client) -> None:
    row = make_published()
    before = client.get(_base(row)).content
    Candidate.objects.update(score="1.00", state="failed", enterprise_name="改过的单位")
    row.round.title = "改过的标题"
    row.round.save()
    assert client.get(_base(row)).content == before


def test_public_pages_for_everybody_are_cacheable_and_hold_no_token(client: Client) -> None:
    row = make_published()
    response = client.get(_base(row))
    assert response["Cache-Control"] == "public, max-age=60"
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert not response.cookies
    assert client.get(_base(row), headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_public_pages_for_signed_in_readers_are_kept_by_no_cache() -> None:
    row = make_published()
    client = Client()
    client.force_login(row.proposed_by)
    assert client.get(_base(row))["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_public_pages_only_read(client: Client, method: str) -> None:
    assert getattr(client, method)(_base(make_published())).status_code == 405


def test_round_list_same_number_of_queries_with_one_and_three_rounds(client: Client) -> None:
    make_published()
    client.get("/public/scores/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get("/public/scores/")
    make_published()
    make_published()
    with CaptureQueriesContext(connection) as three:
        client.get("/public/scores/")
    assert len(one) == len(three) <= 3


def test_empty_public_site_says_so(client: Client) -> None:
    assert "还没有成绩公示" in client.get("/public/").content.decode()
    assert "还没有成绩公示" in client.get("/public/scores/").content.decode()
