"""公告 and 抽签记录 on A4. Chinese only: they are documents of the authority, not pages."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localtime

from core.pdf import qr_address, render_pdf
from draws.domain.plan import FIXED, HAMILTON, SYSTEMATIC
from draws.forms import reason_text
from draws.models import Draw
from draws.queries.documents import MinutesFacts, NoticeFacts, commitment_text

STYLESHEET = "draws/printed.css"
METHODS = {HAMILTON: "最大余数法", SYSTEMATIC: "系统抽取法", FIXED: "固定名额"}
# More pids than this would make a book: the result file has them all.
MOST_PRINTED = 600


def print_notice(facts: NoticeFacts) -> bytes:
    """The notice of a freeze: what is committed, until when objections count, and how to check it."""
    draw = facts.draw
    context = {
        **_common(draw),
        "facts": facts,
        "seats": _seats(facts.plan.seats),
        "method": METHODS[facts.plan.method],
        "sources": [str(source) for source in facts.plan.sources],
        "flags": [(flag, reason_text(flag), people) for flag, people in facts.flags.items()],
        "qr": qr_address(commitment_text(draw)),
    }
    return render_pdf(render_to_string("draws/notice_pdf.html", context), stylesheet=STYLESHEET)


def print_minutes(facts: MinutesFacts) -> bytes:
    """The minutes of a ceremony: who was there, what was typed by whom, what came out."""
    draw = facts.draw
    context = {
        **_common(draw),
        "facts": facts,
        "seats": _seats(facts.plan.seats),
        "method": METHODS[facts.plan.method],
        "typed": facts.typed,
        "called": len(facts.places),
        "printed": facts.places if len(facts.places) <= MOST_PRINTED else [],
        "qr": qr_address(_address(draw)),
    }
    return render_pdf(render_to_string("draws/minutes_pdf.html", context), stylesheet=STYLESHEET)


def _common(draw: Draw) -> dict[str, object]:
    return {
        "draw": draw,
        "address": _address(draw),
        "is_demo": draw.is_demo,
        "frozen_at": localtime(draw.frozen_at) if draw.frozen_at else None,
        "sources_from": localtime(draw.sources_from) if draw.sources_from else None,
    }


def _address(draw: Draw) -> str:
    return settings.BASE_URL + reverse("draws:public_detail", args=[draw.public_id])


def _seats(seats: object) -> int:
    return sum(seats.values()) if isinstance(seats, dict) else int(str(seats))
