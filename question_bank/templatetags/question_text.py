"""Texts of questions in templates: pictures, formulas and tables where they stand."""

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from question_bank.domain.rich import plain, to_html

register = template.Library()


@register.filter
def question_text(text: str) -> SafeString:
    """Safe HTML of a text of the bank, for those who read the bank."""
    return mark_safe(to_html(text, lambda name: reverse("question_bank:picture", args=[name])))  # nosec B308 B703 - cleaned


@register.filter
def question_plain(text: str) -> str:
    """In characters alone, for lists."""
    return plain(text)
