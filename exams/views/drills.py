"""Exams that count for nothing, over the same protocol as the exam: rehearsals, and on-the-spot exams by QR code."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.errors import DomainError
from core.http import refusals_on
from core.masking import mask_name
from exams import actions
from exams.actions.drills import have_of_drill, slip_of
from exams.domain.messages import read_open, read_save, read_submit
from exams.errors import AttemptCookieMissing, AttemptNotFound, DrillTooLate
from exams.forms import SpotExamForm
from exams.models import Drill, DrillMode, DrillState
from exams.queries.drills import drills_for, find_drill, get_spot_drill, people_of, review_of
from exams.views.protocol import iso, own_body, refusal_json
from exams.views.receipts import qr_data
from registry.queries import enterprises_for, get_enterprise

COOKIE_SALT = "exams.drill"
KEY_SALT = "exams.drill_key"
COOKIE_SECONDS = 24 * 3600
KEY_SECONDS = 3600
View = Callable[..., HttpResponse]


@require_POST
def rehearsal_start(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """A rehearsal of the candidate's own; each is a new paper."""
    drill = actions.start_rehearsal(request.actor, candidate_id, now=clock.now())
    return _to_page(drill)


@require_http_methods(["GET", "POST"])
def spot_list(request: HttpRequest) -> HttpResponse:
    """On-the-spot exams held so far, and the choice of an enterprise for the next."""
    drills = drills_for(request.actor)
    query = request.GET.get("q", "").strip()
    found = enterprises_for(request.actor).filter(name__icontains=query)[:20] if query else []
    context = {"drills": drills[:100], "query": query, "enterprises": found, "searched": bool(query)}
    return render(request, "exams/spot_list.html", context)


@require_http_methods(["GET", "POST"])
def spot_new(request: HttpRequest, enterprise_id: str) -> HttpResponse:
    """Who of this enterprise sits now."""
    drills_for(request.actor)
    enterprise = get_enterprise(request.actor, enterprise_id)
    form = SpotExamForm(request.POST or None, people=people_of(enterprise))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            drills = actions.open_spot_exam(
                request.actor,
                enterprise_id,
                unsafe_people=form.cleaned_data["people"],
                occasion=form.cleaned_data["occasion"],
                now=clock.now(),
            )
            messages.success(request, _("已生成 {count} 份试卷，请让考生扫码作答。").format(count=len(drills)))
            return redirect(f"{reverse('exams:spot_board')}?{'&'.join(f'd={drill.public_id}' for drill in drills)}")
    held = drills_for(request.actor).filter(enterprise=enterprise)
    context = {"form": form, "enterprise": enterprise, "held": held[:20]}
    return render(request, "exams/spot_new.html", context, status=422 if form.errors else 200)


@require_GET
def spot_board(request: HttpRequest) -> HttpResponse:
    """One QR code for each person, and where each stands."""
    drills_for(request.actor)
    drills = [get_spot_drill(request.actor, drill_id) for drill_id in request.GET.getlist("d")[:30]]
    cards = [_card(request, drill) for drill in drills]
    return render(request, "exams/spot_board.html", {"cards": cards})


@require_GET
@login_not_required
@ensure_csrf_cookie
def drill_page(request: HttpRequest, drill_id: str) -> HttpResponse:
    """The exam page with another stamp; for the person, or whoever scanned the inspector's code."""
    if "key" in request.GET:
        return _to_page(_drill_of_key(drill_id, request.GET["key"]))
    drill = _own_drill(request, drill_id)
    if drill is None:
        return redirect_to_login(request.path)
    if drill.state == DrillState.DONE:
        return redirect("exams:drill_done", drill_id=drill.public_id)
    stamps = {
        DrillMode.REHEARSAL: (_("模拟考试"), _("不计成绩，题目与正式考试无关")),
        DrillMode.SPOT: (_("现场考试"), _("交卷后立即显示得分和解析")),
    }
    stamp, text = stamps[DrillMode(drill.mode)]
    context = {"config": _config(drill, named="at_rest" not in request.GET), "stamp": stamp, "stamp_text": text}
    return render(request, "exams/sitting.html", context)


@require_GET
@login_not_required
def drill_done(request: HttpRequest, drill_id: str) -> HttpResponse:
    """The score at once, every wrong item explained; for the person, and for the inspector who held it."""
    drill = _own_drill(request, drill_id)
    if drill is None:
        return redirect_to_login(request.path)
    if drill.state != DrillState.DONE:
        return redirect("exams:drill", drill_id=drill.public_id)
    items = review_of(drill)
    context = {
        "drill": drill,
        "items": items,
        "wrong_count": sum(item.verdict != "right" for item in items),
        "is_passed": drill.score is not None and drill.score >= drill.pass_mark,
        "is_rehearsal": drill.mode == DrillMode.REHEARSAL,
    }
    return render(request, "exams/drill_done.html", context)


@require_GET
def spot_result(request: HttpRequest, drill_id: str) -> HttpResponse:
    """The same page for the inspector, out of the enterprise's file."""
    drill = get_spot_drill(request.actor, drill_id)
    items = review_of(drill)
    context = {
        "drill": drill,
        "items": items,
        "wrong_count": sum(item.verdict != "right" for item in items),
        "is_passed": drill.score is not None and drill.score >= drill.pass_mark,
        "is_staff": True,
    }
    return render(request, "exams/drill_result.html", context)


def drill_protocol(view: View) -> View:
    """Checks the drill's own cookie and answers refusals as the exam does."""

    @wraps(view)
    def guarded(request: HttpRequest, drill_id: str) -> HttpResponse:
        try:
            if not _holds_cookie(request, drill_id):
                raise AttemptCookieMissing
            return view(request, drill_id)
        except DomainError as refusal:
            return refusal_json(request, refusal)

    return csrf_exempt(login_not_required(guarded))


@require_POST
@drill_protocol
def drill_open(request: HttpRequest, drill_id: str) -> HttpResponse:
    now = clock.now()
    opened = actions.open_drill(drill_id, read_open(own_body(request)), now=now)
    drill = opened.drill
    return JsonResponse(
        {
            "epoch": drill.epoch,
            "grace_seconds": 0,
            "state": _state(drill),
            "paper": {"paper": drill.sha256, **actions.paper_of_drill(drill)},
            "have": have_of_drill(drill),
            "head": "",
            "answers": opened.answers,
            **_times(drill),
        }
    )


@require_POST
@drill_protocol
def drill_events(request: HttpRequest, drill_id: str) -> HttpResponse:
    save = read_save(own_body(request), size=len(request.body))
    drill, settlement = actions.save_drill_events(drill_id, save, clock=clock.now)
    results = [
        {"seq": one.seq, "status": one.status, "receipt": one.receipt, **({"code": one.code} if one.code else {})}
        for one in settlement.results
    ]
    return JsonResponse({"receipts": results, "state": _state(drill), "epoch": drill.epoch, **_times(drill)})


@require_GET
@drill_protocol
def drill_have(request: HttpRequest, drill_id: str) -> HttpResponse:
    drill = _found(drill_id)
    body = {"have": have_of_drill(drill), "head": "", "state": _state(drill), "epoch": drill.epoch}
    return JsonResponse({**body, **_times(drill)})


@require_POST
@drill_protocol
def drill_beat(request: HttpRequest, drill_id: str) -> HttpResponse:
    """A rehearsal keeps no notes of anybody's attention."""
    drill = _found(drill_id)
    return JsonResponse({"state": _state(drill), "epoch": drill.epoch, **_times(drill)})


@require_POST
@drill_protocol
def drill_fault(request: HttpRequest, drill_id: str) -> HttpResponse:
    """A practice question is taken for faulty."""
    now = clock.now()
    row = actions.report_drill_fault(drill_id, own_body(request), now=now)
    return JsonResponse({"recorded": row.public_id, "server_now": iso(now)})


@require_POST
@drill_protocol
def drill_submit(request: HttpRequest, drill_id: str) -> HttpResponse:
    drill = actions.submit_drill(drill_id, read_submit(own_body(request)), now=clock.now())
    done = reverse("exams:drill_done", args=[drill.public_id])
    return JsonResponse({"final_receipt": slip_of(drill), "state": _state(drill), "done_url": done})


def _state(drill: Drill) -> str:
    return "open" if drill.state == DrillState.OPEN else "submitted"


def _times(drill: Drill) -> dict[str, str]:
    now = clock.now()
    return {"server_now": iso(now), "deadline": iso(drill.deadline or now + timedelta(minutes=drill.minutes))}


def _found(drill_id: str) -> Drill:
    drill = find_drill(drill_id)
    if drill is None:
        raise AttemptNotFound
    return drill


def _own_drill(request: HttpRequest, drill_id: str) -> Drill | None:
    """The drill, if this browser or this login may have it; None when a login may help. Raises AttemptNotFound."""
    if _holds_cookie(request, drill_id):
        return _found(drill_id)
    if not request.user.is_authenticated:
        return None
    drill = _found(drill_id)
    if drill.person_id != request.actor.person_id:
        raise AttemptNotFound
    return drill


def _drill_of_key(drill_id: str, unsafe_key: str) -> Drill:
    try:
        bound = signing.loads(unsafe_key, salt=KEY_SALT, max_age=KEY_SECONDS)
    except signing.BadSignature as error:
        raise DrillTooLate from error
    if bound != drill_id:
        raise DrillTooLate
    return _found(drill_id)


def _to_page(drill: Drill) -> HttpResponse:
    response = redirect("exams:drill", drill_id=drill.public_id)
    response.set_cookie(
        f"drill_{drill.public_id[:12]}",
        signing.dumps(drill.public_id, salt=COOKIE_SALT),
        max_age=COOKIE_SECONDS,
        path=f"/sit/drill/{drill.public_id}/",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Strict",
    )
    return response


def _holds_cookie(request: HttpRequest, drill_id: str) -> bool:
    try:
        kept = request.COOKIES.get(f"drill_{drill_id[:12]}", "")
        return bool(signing.loads(kept, salt=COOKIE_SALT, max_age=COOKIE_SECONDS) == drill_id)
    except signing.BadSignature:
        return False


def _card(request: HttpRequest, drill: Drill) -> dict[str, object]:
    page = request.build_absolute_uri(reverse("exams:drill", args=[drill.public_id]))
    address = f"{page}?key={signing.dumps(drill.public_id, salt=KEY_SALT)}"
    is_over = drill.state == DrillState.DONE
    return {"drill": drill, "address": "" if is_over else address, "qr": "" if is_over else qr_data(address)}


def _config(drill: Drill, *, named: bool) -> dict[str, object]:
    base = reverse("exams:drill", args=[drill.public_id])
    return {
        "attempt": drill.public_id,
        "urls": {
            **{name: f"{base}{name}" for name in ("open", "events", "have", "submit", "beat", "fault", "done")},
            "page": base,
            "worker": reverse("exams:sitting_worker"),
            "login": f"{reverse('account_login')}?next={base}",
        },
        "title": actions.paper_of_drill(drill)["title"],
        "candidate": mask_name(drill.person.name) if named else "",
        "minutes": drill.minutes,
    }
