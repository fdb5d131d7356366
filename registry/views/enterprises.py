"""Pages of enterprises: list, export, detail, form."""

from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import clock
from core.http import refusals_on
from registry.actions import change_enterprise, export_enterprises, register_enterprise, set_enterprise_active
from registry.forms import EnterpriseFilter, EnterpriseForm, ReasonForm
from registry.models import Enterprise
from registry.policies import can_change_enterprise, can_keep_people, can_register_enterprises
from registry.queries import (
    all_appointments_for,
    check_may_change,
    check_may_read,
    check_may_register,
    enterprises_for,
    flags_of,
    get_enterprise,
)
from registry.queries.exports import enterprises_workbook
from registry.queries.history import history_of_enterprise
from registry.views.lists import SIZES, Head, heads, page_of
from registry.views.requests import ActorRequest
from registry.views.words import event_entry, flag_facts

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def enterprise_list(request: ActorRequest) -> HttpResponse:
    """What the actor reaches, filtered, sorted, paged."""
    check_may_read(request.actor)
    found = _filtered(request)
    rows = found.qs.prefetch_related("tags") if found.is_valid() else found.queryset.none()
    columns = [
        Head(_("单位名称"), "name"),
        Head(_("乡街"), "area"),
        Head(_("行业领域"), "industry"),
        Head(_("从业人员数"), "employees", numeric=True),
        Head(_("年收入（万元）"), "revenue", numeric=True),
        Head(_("监管标志")),
    ]
    context = {
        "filter": found,
        "page": page_of(request, rows),
        "columns": heads(request, columns),
        "sizes": SIZES,
        "is_filtered": any(request.GET.get(name) for name in ("q", "area", "industry", "tag", "flag")),
        "may_register": can_register_enterprises(request.actor),
        "query": request.GET.urlencode(),
    }
    return render(request, "registry/enterprise_list.html", context)


def enterprise_export(request: ActorRequest) -> HttpResponse:
    """Exactly what is filtered, as a workbook with people masked."""
    check_may_read(request.actor)
    found = _filtered(request)
    rows = found.qs if found.is_valid() else found.queryset.none()
    today = clock.today()
    export_enterprises(request.actor, rows, filters=request.GET.urlencode())
    response = HttpResponse(enterprises_workbook(rows, on=today), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="enterprises-{today:%Y%m%d}.xlsx"'
    return response


def enterprise_detail(request: ActorRequest, enterprise_id: str) -> HttpResponse:
    """Facts, flags with their reasons, people in post and before, who did what."""
    check_may_read(request.actor)
    enterprise = get_enterprise(request.actor, enterprise_id)
    appointments = list(
        all_appointments_for(request.actor).filter(enterprise=enterprise).order_by("post", "-valid_from")
    )
    today = clock.today()
    in_post = [item for item in appointments if item.valid_to is None or item.valid_to >= today]
    context = {
        "enterprise": enterprise,
        "facts": _facts(enterprise),
        "flags": flag_facts(enterprise, flags_of(enterprise)),
        "in_post": in_post,
        "former": [item for item in appointments if item not in in_post],
        "history": [event_entry(event) for event in history_of_enterprise(enterprise, appointments)],
        "may_change": can_change_enterprise(request.actor, enterprise),
        "may_keep_people": can_keep_people(request.actor, enterprise),
    }
    return render(request, "registry/enterprise_detail.html", context)


def enterprise_new(request: ActorRequest) -> HttpResponse:
    """A form for a new enterprise."""
    check_may_register(request.actor)
    form = EnterpriseForm(request.POST or None, actor=request.actor, today=clock.today())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            enterprise = register_enterprise(request.actor, form.draft(), clock.now())
            return redirect("registry:enterprise_detail", enterprise.public_id)
    return render(request, "registry/enterprise_form.html", {"form": form})


def enterprise_edit(request: ActorRequest, enterprise_id: str) -> HttpResponse:
    """The same form for what is known."""
    check_may_read(request.actor)
    enterprise = get_enterprise(request.actor, enterprise_id)
    check_may_change(request.actor, enterprise)
    form = EnterpriseForm(
        request.POST or None,
        initial=_initial(enterprise),
        actor=request.actor,
        today=clock.today(),
        current_area=enterprise.area,
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            change_enterprise(request.actor, enterprise_id, form.draft(), now=clock.now())
            return redirect("registry:enterprise_detail", enterprise_id)
    return render(request, "registry/enterprise_form.html", {"form": form, "enterprise": enterprise})


def enterprise_state(request: ActorRequest, enterprise_id: str) -> HttpResponse:
    """Asks why, and takes the enterprise out of the lists of duties or back in."""
    check_may_read(request.actor)
    enterprise = get_enterprise(request.actor, enterprise_id)
    check_may_change(request.actor, enterprise)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            set_enterprise_active(
                request.actor,
                enterprise_id,
                is_active=not enterprise.is_active,
                reason=form.cleaned_data["reason"],
                now=clock.now(),
            )
            return redirect("registry:enterprise_detail", enterprise_id)
    return render(request, "registry/enterprise_state.html", {"form": form, "enterprise": enterprise})


def _filtered(request: ActorRequest) -> EnterpriseFilter:
    return EnterpriseFilter(request.GET, queryset=enterprises_for(request.actor), request=request)


def _facts(enterprise: Enterprise) -> list[dict[str, object]]:
    return [
        {"label": _("统一社会信用代码"), "value": enterprise.uscc, "mono": True},
        {"label": _("乡街"), "value": enterprise.area.name},
        {"label": _("行业领域"), "value": enterprise.industry.name},
        {"label": _("风险标签"), "value": "、".join(tag.name for tag in enterprise.tags.all())},
        {"label": _("监管部门"), "value": enterprise.authority.name if enterprise.authority else ""},
        {"label": _("从业人员数"), "value": enterprise.employees},
        {"label": _("年主营业务收入（万元）"), "value": _amount(enterprise.revenue_10k)},
    ]


def _initial(enterprise: Enterprise) -> dict[str, object]:
    return {
        "name": enterprise.name,
        "uscc": enterprise.uscc,
        "area": enterprise.area.code,
        "industry": enterprise.industry.code,
        "tags": [tag.code for tag in enterprise.tags.all()],
        "authority": enterprise.authority.code if enterprise.authority else None,
        "employees": enterprise.employees,
        "revenue_10k": enterprise.revenue_10k,
    }


def _amount(value: Decimal | None) -> str:
    """`1463.00` → `1463`, `1463.50` → `1463.5`."""
    return "" if value is None else format(value.normalize(), "f")
