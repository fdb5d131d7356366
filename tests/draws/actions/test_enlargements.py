"""Enlarging the sample: the next tickets, never another seed, and a program that a stranger can check it with."""

import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from accounts.models import User
from core.errors import NotAllowed, SameApprover
from core.models import AuditEntry, LogLeaf
from draws.actions import (
    decide_enlargement,
    decide_replacement,
    end_enlarging,
    request_enlargement,
    request_replacement,
)
from draws.domain.selection import parse_result
from draws.errors import (
    AlreadyDecided,
    EnlargementEmpty,
    EnlargementPending,
    EnlargingEnded,
    QuotaTooLarge,
    QuotaUnknownStratum,
    ReasonRequired,
    WrongDrawState,
)
from draws.events import draw_enlarged
from draws.models import Enlargement
from draws.queries import called_places, content_of, files_of
from tests.draws.actions.test_replacements import EXCUSE
from tests.factories.actors import client_of
from tests.factories.draws import AFTER_WINDOW, make_drawn, make_frozen, make_population

STRATUM = "BUILD-430602201-P"
ASK = {"reason": "考位有余，扩大抽查", "now": AFTER_WINDOW}


@pytest.fixture
def drawn(cast):
    """Nine people, two seats, one reserve."""
    make_population(cast, 9)
    return make_drawn(cast)


def enlarge(cast, draw, seats):
    row = request_enlargement(cast.regulator, draw.public_id, seats=seats, **ASK)
    return decide_enlargement(cast.reviewer, row.public_id, approve=True, now=AFTER_WINDOW)


def order_of(draw) -> list[str]:
    """Everybody's pid by ticket, from the public files alone."""
    from_files = subprocess.run(
        [sys.executable, "-c", ORDER, content_of(draw, "roster.csv").decode(), draw.seed],
        capture_output=True,
        text=True,
        check=True,
    )
    return from_files.stdout.split()


ORDER = """
import hashlib, sys
sha = lambda text: hashlib.sha256(text.encode()).hexdigest()
pids = [row[:64] for row in sys.argv[1].split()[1:]]
print(*sorted(pids, key=lambda pid: sha(f"draw/1|{sys.argv[2]}|{pid}|1")))
"""


def places(draw) -> dict[str, tuple[str, str]]:
    return {place.entry.pid: (place.status, place.state) for place in draw.places.select_related("entry")}


def publish(draw, folder: Path) -> Path:
    for file in files_of(draw):
        (folder / file.name).write_bytes(content_of(draw, file.name))
    return folder


def check(folder: Path, number: int = 1) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "verify_more.py", ".", str(number)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_decide_enlargement_calls_the_next_tickets(cast, drawn):
    before, order = places(drawn), order_of(drawn)
    row = enlarge(cast, drawn, {STRATUM: 2})
    assert (row.state, row.number) == ("approved", 1)
    assert places(drawn) == before | {
        order[2]: ("R3", "enlarged"),
        order[3]: ("S4", "enlarged"),
        order[4]: ("R5", "standby"),
    }
    assert {place.entry.pid for place in called_places(drawn)} == set(order[:4])
    made = parse_result(content_of(drawn, "result-1.csv"))
    assert [(place.status, place.pid) for place in made] == list(zip(["S3", "S4", "R5"], order[2:5], strict=True))


def test_decide_enlargement_is_said_in_public_and_told(cast, drawn, django_capture_on_commit_callbacks):
    told = []
    draw_enlarged.connect(lambda sender, draw_id, **_: told.append(draw_id), weak=False, dispatch_uid="test")
    with django_capture_on_commit_callbacks() as callbacks:
        enlarge(cast, drawn, 1)
    for callback in callbacks:
        if "send" in repr(callback):
            callback()
    draw_enlarged.disconnect(dispatch_uid="test")
    assert told == [drawn.pk]
    leaf = json.loads(LogLeaf.objects.get(kind="draw.enlarged").content)
    assert (leaf["enlargement"], leaf["seats"], leaf["draw"]) == (1, 1, drawn.public_id)
    actions = list(AuditEntry.objects.values_list("action", flat=True).order_by("sequence"))[-2:]
    assert actions == ["draw.enlargement_requested", "draw.enlargement_approved"]


def test_enlargement_follows_a_reserve_that_moved_up_and_the_next_excuse_follows_it(cast, drawn):
    order = order_of(drawn)
    excused = request_replacement(cast.regulator, drawn.public_id, pid=order[0], **EXCUSE)
    decide_replacement(cast.reviewer, excused.public_id, approve=True, now=AFTER_WINDOW)
    enlarge(cast, drawn, {STRATUM: 1})
    assert json.loads(content_of(drawn, "enlarge-1.json"))["strata"] == {STRATUM: {"after": 3, "seats": 1}}
    assert places(drawn)[order[3]] == ("S4", "enlarged")
    again = request_replacement(cast.regulator, drawn.public_id, pid=order[3], **EXCUSE)
    moved = decide_replacement(cast.reviewer, again.public_id, approve=True, now=AFTER_WINDOW).moved_up
    assert moved.entry.pid == order[4]


def test_enlargement_of_an_excused_enlarged_reserve_is_not_called_again(cast, drawn):
    order = order_of(drawn)
    enlarge(cast, drawn, {STRATUM: 1})
    asked = request_replacement(cast.regulator, drawn.public_id, pid=order[2], **EXCUSE)
    moved = decide_replacement(cast.reviewer, asked.public_id, approve=True, now=AFTER_WINDOW).moved_up
    assert moved.entry.pid == order[3]
    enlarge(cast, drawn, {STRATUM: 1})
    assert json.loads(content_of(drawn, "enlarge-2.json"))["strata"] == {STRATUM: {"after": 4, "seats": 1}}
    assert {place.entry.pid for place in called_places(drawn)} == {order[0], order[1], order[3], order[4]}


def test_verify_more_accepts_what_was_published(cast, drawn, tmp_path):
    enlarge(cast, drawn, {STRATUM: 2})
    enlarge(cast, drawn, 3)
    folder = publish(drawn, tmp_path)
    assert check(folder).stdout.startswith("ACCEPTED: enlargement 1, 3 places recomputed.")
    assert check(folder, 2).stdout.startswith("ACCEPTED: enlargement 2, 4 places recomputed.")


def test_verify_more_rejects_every_changed_file(cast, drawn, tmp_path):
    enlarge(cast, drawn, {STRATUM: 2})
    (tmp_path / "genuine").mkdir()
    genuine = publish(drawn, tmp_path / "genuine")
    order = json.loads((genuine / "enlarge-1.json").read_text())
    changed = {
        "result-1.csv": (genuine / "result-1.csv").read_text().replace(",S3,", ",S4,", 1),
        "enlarge-1.json": canonical(order | {"strata": {STRATUM: {"after": 3, "seats": 2}}}),
        "sources.txt": (genuine / "sources.txt").read_text().replace("1.0.9.9.7", "1.0.9.9.8"),
        "roster.csv": (genuine / "roster.csv").read_text().replace(",1,\n", ",2,\n", 1),
        "result.csv": (genuine / "result.csv").read_text().replace(",S1,", ",S2,", 1),
        "plan.json": (genuine / "plan.json").read_text().replace('"standby":1', '"standby":2'),
    }
    for name, content in changed.items():
        folder = tmp_path / name
        shutil.copytree(genuine, folder)
        (folder / name).write_text(content)
        run = check(folder)
        assert (name, run.returncode, run.stderr.startswith("REJECTED: ")) == (name, 1, True)
    twice = tmp_path / "twice"
    shutil.copytree(genuine, twice)
    (twice / "enlarge-1.json").write_text(canonical(order | {"strata": {STRATUM: {"after": 1, "seats": 2}}}))
    assert "gives a ticket away twice" in check(twice).stderr


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n"


@pytest.mark.parametrize(
    ("seats", "refusal"),
    [
        (0, EnlargementEmpty),
        ({}, EnlargementEmpty),
        ({STRATUM: 0}, EnlargementEmpty),
        ({STRATUM: 8}, QuotaTooLarge),
        ({"GAS-430602201-P": 1}, QuotaUnknownStratum),
    ],
)
def test_request_enlargement_that_cannot_be_filled_is_refused(cast, drawn, seats, refusal):
    with pytest.raises(refusal):
        request_enlargement(cast.regulator, drawn.public_id, seats=seats, **ASK)
    assert not Enlargement.objects.exists()


def test_request_enlargement_of_more_than_are_left_takes_all_of_them(cast, drawn):
    row = request_enlargement(cast.regulator, drawn.public_id, seats=100, **ASK)
    assert row.seats == {STRATUM: 7}


def test_request_enlargement_one_at_a_time_by_the_regulator_with_a_reason(cast, drawn):
    with pytest.raises(NotAllowed):
        request_enlargement(cast.reviewer, drawn.public_id, seats=1, **ASK)
    with pytest.raises(ReasonRequired):
        request_enlargement(cast.regulator, drawn.public_id, seats=1, **ASK | {"reason": " "})
    request_enlargement(cast.regulator, drawn.public_id, seats=1, **ASK)
    with pytest.raises(EnlargementPending):
        request_enlargement(cast.regulator, drawn.public_id, seats=1, **ASK)


def test_request_enlargement_before_the_draw_is_refused(cast):
    make_population(cast, 4)
    with pytest.raises(WrongDrawState):
        request_enlargement(cast.regulator, make_frozen(cast).public_id, seats=1, **ASK)


def test_decide_enlargement_is_for_another_person_once(cast, drawn):
    row = request_enlargement(cast.regulator, drawn.public_id, seats=1, **ASK)
    with pytest.raises(SameApprover):
        decide_enlargement(cast.regulator, row.public_id, approve=True, now=AFTER_WINDOW)
    refused = decide_enlargement(cast.reviewer, row.public_id, approve=False, now=AFTER_WINDOW)
    assert (refused.state, refused.number, called_places(drawn).count()) == ("refused", None, 2)
    with pytest.raises(AlreadyDecided):
        decide_enlargement(cast.reviewer, row.public_id, approve=True, now=AFTER_WINDOW)


def test_enlarging_ends_when_the_first_sitting_opens_and_a_waiting_request_can_only_be_refused(cast, drawn):
    waiting = request_enlargement(cast.regulator, drawn.public_id, seats=1, **ASK)
    before = places(drawn)
    end_enlarging(cast.regulator, drawn.pk, now=AFTER_WINDOW)
    end_enlarging(cast.regulator, drawn.pk, now=AFTER_WINDOW + timedelta(hours=1))
    with pytest.raises(EnlargingEnded) as refused:
        decide_enlargement(cast.reviewer, waiting.public_id, approve=True, now=AFTER_WINDOW)
    assert refused.value.params == {"opened": "2026-11-26 18:01"}
    assert (places(drawn), files_of(drawn).filter(name="result-1.csv").exists()) == (before, False)
    assert decide_enlargement(cast.reviewer, waiting.public_id, approve=False, now=AFTER_WINDOW).state == "refused"
    with pytest.raises(EnlargingEnded):
        request_enlargement(cast.regulator, drawn.public_id, seats=1, **ASK)
    assert AuditEntry.objects.filter(action="draw.enlarging_ended").count() == 1


def test_page_says_that_enlarging_has_ended_and_offers_nothing(cast, drawn):
    browser = client_of(User.objects.get(pk=cast.regulator.user_id))
    address = reverse("draws:enlargements", args=[drawn.public_id])
    assert "提交扩大抽取申请" in browser.get(address).content.decode()
    end_enlarging(cast.regulator, drawn.pk, now=AFTER_WINDOW)
    page = browser.get(address).content.decode()
    assert "本轮考试已于 2026-11-26 18:01 开场，从那时起不能再扩大抽取" in page
    assert "提交扩大抽取申请" not in page
    assert browser.post(address, {"seats": 1, "reason": "人数不足"}).status_code == 422
    assert not Enlargement.objects.exists()
