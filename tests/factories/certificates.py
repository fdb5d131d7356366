"""Certificates of published rounds."""

from datetime import datetime, timedelta

from certificates.actions import issue_certificates
from certificates.models import Certificate
from core.actor import system_actor
from exams.models import Candidate, Round, RoundState
from tests.factories.publications import NOW, make_graded_round

SYSTEM = system_actor("tests")


def make_published_round(**over: object) -> Round:
    """A graded round whose state says published; nothing listened."""
    return make_graded_round(**{"state": RoundState.PUBLISHED} | over)


def make_certificate(candidate: Candidate | None = None, *, now: datetime = NOW) -> Certificate:
    """The certificate of one passer; the others of the round get theirs as well."""
    exam_round = candidate.round if candidate else make_published_round()
    issue_certificates(SYSTEM, exam_round.pk, now=now)
    found = (
        Certificate.objects.filter(candidate=candidate)
        if candidate
        else Certificate.objects.filter(candidate__round=exam_round)
    )
    return found.select_related("authority", "person", "candidate__round").earliest("pk")


LATER = NOW + timedelta(days=1)
