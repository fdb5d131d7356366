"""Everybody who passed gets one, once; nobody else does."""

import io
import json
import logging

import pytest
from django.core.files.storage import default_storage
from pypdf import PdfReader

from certificates.actions import issue_certificates, revoke_certificate
from certificates.errors import CertificateNotValid, RevocationReasonMissing, RoundNotPublished
from certificates.jobs import task_render_missing
from certificates.models import Certificate
from core.actor import REGULATOR, REVIEWER
from core.errors import ConfirmationMismatch, NotAllowed, NotFound
from core.models import AuditEntry
from exams.events import round_published
from exams.models import Candidate
from tests.factories.actors import make_actor
from tests.factories.certificates import LATER, NOW, SYSTEM, make_certificate, make_published_round
from tests.factories.publications import CANARIES, make_graded_round, make_result
from tests.factories.registry import make_authority

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, logger="weasyprint")


def test_issue_passers_get_one_each_and_the_absent_none() -> None:
    exam_round = make_published_round()
    assert issue_certificates(SYSTEM, exam_round.pk, now=NOW) == 5
    holders = set(Certificate.objects.values_list("person__name", flat=True))
    assert holders == set(CANARIES[:-1])
    assert AuditEntry.objects.filter(action="certificates.issued").count() == 5


def test_issue_twice_issues_once() -> None:
    exam_round = make_published_round()
    issue_certificates(SYSTEM, exam_round.pk, now=NOW)
    assert issue_certificates(SYSTEM, exam_round.pk, now=LATER) == 0
    assert Certificate.objects.count() == 5


def test_issue_before_publication_is_refused() -> None:
    exam_round = make_graded_round()
    with pytest.raises(RoundNotPublished):
        issue_certificates(SYSTEM, exam_round.pk, now=NOW)
    assert not Certificate.objects.exists()


def test_issue_unknown_round_is_not_found() -> None:
    with pytest.raises(NotFound):
        issue_certificates(SYSTEM, 0, now=NOW)


def test_issue_content_is_what_was_true_then() -> None:
    exam_round = make_published_round()
    certificate = make_certificate(Candidate.objects.get(person__name=CANARIES[0]))
    content = json.loads(certificate.content)
    assert content["holder"] == CANARIES[0]
    assert content["score"] == "86"
    assert (content["issued_on"], content["valid_until"]) == ("2026-11-23", "2027-11-22")
    assert content["issuer"] == exam_round.authority.name


def test_issue_months_set_by_the_authority_count() -> None:
    authority = make_authority(settings={"certificate_months": 6})
    make_published_round(authority=authority)
    assert str(make_certificate(Candidate.objects.get(person__name=CANARIES[0])).valid_until) == "2027-05-22"


def test_issue_newer_of_the_same_person_and_post_supersedes_the_older() -> None:
    older = make_certificate()
    authority = older.authority
    newer_round = make_published_round(authority=authority, quarter=3)
    candidate = newer_round.candidates.get(person__name=CANARIES[1])
    candidate.person = older.person
    candidate.post = older.candidate.post
    candidate.save()
    newer = make_certificate(candidate, now=LATER)
    older.refresh_from_db()
    assert (older.state, newer.state) == ("superseded", "valid")
    assert newer.number in older.state_reason


def test_issue_other_post_supersedes_nothing() -> None:
    older = make_certificate()
    candidate = make_published_round(authority=older.authority, quarter=3).candidates.get(person__name=CANARIES[1])
    candidate.person, candidate.post = older.person, "safety_manager"
    candidate.save()
    make_certificate(candidate, now=LATER)
    older.refresh_from_db()
    assert older.state == "valid"


def test_issue_after_a_correction_revokes_who_did_not_pass_after_all() -> None:
    certificate = make_certificate()
    make_result(certificate.candidate, outcome="failed", score=70)
    issue_certificates(SYSTEM, certificate.candidate.round_id, now=LATER)
    certificate.refresh_from_db()
    assert (certificate.state, certificate.state_reason) == ("revoked", "成绩更正后未达到合格标准")


def test_issue_after_a_correction_of_the_score_replaces_the_certificate_once() -> None:
    old = make_certificate()
    make_result(old.candidate, outcome="passed", score="97.5")
    assert issue_certificates(SYSTEM, old.candidate.round_id, now=LATER) == 1
    assert issue_certificates(SYSTEM, old.candidate.round_id, now=LATER) == 0
    old.refresh_from_db()
    new = Certificate.objects.get(candidate=old.candidate, state="valid")
    assert (old.state, old.state_reason) == ("superseded", "成绩更正，已换发新证")
    assert json.loads(new.content)["score"] == "97.5"
    assert new.number != old.number


def test_issue_revoked_by_a_regulator_is_not_issued_again() -> None:
    certificate = make_certificate()
    regulator = make_actor(REGULATOR, authority=certificate.authority)
    revoke_certificate(
        regulator, certificate.public_id, reason="经查实由他人代考", confirmation=certificate.number, now=LATER
    )
    assert issue_certificates(SYSTEM, certificate.candidate.round_id, now=LATER) == 0


@pytest.mark.django_db(transaction=True)
def test_round_published_event_issues_and_renders_readable_pdf_files() -> None:
    exam_round = make_published_round()
    round_published.send(sender=None, round_id=exam_round.pk)
    certificates = list(Certificate.objects.select_related("person"))
    assert len(certificates) == 5
    for certificate in certificates:
        data = default_storage.open(certificate.pdf_name).read()
        pages = PdfReader(io.BytesIO(data)).pages
        text = pages[0].extract_text()
        assert len(pages) == 1
        assert certificate.person.name in text
        assert certificate.number in text
        assert "不是法定的" in text
        assert len(data) < 120_000


def test_render_missing_finds_certificates_without_file(django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    make_certificate()
    with django_capture_on_commit_callbacks(execute=True):
        assert task_render_missing() == 5
    assert not Certificate.objects.filter(pdf_name="").exists()


def test_revoke_with_reason_and_number_is_audited() -> None:
    certificate = make_certificate()
    regulator = make_actor(REGULATOR, authority=certificate.authority)
    done = revoke_certificate(
        regulator, certificate.public_id, reason="经查实由他人代考", confirmation=certificate.number, now=LATER
    )
    assert (done.state, done.state_reason, done.state_changed_by_id) == (
        "revoked",
        "经查实由他人代考",
        regulator.user_id,
    )
    assert AuditEntry.objects.get(action="certificates.revoked").reason == "经查实由他人代考"


@pytest.mark.parametrize(
    ("reason", "confirmation", "refusal"),
    [("短", None, RevocationReasonMissing), ("经查实由他人代考", "CK0000", ConfirmationMismatch)],
)
def test_revoke_without_reason_or_number_changes_nothing(
    reason: str, confirmation: str | None, refusal: type[Exception]
) -> None:
    certificate = make_certificate()
    regulator = make_actor(REGULATOR, authority=certificate.authority)
    with pytest.raises(refusal):
        revoke_certificate(
            regulator, certificate.public_id, reason=reason, confirmation=confirmation or certificate.number, now=LATER
        )
    certificate.refresh_from_db()
    assert certificate.state == "valid"


def test_revoke_twice_the_second_is_refused() -> None:
    certificate = make_certificate()
    regulator = make_actor(REGULATOR, authority=certificate.authority)
    revoke_certificate(
        regulator, certificate.public_id, reason="经查实由他人代考", confirmation=certificate.number, now=LATER
    )
    with pytest.raises(CertificateNotValid):
        revoke_certificate(
            regulator, certificate.public_id, reason="经查实由他人代考", confirmation=certificate.number, now=LATER
        )


def test_revoke_reviewer_may_not_and_another_authority_finds_nothing() -> None:
    certificate = make_certificate()
    with pytest.raises(NotAllowed):
        revoke_certificate(
            make_actor(REVIEWER, authority=certificate.authority), certificate.public_id,
            reason="经查实由他人代考", confirmation=certificate.number, now=LATER,
        )  # fmt: skip
    with pytest.raises(NotFound):
        revoke_certificate(
            make_actor(REGULATOR, authority=make_authority()), certificate.public_id,
            reason="经查实由他人代考", confirmation=certificate.number, now=LATER,
        )  # fmt: skip
