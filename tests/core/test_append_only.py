"""Every log table refuses UPDATE and DELETE, on both databases."""

import pytest
from django.db import DatabaseError, connection, transaction

from core.actor import system_actor
from core.append_only import dangerously_drop_guards, guarded_tables, install_guards
from core.audit import audit
from core.models import AuditEntry, JobRun

pytestmark = pytest.mark.django_db


def _entry() -> AuditEntry:
    with transaction.atomic():
        return audit(system_actor("tests"), "tests.done", JobRun(name="tests.thing"))


def _guards() -> set[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%%_append_only'")
            return {name.strip('"') for (name,) in cursor.fetchall()}
        cursor.execute(
            "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' GROUP BY tbl_name HAVING count(*) = 2"
        )
        return {name for (name,) in cursor.fetchall()}


def test_guards_stand_on_every_append_only_table_after_migrate() -> None:
    assert "core_auditentry" in guarded_tables()
    assert set(guarded_tables()) <= _guards()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE core_auditentry SET reason = 'x'",
        "UPDATE core_auditentry SET sequence = sequence",
        "DELETE FROM core_auditentry",
    ],
)
def test_change_by_sql_is_refused_and_the_row_stays(sql: str) -> None:
    entry = _entry()

    with (
        pytest.raises(DatabaseError, match="append-only table core_auditentry"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)

    assert AuditEntry.objects.get() == entry
    assert AuditEntry.objects.get().reason == ""


def test_change_by_the_orm_is_refused() -> None:
    entry = _entry()
    entry.reason = "改"

    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.update(reason="改")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.all().delete()

    assert AuditEntry.objects.get().reason == ""


@pytest.mark.postgresql
def test_truncate_is_refused() -> None:
    entry = _entry()

    with pytest.raises(DatabaseError, match="append-only table"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE core_auditentry")

    assert AuditEntry.objects.get() == entry


def test_guards_can_be_installed_twice() -> None:
    assert install_guards(connection) == guarded_tables()
    assert install_guards(connection) == guarded_tables()
    assert set(guarded_tables()) <= _guards()


def test_guards_taken_away_come_back() -> None:
    dangerously_drop_guards(connection)
    assert not set(guarded_tables()) & _guards()

    install_guards(connection)

    assert set(guarded_tables()) <= _guards()
