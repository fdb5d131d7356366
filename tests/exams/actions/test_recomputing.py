"""After the reveal every paper is built again from what is public, and one that differs is an alarm."""

import pytest
from django.db import connection

from core.actor import system_actor
from core.append_only import dangerously_drop_guards
from core.models import AuditEntry, LogLeaf
from exams.actions.recomputing import recompute_papers
from exams.models import Paper, Round
from tests.factories.exams import NOW, PAPER_KEY, make_stage

SYSTEM = system_actor("tests")


@pytest.fixture
def revealed(db) -> Round:
    stage = make_stage(people=2)
    stage.open()
    for index in range(2):
        stage.start(index)
    Round.objects.filter(pk=stage.exam_round.pk).update(paper_key_revealed=PAPER_KEY.hex())
    return stage.exam_round


def test_every_paper_is_as_the_revealed_key_gives_it(revealed):
    assert recompute_papers(SYSTEM, revealed.pk, now=NOW) == []
    assert AuditEntry.objects.filter(action="exams.papers_recomputed").count() == 1
    assert '"differing":0' in LogLeaf.objects.get(kind="papers.recomputed").content


@pytest.mark.parametrize("column", ["content", "answer_key", "sha256"])
def test_a_changed_paper_is_an_alarm(revealed, column):
    paper = Paper.objects.order_by("pk").last()
    dangerously_drop_guards(connection)
    Paper.objects.filter(pk=paper.pk).update(**{column: getattr(paper, column).replace("1", "2")[:64]})
    assert recompute_papers(SYSTEM, revealed.pk, now=NOW) == [Paper.objects.get(pk=paper.pk).sha256]
    assert AuditEntry.objects.filter(action="exams.papers_differ").count() == 1
    assert '"differing":1' in LogLeaf.objects.get(kind="papers.recomputed").content


def test_nothing_is_recomputed_before_the_key_is_revealed(revealed):
    Round.objects.update(paper_key_revealed="")
    assert recompute_papers(SYSTEM, revealed.pk, now=NOW) == []
    assert not LogLeaf.objects.filter(kind="papers.recomputed").exists()
