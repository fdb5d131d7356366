"""An insider who holds every role but one, and the database besides, cannot change who is drawn without a public trace.

A stranger sees the public pages only, and kept the root of the log as it was after the freeze.
"""

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from core import merkle
from core.append_only import dangerously_drop_guards
from core.errors import SameApprover
from core.models import LogLeaf
from draws.actions import approve_freeze, cancel_draw, decide_replacement, request_replacement, run_draw, type_source
from draws.domain.protocol import FILES, compute
from draws.errors import DrawExists, SourcesIncomplete, SourcesTooEarly, WrongDrawState
from draws.models import Draw, DrawFile, Place, Replacement, RosterEntry
from draws.queries import called_places
from tests.draws.test_sql import by_sql
from tests.factories.draws import (
    AFTER_WINDOW,
    NOW,
    VALUES,
    make_draft,
    make_drawn,
    make_frozen,
    make_population,
    make_proposed,
    type_all,
)

PUBLISHED = (*FILES, "verify.py")


@dataclass
class Stranger:
    """Somebody outside, with a browser and what was kept: how long the log was, and its root."""

    client: object
    size: int = 0
    root: bytes = merkle.EMPTY_ROOT

    def leaves(self) -> list[dict]:
        text = self.client.get(reverse("publications:public_log_leaves", args=[0])).content.decode()
        return [json.loads(line) for line in text.splitlines()]

    def hashes(self) -> list[bytes]:
        content = self.client.get(reverse("publications:public_log_leaves", args=[0])).content
        return [merkle.leaf_hash(line) for line in content.splitlines()]

    def keep(self) -> None:
        hashes = self.hashes()
        self.size, self.root = len(hashes), merkle.root(hashes)

    def file(self, draw: Draw, name: str) -> bytes:
        return self.client.get(reverse("draws:public_file", args=[draw.public_id, name])).content

    def complaint(self, draw: Draw, folder) -> str:
        """What is wrong with the draw, from the outside; empty: nothing."""
        if merkle.root(self.hashes()[: self.size]) != self.root:
            return "the log was rewritten"
        said = {leaf["kind"]: leaf for leaf in self.leaves() if leaf.get("draw") == draw.public_id}
        for name in PUBLISHED:
            (folder / name).write_bytes(self.file(draw, name))
        if hashlib.sha256((folder / "plan.json").read_bytes()).hexdigest() != said["draw.frozen"]["plan_sha256"]:
            return "the plan is not the one of the log"
        run = subprocess.run([sys.executable, "-I", "verify.py", "."], cwd=folder, capture_output=True, check=False)
        if run.returncode:
            return "the files do not agree"
        if hashlib.sha256((folder / "result.csv").read_bytes()).hexdigest() != said["draw.drawn"]["result_sha256"]:
            return "the result is not the one of the log"
        return ""

    def called(self, draw: Draw) -> set[str]:
        """Who is called, from result.csv and the replacements in the log alone."""
        rows = [line.split(",") for line in self.file(draw, "result.csv").decode().splitlines()[1:]]
        called = {pid for _stratum, status, pid in rows if status[0] in "MS"}
        for leaf in self.leaves():
            if leaf["kind"] == "draw.replaced" and leaf["draw"] == draw.public_id:
                called = called - {leaf["excused"]} | ({leaf["moved_up"]} - {None})
        return called


@pytest.fixture
def stranger(client) -> Stranger:
    return Stranger(client)


def in_sql(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_stranger_reproduces_the_result_from_the_published_files_in_three_ways(cast, stranger, tmp_path):
    make_population(cast, 12)
    draw = make_drawn(cast, seats=5, standby=2)
    assert stranger.complaint(draw, tmp_path) == ""  # the published program
    plan, roster, sources, result = ((tmp_path / name).read_bytes() for name in FILES)
    assert by_sql(plan, roster, sources) == result
    assert compute(plan, roster, sources).result == result  # and in a browser: test_browser.py


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE draws_rosterentry SET flag = 'X:OTH'",
        "DELETE FROM draws_rosterentry",
        "UPDATE draws_drawfile SET content = 'pid,stratum,lots,flag'",
        "DELETE FROM draws_drawfile",
        "UPDATE draws_sourceentry SET value = '0.0.0.0.0'",
        "DELETE FROM draws_sourceentry",
        "DELETE FROM core_logleaf",
        "UPDATE draws_draw SET roster_sha256 = ''",
        "UPDATE draws_draw SET plan_sha256 = ''",
        "UPDATE draws_draw SET sources_from = NULL",
        "UPDATE draws_draw SET proposal = 2",
        "UPDATE draws_draw SET frozen_at = NULL",
        "UPDATE draws_draw SET seed = ''",
        "UPDATE draws_draw SET state = 'cancelled'",
    ],
)
def test_database_refuses_what_would_change_a_drawn_draw(cast, statement):
    make_population(cast, 3)
    make_drawn(cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        in_sql(statement)


def test_one_person_neither_freezes_nor_types_alone(cast):
    make_population(cast, 3)
    draw = make_proposed(cast)
    with pytest.raises(SameApprover):
        approve_freeze(cast.regulator, draw.public_id, plan_sha256=draw.plan_sha256, now=NOW)
    approve_freeze(cast.reviewer, draw.public_id, plan_sha256=draw.plan_sha256, now=NOW)
    with pytest.raises(SourcesTooEarly):
        type_source(cast.regulator, draw.public_id, position=0, value=VALUES[0], now=NOW)
    type_all(cast.regulator, draw)
    type_all(cast.regulator, draw)
    with pytest.raises(SourcesIncomplete):
        run_draw(cast.regulator, draw.public_id, now=AFTER_WINDOW)


def test_an_unloved_draw_is_neither_repeated_nor_replaced(cast, stranger):
    make_population(cast, 5)
    make_drawn(cast)
    with pytest.raises(DrawExists):
        make_draft(cast)
    with pytest.raises(WrongDrawState):
        cancel_draw(cast.regulator, Draw.objects.get().public_id, reason="结果不理想", now=AFTER_WINDOW)


def test_a_plan_given_up_before_the_draw_stays_in_the_log_beside_the_next(cast, stranger):
    make_population(cast, 5)
    first = make_frozen(cast)
    cancel_draw(cast.regulator, first.public_id, reason="换一个方案", now=NOW)
    second = make_frozen(cast)
    said = [(leaf["kind"], leaf["serial"]) for leaf in stranger.leaves()]
    assert said == [("draw.frozen", 1), ("draw.cancelled", 1), ("draw.frozen", 2)]
    assert stranger.file(first, "plan.json") != stranger.file(second, "plan.json")


def forge(draw: Draw) -> dict[str, bytes]:
    """Another roster with a friend taken out, and plan and result made to fit it: the files agree with each other."""
    content = {file.name: file.content.encode() for file in DrawFile.objects.filter(draw=draw)}
    lines = content["roster.csv"].decode().splitlines()
    lines[1] += "X:MAT"
    roster = "".join(f"{line}\n" for line in lines).encode()
    plan = content["plan.json"].replace(
        hashlib.sha256(content["roster.csv"]).hexdigest().encode(), hashlib.sha256(roster).hexdigest().encode()
    )
    return {"plan.json": plan, "roster.csv": roster, "result.csv": compute(plan, roster, content["sources.txt"]).result}


def test_rewritten_files_without_triggers_differ_from_the_log(cast, stranger, tmp_path):
    make_population(cast, 6)
    draw = make_drawn(cast)
    stranger.keep()
    dangerously_drop_guards(connection)
    for name, data in forge(draw).items():
        sha256 = hashlib.sha256(data).hexdigest()
        in_sql("UPDATE draws_drawfile SET content = %s, sha256 = %s WHERE name = %s", data.decode(), sha256, name)
    assert stranger.complaint(draw, tmp_path) == "the plan is not the one of the log"


def test_a_log_rewritten_with_the_files_is_noticed_by_whoever_kept_its_root(cast, stranger, tmp_path):
    make_population(cast, 6)
    draw = make_drawn(cast)
    stranger.keep()
    dangerously_drop_guards(connection)
    forged = forge(draw)
    for leaf in LogLeaf.objects.all():
        said = leaf.content.replace(draw.plan_sha256, hashlib.sha256(forged["plan.json"]).hexdigest())
        in_sql("UPDATE core_logleaf SET content = %s WHERE id = %s", said, leaf.pk)
    assert stranger.complaint(draw, tmp_path) == "the log was rewritten"


def test_replacement_needs_two_people_takes_the_next_and_is_public(cast, stranger):
    make_population(cast, 8)
    draw = make_drawn(cast, seats=3, standby=3)
    pid = Place.objects.select_related("entry").get(draw=draw, status="S2").entry.pid
    excuse = {"pid": pid, "reason_code": "ILL", "reason": "住院治疗", "evidence": "病历", "now": AFTER_WINDOW}
    row = request_replacement(cast.regulator, draw.public_id, **excuse)
    with pytest.raises(SameApprover):
        decide_replacement(cast.regulator, row.public_id, approve=True, now=AFTER_WINDOW)
    decided = decide_replacement(cast.reviewer, row.public_id, approve=True, now=AFTER_WINDOW)
    assert decided.moved_up.status == "R4"
    assert stranger.called(draw) == {place.entry.pid for place in called_places(draw)}


def test_a_place_changed_in_the_database_differs_from_what_the_log_says(cast, stranger):
    make_population(cast, 8)
    draw = make_drawn(cast, seats=3, standby=3)
    in_sql("UPDATE draws_place SET state = 'excused' WHERE status = 'S1'")
    in_sql("UPDATE draws_place SET state = 'moved_up' WHERE status = 'R5'")
    assert Replacement.objects.count() == 0
    seated = {place.entry.pid for place in called_places(draw)}
    friend = RosterEntry.objects.get(place__status="R5").pid
    assert friend in seated - stranger.called(draw)
