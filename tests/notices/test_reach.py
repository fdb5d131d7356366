"""Who would hear of a notice only by signing in."""

import pytest

from core.actor import system_actor
from exams.models import CandidateState
from notices.actions import notify
from notices.models import Delivery, Notice
from notices.queries import Silence, count_reached, hard_to_reach
from tests.factories.accounts import make_user
from tests.factories.actors import client_of, make_staff_user
from tests.factories.exams import NOW, make_stage
from tests.factories.registry import make_person

pytestmark = pytest.mark.django_db


def told(*people, dedupe="exams.called:1"):
    notify(
        system_actor("tests"),
        people=people,
        kind="exams.candidate_notified",
        dedupe=dedupe,
        title="通知",
        body="请参加",
        now=NOW,
    )


def test_person_without_phone_and_mail_or_whose_last_text_was_given_up_is_hard_to_reach():
    reached, silent, by_mail, refused = make_person(), make_person(phone=""), make_person(phone=""), make_person()
    make_user(person=by_mail, email="a@example.org")
    make_user(person=silent, email="old@example.org", is_active=False)
    told(reached, refused)
    Delivery.objects.filter(notice__person=refused, channel="sms").update(state="failed")
    people = [one.pk for one in (reached, silent, by_mail, refused)]

    assert hard_to_reach(people) == {silent.pk: Silence.NO_ADDRESS, refused.pk: Silence.REFUSED}

    # a later text that arrived speaks for the number
    told(refused, dedupe="exams.called:2")
    Delivery.objects.filter(notice__person=refused, channel="sms", state="due").update(state="sent")
    assert hard_to_reach(people) == {silent.pk: Silence.NO_ADDRESS}
    assert hard_to_reach([]) == {}


def test_copy_inside_the_site_alone_does_not_count_as_reached():
    people = [make_person() for _ in range(3)]
    told(*people)
    assert count_reached(Notice.objects.all()) == 0
    Delivery.objects.filter(notice__person=people[0], channel="sms").update(state="sent")
    Notice.objects.filter(person=people[1]).update(read_at=NOW)
    assert count_reached(Notice.objects.all()) == 2


def test_round_names_those_whom_no_text_would_reach_before_they_are_told():
    stage = make_stage(people=2)
    for candidate in stage.candidates:
        candidate.state = CandidateState.DRAWN
        candidate.save(update_fields=["state"])
    silent = stage.candidates[0].person
    silent.phone = ""
    silent.save(update_fields=["phone"])
    page = f"/exams/rounds/{stage.exam_round.public_id}/"
    authority = stage.exam_round.authority

    shown = client_of(make_staff_user("regulator", authority=authority)).get(page).text
    assert "1 名考生收不到短信和邮件" in shown
    assert stage.candidates[0].public_id in shown
    assert stage.candidates[1].public_id not in shown
    assert "收不到短信和邮件" not in client_of(make_staff_user("invigilator", authority=authority)).get(page).text
