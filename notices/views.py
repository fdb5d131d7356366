"""One's own notices, and the delivery ledger of staff."""

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.channels import chat_channel
from core.errors import NotAllowed, NotFound
from core.http import refusals_on
from core.masking import mask_phone
from notices.actions import mark_all_read, mark_read, retry_delivery, retry_failed, set_preference
from notices.domain.channels import MUTABLE
from notices.forms import CHANNELS, KINDS, LedgerFilterForm, PreferenceForm
from notices.models import Delivery
from notices.policies import can_read_ledger, can_retry_delivery
from notices.queries import (
    LedgerFilter,
    attempts_of,
    counts_by_state,
    deliveries_for,
    get_delivery,
    muted_channels,
    notices_of,
    unread_count,
)

_PER_PAGE: Final = 20
_SIZES: Final = (20, 50, 100)
_TONES: Final = {Delivery.State.SENT: "good", Delivery.State.DUE: "active", Delivery.State.FAILED: "bad"}


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    page = Paginator(notices_of(actor), _PER_PAGE).get_page(request.GET.get("page"))
    has_person = actor.person_id is not None
    context = {"page": page, "unread": unread_count(actor), "has_person": has_person}
    return render(request, "notices/mine.html", context)


@require_POST
def open_notice(request: HttpRequest, notice_id: str) -> HttpResponse:
    """Marks it as read and leads to what it is about."""
    notice = mark_read(request.actor, notice_id, now=clock.now())  # type: ignore[attr-defined]
    is_ours = url_has_allowed_host_and_scheme(notice.link, allowed_hosts=None)
    return redirect(notice.link if notice.link and is_ours else "notices:mine")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    mark_all_read(request.actor, now=clock.now())  # type: ignore[attr-defined]
    return redirect("notices:mine")


@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    if not can_read_ledger(actor):
        raise NotAllowed
    form = LedgerFilterForm(request.GET or None)
    wanted = _wanted(form)
    asked = request.GET.get("size", "")
    size = int(asked) if asked in {str(size) for size in _SIZES} else _PER_PAGE
    page = Paginator(deliveries_for(actor, wanted), size).get_page(request.GET.get("page"))
    counts = counts_by_state(actor, wanted)
    context = {
        "page": page,
        "rows": [_shown(row) for row in page],
        "form": form,
        "sizes": _SIZES,
        "may_retry": can_retry_delivery(actor),
        "figures": _figures(counts),
        "failed": counts.get(Delivery.State.FAILED, 0),
        "query": request.GET.urlencode(),
    }
    return render(request, "notices/ledger.html", context)


@require_GET
def delivery_detail(request: HttpRequest, delivery_id: str) -> HttpResponse:
    """One line of the ledger with every attempt, and what was said."""
    actor = request.actor  # type: ignore[attr-defined]
    row = get_delivery(actor, delivery_id)
    tones = {"sent": "good", "failed": "warn", "refused": "bad"}
    context = {
        **_shown(row),
        "notice": row.notice,
        "kind": KINDS.get(row.notice.kind, row.notice.kind),
        "attempts": [{"attempt": one, "tone": tones[one.outcome]} for one in attempts_of(row)],
        "may_retry": can_retry_delivery(actor) and row.state == Delivery.State.FAILED,
    }
    return render(request, "notices/delivery.html", context)


@require_POST
def retry_all(request: HttpRequest) -> HttpResponse:
    """Everything that failed among what the filter shows."""
    wanted = _wanted(LedgerFilterForm(request.GET or None))
    number = retry_failed(request.actor, wanted, now=clock.now())  # type: ignore[attr-defined]
    messages.success(request, _("{number} 条通知已重新排队发送。").format(number=number))
    return redirect("notices:ledger")


def preferences(request: HttpRequest) -> HttpResponse:
    """One's own choice of channels; an account without a person gets no notices and has nothing to choose."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.person_id is None:
        raise NotFound
    muted = muted_channels(actor)
    form = PreferenceForm(
        request.POST if request.method == "POST" else None,
        initial={"wanted": [name for name in MUTABLE if name not in muted]},
        has_chat=chat_channel() is not None,
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            offered = [name for name, _label in form.fields["wanted"].choices]
            off = [name for name in offered if name not in form.cleaned_data["wanted"]]
            set_preference(actor, muted=off, now=clock.now())
            messages.success(request, _("通知方式已保存。"))
            return redirect("notices:preferences")
    return render(request, "notices/preferences.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def retry(request: HttpRequest, delivery_id: str) -> HttpResponse:
    retry_delivery(request.actor, delivery_id, now=clock.now())  # type: ignore[attr-defined]
    messages.success(request, _("通知已重新排队发送。"))
    return redirect("notices:ledger")


def _wanted(form: LedgerFilterForm) -> LedgerFilter:
    typed = form.cleaned_data if form.is_valid() else {}
    return LedgerFilter(
        text=typed.get("q", ""),
        channel=typed.get("channel", ""),
        state=typed.get("state", ""),
        kind=typed.get("kind", ""),
        since=typed.get("since"),
        until=typed.get("until"),
    )


def _figures(counts: dict[str, int]) -> list[dict[str, object]]:
    unit = _("条")
    return [
        {"label": Delivery.State.SENT.label, "value": counts.get("sent", 0), "unit": unit, "tone": "good"},
        {"label": Delivery.State.DUE.label, "value": counts.get("due", 0), "unit": unit},
        {"label": Delivery.State.FAILED.label, "value": counts.get("failed", 0), "unit": unit, "tone": "bad"},
    ]


def _shown(row: Delivery) -> dict[str, object]:
    person = row.notice.person
    return {
        "delivery": row,
        "person": person.name,
        "phone": mask_phone(person.phone) if person.phone else _("未登记手机号"),
        "channel": CHANNELS.get(row.channel, row.channel),
        "tone": _TONES[Delivery.State(row.state)],
    }
