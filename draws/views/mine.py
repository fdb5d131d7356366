"""One's own row: with the salt and the preimage, so that a person can find and check it without telling anybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from draws.forms import reason_text, title_of
from draws.queries import OwnRow, my_roster_rows
from draws.views.requests import actor_of


@require_GET
def my_rows(request: HttpRequest) -> HttpResponse:
    rows = [_row(row) for row in my_roster_rows(actor_of(request))]
    return render(request, "draws/mine.html", {"rows": rows})


def _row(own: OwnRow) -> dict[str, object]:
    draw = own.entry.draw
    return {
        "draw": draw,
        "title": title_of(draw),
        "entry": own.entry,
        "place": own.place,
        "salt": own.salt,
        "preimage": own.preimage,
        "flag_text": reason_text(own.entry.flag) if own.entry.flag else "",
        "public_url": reverse("draws:public_detail", args=[draw.public_id]),
        "verify_url": reverse("draws:public_verify", args=[draw.public_id]),
    }
