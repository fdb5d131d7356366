"""Pictures of questions."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from question_bank.queries import get_picture
from question_bank.views.requests import actor_of


@require_safe
def picture(request: HttpRequest, picture_id: str) -> HttpResponse:
    """The bytes as a picture and nothing else, for those who read the bank; kept by this reader's browser alone."""
    found = get_picture(actor_of(request), picture_id)
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(found.content), content_type=found.content_type, headers=headers)
