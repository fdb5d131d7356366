"""Rows written in bulk are as good as rows written one by one, on both databases."""

import hashlib

import pytest
from django.db import DatabaseError, connection, transaction

from draws.actions import bulk
from draws.actions.bulk import write_rows
from draws.models import DrawFile
from tests.factories.draws import NOW, make_draft

COLUMNS = "draw proposal name content sha256 created_at".split()


def rows_for(draw, names, content="a\tb\\N\n名"):
    digest = hashlib.sha256(content.encode()).hexdigest()
    return [(draw.pk, 1, name, content, digest, NOW) for name in names]


@transaction.atomic
def write_and_check(rows):
    write_rows(DrawFile, COLUMNS, rows)
    connection.check_constraints()


def test_write_rows_says_exactly_what_instances_would_say(cast, monkeypatch):
    monkeypatch.setattr(bulk, "_COPIED_AT_ONCE", 2)
    monkeypatch.setattr(bulk, "_INSERTED_AT_ONCE", 2)
    draw = make_draft(cast)
    write_rows(DrawFile, COLUMNS, iter(rows_for(draw, ["1", "2", "3", "4", "5"])))
    DrawFile.objects.create(**dict(zip(["draw_id", *COLUMNS[1:]], rows_for(draw, ["6"])[0], strict=True)))
    rows = DrawFile.objects.order_by("name").values_list("draw_id", *COLUMNS[1:])
    assert list(rows) == rows_for(draw, "123456")


def test_write_rows_of_nothing_writes_nothing(cast):
    write_rows(DrawFile, COLUMNS, [])
    assert not DrawFile.objects.exists()


@pytest.mark.parametrize("wrong", [(0, 10**9), (2, "1")])
def test_write_rows_that_break_a_constraint_write_nothing(cast, wrong, monkeypatch):
    monkeypatch.setattr(bulk, "_COPIED_AT_ONCE", 1)
    column, value = wrong
    rows = [list(row) for row in rows_for(make_draft(cast), ["1", "2"])]
    rows[1][column] = value
    with pytest.raises(DatabaseError):
        write_and_check(rows)
    assert not DrawFile.objects.exists()


def test_write_rows_takes_them_as_it_writes(cast, monkeypatch):
    monkeypatch.setattr(bulk, "_INSERTED_AT_ONCE", 1)
    draw = make_draft(cast)
    seen = []

    def rows():
        for row in rows_for(draw, ["1", "2", "3"]):
            if connection.vendor == "sqlite":  # PostgreSQL lets nobody ask during a COPY
                seen.append(DrawFile.objects.count())
            yield row

    write_rows(DrawFile, COLUMNS, rows())
    assert seen in ([], [0, 1, 2])
    assert DrawFile.objects.count() == 3


@pytest.mark.postgresql
def test_write_rows_of_many_tell_the_planner(cast, monkeypatch):
    monkeypatch.setattr(bulk, "_MANY", 1)
    write_rows(DrawFile, COLUMNS, rows_for(make_draft(cast), ["1", "2"]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'draws_drawfile'")
        assert cursor.fetchone() == (2,)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the cache of SQLite")
def test_write_rows_leaves_the_cache_as_it_was(cast):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        before = cursor.fetchone()
        write_rows(DrawFile, COLUMNS, rows_for(make_draft(cast), ["1"]))
        cursor.execute("PRAGMA cache_size")
        assert cursor.fetchone() == before


@pytest.mark.postgresql
def test_files_are_stored_without_an_attempt_to_compress_them(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstorage FROM pg_attribute WHERE attrelid = 'draws_drawfile'::regclass AND attname = 'content'"
        )
        assert cursor.fetchone() == ("e",)
