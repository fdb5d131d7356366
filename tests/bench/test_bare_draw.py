"""The floor that the draw is measured against does the work that it says it does."""

from bench.bare_draw import bare_draw, bare_freeze
from bench.measure_draw import make_plan, make_roster
from draws.domain.plan import parse_plan
from draws.domain.roster import parse_roster
from draws.domain.selection import select

PARTS = [
    "opening the documents",
    "salts",
    "preimages and pids",
    "sealing the salts",
    "sorting by pid",
    "writing roster.csv",
    "hashing roster.csv",
]


def test_bare_draw_takes_whom_the_engine_takes():
    roster = make_roster(200, 7)
    rows = parse_roster(roster)
    places = select(rows, {row.stratum: 3 for row in rows}, seed="seed", standby=0)
    assert [pid for _, pid in bare_draw(roster, 3)] == [place.pid for place in places]
    assert parse_plan(make_plan(roster, 200, picked=21)).rows == 200


def test_bare_freeze_names_every_part_of_its_time():
    parts = bare_freeze(300, 7)
    assert list(parts) == PARTS
    assert all(seconds > 0 for seconds in parts.values())
