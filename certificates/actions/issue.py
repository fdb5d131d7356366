"""Issuing: everybody who passed a published round gets one certificate, once."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from certificates.domain.content import Facts, freeze
from certificates.domain.numbers import SERIAL_DIGITS, certificate_number
from certificates.domain.states import DEFAULT_MONTHS, valid_until
from certificates.errors import RoundNotPublished
from certificates.models import Certificate
from certificates.queries.certificates import (
    first_expiry_of,
    holders_of_another_score,
    holders_who_did_not_pass,
    months_valid,
    older_of_same_post,
    passers_without_certificate,
)
from core.actor import Actor
from core.audit import audit
from core.errors import NotFound
from core.queue import enqueue
from core.scores import display
from core.seeded import fresh_digits
from draws.actions import record_certificate_term
from exams.models import Candidate, Round, RoundState

_PUBLIC = (RoundState.PUBLISHED, RoundState.ARCHIVED)
_CORRECTED = "成绩更正后未达到合格标准"
_REPLACED = "成绩更正，已换发新证"


@transaction.atomic
def issue_certificates(actor: Actor, round_id: int, *, now: datetime) -> int:
    """Issues to all passers of the published round (`round_id`: primary key) who hold none; returns how many.

    Safe to run twice. After a correction, a passer who is none any more loses the certificate, and one with another
    score gets a new one in its place; both with that reason.
    Raises NotFound, RoundNotPublished.
    """
    exam_round = Round.objects.select_for_update(of=("self",)).select_related("authority").filter(pk=round_id).first()
    if exam_round is None:
        raise NotFound
    if exam_round.state not in _PUBLIC:
        raise RoundNotPublished
    issued = [_issue(actor, candidate, now) for candidate in passers_without_certificate(exam_round)]
    for certificate in holders_who_did_not_pass(exam_round):
        change_state(actor, certificate, Certificate.State.REVOKED, reason=_CORRECTED, now=now)
    for certificate in holders_of_another_score(exam_round):
        # First the old one, so that there is never a moment with two valid ones.
        change_state(actor, certificate, Certificate.State.SUPERSEDED, reason=_REPLACED, now=now)
        issued.append(_issue(actor, certificate.candidate, now))
    return len(issued)


def change_state(actor: Actor, certificate: Certificate, state: str, *, reason: str, now: datetime) -> None:
    """Writes the new state with reason and person, and its audit entry. The caller holds the transaction."""
    certificate.state = state
    certificate.state_reason = reason
    certificate.state_changed_at = now
    certificate.state_changed_by_id = actor.user_id
    certificate.save(update_fields=["state", "state_reason", "state_changed_at", "state_changed_by"])
    audit(actor, f"certificates.{state}", certificate, details={"sha256": certificate.content_sha256}, reason=reason)
    _tell_draws(actor, certificate)


def _issue(actor: Actor, candidate: Candidate, now: datetime) -> Certificate:
    facts = _facts(candidate, _fresh_number(candidate.round), now)
    frozen = freeze(facts)
    certificate = Certificate.objects.create(
        number=facts.number,
        authority=candidate.round.authority,
        person=candidate.person,
        candidate=candidate,
        content=frozen.content,
        content_sha256=frozen.sha256,
        issued_at=now,
        valid_until=facts.valid_until,
        state_changed_at=now,
    )
    audit(actor, "certificates.issued", certificate, details={"sha256": frozen.sha256})
    for older in older_of_same_post(certificate):
        change_state(actor, older, Certificate.State.SUPERSEDED, reason=f"已由 {certificate.number} 替代", now=now)
    _tell_draws(actor, certificate)
    enqueue("certificates.render_pdf", certificate_id=certificate.pk)
    return certificate


def _tell_draws(actor: Actor, certificate: Certificate) -> None:
    # A draw can be narrowed to people whose certificate expires soon; it knows no certificates, so it is told.
    record_certificate_term(actor, certificate.person_id, valid_until=first_expiry_of(certificate.person_id))


def _fresh_number(exam_round: Round) -> str:
    while True:
        number = certificate_number(exam_round.year, exam_round.quarter, fresh_digits(SERIAL_DIGITS))
        if not Certificate.objects.filter(number=number).exists():
            return number


def _facts(candidate: Candidate, number: str, now: datetime) -> Facts:
    exam_round = candidate.round
    standing = (
        candidate.results.filter(outcome="passed")
        .select_related("sitting")
        .order_by("-sitting__number", "-number")
        .first()
    )
    assert standing is not None, "a candidate in state passed has a result that says so"
    today = timezone.localdate(now)
    months = months_valid(exam_round.authority, DEFAULT_MONTHS)
    return Facts(
        number=number,
        holder=candidate.person.name,
        enterprise=candidate.enterprise_name,
        uscc=candidate.uscc,
        industry=candidate.industry.name,
        post=candidate.get_post_display(),
        round_title=exam_round.title,
        round_code=exam_round.code,
        score=display(standing.score or exam_round.pass_mark),
        total_mark=display(exam_round.total_mark),
        pass_mark=display(exam_round.pass_mark),
        exam_date=timezone.localtime(standing.sitting.opens_at).date(),
        issuer=exam_round.authority.name,
        issued_on=today,
        valid_until=valid_until(today, months=months),
    )
