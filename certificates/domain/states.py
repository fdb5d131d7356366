"""Valid, expired, revoked, superseded: the stored state and the calendar together."""

from datetime import date

from certificates.errors import CertificateNotValid, RevocationReasonMissing
from core.errors import gettext_noop

VALID, EXPIRED, REVOKED, SUPERSEDED = "valid", "expired", "revoked", "superseded"
LABELS = {
    VALID: gettext_noop("有效"),
    EXPIRED: gettext_noop("已过期"),
    REVOKED: gettext_noop("已撤销"),
    SUPERSEDED: gettext_noop("已被新证替代"),
}
REASON_LEAST, REASON_MOST = 5, 300
DEFAULT_MONTHS = 12
_DECEMBER = 12
_LAST_SAFE_DAY = 28


def shown_state(stored: str, valid_until: date, today: date) -> str:
    """The state that anybody is told today. A revoked or superseded certificate stays that, expired or not."""
    if stored != VALID:
        return stored
    return VALID if today <= valid_until else EXPIRED


def revocation_reason(stored: str, reason: str) -> str:
    """The cleaned reason; raises CertificateNotValid, RevocationReasonMissing. An expired one may still be revoked."""
    if stored != VALID:
        raise CertificateNotValid(state=LABELS[stored])
    text = " ".join(reason.split())
    if not REASON_LEAST <= len(text) <= REASON_MOST:
        raise RevocationReasonMissing(least=REASON_LEAST, most=REASON_MOST)
    return text


def valid_until(issued_on: date, *, months: int = DEFAULT_MONTHS) -> date:
    """The last day: the same day of the month `months` later, less one; the end of the month where it is shorter."""
    years, month = divmod(issued_on.month - 1 + months, _DECEMBER)
    year, month = issued_on.year + years, month + 1
    day = issued_on.day
    while day > _LAST_SAFE_DAY:
        try:
            return date.fromordinal(date(year, month, day).toordinal() - 1)
        except ValueError:
            day -= 1
    return date.fromordinal(date(year, month, day).toordinal() - 1)
