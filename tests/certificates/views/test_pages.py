"""Verification by anybody, the holder's page, the staff's pages."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates.models import Certificate
from core.actor import ENTERPRISE_ADMIN, REGULATOR
from core.masking import mask_name
from tests.factories.accounts import make_user
from tests.factories.actors import client_of, staff_client
from tests.factories.certificates import LATER, make_certificate
from tests.factories.registry import make_authority, make_enterprise

pytestmark = pytest.mark.django_db
PUBLIC = "/public/certificates/"


@pytest.fixture(autouse=True)
def _a_day_later() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def test_public_page_by_its_id_shows_everything_printed(client: Client) -> None:
    certificate = make_certificate()
    page = client.get(f"{PUBLIC}{certificate.public_id}/")
    text = page.content.decode()
    assert page.status_code == 200
    for part in (certificate.person.name, certificate.number, certificate.content_sha256, "有效期至", "不是法定的"):
        assert part in text
    assert certificate.person.phone[-11:] not in text
    assert page["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert page["Cache-Control"] == "no-store, private"


def test_public_page_unknown_id_is_404(client: Client) -> None:
    make_certificate()
    assert client.get(f"{PUBLIC}{'0' * 32}/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({"state": "revoked", "state_reason": "经查实由他人代考"}, "revoked", "经查实由他人代考"),
        ({"state": "superseded"}, "superseded", "新证书"),
        ({"valid_until": (LATER - timedelta(days=2)).date()}, "expired", "到期"),
        ({}, "valid", "有效期至"),
    ],
)
def test_public_page_shows_the_state_today(client: Client, changes: dict[str, object], state: str, words: str) -> None:
    certificate = make_certificate()
    Certificate.objects.filter(pk=certificate.pk).update(**changes)
    page = client.get(f"{PUBLIC}{certificate.public_id}/")
    assert page.context["state"] == state
    assert words in page.content.decode()


def test_look_up_right_number_and_name_shows_state_with_masked_name(client: Client) -> None:
    certificate = make_certificate()
    page = client.post(PUBLIC, {"number": certificate.number.lower(), "holder": f" {certificate.person.name} "})
    text = page.content.decode()
    assert page.status_code == 200
    assert mask_name(certificate.person.name) in text
    assert certificate.person.name not in text
    assert certificate.public_id not in text


@pytest.mark.parametrize(
    "data", [{"holder": "李四"}, {"number": "CK2026Q4-000000-0"}, {"number": "x"}, {"holder": "\x00"}, {"number": ""}]
)
def test_look_up_anything_wrong_is_answered_without_telling_which(client: Client, data: dict[str, str]) -> None:
    certificate = make_certificate()
    page = client.post(PUBLIC, {"number": certificate.number, "holder": certificate.person.name} | data)
    assert page.status_code == 422
    assert page.context["result"] is None
    assert certificate.content_sha256 not in page.content.decode()


def test_look_up_wrong_name_and_unknown_number_give_the_same_sentence(client: Client) -> None:
    certificate = make_certificate()
    wrong_name = (
        client.post(PUBLIC, {"number": certificate.number, "holder": "李四"}).context["form"].non_field_errors()
    )
    unknown = client.post(PUBLIC, {"number": "CK2026Q4-483920-9", "holder": "李四"}).context["form"].non_field_errors()
    assert wrong_name == unknown


def test_look_up_too_often_is_slowed_down(client: Client) -> None:
    answers = [client.post(PUBLIC, {"number": "x", "holder": "y"}).status_code for _ in range(22)]
    assert answers[19:] == [422, 429, 429]


def test_mine_shows_only_ones_own() -> None:
    certificate = make_certificate()
    other = Certificate.objects.exclude(pk=certificate.pk).first()
    assert other is not None
    text = client_of(make_user(person=certificate.person)).get(reverse("certificates:mine")).content.decode()
    assert certificate.number in text
    assert other.number not in text


def test_mine_without_certificate_says_how_to_get_one() -> None:
    make_certificate()
    assert "还没有证书" in client_of(make_user()).get(reverse("certificates:mine")).content.decode()


def test_pdf_is_served_within_reach_only() -> None:
    certificate = make_certificate()
    name = default_storage.save(f"certificates/{certificate.public_id}.pdf", ContentFile(b"%PDF-1.7 test"))
    Certificate.objects.filter(pk=certificate.pk).update(pdf_name=name)
    address = reverse("certificates:pdf", args=[certificate.public_id])
    own = client_of(make_user(person=certificate.person)).get(address)
    assert b"".join(own.streaming_content) == b"%PDF-1.7 test"
    assert own["Content-Disposition"] == f'attachment; filename="{certificate.number}.pdf"'
    other = Certificate.objects.exclude(pk=certificate.pk).select_related("person").first()
    assert other is not None
    assert client_of(make_user(person=other.person)).get(address).status_code == 404
    assert staff_client(REGULATOR, authority=make_authority()).get(address).status_code == 404
    assert staff_client(ENTERPRISE_ADMIN, enterprise=make_enterprise()).get(address).status_code == 404
    assert staff_client(ENTERPRISE_ADMIN, enterprise=certificate.candidate.enterprise).get(address).status_code == 200


def test_pdf_not_made_yet_says_so() -> None:
    certificate = make_certificate()
    page = client_of(make_user(person=certificate.person)).get(
        reverse("certificates:pdf", args=[certificate.public_id])
    )
    assert page.status_code == 409


def test_list_filters_by_state_and_text_and_costs_the_same_for_every_length() -> None:
    certificate = make_certificate()
    client = staff_client(REGULATOR, authority=certificate.authority)
    address = reverse("certificates:list")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        found = client.get(address, {"q": certificate.number})
    with CaptureQueriesContext(connection) as five:
        everything = client.get(address, {"state": "valid"})
    assert [row["certificate"].pk for row in found.context["rows"]] == [certificate.pk]
    assert len(everything.context["rows"]) == 5
    assert len(one) == len(five)
    assert len(client.get(address, {"state": "revoked"}).context["rows"]) == 0
    assert client.get(address, {"state": "'; drop", "q": "x" * 500}).status_code == 200


def test_revoke_page_revokes_after_number_and_reason() -> None:
    certificate = make_certificate()
    client = staff_client(REGULATOR, authority=certificate.authority)
    address = reverse("certificates:revoke", args=[certificate.public_id])
    wrong = client.post(address, {"reason": "经查实由他人代考", "confirm_name": "CK"})
    assert wrong.status_code == 422
    assert f"应输入“{certificate.number}”" in wrong.content.decode()
    assert client.post(address, {"reason": "经查实由他人代考", "confirm_name": certificate.number}).status_code == 302
    certificate.refresh_from_db()
    assert certificate.state == "revoked"
