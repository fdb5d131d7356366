"""An uploaded table of enterprises with people: its columns, its cells, its rows, and what importing it would change."""

from registry.domain.importing.columns import COLUMN_HELP, COLUMNS, REQUIRED
from registry.domain.importing.plan import (
    ImportPlan,
    Known,
    KnownAppointment,
    KnownEnterprise,
    KnownPerson,
    plan_import,
)
from registry.domain.importing.rows import ReadRow, ReferenceBook, RowProblem, RowWarning, read_rows, shared_phones

__all__ = [
    "COLUMNS",
    "COLUMN_HELP",
    "REQUIRED",
    "ImportPlan",
    "Known",
    "KnownAppointment",
    "KnownEnterprise",
    "KnownPerson",
    "ReadRow",
    "ReferenceBook",
    "RowProblem",
    "RowWarning",
    "plan_import",
    "read_rows",
    "shared_phones",
]
