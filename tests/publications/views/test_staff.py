"""Proposing and approving through pages."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core.actor import REGULATOR, REVIEWER, Actor
from exams.models import Candidate
from publications.models import Publication
from tests.factories.actors import client_of, make_staff_user, staff_client
from tests.factories.publications import CANARIES, NOW, make_graded_round, make_proposed, make_published, make_result

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shortly_after_publication() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield


def _user_of(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id)


def test_propose_page_previews_masked_rows_with_hash_and_due_date() -> None:
    exam_round = make_graded_round()
    page = staff_client(REGULATOR, authority=exam_round.authority).get(
        reverse("publications:propose", args=[exam_round.public_id])
    )
    text = page.content.decode()
    assert page.status_code == 200
    assert "2026-12-21" in text
    assert page.context["preview"].sha256 in text
    assert "张*旯" in text
    assert CANARIES[0] not in text
    assert not Publication.objects.exists()


def test_propose_then_approve_by_pages_makes_it_public() -> None:
    exam_round = make_graded_round()
    proposer = staff_client(REGULATOR, authority=exam_round.authority)
    answer = proposer.post(reverse("publications:propose", args=[exam_round.public_id]))
    row = Publication.objects.get()
    detail = reverse("publications:detail", args=[row.public_id])
    assert answer["Location"] == detail
    own_page = proposer.get(detail)
    assert not own_page.context["may_approve"]
    assert own_page.context["waits_for_another"]
    reviewer = staff_client(REVIEWER, authority=exam_round.authority)
    assert reviewer.get(detail).context["may_approve"]
    done = reviewer.post(
        reverse("publications:approve", args=[row.public_id]),
        {"confirm_name": "2026Q4", "snapshot_sha256": row.snapshot.sha256},
    )
    assert done["Location"] == detail
    row.refresh_from_db()
    assert row.state == "published"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"confirm_name": "2026Q3"}, "应输入“2026Q4”"),
        ({"confirm_name": ""}, ""),
        ({"snapshot_sha256": "0" * 64}, "成绩在提出公示之后发生了变化"),
        ({"snapshot_sha256": ""}, ""),
    ],
)
def test_approve_page_wrong_confirmation_or_hash_says_so_and_publishes_nothing(
    data: dict[str, str], words: str
) -> None:
    row = make_proposed()
    client = staff_client(REVIEWER, authority=row.round.authority)
    fields = {"confirm_name": "2026Q4", "snapshot_sha256": row.snapshot.sha256} | data
    page = client.post(reverse("publications:approve", args=[row.public_id]), fields)
    assert page.status_code == 422
    assert words in page.content.decode()
    row.refresh_from_db()
    assert row.state == "proposed"


def test_approve_page_by_the_proposer_is_refused_beside_the_form() -> None:
    row = make_proposed()
    client = client_of(row.proposed_by)
    fields = {"confirm_name": "2026Q4", "snapshot_sha256": row.snapshot.sha256}
    page = client.post(reverse("publications:approve", args=[row.public_id]), fields)
    assert page.status_code == 422
    row.refresh_from_db()
    assert row.state == "proposed"


def test_approve_page_by_get_is_not_there() -> None:
    row = make_proposed()
    client = staff_client(REVIEWER, authority=row.round.authority)
    assert client.get(reverse("publications:approve", args=[row.public_id])).status_code == 405


def test_correct_page_shows_what_changes_and_needs_a_note() -> None:
    row = make_published()
    make_result(Candidate.objects.get(person__name=CANARIES[0]), score=99)
    client = staff_client(REGULATOR, authority=row.round.authority)
    address = reverse("publications:correct", args=[row.round.public_id])
    page = client.get(address)
    assert page.context["changes"]["count"] == 1
    assert "99 合格" in page.content.decode()
    assert client.post(address, {"note": "短"}).status_code == 422
    assert Publication.objects.count() == 1
    assert client.post(address, {"note": "答案更正后重新评分"}).status_code == 302
    assert Publication.objects.filter(state="proposed").count() == 1


def test_withdraw_page_needs_code_and_reason() -> None:
    row = make_published()
    client = staff_client(REGULATOR, authority=row.round.authority)
    address = reverse("publications:withdraw", args=[row.public_id])
    assert client.post(address, {"note": "发现名单有误", "confirm_name": "x"}).status_code == 422
    row.refresh_from_db()
    assert row.state == "published"
    assert client.post(address, {"note": "发现名单有误", "confirm_name": "2026Q4"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_list_page_same_number_of_queries_with_one_and_three_rows() -> None:
    row = make_published()
    authority = row.round.authority
    client = client_of(make_staff_user(REGULATOR, authority=authority))
    address = reverse("publications:list")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    make_published(make_graded_round(authority=authority, quarter=3))
    make_published(make_graded_round(authority=authority, quarter=2))
    with CaptureQueriesContext(connection) as three:
        page = client.get(address)
    assert len(page.context["rows"]) == 3
    assert len(one) == len(three)


def test_list_page_of_another_authority_shows_no_row() -> None:
    row = make_published()
    client = staff_client(REGULATOR, authority=make_graded_round().authority)
    page = client.get(reverse("publications:list"))
    assert row.round.public_id not in page.content.decode()
    assert len(page.context["rows"]) == 0
    assert len(page.context["waiting"]) == 1
