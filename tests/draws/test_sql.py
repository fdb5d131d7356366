"""A fourth implementation: the draw in SQL. Quotas, tickets, ranks and the lines of result.csv come from one statement, by each
of the three methods; so does the cap per enterprise.

PostgreSQL hashes with its own sha256(); SQLite is lent a function of that name, and does the rest itself.
"""

import hashlib
import json
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from draws.domain.plan import write_plan
from draws.domain.pool import Standing, over_the_cap
from draws.domain.protocol import compute
from draws.domain.quotas import eligible_by_stratum
from draws.domain.roster import Row, write_roster
from draws.domain.seed import seed_of
from tests.draws.domain.test_properties import STRATA, local, plan_for, rosters, seeds

VECTORS = Path(__file__).parents[1] / "vectors"

STATEMENT = """
WITH RECURSIVE roster AS (
  SELECT pid, stratum, lots, flag FROM draw_sql_roster
), lot(j) AS (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9)
), ticket AS (
  SELECT pid, stratum, MIN({ticket}) AS ticket
  FROM roster JOIN lot ON lot.j <= roster.lots WHERE flag = '' GROUP BY pid, stratum
), pool AS (
  SELECT stratum, SUM(CASE WHEN flag = '' THEN 1 ELSE 0 END) AS people FROM roster GROUP BY stratum
), counted AS (
  SELECT stratum, people, CAST(SUM(people) OVER () AS bigint) AS total FROM pool
), share AS (
  SELECT stratum, people, total,
         CASE WHEN total = 0 THEN 0 ELSE %(n)s * people / total END AS floor,
         CASE WHEN total = 0 THEN 0 ELSE (%(n)s * people) %% total END AS rest
  FROM counted
), {quotas}, ranked AS (
  SELECT ticket.stratum, pid, quota,
         ROW_NUMBER() OVER (PARTITION BY ticket.stratum ORDER BY ticket {c}, pid {c}) AS place
  FROM ticket JOIN seats ON seats.stratum = ticket.stratum
), result AS (
  SELECT stratum, 0 AS place, 'M' AS status, pid FROM roster WHERE SUBSTR(flag, 1, 1) = 'M'
  UNION ALL
  SELECT stratum, place, CASE WHEN place <= quota THEN 'S' ELSE 'R' END || CAST(place AS text), pid
  FROM ranked WHERE place <= quota + %(standby)s
)
SELECT stratum || ',' || status || ',' || pid FROM result ORDER BY stratum {c}, place, pid {c}
"""
QUOTAS = {
    "hamilton": """
queue AS (
  SELECT share.*, ROW_NUMBER() OVER (ORDER BY rest DESC, people DESC, stratum {c}) AS turn,
         %(n)s - SUM(floor) OVER () AS left_over
  FROM share
), seats AS (
  SELECT stratum, CASE WHEN %(n)s >= total THEN people
                       ELSE floor + CASE WHEN turn <= left_over THEN 1 ELSE 0 END END AS quota
  FROM queue
)""",
    # u is a number of 256 bits: taken digit by digit, modulo the total, so that every database can hold it.
    # Points u + kP, k >= 0, below x are (x - u + P - 1) / P in integers.
    "systematic": """
start(hash, total) AS (
  SELECT {start}, CASE WHEN MAX(total) > 0 THEN MAX(total) ELSE 1 END FROM share
), digit(place, u) AS (
  SELECT 0, CAST(0 AS bigint)
  UNION ALL
  SELECT place + 1, (u * 16 + {find}) %% total FROM digit, start WHERE place < 64
), walk AS (
  SELECT stratum, people, total, floor, rest,
         CAST(SUM(rest) OVER (ORDER BY {turn} {c}, stratum {c} ROWS UNBOUNDED PRECEDING) AS bigint) AS ends
  FROM share
), seats AS (
  SELECT stratum, CASE WHEN %(n)s >= total THEN people
                       ELSE floor + (ends - u + total - 1) / total - (ends - rest - u + total - 1) / total END AS quota
  FROM walk, digit WHERE digit.place = 64
)""",
    "fixed": """
seats AS (
  SELECT share.stratum, COALESCE(draw_sql_quota.seats, 0) AS quota
  FROM share LEFT JOIN draw_sql_quota ON draw_sql_quota.stratum = share.stratum
)""",
}
# Who gets X:CAP (ADR 22): the places that must-sit people leave, to those who waited most, then by the order of the hash.
CAP = """
SELECT pid FROM (
  SELECT pid, flag, enterprise,
         ROW_NUMBER() OVER (PARTITION BY enterprise, flag = '' ORDER BY waited DESC, turn {c}, pid {c}) AS place,
         SUM(CASE WHEN SUBSTR(flag, 1, 1) = 'M' THEN 1 ELSE 0 END) OVER (PARTITION BY enterprise) AS must_sit
  FROM draw_sql_staff
) AS staff
WHERE flag = '' AND %(cap)s > 0 AND place > CASE WHEN must_sit < %(cap)s THEN %(cap)s - must_sit ELSE 0 END
"""
HASHES = {"postgresql": "encode(sha256(convert_to({text}, 'UTF8')), 'hex')", "sqlite": "sha256_hex({text})"}
FIND = {"postgresql": "STRPOS('0123456789abcdef', {one}) - 1", "sqlite": "INSTR('0123456789abcdef', {one}) - 1"}
# PostgreSQL would sort by the words of a language.
COLLATIONS = {"postgresql": 'COLLATE "C"', "sqlite": "COLLATE BINARY"}


def statement_for(method: str) -> str:
    """The whole draw by one method, in the dialect of the database at hand."""
    hashed, collation = HASHES[connection.vendor], COLLATIONS[connection.vendor]
    quotas = QUOTAS[method].format(
        c=collation,
        start=hashed.format(text="%(start)s"),
        turn=hashed.format(text="%(turn)s || stratum"),
        find=FIND[connection.vendor].format(one="SUBSTR(hash, place + 1, 1)"),
    )
    ticket = hashed.format(text="%(prefix)s || pid || '|' || CAST(j AS text)")
    return STATEMENT.format(quotas=quotas, ticket=ticket, c=collation)


def fill(table: str, columns: str, rows: list[tuple]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns})")
        if rows:
            places = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {table} VALUES ({places})", rows)


def by_sql(plan: bytes, roster: bytes, sources: bytes) -> bytes:
    """result.csv, computed by the database from the three files."""
    rules = json.loads(plan)
    seed = seed_of(plan, sources.decode().splitlines())
    rows = [line.split(",") for line in roster.decode().splitlines()[1:]]
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.create_function("sha256_hex", 1, lambda text: hashlib.sha256(text.encode()).hexdigest())
    fill(
        "draw_sql_roster", "pid text, stratum text, lots integer, flag text", [(*r[:2], int(r[2]), r[3]) for r in rows]
    )
    fill("draw_sql_quota", "stratum text, seats integer", list(rules.get("quotas", {}).items()))
    parameters = {
        "n": rules.get("n", 0),
        "standby": rules["standby"],
        "prefix": f"draw/1|{seed}|",
        "start": f"alloc-start/1|{seed}",
        "turn": f"alloc/1|{seed}|",
    }
    with connection.cursor() as cursor:
        cursor.execute(statement_for(rules["quota"]), parameters)
        lines = [line for (line,) in cursor.fetchall()]
    return "\n".join(["stratum,status,pid", *lines, ""]).encode()


def capped_by_sql(staff: list[tuple], cap: int) -> set[str]:
    """Who gets X:CAP: `staff` as (pid, enterprise, flag, waited, place in the order of the cap)."""
    fill("draw_sql_staff", "pid text, enterprise integer, flag text, waited integer, turn text", staff)
    with connection.cursor() as cursor:
        cursor.execute(CAP.format(c=COLLATIONS[connection.vendor]), {"cap": cap})
        return {pid for (pid,) in cursor.fetchall()}


def capped(roster: list[Row], staff: list[tuple], cap: int) -> list[Row]:
    """The same roster with the X:CAP that the engine gives."""
    people = [Standing(number, row[1], row[2], row[3]) for number, row in enumerate(staff)]
    order = {number: row[4] for number, row in enumerate(staff)}
    left_out = over_the_cap(people, cap=cap, order=order) if cap else frozenset()
    return [row._replace(flag="X:CAP") if number in left_out else row for number, row in enumerate(roster)]


@pytest.mark.parametrize("name", ["draw-1", "draw-2"])
def test_sql_gives_the_result_of_the_published_vectors(db, name):
    files = {path.name: path.read_bytes() for path in (VECTORS / name).iterdir() if path.is_file()}
    assert by_sql(files["plan.json"], files["roster.csv"], files["sources.txt"]) == files["result.csv"]


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    roster=rosters,
    seed=seeds,
    n=st.integers(0, 40),
    standby=st.integers(0, 4),
    table=st.dictionaries(st.sampled_from(STRATA), st.integers(0, 9)),
    cap=st.integers(0, 3),
    chances=st.randoms(use_true_random=False),
)
@pytest.mark.parametrize("method", ["hamilton", "systematic", "fixed"])
def test_sql_and_engine_agree_on_any_roster(db, method, roster, seed, n, standby, table, cap, chances):
    staff = [
        (row.pid, chances.randrange(5), row.flag, chances.randrange(3), hashlib.sha256(row.pid.encode()).hexdigest())
        for row in roster
    ]
    rows = capped(roster, staff, cap)
    assert capped_by_sql(staff, cap) == {row.pid for row in rows if row.flag == "X:CAP"}
    data = write_roster(rows)
    people = eligible_by_stratum(rows)
    seats = {stratum: min(table.get(stratum, 0), people[stratum]) for stratum in people} if method == "fixed" else n
    assume(method != "fixed" or seats)  # a plan names at least one stratum of its roster
    plan = write_plan(plan_for(data, len(rows), method=method, seats=seats, standby=standby))
    assert by_sql(plan, data, local(seed)) == compute(plan, data, local(seed)).result
