"""What the exam page says beside the answer protocol, under the same proof: signs of life, reports of faulty items."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from accounts.queries.actors import client_address
from core import clock
from exams import actions
from exams.actions.journal import holder_of
from exams.domain.signals import read_beat, read_fault
from exams.queries.journal import get_attempt, item_shapes_of
from exams.views.protocol import iso, own_body, protocol


@require_POST
@protocol
def beat_view(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """The page is there; told in return: the state, who writes, and the deadline with any extra time."""
    beat, now = read_beat(own_body(request)), clock.now()
    pulse = actions.record_beat(attempt_id, beat, address=client_address(request), now=now)
    body = {"state": pulse.state, "epoch": pulse.epoch, "server_now": iso(now), "deadline": iso(pulse.deadline)}
    return JsonResponse(body)


@require_POST
@protocol
def fault_view(request: HttpRequest, attempt_id: str) -> HttpResponse:
    """A candidate takes a question for faulty."""
    report = read_fault(own_body(request), item_shapes_of(attempt_id))
    attempt = get_attempt(attempt_id)
    incident = actions.report_fault(holder_of(attempt, client_address(request)), attempt, report, now=clock.now())
    return JsonResponse({"recorded": incident.public_id, "server_now": iso(clock.now())})
