"""试卷重算: what the recomputation of a round's papers found, and what was written down about it."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.errors import NotAllowed
from core.http import refusals_on
from exams.actions.recomputing import handle_paper_alarm
from exams.domain.recomputation import ANSWER_KEY, COMMITMENT, CONTENT, HASH
from exams.forms import AlarmForm
from exams.models import PaperAlarm, Round
from exams.policies import can_handle_alarms, can_see_alarms
from exams.queries import get_round
from exams.queries.alarms import alarms_of


@require_GET
def paper_alarms(request: HttpRequest, round_id: str) -> HttpResponse:
    """The alarms of one round."""
    return _page(request, get_round(request.actor, round_id))


@require_POST
def paper_alarm_handle(request: HttpRequest, round_id: str, alarm_id: str) -> HttpResponse:
    exam_round = get_round(request.actor, round_id)
    if not can_handle_alarms(request.actor, exam_round):
        raise NotAllowed
    form = AlarmForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            handle_paper_alarm(request.actor, alarm_id, note=form.cleaned_data["reason"], now=clock.now())
            messages.success(request, _("处理情况已记录。"))
            return redirect("exams:paper_alarms", round_id=round_id)
    return _page(request, exam_round, refused=form, refused_id=alarm_id)


def _page(
    request: HttpRequest, exam_round: Round, *, refused: Form | None = None, refused_id: str = ""
) -> HttpResponse:
    if not can_see_alarms(request.actor, exam_round):
        raise NotAllowed
    rows = [_row(alarm) for alarm in alarms_of(exam_round)]
    for row in rows:
        row["form"] = refused if row["id"] == refused_id and refused else AlarmForm(auto_id=f"id_{row['id']}_%s")
    context = {"round": exam_round, "rows": rows, "may_handle": can_handle_alarms(request.actor, exam_round)}
    return render(request, "exams/paper_alarms.html", context, status=422 if refused else 200)


def _row(alarm: PaperAlarm) -> dict[str, object]:
    return {
        "id": alarm.public_id,
        "alarm": alarm,
        "paper": alarm.paper,
        "places": [_place(**place) for place in alarm.places],
    }


def _place(*, part: str, number: int, path: str) -> str:
    words = {
        CONTENT: _("题目内容"),
        ANSWER_KEY: _("标准答案"),
        HASH: _("存档的校验值"),
        COMMITMENT: _("题库快照或组卷密钥与抽签方案的承诺不一致"),
    }
    where = _("第 {number} 题").format(number=number) if number else ""
    return " · ".join(text for text in (words[part], where, path) if text)
