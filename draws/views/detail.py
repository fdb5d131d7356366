"""What one draw's page shows: where it stands, what comes next, who is waited for."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.queries import identity_of_user
from core.actor import Actor
from draws.forms import METHOD_CHOICES, POST_CHOICES, HashForm, ReasonForm, reason_text, rule_words, title_of
from draws.models import Draw, DrawState, RosterFlag
from draws.policies import awaits_sources, can_conduct, can_prepare, can_see_people
from draws.queries import (
    StratumCount,
    files_of,
    flags_of,
    parameters_of,
    roster_strata,
    rows_to_be,
    source_statuses,
    strata_of,
)
from draws.views.documents import document_rows

_ORDER = (DrawState.DRAFT, DrawState.FREEZE_PROPOSED, DrawState.FROZEN, DrawState.DRAWN)


def detail_context(actor: Actor, draw: Draw, now: datetime) -> dict[str, object]:
    """Everything that draws/detail.html takes."""
    parameters = parameters_of(draw)
    is_draft = draw.state == DrawState.DRAFT
    if is_draft:
        strata = strata_of(rows_to_be(actor, draw, on=localtime(now).date()), parameters)
    else:
        strata = roster_strata(draw, parameters)
    return {
        "draw": draw,
        "title": title_of(draw),
        "parameters": parameters,
        "facts": _facts(draw),
        "steps": _steps(draw, now),
        "strata": strata,
        "totals": _totals(strata),
        "flags": _flag_rows(actor, flags_of(draw)),
        "files": files_of(draw),
        "documents": document_rows(draw),
        "hash_form": HashForm(initial={"plan_sha256": draw.plan_sha256}),
        "reason_form": ReasonForm(),
        **_abilities(actor, draw, now),
    }


def moment(value: datetime | None) -> str:
    """`2026-11-26 18:00` in the district, or nothing."""
    return localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


def _abilities(actor: Actor, draw: Draw, now: datetime) -> dict[str, bool]:
    prepares, conducts = can_prepare(actor, draw), can_conduct(actor, draw)
    is_own = draw.proposed_by is not None and identity_of_user(draw.proposed_by) == actor.identity()
    proposed = draw.state == DrawState.FREEZE_PROPOSED
    return {
        "may_prepare": prepares and draw.state == DrawState.DRAFT,
        "may_flag": prepares and draw.state == DrawState.DRAFT,
        "may_approve": conducts and proposed and not is_own,
        "may_send_back": conducts and proposed,
        "waits_for_other": proposed and is_own,
        "may_type": conducts and awaits_sources(draw) and draw.sources_from is not None and draw.sources_from <= now,
        "may_cancel": prepares and draw.state in (DrawState.DRAFT, DrawState.FREEZE_PROPOSED, DrawState.FROZEN),
        "may_write_minutes": prepares and draw.state == DrawState.DRAWN,
        "may_open_evidence": conducts,
        "may_see_people": can_see_people(actor, draw),
    }


def _facts(draw: Draw) -> list[dict[str, object]]:
    parameters = parameters_of(draw)
    seats = parameters.seats if isinstance(parameters.seats, int) else sum(parameters.seats.values())
    posts = dict(POST_CHOICES)
    facts: list[dict[str, object]] = [
        {"label": _("监管部门"), "value": draw.authority.name},
        {
            "label": _("抽取人数"),
            "value": _("%(seats)s 人，每个分层递补 %(standby)s 人") % {"seats": seats, "standby": parameters.standby},
        },
        {"label": _("名额分配"), "value": str(dict(METHOD_CHOICES)[parameters.method])},
        {"label": _("岗位"), "value": "、".join(str(posts[post]) for post in parameters.posts)},
        {"label": _("范围和规则"), "value": "；".join(rule_words(parameters)) or _("本部门管辖的全部人员")},
        {"label": _("公开随机源"), "value": "，".join(parameters.sources), "mono": True},
        {"label": _("异议期"), "value": _("%(days)s 个工作日") % {"days": parameters.objection_days}},
        {
            "label": _("最早录入开奖号码"),
            "value": moment(draw.sources_from or parameters.sources_after) or _("异议期最后一天 18:00"),
        },
    ]
    if draw.state == DrawState.CANCELLED:
        facts.append({"label": _("取消原因"), "value": draw.cancel_reason})
    return facts


def _steps(draw: Draw, now: datetime) -> list[dict[str, str]]:
    reached = _ORDER.index(DrawState(draw.state)) if draw.state in _ORDER else -1
    window_over = draw.sources_from is not None and draw.sources_from <= now
    notes = [
        _("确定范围、名额、必考和不参加人员"),
        _("%(who)s 提出于 %(when)s") % {"who": draw.proposed_by, "when": moment(draw.proposed_at)}
        if draw.proposed_at
        else _("监管人员提出"),
        _("%(who)s 批准于 %(when)s") % {"who": draw.frozen_by, "when": moment(draw.frozen_at)}
        if draw.frozen_at
        else _("由另一人批准，公布哈希"),
        _("到 %(when)s") % {"when": moment(draw.sources_from)} if draw.sources_from else _("冻结之后开始"),
        _("两人各自录入，不一致不能抽签"),
        moment(draw.drawn_at) or _("结果由公开文件算出，不能重抽"),
    ]
    titles = [_("准备名册"), _("提出冻结"), _("批准冻结"), _("异议期"), _("录入开奖号码"), _("抽签")]
    done = {0: 0, 1: 2, 2: 4 if window_over else 3, 3: 6}.get(reached, 0)
    states = ["done" if number < done else "later" for number in range(len(titles))]
    if 0 <= reached < 3:
        states[done] = {0: "current", 1: "waiting", 2: "current" if window_over else "waiting"}[reached]
    return [
        {"title": title, "state": state, "note": note} for title, state, note in zip(titles, states, notes, strict=True)
    ]


def _totals(strata: Sequence[StratumCount]) -> dict[str, int]:
    totals = {
        name: sum(getattr(row, name) for row in strata) for name in ("eligible", "must_sit", "excluded", "hamilton")
    }
    people = totals["eligible"] + totals["must_sit"] + totals["excluded"]
    return totals | {"people": people, "without_seat": sum(row.hamilton == 0 for row in strata)}


def _flag_rows(actor: Actor, flags: QuerySet[RosterFlag]) -> list[dict[str, object]]:
    return [
        {
            "id": flag.public_id,
            "name": flag.person.name,
            "number": flag.person.id_number_masked,
            "kind": flag.get_kind_display(),
            "code": flag.code,
            "reason_text": reason_text(flag.code),
            "reason": flag.reason,
            "evidence": flag.evidence,
            "files": flag.files.all(),
            "requested_by": flag.requested_by,
            "approved_by": flag.approved_by,
            "approved_at": flag.approved_at,
            "is_own": flag.requested_by is not None and identity_of_user(flag.requested_by) == actor.identity(),
        }
        for flag in flags
    ]


def ceremony_state(actor: Actor, draw: Draw) -> dict[str, object]:
    """The sources and whether the draw may be pressed, for the ceremony pages."""
    statuses = source_statuses(actor, draw) if draw.proposal else []
    return {
        "statuses": statuses,
        "all_agreed": bool(statuses) and all(status.is_agreed for status in statuses),
        "any_differs": any(status.differs for status in statuses),
        "ceremony_url": reverse("draws:ceremony", args=[draw.public_id]),
    }
