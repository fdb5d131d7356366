"""Every write of the registry."""

from registry.actions.enterprises import change_enterprise, register_enterprise, set_enterprise_active
from registry.actions.exports import export_enterprises
from registry.actions.imports import (
    apply_enterprise_import,
    apply_requested_import,
    cancel_enterprise_import,
    check_staged_import,
    forget_old_imports,
    request_enterprise_import,
    stage_enterprise_import,
)
from registry.actions.people import (
    Employment,
    appoint,
    change_phone,
    correct_name,
    employ,
    end_appointment,
    register_person,
)
from registry.actions.reference_data import load_reference_data

__all__ = [
    "Employment",
    "apply_enterprise_import",
    "apply_requested_import",
    "appoint",
    "cancel_enterprise_import",
    "change_enterprise",
    "change_phone",
    "check_staged_import",
    "correct_name",
    "employ",
    "end_appointment",
    "export_enterprises",
    "forget_old_imports",
    "load_reference_data",
    "register_enterprise",
    "register_person",
    "request_enterprise_import",
    "set_enterprise_active",
    "stage_enterprise_import",
]
