"""The marking desk: one text after the other, without a name."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import clock
from core.errors import NotAllowed
from core.http import refusals_on
from exams import actions
from exams.forms import MarkForm
from exams.models import ManualItem
from exams.policies import can_see_marking
from exams.queries.marking import blind_text, get_manual_item, next_to_mark, workloads


@require_GET
def marking_desk(request: HttpRequest) -> HttpResponse:
    """What waits for this marker, by round."""
    if not can_see_marking(request.actor):
        raise NotAllowed
    return render(request, "exams/marking.html", {"workloads": workloads(request.actor)})


@require_GET
def marking_next(request: HttpRequest, round_id: str) -> HttpResponse:
    """Leads to the next text, or back to the desk."""
    if not can_see_marking(request.actor):
        raise NotAllowed
    row = next_to_mark(request.actor, round_id)
    if row is None:
        messages.success(request, _("这一轮次没有等您评阅的答案了。"))
        return redirect("exams:marking")
    return redirect("exams:marking_text", item_id=row.public_id)


def marking_text(request: HttpRequest, item_id: str) -> HttpResponse:
    """One text with its rubric. POST gives the mark and leads on."""
    row = get_manual_item(request.actor, item_id)
    form = MarkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            mark, comment = form.cleaned_data["mark"], form.cleaned_data["comment"]
            marked = actions.give_mark(request.actor, item_id, mark=mark, comment=comment, now=clock.now())
            words = {
                ManualItem.State.OPEN: _("已记录，还需另一人评阅。"),
                ManualItem.State.THIRD: _("已记录。两人的分数相差较大，将由第三人评阅。"),
                ManualItem.State.DONE: _("已记录，这份答案已评定。"),
            }
            messages.success(request, words[ManualItem.State(marked.state)])
            return redirect("exams:marking_next", round_id=row.attempt.sitting.round.public_id)
    context = {"text": blind_text(request.actor, row), "round": row.attempt.sitting.round, "form": form}
    return render(request, "exams/marking_text.html", context, status=422 if form.errors else 200)
