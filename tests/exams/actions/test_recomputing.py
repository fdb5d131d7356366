"""After the reveal every paper is built again from what is public, and one that differs is an alarm."""

import json

import pytest
from django.db import connection
from django.urls import reverse

from core.actor import AUDITOR, INVIGILATOR, REGULATOR, REVIEWER, system_actor
from core.append_only import dangerously_drop_guards
from core.errors import NotAllowed, NotFound
from core.models import AuditEntry, LogLeaf
from draws.models import Draw
from exams.actions.recomputing import handle_paper_alarm, recompute_papers
from exams.domain.recomputation import ANSWER_KEY, COMMITMENT, CONTENT, HASH, Place
from exams.errors import ProposalDecided, ReasonMissing
from exams.jobs import sweep_recomputation
from exams.models import Paper, PaperAlarm, Round, RoundState
from exams.queries.home import tasks_for
from tests.factories.actors import make_actor, staff_client
from tests.factories.exams import NOW, PAPER_KEY, make_stage

SYSTEM = system_actor("tests")
TASK = "查清试卷告警：2026 年第 4 季度抽考"


@pytest.fixture
def revealed(db) -> Round:
    stage = make_stage(people=2)
    stage.open()
    for index in range(2):
        stage.start(index)
    Round.objects.filter(pk=stage.exam_round.pk).update(paper_key_revealed=PAPER_KEY.hex(), state=RoundState.PUBLISHED)
    return stage.exam_round


def corrupt(column, change):
    """The last paper, changed by somebody who owns the database."""
    paper = Paper.objects.order_by("pk").last()
    dangerously_drop_guards(connection)
    Paper.objects.filter(pk=paper.pk).update(**{column: change(getattr(paper, column))})
    return Paper.objects.get(pk=paper.pk)


def other_stem(content):
    body = json.loads(content)
    body["items"][1]["text" if "text" in body["items"][1] else "stem"] = "另一道题"
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def other_key(answer_key):
    key = json.loads(answer_key)
    first = sorted(key["items"])[0]
    key["items"][first]["points"] = "9"
    return json.dumps(key, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def titles(role, authority):
    return [task.title for task in tasks_for(make_actor(role, authority=authority), NOW)]


def test_every_paper_is_as_the_revealed_key_gives_it(revealed):
    assert recompute_papers(SYSTEM, revealed.pk, now=NOW) == []
    assert AuditEntry.objects.filter(action="exams.papers_recomputed").count() == 1
    assert '"differing":0' in LogLeaf.objects.get(kind="papers.recomputed").content
    assert not PaperAlarm.objects.exists()
    assert TASK not in titles(REGULATOR, revealed.authority)


def test_a_changed_stem_is_an_alarm_that_names_the_item_and_not_what_it_says(revealed):
    paper = corrupt("content", other_stem)
    (found,) = recompute_papers(SYSTEM, revealed.pk, now=NOW)
    assert found.paper == paper
    assert [(place.part, place.number) for place in found.places] == [(CONTENT, 2)]
    alarm = PaperAlarm.objects.get()
    assert (alarm.round, alarm.paper, alarm.places) == (revealed, paper, [found.places[0].to_json()])
    assert "另一道题" not in json.dumps(alarm.places, ensure_ascii=False)
    entry = AuditEntry.objects.get(action="exams.papers_differ")
    assert json.loads(entry.details)["differing"][0]["places"] == alarm.places
    assert '"differing":1' in LogLeaf.objects.get(kind="papers.recomputed").content


def test_a_changed_key_is_an_alarm_at_that_item(revealed):
    paper = corrupt("answer_key", other_key)
    numbers = {item["id"]: item["number"] for item in json.loads(paper.content)["items"]}
    first = sorted(json.loads(paper.answer_key)["items"])[0]
    (found,) = recompute_papers(SYSTEM, revealed.pk, now=NOW)
    assert found.places == (Place(ANSWER_KEY, numbers[first], "points"),)


@pytest.mark.parametrize(
    ("column", "change", "part"),
    [
        ("sha256", lambda _: "0" * 64, HASH),
        ("content", lambda text: text + " ", CONTENT),
        ("content", lambda _: "{", CONTENT),
        ("answer_key", lambda _: "", ANSWER_KEY),
    ],
)
def test_any_other_change_of_a_paper_is_an_alarm_too(revealed, column, change, part):
    corrupt(column, change)
    (found,) = recompute_papers(SYSTEM, revealed.pk, now=NOW)
    assert found.places == (Place(part, 0, ""),)


def test_a_bank_or_key_that_was_never_committed_is_an_alarm_of_the_round(revealed):
    Round.objects.update(paper_key_revealed="ff" * 32)
    (found,) = recompute_papers(SYSTEM, revealed.pk, now=NOW)
    assert (found.paper, found.places) == (None, (Place(COMMITMENT, 0, ""),))
    assert PaperAlarm.objects.get().paper is None


def test_the_daily_comparison_tells_once_and_again_only_when_something_new_is_found(revealed):
    assert sweep_recomputation() == 0
    assert sweep_recomputation() == 0
    assert LogLeaf.objects.filter(kind="papers.recomputed").count() == 1
    corrupt("answer_key", other_key)
    assert sweep_recomputation() == 1
    assert sweep_recomputation() == 1
    assert PaperAlarm.objects.count() == 1
    assert LogLeaf.objects.filter(kind="papers.recomputed").count() == 2


def test_the_alarm_is_a_task_of_those_who_run_review_and_audit_until_it_is_looked_into(revealed):
    corrupt("content", other_stem)
    recompute_papers(SYSTEM, revealed.pk, now=NOW)
    for role in (REGULATOR, REVIEWER, AUDITOR):
        assert TASK in titles(role, revealed.authority)
    assert TASK not in titles(INVIGILATOR, revealed.authority)
    assert TASK not in titles(REGULATOR, make_stage().exam_round.authority)

    reviewer = make_actor(REVIEWER, authority=revealed.authority)
    alarm = PaperAlarm.objects.get()
    with pytest.raises(ReasonMissing):
        handle_paper_alarm(reviewer, alarm.public_id, note=" ", now=NOW)
    with pytest.raises(NotAllowed):
        handle_paper_alarm(make_actor(AUDITOR, authority=revealed.authority), alarm.public_id, note="已查", now=NOW)
    with pytest.raises(NotFound):
        handle_paper_alarm(
            make_actor(REVIEWER, authority=make_stage().exam_round.authority), alarm.public_id, note="已查", now=NOW
        )
    handle_paper_alarm(reviewer, alarm.public_id, note="数据库被人改动，已恢复备份", now=NOW)
    with pytest.raises(ProposalDecided):
        handle_paper_alarm(reviewer, alarm.public_id, note="已查", now=NOW)
    assert TASK not in titles(REGULATOR, revealed.authority)
    assert AuditEntry.objects.get(action="exams.paper_alarm_handled").reason == "数据库被人改动，已恢复备份"


def test_the_page_of_the_round_shows_place_and_what_was_done(revealed):
    paper = corrupt("content", other_stem)
    recompute_papers(SYSTEM, revealed.pk, now=NOW)
    browser = staff_client(REGULATOR, authority=revealed.authority)
    address = reverse("exams:paper_alarms", args=[revealed.public_id])
    page = browser.get(address).content.decode()
    assert "题目内容 · 第 2 题" in page
    assert paper.sha256 in page
    handle = reverse("exams:paper_alarm_handle", args=[revealed.public_id, PaperAlarm.objects.get().public_id])
    assert browser.post(handle, {"reason": ""}).status_code == 422
    browser.post(handle, {"reason": "存档被人改动"})
    assert "存档被人改动" in browser.get(address).content.decode()
    assert "试卷重算" in browser.get(reverse("exams:round", args=[revealed.public_id])).content.decode()


def test_nothing_is_recomputed_before_the_key_is_revealed(revealed):
    Round.objects.update(paper_key_revealed="")
    assert recompute_papers(SYSTEM, revealed.pk, now=NOW) == []
    assert sweep_recomputation() == 0
    assert not LogLeaf.objects.filter(kind="papers.recomputed").exists()
    assert Draw.objects.count() == 1
