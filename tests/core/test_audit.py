"""The chain holds, and says where it does not (security.md, A59, A61, A68)."""

import threading
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from core import audit as chain
from core.actor import Actor, Grant
from core.append_only import dangerously_drop_guards
from core.audit import GENESIS, Break, audit, first_break, head
from core.models import AuditEntry, JobRun, OutgoingMessage

ACTOR = Actor(
    user_id=7, person_id=9, label="zhao", grants=(Grant("regulator", 3), Grant("reviewer", 3)), address="10.0.0.8"
)
ABOUT = JobRun(public_id="5" * 32, name="tests.thing", state="done")


def _write(count: int) -> list[AuditEntry]:
    with transaction.atomic():
        return [
            audit(ACTOR, f"tests.step_{number}", ABOUT, details={"number": number}) for number in range(1, count + 1)
        ]


def _tamper(sql: str, *values: object) -> None:
    dangerously_drop_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.django_db
def test_audit_entry_says_who_what_and_why() -> None:
    with transaction.atomic():
        entry = audit(ACTOR, "tests.done", ABOUT, details={"b": 1, "a": None}, reason="因为")

    assert (entry.sequence, entry.actor_user_id, entry.actor_person_id, entry.actor_label, entry.roles, entry.address) == (
        1, 7, 9, "zhao", "regulator,reviewer", "10.0.0.8",
    )  # fmt: skip
    assert (entry.object_type, entry.object_id, entry.details, entry.reason, entry.previous_hash) == (
        "core.jobrun", "5" * 32, '{"a":null,"b":1}', "因为", GENESIS,
    )  # fmt: skip


@pytest.mark.django_db
def test_first_break_untouched_chain_holds_with_its_head() -> None:
    entries = _write(4)

    assert [entry.previous_hash for entry in entries] == [GENESIS, *[entry.entry_hash for entry in entries[:3]]]
    assert first_break() is None
    assert first_break(expected_head=entries[1].entry_hash) is None
    assert head() == (4, entries[3].entry_hash)


@pytest.mark.django_db
def test_first_break_empty_chain_holds() -> None:
    assert first_break() is None
    assert head() == (0, GENESIS)
    assert first_break(expected_head="a" * 64) == Break(0, f"no entry has the expected head {'a' * 64}")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_label", "qian"),
        ("actor_user_id", 8),
        ("actor_person_id", 8),
        ("roles", "auditor"),
        ("address", "10.0.0.9"),
        ("action", "tests.other"),
        ("object_type", "core.other"),
        ("object_id", "6"),
        ("object_label", "别的"),
        ("details", '{"number":3}'),
        ("reason", "改"),
        ("at", "2020-01-01 00:00:00+00:00"),
    ],
)
def test_first_break_any_changed_column_is_named_by_its_entry(column: str, value: object) -> None:
    _write(3)
    _tamper(f"UPDATE core_auditentry SET {column} = %s WHERE sequence = 2", value)

    assert first_break() == Break(2, "content does not match its hash")


@pytest.mark.django_db
def test_first_break_changed_entry_with_a_fitting_hash_breaks_the_next() -> None:
    entries = _write(3)
    forged = entries[1]
    forged.reason = "改"
    _tamper(
        "UPDATE core_auditentry SET reason = %s, entry_hash = %s WHERE sequence = 2",
        "改",
        chain.entry_hash(forged),
    )

    assert first_break() == Break(3, "does not continue the entry before it")


@pytest.mark.django_db
def test_first_break_deleted_entry_is_missing() -> None:
    _write(3)
    _tamper("DELETE FROM core_auditentry WHERE sequence = %s", 2)

    assert first_break() == Break(2, "entry 2 is missing (found 3)")


@pytest.mark.django_db
def test_first_break_deleted_and_renumbered_is_found() -> None:
    _write(3)
    _tamper("DELETE FROM core_auditentry WHERE sequence = %s", 2)
    _tamper("UPDATE core_auditentry SET sequence = 2 WHERE sequence = %s", 3)

    assert first_break() == Break(2, "does not continue the entry before it")


@pytest.mark.django_db
def test_first_break_swapped_entries_are_found() -> None:
    _write(3)
    for before, after in ((2, 900), (3, 2), (900, 3)):
        _tamper("UPDATE core_auditentry SET sequence = %s WHERE sequence = %s", after, before)

    assert first_break() == Break(2, "does not continue the entry before it")


@pytest.mark.django_db
def test_first_break_cut_off_end_is_found_by_the_noted_head_only() -> None:
    noted = _write(3)[2].entry_hash
    _tamper("DELETE FROM core_auditentry WHERE sequence = %s", 3)

    assert first_break() is None
    assert first_break(expected_head=noted) == Break(2, f"no entry has the expected head {noted}")


@pytest.mark.django_db
def test_first_break_chain_built_anew_is_found_by_the_noted_head() -> None:
    noted = head_before = _write(2)[1].entry_hash
    _tamper("DELETE FROM core_auditentry WHERE sequence > %s", 0)
    _write(2)

    assert first_break() is None
    assert head()[1] != head_before
    assert first_break(expected_head=noted) is not None


@pytest.mark.django_db
def test_audit_and_action_happen_both_or_neither() -> None:
    @transaction.atomic
    def act_and_fail() -> None:
        OutgoingMessage.objects.create(to="x", text="y", purpose="z", sent_at="2026-01-01T00:00:00Z")
        audit(ACTOR, "tests.done", ABOUT)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act_and_fail()

    assert (AuditEntry.objects.count(), OutgoingMessage.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_audit_outside_a_transaction_is_a_defect() -> None:
    with pytest.raises(AssertionError):
        audit(ACTOR, "tests.done", ABOUT)


@pytest.mark.django_db
def test_audit_hostile_texts_keep_the_chain_whole() -> None:
    nasty = '|,"{}\u2028<script>😀' + "长" * 500
    with transaction.atomic():
        audit(
            Actor(1, None, nasty),
            "tests.done",
            JobRun(name=nasty),
            details={nasty: nasty},
            reason=nasty,
        )

    assert first_break() is None


@pytest.mark.django_db
def test_audit_verify_command_names_the_broken_entry(capsys: pytest.CaptureFixture[str]) -> None:
    last = _write(3)[2]
    call_command("audit", "verify")
    assert capsys.readouterr().out == f"3 entries, head {last.entry_hash}\n"
    _tamper("UPDATE core_auditentry SET reason = %s WHERE sequence = 2", "改")

    with pytest.raises(CommandError, match=r"audit chain broken at entry 2: content does not match its hash"):
        call_command("audit", "verify")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_audit_two_writers_at_once_make_one_chain() -> None:
    failures: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(5):
                _write(1)
        except Exception as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)
        finally:
            connection.close()

    writers: list[Callable[[], None]] = [write] * 3
    threads = [threading.Thread(target=writer) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert (AuditEntry.objects.count(), first_break()) == (15, None)
