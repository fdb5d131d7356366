"""Reads about certificates."""

from certificates.queries.certificates import (
    certificates_for,
    certificates_of,
    certificates_without_file,
    check_may_list,
    filtered,
    find_by_number_and_holder,
    get_certificate,
    get_own_certificate,
    get_public_certificate,
)

__all__ = [
    "certificates_for",
    "certificates_of",
    "certificates_without_file",
    "check_may_list",
    "filtered",
    "find_by_number_and_holder",
    "get_certificate",
    "get_own_certificate",
    "get_public_certificate",
]
