"""The official mode from opening to results: state, mark and number of events checked at each stop."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from core.actor import system_actor
from core.audit import first_break
from exams.actions import close_sitting, finish_grading, mark_published, open_sitting
from exams.domain.journal import first_broken, genesis
from exams.domain.receipts import verify_event_receipt, verify_final_receipt
from exams.domain.states import AttemptState, CandidateState, RoundState
from exams.errors import AnswersDiffer, MissingEvents
from exams.jobs import sweep_overdue, sweep_sittings
from exams.models import AnswerEvent, Result
from exams.queries import results_of_round
from exams.queries.journal import entries_of
from exams.views.receipts import public_key_hex
from tests.exams.submitting import submit
from tests.factories.exams import NOW, items_of, lease, make_stage, right_answers, send, wire

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = system_actor("tests")


def test_walkthrough_of_a_round_from_opening_to_the_published_makeup(settings, time_machine):
    stage = make_stage(people=3)
    exam_round = stage.exam_round

    # The doors open; two begin, one never comes.
    stage.open()
    exam_round.refresh_from_db()
    assert (exam_round.state, len(stage.sitting.opening_code)) == (RoundState.OPEN, 6)
    good, slow = stage.start(0), stage.start(1)
    assert good.paper.sha256 != slow.paper.sha256
    assert stage.start(0, now=NOW + timedelta(minutes=5)).opened_at == NOW

    # The first answers, changes an answer, loses the network, sends twice, and hands in.
    lease(good)
    right, items = right_answers(good), items_of(good)
    wrong = next(iter(right_answers(good).values()))
    first = send(good, wire(1, items[0], None), wire(2, items[1], right[items[1]]))
    again = send(good, wire(1, items[0], None), now=NOW + timedelta(seconds=9))
    assert again.settlement.results[0].receipt == first.settlement.results[0].receipt
    assert wrong
    send(good, *(wire(seq, item, right[item]) for seq, item in enumerate(items, start=3)))
    assert AnswerEvent.objects.filter(attempt=good).count() == 9
    with pytest.raises(MissingEvents) as refusal:
        submit(good, right, last_seq=11)
    assert refusal.value.params["missing"] == [10, 11]
    with pytest.raises(AnswersDiffer) as refusal:
        submit(good, {**right, items[0]: None}, last_seq=9)
    assert refusal.value.params["items"] == [items[0]]
    handed_in = submit(good, right, last_seq=9, now=NOW + timedelta(minutes=30))
    assert submit(good, right, last_seq=9, now=NOW + timedelta(minutes=31)).final_receipt == handed_in.final_receipt
    good.refresh_from_db()
    assert (good.state, good.answers, good.finished_at) == (AttemptState.SUBMITTED, right, NOW + timedelta(minutes=30))

    # The job has graded: everything right.
    stage.candidates[0].refresh_from_db()
    assert (stage.candidates[0].state, stage.candidates[0].score) == (CandidateState.PASSED, Decimal("10.00"))
    assert Result.objects.get(candidate=stage.candidates[0]).outcome == "passed"

    # The second answers one item and falls silent; the sweeper closes with the deadline as finish time.
    lease(slow)
    item = items_of(slow)[0]
    send(slow, wire(1, item, right_answers(slow)[item]))
    time_machine.move_to(slow.deadline + timedelta(seconds=30), tick=False)
    assert sweep_overdue() == 0
    time_machine.move_to(slow.deadline + timedelta(seconds=31), tick=False)
    assert sweep_overdue() == 1
    assert sweep_overdue() == 0
    late = send(slow, wire(2, item, None), now=slow.deadline + timedelta(seconds=40))
    assert late.settlement.results[0].status == "late"
    slow.refresh_from_db()
    assert (slow.state, slow.finished_at) == (AttemptState.TIMED_OUT, slow.deadline)
    assert slow.answers == {item: right_answers(slow)[item]}

    # The sitting ends by itself; who never came is absent; the round is graded and the makeup listed.
    time_machine.move_to(stage.sitting.hard_end_at + timedelta(seconds=1), tick=False)
    assert sweep_sittings() == 1
    exam_round.refresh_from_db()
    assert exam_round.state == RoundState.GRADED
    assert [(row.outcome, row.score, row.sitting_number) for row in results_of_round(exam_round)] == [
        ("passed", Decimal("10.00"), 1),
        ("failed", slow.gradings.get().score, 1),
        ("absent", None, 1),
    ]
    for candidate, state in zip(stage.candidates, ("passed", "makeup", "makeup"), strict=True):
        candidate.refresh_from_db()
        assert candidate.state == state

    # Published while the makeup is still to come: K stays sealed until it is over.
    mark_published(SYSTEM, exam_round.public_id, now=NOW)
    exam_round.refresh_from_db()
    assert (exam_round.state, exam_round.paper_key_revealed) == (RoundState.PUBLISHED, "")

    # The makeup: another paper for the same person; a pass this time.
    makeup_time = stage.makeup.opens_at + timedelta(minutes=1)
    open_sitting(stage.invigilator, stage.makeup.public_id, now=makeup_time)
    second = stage.start(1, now=makeup_time)
    assert second.paper.sha256 != slow.paper.sha256
    lease(second, now=makeup_time)
    right = right_answers(second)
    send(second, *(wire(seq, item, right[item]) for seq, item in enumerate(right, start=1)), now=makeup_time)
    submit(second, right, last_seq=7, now=makeup_time)
    time_machine.move_to(stage.makeup.hard_end_at + timedelta(seconds=1), tick=False)
    close_sitting(stage.invigilator, stage.makeup.public_id, now=stage.makeup.hard_end_at + timedelta(seconds=1))
    exam_round.refresh_from_db()
    assert exam_round.paper_key_revealed == bytes(range(32)).hex()
    assert [(row.outcome, row.score, row.sitting_number) for row in results_of_round(exam_round)] == [
        ("passed", Decimal("10.00"), 1),
        ("passed", Decimal("10.00"), 2),
        ("absent", None, 2),
    ]
    assert finish_grading(SYSTEM, exam_round.public_id, now=NOW) is False

    # Everything can be proved: chains, receipts, audit.
    for attempt in (good, slow, second):
        start = genesis(attempt.public_id, attempt.paper.sha256)
        assert first_broken(entries_of(attempt), attempt=attempt.public_id, start=start) is None
    receipts = AnswerEvent.objects.filter(attempt=good).values_list("receipt", flat=True)
    assert all(verify_event_receipt(text, settings.RECEIPT_KEYS)["attempt"] == good.public_id for text in receipts)
    final = verify_final_receipt(good.final_receipt, {"s1": bytes.fromhex(public_key_hex())})
    assert (final["events"], final["items"], final["state"]) == (9, 7, "submitted")
    assert json.loads(good.final_receipt)["head"] == entries_of(good)[-1].chain
    assert first_break() is None
