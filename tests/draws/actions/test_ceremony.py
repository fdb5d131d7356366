import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from core.errors import NotAllowed, NotFound
from core.models import AuditEntry, LogLeaf
from draws.actions import cancel_draw, compute_cancelled, run_draw, type_source
from draws.domain.protocol import FILES, verify
from draws.domain.selection import parse_result
from draws.errors import (
    FallbackTooEarly,
    Pl5Invalid,
    ReasonRequired,
    SourceNotPlanned,
    SourcePositionUnknown,
    SourcesDiffer,
    SourcesIncomplete,
    SourcesTooEarly,
    SourceUnknown,
    SsqInvalid,
    WrongDrawState,
)
from draws.events import draw_cancelled, draw_completed
from draws.models import Draw, DrawFile, Place, SourceEntry
from draws.queries import called_places, content_of, public_draws, source_statuses
from tests.factories.actors import make_actor
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


@pytest.fixture
def frozen(cast):
    make_population(cast, 6)
    return make_frozen(cast)


def test_type_source_before_the_window_ends_is_refused_to_the_second(cast, frozen):
    with pytest.raises(SourcesTooEarly):
        type_source(
            cast.regulator,
            frozen.public_id,
            position=0,
            value=VALUES[0],
            now=frozen.sources_from - timedelta(seconds=1),
        )
    assert (
        type_source(cast.regulator, frozen.public_id, position=0, value=VALUES[0], now=frozen.sources_from).value
        == VALUES[0]
    )


def test_type_source_keeps_the_canonical_value_and_the_audit_only_its_hash(cast, frozen):
    entry = type_source(cast.regulator, frozen.public_id, position=0, value="32 25 19 12 7 3 + 8", now=AFTER_WINDOW)
    assert (entry.source, entry.value) == ("SSQ:2026136", VALUES[0])
    audited = AuditEntry.objects.get(action="draw.source_typed").details
    assert VALUES[0] not in audited
    assert hashlib.sha256(f"SSQ:2026136:{VALUES[0]}".encode()).hexdigest() in audited


@pytest.mark.parametrize(
    ("position", "over", "refusal"),
    [
        (0, {"value": "01 02 03"}, SsqInvalid),
        (0, {"value": ""}, SsqInvalid),
        (2, {"value": "1.0.9.9.4.4"}, Pl5Invalid),
        (3, {}, SourcePositionUnknown),
        (-1, {}, SourcePositionUnknown),
        (0, {"source": "SSQ:2026137"}, SourceNotPlanned),
        (0, {"source": "DICE:1"}, SourceNotPlanned),
        (0, {"source": "BINGO"}, SourceUnknown),
    ],
)
def test_type_source_bad_input_changes_nothing(cast, frozen, position, over, refusal):
    with pytest.raises(refusal):
        type_source(
            cast.regulator, frozen.public_id, position=position, now=AFTER_WINDOW, **{"value": VALUES[0]} | over
        )
    assert not SourceEntry.objects.exists()


def test_type_source_by_others_is_refused(cast, frozen, world):
    typed = {"position": 0, "value": VALUES[0], "now": AFTER_WINDOW}
    with pytest.raises(NotAllowed):
        type_source(make_actor("invigilator", authority=cast.authority), frozen.public_id, **typed)
    with pytest.raises(NotFound):
        type_source(world.actor("regulator"), frozen.public_id, **typed)


def test_source_statuses_never_show_what_the_other_person_typed(cast, frozen):
    type_all(cast.regulator, frozen)
    status = source_statuses(cast.reviewer, frozen)[0]
    assert (status.typists, status.own, status.agreed, status.differs) == (1, "", "", False)
    assert source_statuses(cast.regulator, frozen)[0].own == f"SSQ:2026136:{VALUES[0]}"


def test_run_draw_needs_two_different_people(cast, frozen):
    with pytest.raises(SourcesIncomplete) as caught:
        run_draw(cast.regulator, frozen.public_id, now=AFTER_WINDOW)
    assert caught.value.params == {"sources": "SSQ:2026136, DLT:26136, PL5:26313"}
    type_all(cast.regulator, frozen)
    type_all(cast.regulator, frozen)
    with pytest.raises(SourcesIncomplete):
        run_draw(cast.regulator, frozen.public_id, now=AFTER_WINDOW)
    same_person = replace(cast.regulator, person_id=None)
    type_all(same_person, frozen)
    with pytest.raises(SourcesIncomplete):
        run_draw(cast.regulator, frozen.public_id, now=AFTER_WINDOW)


def test_run_draw_mismatch_blocks_until_it_is_corrected(cast, frozen):
    type_all(cast.regulator, frozen)
    type_all(cast.reviewer, frozen, (*VALUES[:2], "1.0.9.9.5"))
    with pytest.raises(SourcesDiffer) as caught:
        run_draw(cast.regulator, frozen.public_id, now=AFTER_WINDOW)
    assert caught.value.params == {"sources": "PL5:26313"}
    type_source(cast.reviewer, frozen.public_id, position=2, value=VALUES[2], now=AFTER_WINDOW)
    assert run_draw(cast.regulator, frozen.public_id, now=AFTER_WINDOW).state == "drawn"


def test_run_draw_third_persons_different_entry_blocks_too(cast, frozen):
    type_all(cast.regulator, frozen)
    type_all(cast.reviewer, frozen)
    third = make_actor("reviewer", authority=cast.authority)
    type_source(third, frozen.public_id, position=2, value="0.0.0.0.0", now=AFTER_WINDOW)
    with pytest.raises(SourcesDiffer):
        run_draw(cast.regulator, frozen.public_id, now=AFTER_WINDOW)


def test_run_draw_result_is_what_the_protocol_says_of_the_files(cast, frozen):
    type_all(cast.regulator, frozen)
    type_all(cast.reviewer, frozen)
    draw = run_draw(cast.regulator, frozen.public_id, now=AFTER_WINDOW)
    plan, roster, sources, result = (content_of(draw, name) for name in FILES)
    outcome = verify(plan, roster, sources, result=result)
    assert outcome.seed == draw.seed
    stored = [(p.entry.stratum, p.status, p.entry.pid) for p in Place.objects.filter(draw=draw).select_related("entry")]
    assert stored == [(place.stratum, place.status, place.pid) for place in parse_result(result)]
    assert [place.status for place in called_places(draw)] == ["S1", "S2"]


def test_published_files_are_accepted_by_the_published_program(cast, frozen, tmp_path):
    type_all(cast.regulator, frozen)
    type_all(cast.reviewer, frozen)
    draw = run_draw(cast.regulator, frozen.public_id, now=AFTER_WINDOW)
    for name in (*FILES, "verify.py"):
        (tmp_path / name).write_bytes(content_of(draw, name))
    run = subprocess.run(
        [sys.executable, "-I", tmp_path / "verify.py", tmp_path], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0
    assert "NOTE" not in run.stdout
    assert draw.seed in run.stdout
    assert draw.plan_sha256 in run.stdout


def test_run_draw_tells_once_and_cannot_be_repeated(cast, frozen, django_capture_on_commit_callbacks):
    type_all(cast.regulator, frozen)
    type_all(cast.reviewer, frozen)
    heard = []
    receiver = lambda draw_id, **_: heard.append(draw_id)  # noqa: E731
    draw_completed.connect(receiver)
    with django_capture_on_commit_callbacks(execute=True):
        run_draw(cast.reviewer, frozen.public_id, now=AFTER_WINDOW)
    for attempt in (
        lambda: run_draw(cast.reviewer, frozen.public_id, now=AFTER_WINDOW),
        lambda: type_source(cast.reviewer, frozen.public_id, position=0, value=VALUES[0], now=AFTER_WINDOW),
        lambda: cancel_draw(cast.regulator, frozen.public_id, reason="结果看着不对", now=AFTER_WINDOW),
    ):
        with pytest.raises(WrongDrawState):
            attempt()
    assert heard == [frozen.pk]
    assert DrawFile.objects.filter(draw=frozen).count() == 5


@pytest.mark.parametrize("change", [{"seed": "0" * 64}, {"state": "frozen"}, {"state": "cancelled"}, {"drawn_at": NOW}])
def test_database_refuses_to_change_a_completed_draw(cast, change):
    make_population(cast, 3)
    make_drawn(cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        Draw.objects.update(**change)


def test_fallback_next_issue_counts_at_once_and_dice_after_the_days(cast):
    make_population(cast, 3)
    draw = make_frozen(cast, fallback_days=7)
    dice = " ".join("12345678901234567890")
    for actor in (cast.regulator, cast.reviewer):
        type_source(actor, draw.public_id, position=0, source="SSQ:2026137", value=VALUES[0], now=AFTER_WINDOW)
        type_source(actor, draw.public_id, position=2, value=VALUES[2], now=AFTER_WINDOW)
        with pytest.raises(FallbackTooEarly):
            type_source(actor, draw.public_id, position=1, source="DICE:2", value=dice, now=AFTER_WINDOW)
        type_source(
            actor, draw.public_id, position=1, source="DICE:2", value=dice, now=AFTER_WINDOW + timedelta(days=7)
        )
    drawn = run_draw(cast.regulator, draw.public_id, now=AFTER_WINDOW + timedelta(days=7))
    lines = content_of(drawn, "sources.txt").decode().splitlines()
    assert [line.rpartition(":")[0] for line in lines] == ["SSQ:2026137", "DICE:2", "PL5:26313"]
    verify(*(content_of(drawn, name) for name in FILES[:3]), result=content_of(drawn, "result.csv"))


@pytest.mark.parametrize(("make", "public"), [(make_draft, 0), (make_proposed, 0), (make_frozen, 1)])
def test_cancel_draw_stays_public_once_it_was_frozen(cast, make, public, django_capture_on_commit_callbacks):
    make_population(cast, 3)
    draw = make(cast)
    heard = []
    receiver = lambda draw_id, **_: heard.append(draw_id)  # noqa: E731
    draw_cancelled.connect(receiver)
    with pytest.raises(ReasonRequired):
        cancel_draw(cast.regulator, draw.public_id, reason=" ", now=NOW)
    with pytest.raises(NotAllowed):
        cancel_draw(cast.reviewer, draw.public_id, reason="人员范围有误", now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        cancelled = cancel_draw(cast.regulator, draw.public_id, reason="人员范围有误", now=NOW)
    assert (cancelled.state, cancelled.cancel_reason) == ("cancelled", "人员范围有误")
    assert public_draws().count() == public
    assert heard == [draw.pk]


def test_compute_cancelled_shows_what_the_plan_would_have_given_and_calls_nobody(cast):
    make_population(cast, 5)
    draw = make_frozen(cast)
    cancel_draw(cast.regulator, draw.public_id, reason="期号有误", now=NOW)
    with pytest.raises(SourcesTooEarly):
        compute_cancelled(cast.regulator, draw.public_id, now=NOW)
    with pytest.raises(SourcesIncomplete):
        compute_cancelled(cast.regulator, draw.public_id, now=AFTER_WINDOW)
    type_all(cast.regulator, draw)
    type_all(cast.reviewer, draw)
    computed = compute_cancelled(cast.reviewer, draw.public_id, now=AFTER_WINDOW)
    files = [content_of(draw, name) for name in ("plan.json", "roster.csv", "sources.txt")]
    outcome = verify(*files, result=content_of(draw, "result.csv"))
    assert (computed.state, computed.seed, computed.drawn_at) == ("cancelled", outcome.seed, None)
    assert not Place.objects.exists()
    assert LogLeaf.objects.latest("number").kind == "draw.cancelled_computed"
    with pytest.raises(WrongDrawState):
        compute_cancelled(cast.regulator, draw.public_id, now=AFTER_WINDOW)


def test_run_draw_of_a_cancelled_plan_is_refused(cast):
    make_population(cast, 5)
    draw = make_frozen(cast)
    cancel_draw(cast.regulator, draw.public_id, reason="期号有误", now=NOW)
    type_all(cast.regulator, draw)
    type_all(cast.reviewer, draw)
    with pytest.raises(WrongDrawState):
        run_draw(cast.regulator, draw.public_id, now=AFTER_WINDOW)
    with pytest.raises(WrongDrawState):
        compute_cancelled(cast.regulator, make_frozen(cast).public_id, now=AFTER_WINDOW)


def test_cancelled_draft_has_nothing_to_compute(cast):
    make_population(cast, 5)
    draft = make_draft(cast)
    cancel_draw(cast.regulator, draft.public_id, reason="期号有误", now=NOW)
    with pytest.raises(WrongDrawState):
        compute_cancelled(cast.regulator, draft.public_id, now=AFTER_WINDOW)
