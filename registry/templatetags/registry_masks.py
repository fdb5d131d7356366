"""Masks for templates."""

from django import template

from core.masking import mask_phone

register = template.Library()


@register.filter
def masked_phone(phone: str) -> str:
    """`+8613812341234` → `138****1234`; nothing stays nothing."""
    return mask_phone(phone) if phone else ""
