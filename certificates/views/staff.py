"""The list of certificates, one certificate, and taking it back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certificates.actions import revoke_certificate
from certificates.domain.states import VALID
from certificates.forms import ListFilterForm, RevokeForm
from certificates.models import Certificate
from certificates.policies import can_revoke
from certificates.queries import certificates_for, check_may_list, filtered, get_certificate
from certificates.views.showing import shown
from core import clock
from core.actor import Actor
from core.errors import NotAllowed
from core.http import refusals_on

_PAGE_SIZE = 30


@require_safe
def certificate_list(request: HttpRequest) -> HttpResponse:
    """Certificates in reach, with filters in the address."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    check_may_list(actor)
    form = ListFilterForm(request.GET)
    form.is_valid()
    today = clock.today()
    text, state = form.cleaned_data.get("q", ""), form.cleaned_data.get("state", "")
    found = filtered(certificates_for(actor), text=text, state=state, today=today)
    page = Paginator(found, _PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [shown(certificate, today, with_full_name=True) for certificate in page.object_list]
    context = {"form": form, "page": page, "rows": rows, "is_filtered": bool(text or state)}
    return render(request, "certificates/list.html", context)


@require_safe
def certificate_detail(request: HttpRequest, certificate_id: str) -> HttpResponse:
    """One certificate with its state and what can be done."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    certificate = get_certificate(actor, certificate_id)
    check_may_list(actor)
    context = {
        **shown(certificate, clock.today(), with_full_name=True),
        "may_revoke": certificate.state == VALID and can_revoke(actor, certificate),
        "timeline": _timeline(certificate),
    }
    return render(request, "certificates/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, certificate_id: str) -> HttpResponse:
    """Asks for a public reason and for the number."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    certificate = get_certificate(actor, certificate_id)
    if not can_revoke(actor, certificate):
        raise NotAllowed
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with refusals_on(form):
            revoke_certificate(
                actor,
                certificate_id,
                reason=typed["reason"],
                confirmation=typed["confirm_name"],
                now=clock.now(),
            )
            messages.success(request, _("证书已撤销，公开查验页面现在显示“已撤销”。"))
            return redirect(reverse("certificates:detail", args=[certificate_id]))
    context = {**shown(certificate, clock.today(), with_full_name=True), "form": form}
    return render(request, "certificates/revoke.html", context, status=422 if form.errors else 200)


def _timeline(certificate: Certificate) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = [
        {"when": certificate.issued_at, "what": _("签发"), "who": certificate.authority.name, "why": ""}
    ]
    if certificate.state != VALID:
        who = str(certificate.state_changed_by) if certificate.state_changed_by else _("系统")
        entries.append(
            {
                "when": certificate.state_changed_at,
                "what": certificate.get_state_display(),
                "who": who,
                "why": certificate.state_reason,
            },
        )
    return entries
