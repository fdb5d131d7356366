"""The candidate's own paper after the publication, and the calendar file before the sitting."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import clock
from core.errors import NotFound
from exams.domain.calendar import Event, calendar_file
from exams.models import RoundState
from exams.queries import my_candidacy
from exams.queries.review import reviews_of


@require_GET
def my_review(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """Points by knowledge point; items where the bank has let them go."""
    candidate = my_candidacy(request.actor, candidate_id, clock.now()).candidate
    found = reviews_of(candidate)
    if not found:
        raise NotFound
    words = verdict_words()
    context = {
        "candidate": candidate,
        "round": candidate.round,
        "reviews": [
            {
                "review": one,
                "items": [
                    {"item": item, "word": words[item.verdict][0], "tone": words[item.verdict][1]} for item in one.items
                ],
                "closed": sum(not item.is_open for item in one.items),
            }
            for one in found
        ],
    }
    return render(request, "exams/my_review.html", context)


def verdict_words() -> dict[str, tuple[str, str]]:
    """The word and the colour of each verdict."""
    return {
        "right": (_("答对"), "good"),
        "partly": (_("部分得分"), "warn"),
        "wrong": (_("答错"), "bad"),
        "blank": (_("未作答"), ""),
        "granted": (_("给满分"), "good"),
        "dropped": (_("本题不计"), ""),
    }


@require_GET
def my_calendar(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """The sitting that the person is called to, for their calendar."""
    now = clock.now()
    candidacy = my_candidacy(request.actor, candidate_id, now)
    sitting, exam_round = candidacy.sitting, candidacy.candidate.round
    if sitting is None:
        raise NotFound
    page = request.build_absolute_uri(reverse("exams:my_exam", args=[candidate_id]))
    event = Event(
        uid=f"{sitting.public_id}@{request.get_host()}",
        title=exam_round.title if sitting.number == 1 else _("{title}（补考）").format(title=exam_round.title),
        starts_at=sitting.opens_at,
        ends_at=sitting.hard_end_at,
        place=sitting.place or _("线上"),
        text=_("时长 {minutes} 分钟，最晚入场 {time}。请带身份证件。").format(
            minutes=exam_round.minutes, time=f"{localtime(sitting.last_start_at):%H:%M}"
        ),
        url=page,
        stamped_at=now,
        is_cancelled=exam_round.state == RoundState.CANCELLED,
    )
    response = HttpResponse(calendar_file(event), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="exam.ics"'
    return response
