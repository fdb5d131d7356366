"""Verification without login: behind the QR code the whole content, by number and name a masked one (ADR 0020)."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.queries import client_address
from certificates.forms import LookUpForm
from certificates.queries import find_by_number_and_holder, get_public_certificate
from certificates.views.showing import shown
from core import clock

_TRIES_PER_MINUTE = 20
_MINUTE = 60


@login_not_required
@require_safe
def certificate_page(request: HttpRequest, certificate_id: str) -> HttpResponse:
    """Full content and state today. The address holds 128 random bits that only the paper shows."""
    certificate = get_public_certificate(certificate_id)
    context = {
        **shown(certificate, clock.today(), with_full_name=True),
        "checked_at": clock.now(),
        "authority_name": certificate.authority.name,
        "objection_contact": certificate.authority.contact,
    }
    response = render(request, "certificates/public_certificate.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """By number and the holder's full name. A wrong name and an unknown number are answered alike."""
    form = LookUpForm(request.POST or None)
    result, status = None, 200
    if request.method == "POST":
        status = 422
        if _too_many(request):
            form.add_error(None, _("查验次数过多，请一分钟后再试，或扫描证书上的二维码。"))
            status = 429
        elif form.is_valid():
            found = find_by_number_and_holder(form.cleaned_data["number"], form.cleaned_data["holder"])
            if found is None:
                form.add_error(
                    None,
                    _(
                        "没有找到与该编号和姓名同时相符的证书。请核对证书上的编号和姓名；如仍查不到，该证书可能不是本系统签发的。"
                    ),
                )
            else:
                result, status = shown(found, clock.today(), with_full_name=False), 200
    context = {"form": form, "result": result, "checked_at": clock.now()}
    return render(request, "certificates/look_up.html", context, status=status)


def _too_many(request: HttpRequest) -> bool:
    key = f"certificates.look_up:{client_address(request)}:{clock.now():%H%M}"
    cache.add(key, 0, _MINUTE * 2)
    return cache.incr(key) > _TRIES_PER_MINUTE
