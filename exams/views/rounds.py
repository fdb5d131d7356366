"""Rounds as staff see them: the list, the road of one round, its candidates."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.actor import Actor
from core.errors import NotAllowed
from core.http import message_of, refusals_on
from draws.actions import DrawParameters
from exams import actions
from exams.actions import RoundDraft, SittingWindow
from exams.domain.states import ROUND_LABELS, CandidateState, RoundState, SittingState
from exams.forms import CandidateFilter, IncidentForm, ReasonForm, RescueForm, RoundDrawForm, RoundFilter, RoundForm
from exams.models import ReviewLevel, Round, Sitting
from exams.policies import can_invigilate, can_keep_key, can_plan_rounds, can_run_round, can_see_rounds
from exams.queries import annotate_counts, candidates_of_round, get_candidate, get_round, rounds_for
from exams.queries.after import after_links, candidate_requests, may_request_for
from exams.queries.candidates import silent_candidates
from exams.queries.custody import custody_of
from exams.queries.desk import attempts_of, check_ins_of, incidents_of_candidate, photos_of
from exams.queries.rounds import Step, closing_facts, round_steps, state_counts
from exams.views.tables import candidate_rows, sort_columns, tone_of
from notices.queries import Silence
from question_bank.queries import blueprints_for
from registry.queries import authorities_for

PAGE_SIZES = (25, 50, 100)
APPEAL_DAYS = 5
_BEFORE_THE_EXAM = frozenset({RoundState.DRAWN, RoundState.NOTIFIED, RoundState.OPEN})


@require_GET
def round_list(request: HttpRequest) -> HttpResponse:
    """All rounds in reach."""
    if not can_see_rounds(request.actor):
        raise NotAllowed
    found = RoundFilter(request.GET, queryset=annotate_counts(rounds_for(request.actor)))
    page = Paginator(found.qs, _page_size(request)).get_page(request.GET.get("page"))
    context = {"filter": found, "page": page, "may_plan": can_plan_rounds(request.actor), "count": page.paginator.count}
    return render(request, "exams/rounds.html", context)


def round_new(request: HttpRequest) -> HttpResponse:
    """Plans a round."""
    if not can_plan_rounds(request.actor):
        raise NotAllowed
    now = clock.now()
    authorities, blueprints = authorities_for(request.actor), blueprints_for(request.actor)
    initial = {"year": now.year, "quarter": (now.month + 2) // 3}
    form = RoundForm(request.POST or None, initial=initial, authorities=authorities, blueprints=blueprints)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            planned = actions.plan_round(request.actor, _draft(form), now=now)
            messages.success(request, _("轮次已计划。下一步：准备抽签。"))
            return redirect("exams:round", round_id=planned.public_id)
    return render(request, "exams/round_new.html", {"form": form})


@require_GET
def round_detail(request: HttpRequest, round_id: str) -> HttpResponse:
    """Where the round stands, what blocks the next step, and who does it."""
    exam_round = get_round(request.actor, round_id)
    facts = closing_facts(exam_round, now=clock.now())
    steps = round_steps(facts)
    counts = state_counts(exam_round, request.actor)
    may_run = can_run_round(request.actor, exam_round)
    context = {
        "round": exam_round,
        "steps": [_step(step) for step in steps],
        "blockers": [message_of(blocker) for step in steps for blocker in step.blockers],
        "sittings": [_sitting(sitting) for sitting in exam_round.sittings.all()],
        "figures": _figures(counts, facts.candidates),
        "may_run": may_run,
        "may_invigilate": can_invigilate(request.actor, exam_round),
        "may_prepare_draw": may_run and facts.state is RoundState.PLANNED and _has_no_live_draw(exam_round),
        "may_notify": may_run and bool(counts.get(CandidateState.DRAWN) or counts.get(CandidateState.MUST_SIT)),
        "silent": _silent(request.actor, exam_round) if may_run and facts.state in _BEFORE_THE_EXAM else [],
        "may_cancel": may_run
        and facts.state in {RoundState.PLANNED, RoundState.FROZEN, RoundState.DRAWN, RoundState.NOTIFIED},
        "cancel_form": ReasonForm(),
        "after_links": after_links(request.actor, exam_round),
        "custody": custody_of(request.actor, exam_round),
        "may_keep_key": can_keep_key(request.actor, exam_round),
    }
    return render(request, "exams/round.html", context)


def _silent(actor: Actor, exam_round: Round) -> list[dict[str, object]]:
    words = {Silence.NO_ADDRESS: _("没有手机号和邮箱"), Silence.REFUSED: _("上次短信未能送达")}
    return [{"candidate": one, "why": words[why]} for one, why in silent_candidates(actor, exam_round)]


def round_draw(request: HttpRequest, round_id: str) -> HttpResponse:
    """Commits the bank and the paper key, and prepares the draw."""
    exam_round = get_round(request.actor, round_id)
    if not can_run_round(request.actor, exam_round):
        raise NotAllowed
    form = RoundDrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            parameters = DrawParameters(
                seats=form.cleaned_data["seats"],
                sources=form.cleaned_data["sources"],
                method=form.cleaned_data["method"],
                standby=form.cleaned_data["standby"],
                posts=tuple(form.cleaned_data["posts"]),
                objection_days=form.cleaned_data["objection_days"],
            )
            actions.prepare_round_draw(request.actor, round_id, parameters=parameters, now=clock.now())
            messages.success(request, _("题库快照和组卷密钥已承诺，抽签已准备。下一步：核对名册并提交冻结。"))
            return redirect("exams:round", round_id=round_id)
    return render(request, "exams/round_draw.html", {"form": form, "round": exam_round})


@require_POST
def round_notify(request: HttpRequest, round_id: str) -> HttpResponse:
    actions.notify_candidates(request.actor, round_id, now=clock.now())
    messages.success(request, _("考试通知已发出，送达情况见通知记录。"))
    return redirect("exams:round", round_id=round_id)


@require_POST
def round_makeup(request: HttpRequest, round_id: str) -> HttpResponse:
    number = actions.create_makeup(request.actor, round_id, now=clock.now())
    messages.success(request, _("补考名单已生成，新增 {number} 人，通知已发出。").format(number=number))
    return redirect("exams:round", round_id=round_id)


@require_POST
def round_cancel(request: HttpRequest, round_id: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    exam_round = get_round(request.actor, round_id)
    if form.is_valid():
        with refusals_on(form):
            actions.cancel_round(request.actor, round_id, reason=form.cleaned_data["reason"], now=clock.now())
            messages.success(request, _("轮次已取消，原因已记录。"))
            return redirect("exams:round", round_id=round_id)
    return render(request, "exams/round_cancel.html", {"form": form, "round": exam_round}, status=422)


@require_GET
def round_candidates(request: HttpRequest, round_id: str) -> HttpResponse:
    """The candidates of a round, filtered; the filters are in the address."""
    exam_round = get_round(request.actor, round_id)
    found = CandidateFilter(request.GET, queryset=candidates_of_round(request.actor, exam_round))
    order, columns = sort_columns(request.GET)
    page = Paginator(found.qs.order_by(order, "pk"), _page_size(request)).get_page(request.GET.get("page"))
    context = {
        "round": exam_round,
        "filter": found,
        "page": page,
        "sizes": PAGE_SIZES,
        "columns": columns,
        "rows": candidate_rows(page.object_list),
        "count": page.paginator.count,
    }
    return render(request, "exams/candidates.html", context)


@require_GET
def candidate_detail(request: HttpRequest, candidate_id: str) -> HttpResponse:
    """One candidate with attempts, incidents and results."""
    candidate = get_candidate(request.actor, candidate_id)
    if not can_see_rounds(request.actor):
        raise NotAllowed
    context = {
        "candidate": candidate,
        "tone": tone_of(candidate.state),
        "round": candidate.round,
        "attempts": attempts_of(candidate),
        "incidents": incidents_of_candidate(candidate),
        "check_ins": check_ins_of(candidate),
        "has_photo": photos_of(candidate).exists(),
        "results": candidate.results.select_related("sitting").order_by("sitting__number", "number"),
        "may_invigilate": can_invigilate(request.actor, candidate.round),
        "may_check_in": candidate.state in {CandidateState.NOTIFIED, CandidateState.CONFIRMED, CandidateState.MAKEUP},
        "incident_form": IncidentForm(),
        "rescue_form": RescueForm(),
        "requests": candidate_requests(candidate),
        "may_request": may_request_for(request.actor, candidate),
    }
    return render(request, "exams/candidate.html", context)


def _draft(form: RoundForm) -> RoundDraft:
    data = form.cleaned_data
    place, asks_code = data["place"], data["asks_code"]
    makeup = None
    if data["makeup_opens_at"]:
        times = (data["makeup_opens_at"], data["makeup_last_start_at"], data["makeup_hard_end_at"])
        makeup = SittingWindow(*times, place=place, asks_code=asks_code)
    return RoundDraft(
        authority_id=data["authority"].public_id,
        year=data["year"],
        quarter=data["quarter"],
        title=data["title"],
        blueprint_id=data["blueprint"].public_id,
        minutes=data["minutes"],
        pass_mark=data["pass_mark"],
        grace_seconds=data["grace_seconds"],
        review=ReviewLevel(data["review"] or ReviewLevel.SCORE),
        appeal_days=data["appeal_days"] or APPEAL_DAYS,
        first=SittingWindow(
            data["opens_at"],
            data["last_start_at"],
            data["hard_end_at"],
            place=place,
            asks_code=asks_code,
        ),
        makeup=makeup,
    )


def _step(step: Step) -> dict[str, object]:
    state = "done" if step.is_done and not step.is_current else "current" if step.is_current else "later"
    if step.blockers:
        state = "waiting"
    return {"title": _(ROUND_LABELS[step.state]), "state": state, "note": " ".join(map(message_of, step.blockers))}


def _sitting(sitting: Sitting) -> dict[str, object]:
    tone = {"open": "active", "closed": "good"}.get(sitting.state, "")
    return {"sitting": sitting, "tone": tone, "is_open": sitting.state == SittingState.OPEN}


def _figures(counts: Mapping[str, int], candidates: int) -> list[dict[str, object]]:
    unit = _("人")
    return [
        {"label": _("考生"), "value": candidates, "unit": unit},
        {"label": _("答题中"), "value": counts.get(CandidateState.SITTING, 0), "unit": unit},
        {"label": _("合格"), "value": counts.get(CandidateState.PASSED, 0), "unit": unit, "tone": "good"},
        {"label": _("不合格"), "value": counts.get(CandidateState.FAILED, 0), "unit": unit},
        {"label": _("缺考"), "value": counts.get(CandidateState.ABSENT, 0), "unit": unit},
        {"label": _("待补考"), "value": counts.get(CandidateState.MAKEUP, 0), "unit": unit},
    ]


def _has_no_live_draw(exam_round: Round) -> bool:
    return exam_round.draw is None or exam_round.draw.state == "cancelled"


def _page_size(request: HttpRequest) -> int:
    wanted = request.GET.get("size", "")
    return int(wanted) if wanted in map(str, PAGE_SIZES) else PAGE_SIZES[0]
