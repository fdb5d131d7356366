"""A graded round hands its answers down to the question bank."""

import pytest

from core.actor import system_actor
from exams.actions.analysis import hand_down_responses
from exams.models import RoundState
from exams.queries.item_responses import item_responses
from question_bank.models import ItemAnalysis, ItemUse
from tests.exams.submitting import submit
from tests.factories.exams import NOW, items_of, lease, make_stage, right_answers, send, wire

SYSTEM = system_actor("tests")


def sat(stage, index, right):
    """One candidate answers everything rightly, or leaves all but the first item blank; returns the attempt."""
    attempt = stage.start(index)
    lease(attempt)
    answers = right_answers(attempt)
    given = {item: answers[item] for item in (items_of(attempt) if right else items_of(attempt)[:1])}
    send(attempt, *(wire(seq, item, answer) for seq, (item, answer) in enumerate(given.items(), start=1)))
    submit(attempt, {item: given.get(item) for item in items_of(attempt)}, last_seq=len(given))
    attempt.refresh_from_db()
    return attempt


@pytest.mark.django_db(transaction=True)
def test_answers_of_a_round_become_figures_once():
    stage = make_stage(people=2)
    stage.open()
    good, poor = sat(stage, 0, True), sat(stage, 1, False)

    responses = item_responses(stage.exam_round)
    assert {response.person for response in responses} == {good.public_id, poor.public_id}
    full = [response for response in responses if response.person == good.public_id]
    assert {response.fraction for response in full} == {1.0}
    assert sum(response.points for response in full) == 10
    blank = [response for response in responses if response.person == poor.public_id and response.answer is None]
    assert len(blank) == len(items_of(poor)) - 1
    # Real option ids, not those of the paper.
    assert all(len(option) == 1 for response in full for option in response.answer)

    stage.exam_round.state = RoundState.GRADED
    stage.exam_round.save(update_fields=["state"])
    assert hand_down_responses(SYSTEM, stage.exam_round.pk, now=NOW) is True
    assert hand_down_responses(SYSTEM, stage.exam_round.pk, now=NOW) is False

    analysis = ItemAnalysis.objects.get()
    assert (analysis.people, analysis.authority) == (2, stage.exam_round.blueprint.authority)
    assert sum(ItemUse.objects.values_list("papers", flat=True)) == len(responses)
