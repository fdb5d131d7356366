"""Reads about who is regulated. Everything about enterprises and people takes an actor."""

from registry.queries.enterprises import check_may_read, enterprises_for, get_enterprise, lock_enterprise
from registry.queries.people import (
    all_appointments_for,
    appointments_for,
    find_person_by_document,
    get_person,
    id_number_digest,
    id_number_of,
    id_numbers_of,
    in_force,
    lock_appointment,
    lock_person_to_appoint,
    people_for,
)
from registry.queries.territory import (
    all_authorities,
    areas_in_force,
    areas_in_subtree,
    authorities_for,
    authority_by_code,
    get_authority,
    hazard_tags,
    industries,
    region_of_authority,
)

__all__ = [
    "all_appointments_for",
    "all_authorities",
    "appointments_for",
    "areas_in_force",
    "areas_in_subtree",
    "authorities_for",
    "authority_by_code",
    "check_may_read",
    "enterprises_for",
    "find_person_by_document",
    "get_authority",
    "get_enterprise",
    "get_person",
    "hazard_tags",
    "id_number_digest",
    "id_number_of",
    "id_numbers_of",
    "in_force",
    "industries",
    "lock_appointment",
    "lock_enterprise",
    "lock_person_to_appoint",
    "people_for",
    "region_of_authority",
]
