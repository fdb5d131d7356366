"""Every write of the registry."""

from registry.actions.enterprises import change_enterprise, register_enterprise
from registry.actions.people import (
    Employment,
    appoint,
    change_phone,
    employ,
    end_appointment,
    register_person,
)
from registry.actions.reference_data import load_reference_data

__all__ = [
    "Employment",
    "appoint",
    "change_enterprise",
    "change_phone",
    "employ",
    "end_appointment",
    "load_reference_data",
    "register_enterprise",
    "register_person",
]
