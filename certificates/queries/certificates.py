"""Certificates in reach, and those that anybody may verify."""

from datetime import date

from django.db.models import Min, Q, QuerySet

from certificates.domain.content import read
from certificates.domain.numbers import normalised
from certificates.domain.states import VALID
from certificates.models import Certificate
from certificates.policies import can_list_certificates, reachable_certificates
from core.actor import Actor
from core.errors import NotAllowed, NotFound
from core.scores import display
from exams.models import Candidate, CandidateState, Round
from exams.queries import results_of_round
from registry.models import Authority


def check_may_list(actor: Actor) -> None:
    """Raises NotAllowed for those who have no business with the list."""
    if not can_list_certificates(actor):
        raise NotAllowed


def certificates_for(actor: Actor) -> QuerySet[Certificate]:
    """Certificates in reach, newest first, with what a row shows."""
    return Certificate.objects.filter(reachable_certificates(actor)).select_related(
        "authority",
        "person",
        "candidate__enterprise",
        "candidate__round",
    )


def get_certificate(actor: Actor, unsafe_certificate_id: str) -> Certificate:
    """One of `certificates_for`; raises NotFound."""
    found = certificates_for(actor).filter(public_id=unsafe_certificate_id).first()
    if found is None:
        raise NotFound
    return found


def lock_certificate(actor: Actor, unsafe_certificate_id: str) -> Certificate:
    """The same, locked; raises NotFound."""
    found = certificates_for(actor).select_for_update(of=("self",)).filter(public_id=unsafe_certificate_id).first()
    if found is None:
        raise NotFound
    return found


def certificates_of(actor: Actor) -> QuerySet[Certificate]:
    """The actor's own, newest first; nobody's for an account without a person."""
    if actor.person_id is None:
        return Certificate.objects.none()
    return Certificate.objects.filter(person_id=actor.person_id).select_related("authority", "candidate__round")


def get_own_certificate(actor: Actor, unsafe_certificate_id: str) -> Certificate:
    """One of the actor's own; raises NotFound."""
    found = certificates_of(actor).filter(public_id=unsafe_certificate_id).first()
    if found is None:
        raise NotFound
    return found


def get_public_certificate(unsafe_certificate_id: str) -> Certificate:
    """The certificate behind a QR code: its 128-bit id is on the paper, so the reader holds it. Raises NotFound."""
    found = Certificate.objects.select_related("authority").filter(public_id=unsafe_certificate_id).first()
    if found is None:
        raise NotFound
    return found


def find_by_number_and_holder(unsafe_number: str, unsafe_holder: str) -> Certificate | None:
    """The certificate of that number, only if the holder's full name is right; otherwise None, without a reason."""
    number = normalised(unsafe_number)
    if number is None:
        return None
    found = Certificate.objects.select_related("authority", "person").filter(number=number).first()
    if found is None or "".join(found.person.name.split()) != "".join(unsafe_holder.split()):
        return None
    return found


def passers_without_certificate(exam_round: Round) -> QuerySet[Candidate]:
    """Candidates of a published round who passed and hold nothing yet, in the order of issue."""
    return (
        Candidate.objects.filter(round=exam_round, state=CandidateState.PASSED, certificates=None)
        .select_related("person", "industry", "round__authority")
        .order_by("pk")
    )


def holders_who_did_not_pass(exam_round: Round) -> QuerySet[Certificate]:
    """Valid certificates of candidates whose result a correction has changed."""
    return (
        Certificate.objects.filter(candidate__round=exam_round, state=Certificate.State.VALID)
        .exclude(candidate__state=CandidateState.PASSED)
        .order_by("pk")
    )


def holders_of_another_score(exam_round: Round) -> list[Certificate]:
    """Valid certificates of passers whose score a correction has changed since, by what is printed on them."""
    standing = {row.candidate.pk: row.score for row in results_of_round(exam_round) if row.score is not None}
    valid = Certificate.objects.filter(
        candidate__round=exam_round,
        candidate__state=CandidateState.PASSED,
        state=Certificate.State.VALID,
    ).select_related("candidate__person", "candidate__industry", "candidate__round__authority")
    return [
        one
        for one in valid.order_by("pk")
        if one.candidate_id in standing and read(one.content)["score"] != display(standing[one.candidate_id])
    ]


def older_of_same_post(certificate: Certificate) -> QuerySet[Certificate]:
    """Valid earlier certificates of the same person and post."""
    return (
        Certificate.objects.filter(
            person_id=certificate.person_id,
            candidate__post=certificate.candidate.post,
            state=Certificate.State.VALID,
        )
        .exclude(pk=certificate.pk)
        .filter(Q(issued_at__lt=certificate.issued_at) | Q(issued_at=certificate.issued_at, pk__lt=certificate.pk))
    )


def first_expiry_of(person_pk: int) -> date | None:
    """The earliest last day among the person's valid certificates, of any post; None without one."""
    valid = Certificate.objects.filter(person_id=person_pk, state=VALID)
    first: date | None = valid.aggregate(first=Min("valid_until"))["first"]
    return first


def certificate_to_render(certificate_id: int) -> Certificate:
    """By primary key, for the job that makes its file; raises NotFound."""
    found = Certificate.objects.filter(pk=certificate_id).first()
    if found is None:
        raise NotFound
    return found


def certificates_without_file() -> QuerySet[Certificate]:
    """Those whose PDF was never made or was lost: what the sweeper looks for."""
    return Certificate.objects.filter(pdf_name="").order_by("pk")


def months_valid(authority: Authority, default: int) -> int:
    """How long the authority's certificates are valid, in months."""
    value = authority.settings.get("certificate_months", default)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 120 else default


def filtered(certificates: QuerySet[Certificate], *, text: str, state: str, today: date) -> QuerySet[Certificate]:
    """Narrows a list: text in number, enterprise or holder; state as shown, `expired` included."""
    if text:
        words = (
            Q(number__icontains=text) | Q(candidate__enterprise_name__icontains=text) | Q(person__name__icontains=text)
        )
        certificates = certificates.filter(words)
    if state == "expired":
        return certificates.filter(state=VALID, valid_until__lt=today)
    if state == VALID:
        return certificates.filter(state=VALID, valid_until__gte=today)
    return certificates.filter(state=state) if state else certificates
