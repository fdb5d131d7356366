"""A fourth implementation: the draw in SQL. Quotas, tickets, ranks and the lines of result.csv come from one statement.

PostgreSQL hashes with its own sha256(); SQLite is lent a function of that name, and does the rest itself.
"""

import hashlib
import json

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from draws.domain.plan import write_plan
from draws.domain.protocol import compute
from draws.domain.roster import write_roster
from draws.domain.seed import seed_of
from tests.draws.domain.test_properties import local, plan_for, rosters, seeds

STATEMENT = """
WITH roster AS (
  SELECT pid, stratum, lots, flag FROM draw_sql_roster
), lot(j) AS (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9)
), ticket AS (
  SELECT pid, stratum, MIN({hash}) AS ticket
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
), queue AS (
  SELECT share.*, ROW_NUMBER() OVER (ORDER BY rest DESC, people DESC, stratum {c}) AS turn,
         %(n)s - SUM(floor) OVER () AS left_over
  FROM share
), seats AS (
  SELECT stratum, CASE WHEN %(n)s >= total THEN people
                       ELSE floor + CASE WHEN turn <= left_over THEN 1 ELSE 0 END END AS quota
  FROM queue
), ranked AS (
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
HASHES = {
    "postgresql": "encode(sha256(convert_to(%(prefix)s || pid || '|' || CAST(j AS text), 'UTF8')), 'hex')",
    "sqlite": "sha256_hex(%(prefix)s || pid || '|' || CAST(j AS text))",
}
# PostgreSQL would sort by the words of a language.
COLLATIONS = {"postgresql": 'COLLATE "C"', "sqlite": "COLLATE BINARY"}


def by_sql(plan: bytes, roster: bytes, sources: bytes) -> bytes:
    """result.csv, computed by the database from the three files."""
    rules = json.loads(plan)
    seed = seed_of(plan, sources.decode().splitlines())
    rows = [line.split(",") for line in roster.decode().splitlines()[1:]]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            connection.connection.create_function(
                "sha256_hex", 1, lambda text: hashlib.sha256(text.encode()).hexdigest()
            )
        cursor.execute("DROP TABLE IF EXISTS draw_sql_roster")
        cursor.execute("CREATE TEMPORARY TABLE draw_sql_roster (pid text, stratum text, lots integer, flag text)")
        if rows:
            cursor.executemany(
                "INSERT INTO draw_sql_roster VALUES (%s, %s, %s, %s)", [(*r[:2], int(r[2]), r[3]) for r in rows]
            )
        statement = STATEMENT.format(hash=HASHES[connection.vendor], c=COLLATIONS[connection.vendor])
        parameters = {"n": rules["n"], "standby": rules["standby"], "prefix": f"draw/1|{seed}|"}
        cursor.execute(statement, parameters)
        lines = [line for (line,) in cursor.fetchall()]
    return "\n".join(["stratum,status,pid", *lines, ""]).encode()


def test_sql_gives_the_result_of_the_published_vector(db, vector):
    assert by_sql(vector["plan.json"], vector["roster.csv"], vector["sources.txt"]) == vector["result.csv"]


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(roster=rosters, seed=seeds, n=st.integers(0, 40), standby=st.integers(0, 4))
def test_sql_and_engine_agree_on_any_roster(db, roster, seed, n, standby):
    data = write_roster(roster)
    plan = write_plan(plan_for(data, len(roster), seats=n, standby=standby))
    assert by_sql(plan, data, local(seed)) == compute(plan, data, local(seed)).result
