"""Pictures of the questions on a paper, for the browser that holds the attempt and for nobody else."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.errors import NotFound
from exams.queries.pictures import paper_shows
from exams.views.protocol import holds_attempt_cookie
from question_bank.queries import picture_on_paper


@require_safe
@login_not_required
def sit_picture(request: HttpRequest, attempt_id: str, picture_id: str) -> HttpResponse:
    """The bytes as a picture and nothing else. Without the attempt's cookie, or off its paper, it does not exist."""
    if not holds_attempt_cookie(request, attempt_id) or not paper_shows(attempt_id, picture_id):
        raise NotFound
    found = picture_on_paper(picture_id)
    headers = {"Cache-Control": "private, max-age=14400", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(found.content), content_type=found.content_type, headers=headers)
