"""Reminders before a sitting, the calendar file, what the exam page is told of accommodations."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from exams.actions import decide_accommodation, request_accommodation
from exams.domain.calendar import Event, calendar_file
from exams.domain.requests import Wish
from exams.jobs import sweep_reminders
from exams.models import Candidate, CandidateState
from notices.models import Notice
from tests.exams.after import reviewer
from tests.factories.actors import client_of
from tests.factories.exams import NOW, OPENS_AT, make_stage


@pytest.fixture
def stage(db):
    stage = make_stage(people=2)
    Candidate.objects.update(notified_at=OPENS_AT - timedelta(days=10), state_changed_at=OPENS_AT - timedelta(days=10))
    return stage


def reminded(time_machine, moment):
    time_machine.move_to(moment, tick=False)
    return sweep_reminders()


def test_reminder_comes_three_days_and_one_day_before_and_once(stage, time_machine):
    assert reminded(time_machine, OPENS_AT - timedelta(days=3, minutes=1)) == 0
    assert reminded(time_machine, OPENS_AT - timedelta(days=3)) == 2
    assert reminded(time_machine, OPENS_AT - timedelta(days=2)) == 0
    Candidate.objects.filter(pk=stage.candidates[0].pk).update(state=CandidateState.DEFERRED)
    assert reminded(time_machine, OPENS_AT - timedelta(days=1)) == 1
    assert reminded(time_machine, OPENS_AT) == 0
    kinds = set(Notice.objects.values_list("kind", "title"))
    assert kinds == {("exams.reminder", f"考前提醒：{stage.exam_round.title}")}
    assert Notice.objects.count() == 3


def test_reminder_that_was_missed_gives_way_to_the_next(stage, time_machine):
    assert reminded(time_machine, OPENS_AT - timedelta(hours=5)) == 2
    assert reminded(time_machine, OPENS_AT - timedelta(hours=4)) == 0


def test_reminder_leaves_out_who_was_called_after_its_time(stage, time_machine):
    Candidate.objects.filter(pk=stage.candidates[0].pk).update(notified_at=OPENS_AT - timedelta(days=2))
    assert reminded(time_machine, OPENS_AT - timedelta(days=2) + timedelta(minutes=1)) == 1
    assert reminded(time_machine, OPENS_AT - timedelta(days=1)) == 2


def test_reminder_of_the_makeup_goes_to_who_is_called_to_it(stage, time_machine):
    called = stage.makeup.opens_at - timedelta(days=5)
    Candidate.objects.filter(pk=stage.candidates[1].pk).update(
        state=CandidateState.MAKEUP, sitting_number=2, state_changed_at=called
    )
    assert reminded(time_machine, stage.makeup.opens_at - timedelta(days=3)) == 1
    assert Notice.objects.get().person == stage.candidates[1].person


def test_calendar_file_is_folded_and_escaped():
    event = Event(
        uid="a@b", title="抽考；第, 4 季度\\", starts_at=OPENS_AT, ends_at=OPENS_AT + timedelta(minutes=75),
        place="区安委办三楼会议室" * 6, text="第一行\r\n第二行\x07", url="https://x.example/", stamped_at=NOW,
    )  # fmt: skip
    text = calendar_file(event)

    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "").split("\r\n")
    assert f"DTSTART:{OPENS_AT:%Y%m%dT%H%M%SZ}" in unfolded
    assert "SUMMARY:抽考；第\\, 4 季度\\\\" in unfolded
    assert "DESCRIPTION:第一行\\n第二行" in unfolded
    assert f"LOCATION:{'区安委办三楼会议室' * 6}" in unfolded
    assert "\n" not in text.replace("\r\n", "")


def test_calendar_file_of_ones_own_sitting_and_of_nobody_elses(stage, time_machine):
    time_machine.move_to(OPENS_AT - timedelta(days=3), tick=False)
    url = reverse("exams:my_calendar", args=[stage.candidates[0].public_id])
    answer = client_of(stage.user(0)).get(url)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert f"UID:{stage.sitting.public_id}@testserver" in answer.text
    assert client_of(stage.user(1)).get(url).status_code == 404


def test_sitting_page_is_told_what_was_granted(stage, time_machine):
    early = OPENS_AT - timedelta(days=2)
    wish = Wish(large_print=True, read_aloud=True, language="en")
    row = request_accommodation(stage.actor(0), stage.candidates[0].public_id, wish, reason="视力残疾二级", now=early)
    decide_accommodation(reviewer(stage), row.public_id, grant=True, note="证件属实，同意", now=early)
    time_machine.move_to(NOW, tick=False)
    stage.open()

    def page(index):
        attempt = stage.start(index)
        text = client_of(stage.user(index)).get(reverse("exams:sitting", args=[attempt.public_id])).text
        config = re.search(r'<script id="sitting-config"[^>]*>(.*?)</script>', text, re.DOTALL)
        return text, json.loads(config[1])

    helped, config = page(0)
    assert (config["read_aloud"], config["font_size"]) == (True, 28)
    assert 'lang="en"' in helped
    plain, config = page(1)
    assert not {"read_aloud", "font_size"} & config.keys()
    assert 'lang="zh' in plain
