import hashlib
import subprocess
import sys

import pytest
from django.urls import reverse

from draws.actions import (
    cancel_draw,
    compute_cancelled,
    decide_enlargement,
    decide_replacement,
    request_enlargement,
    request_replacement,
)
from draws.domain.protocol import FILES
from draws.models import Draw, Place
from registry.queries import id_number_of
from tests.factories.actors import client_of, make_user
from tests.factories.draws import AFTER_WINDOW, NOW, make_drawn, make_frozen, make_population, make_proposed, type_all
from tests.factories.registry import SYSTEM

ALL_FILES = (*FILES, "verify.py")


def get(client, name, *args):
    return client.get(reverse(f"draws:public_{name}", args=args))


@pytest.fixture
def drawn(cast):
    make_population(cast, 6)
    return make_drawn(cast)


def test_public_files_have_the_exact_bytes_and_the_program_accepts_them(client, drawn, tmp_path):
    for name in ALL_FILES:
        answer = get(client, "file", drawn.public_id, name)
        assert answer.status_code == 200
        assert hashlib.sha256(answer.content).hexdigest() == drawn.files.get(name=name).sha256
        (tmp_path / name).write_bytes(answer.content)
    run = subprocess.run(
        [sys.executable, "-I", "verify.py", "."], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0
    assert run.stdout.startswith("ACCEPTED")


def test_public_detail_shows_hashes_files_and_counts(client, drawn):
    text = get(client, "detail", drawn.public_id).content.decode()
    for shown in (drawn.plan_sha256, drawn.roster_sha256, drawn.seed, *ALL_FILES, "BUILD-430602201-P"):
        assert shown in text
    assert "data:image/svg+xml" in text


def test_public_pages_hold_nothing_private(client, cast, drawn):
    place = Place.objects.select_related("entry__person", "entry__enterprise").get(draw=drawn, status="S1")
    row = request_replacement(
        cast.regulator,
        drawn.public_id,
        pid=place.entry.pid,
        reason_code="ILL",
        reason="肝移植手术",
        evidence="病历 118",
        now=AFTER_WINDOW,
    )
    decide_replacement(cast.reviewer, row.public_id, approve=True, now=AFTER_WINDOW)
    people = [
        each.entry for each in Place.objects.filter(draw=drawn).select_related("entry__person", "entry__enterprise")
    ]
    private = {"肝移植手术", "病历 118", *(entry.person.name for entry in people)}
    private |= {id_number_of(SYSTEM, entry.person) for entry in people} | {entry.person.phone[3:] for entry in people}
    private |= {entry.enterprise.uscc for entry in people} | {entry.enterprise.name for entry in people}
    addresses = [("list",), ("detail", drawn.public_id), ("verify", drawn.public_id), ("explained",)]
    addresses += [("file", drawn.public_id, name) for name in ALL_FILES]
    for name, *args in addresses:
        text = get(client, name, *args).content.decode()
        assert not [datum for datum in private if datum in text], (name, args)
    assert "ILL" in get(client, "detail", drawn.public_id).content.decode()


def test_public_cancelled_draw_stays_with_its_reason_and_files(client, cast):
    make_population(cast, 3)
    draw = make_frozen(cast)
    cancel_draw(cast.regulator, draw.public_id, reason="人员范围有误", now=NOW)
    assert "人员范围有误" in get(client, "detail", draw.public_id).content.decode()
    assert draw.public_id in get(client, "list").content.decode()
    assert get(client, "file", draw.public_id, "roster.csv").status_code == 200


def test_public_sees_no_proposal(client, cast):
    make_population(cast, 3)
    draw = make_proposed(cast)
    for name in ("detail", "verify"):
        assert get(client, name, draw.public_id).status_code == 404
    assert get(client, "file", draw.public_id, "plan.json").status_code == 404
    assert draw.public_id not in get(client, "list").content.decode()


@pytest.mark.parametrize("unsafe_id", ["0" * 32, "x", "..", "%00", "1"])
def test_public_unknown_draw_is_404(client, db, unsafe_id):
    assert client.get(f"/public/draws/{unsafe_id}/files/plan.json").status_code == 404


def test_public_empty_list_says_when_the_first_appears(client, db):
    assert "还没有公开的抽签" in get(client, "list").content.decode()


@pytest.mark.parametrize("name", ["list", "explained"])
def test_public_pages_change_nothing_by_post(client, db, name):
    assert client.post(reverse(f"draws:public_{name}")).status_code == 405
    assert not Draw.objects.exists()


def test_my_page_shows_the_own_row_and_nobody_elses(cast):
    mine, other = (appointment.person for appointment in make_population(cast, 2))
    make_drawn(cast)
    text = client_of(make_user(person=mine)).get(reverse("draws:mine")).content.decode()
    assert id_number_of(SYSTEM, mine) in text
    assert id_number_of(SYSTEM, other) not in text
    assert "pid/1|2026Q4|" in text


def test_my_page_is_never_cached(cast):
    answer = client_of(make_user()).get(reverse("draws:mine"))
    assert "no-store" in answer.headers["Cache-Control"]
    assert "您还没有在抽考名册中" in answer.content.decode()


def test_public_detail_of_an_enlarged_draw_offers_its_files_and_the_program(client, cast, drawn, tmp_path):
    row = request_enlargement(cast.regulator, drawn.public_id, seats=1, reason="考位有余", now=AFTER_WINDOW)
    decide_enlargement(cast.reviewer, row.public_id, approve=True, now=AFTER_WINDOW)
    text = get(client, "detail", drawn.public_id).content.decode()
    for name in (*ALL_FILES, "enlarge-1.json", "result-1.csv", "verify_more.py"):
        assert name in text
        (tmp_path / name).write_bytes(b"".join(get(client, "file", drawn.public_id, name)))
    program = [sys.executable, "-I", "verify_more.py", ".", "1"]
    run = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stdout.startswith("ACCEPTED: enlargement 1")


def test_public_detail_of_a_cancelled_draw_shows_what_it_would_have_given(client, cast):
    make_population(cast, 4)
    draw = make_frozen(cast)
    cancel_draw(cast.regulator, draw.public_id, reason="期号有误", now=NOW)
    assert "它本来的结果也已算出" not in get(client, "detail", draw.public_id).content.decode()
    type_all(cast.regulator, draw)
    type_all(cast.reviewer, draw)
    compute_cancelled(cast.regulator, draw.public_id, now=AFTER_WINDOW)
    text = get(client, "detail", draw.public_id).content.decode()
    assert "它本来的结果也已算出" in text
    assert "result.csv" in text
    assert "result.csv" in get(client, "verify", draw.public_id).content.decode()
