"""Refusals about notices."""

from core.errors import DomainError, gettext_noop


class DeliveryNotFailed(DomainError):
    code = "delivery_not_failed"
    message = gettext_noop("只有发送失败的通知可以重发。")
