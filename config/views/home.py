"""The home page: what must I do now? One page for staff, one for candidates and enterprises; visitors go to the public page."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from config.navigation import tasks_for
from core import clock
from core.actor import Actor


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("publications:public_landing")
    actor: Actor = request.actor  # type: ignore[attr-defined]
    works_here = actor.is_staff or actor.reach.enterprises
    template = "config/home_staff.html" if works_here else "config/home_candidate.html"
    return render(request, template, {"tasks": tasks_for(actor, clock.now()), "name": str(request.user)})
