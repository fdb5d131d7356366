"""Writes of this room: issue, revoke, note the file."""

from certificates.actions.issue import issue_certificates
from certificates.actions.revoke import record_pdf, revoke_certificate

__all__ = ["issue_certificates", "record_pdf", "revoke_certificate"]
