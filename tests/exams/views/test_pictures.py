"""Pictures of a paper: for the browser that holds the attempt, and only those on its paper."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from core.actor import system_actor
from exams.models import Attempt, Paper
from question_bank.actions import keep_pictures
from question_bank.models import Picture
from tests.factories.actors import client_of
from tests.factories.exams import NOW, make_stage
from tests.factories.question_bank import png

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(time_machine):
    time_machine.move_to(NOW, tick=False)
    stage = make_stage(people=2)
    stage.open()
    return stage


@pytest.fixture
def names(stage):
    return [*keep_pictures(system_actor("tests"), stage.exam_round.authority, [png(1), png(2)], now=NOW).values()]


@pytest.fixture
def attempt(stage, names):
    """An attempt whose paper shows the first picture."""
    started = stage.start()
    body = json.loads(started.paper.content)
    body["items"][0]["stem"] = f"看图![](media:{names[0]})"
    paper = Paper.objects.create(
        candidate=stage.candidates[1], sitting=stage.sitting, content=json.dumps(body), sha256="0" * 64,
        answer_key=started.paper.answer_key, created_at=NOW,
    )  # fmt: skip
    Attempt.objects.filter(pk=started.pk).update(paper=paper)
    return started


def address(attempt, name):
    return reverse("exams:sit_picture", args=[attempt.public_id, name])


def test_holder_sees_the_pictures_of_the_paper_and_no_others(stage, attempt, names):
    client = client_of(stage.user())
    client.get(reverse("exams:sitting", args=[attempt.public_id]))

    found = client.get(address(attempt, names[0]))
    assert (found.status_code, found["Content-Type"]) == (200, "image/png")
    assert found.content == bytes(Picture.objects.get(public_id=names[0]).content)
    assert "private" in found["Cache-Control"]
    assert client.get(address(attempt, names[1])).status_code == 404
    assert client.get(address(attempt, "%" * 32)).status_code == 404


def test_without_the_cookie_there_is_no_picture(attempt, names):
    assert Client().get(address(attempt, names[0])).status_code == 404
