"""One certificate as pages show it."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from certificates.domain.content import masked, read
from certificates.domain.states import LABELS, VALID, shown_state
from certificates.models import Certificate

_TONES = {"valid": "good", "expired": "warn", "revoked": "bad", "superseded": "idle"}


def shown(certificate: Certificate, today: date, *, with_full_name: bool) -> dict[str, Any]:
    """The frozen content, its state today in words and tone, and the facts in the order of the paper."""
    content = read(certificate.content)
    content = content if with_full_name else masked(content)
    state = shown_state(certificate.state, certificate.valid_until, today)
    return {
        "certificate": certificate,
        "content": content,
        "state": state,
        "state_label": _(LABELS[state]),
        "tone": _TONES[state],
        "is_valid": state == VALID,
        "reason": certificate.state_reason,
        "facts": facts_of(content),
        "has_file": bool(certificate.pdf_name) and certificate.state == VALID,
    }


def facts_of(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything that is printed, line by line."""
    score = _("%(score)s 分（满分 %(total)s 分，%(pass)s 分合格）") % {
        "score": content["score"],
        "total": content["total_mark"],
        "pass": content["pass_mark"],
    }
    return [
        {"label": _("持证人"), "value": content["holder"]},
        {"label": _("单位"), "value": content["enterprise"]},
        {"label": _("信用代码"), "value": content["uscc"], "mono": True},
        {"label": _("行业领域"), "value": content["industry"]},
        {"label": _("岗位"), "value": _(content["post"])},
        {"label": _("抽考轮次"), "value": content["round"]["title"]},
        {"label": _("考试日期"), "value": content["exam_date"]},
        {"label": _("成绩"), "value": score},
        {"label": _("签发单位"), "value": content["issuer"]},
        {"label": _("签发日期"), "value": content["issued_on"]},
        {"label": _("有效期至"), "value": content["valid_until"]},
        {"label": _("证书编号"), "value": content["number"], "mono": True},
    ]
