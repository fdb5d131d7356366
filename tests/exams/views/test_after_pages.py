"""The pages of corrections, appeals, requests and marking, walked as people walk them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from exams.actions import close_sitting, file_appeal, finish_grading, give_mark, grade_attempt
from exams.errors import MarkedAlready
from exams.models import Accommodation, Annulment, Appeal, Candidate, Deferral, KeyCorrection, ManualItem, Result
from exams.queries.marking import next_to_mark
from tests.exams.actions.test_annulments import accuse
from tests.exams.actions.test_appeals import ANSWER, GROUNDS
from tests.exams.actions.test_marking import TEXT, bank_with_text
from tests.exams.after import (
    GRADED_AT,
    SYSTEM,
    attempt_of,
    graded_stage,
    hand_in,
    item_of_kind,
    items_of,
    published,
    ref_of,
)
from tests.factories.actors import Browser, actor_of, api_client_of, client_of, make_actor, make_staff_user
from tests.factories.exams import NOW, OPENS_AT, make_stage, right_answers

pytestmark = pytest.mark.django_db
LATER = GRADED_AT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(LATER, tick=False)


def browser(user):
    client = Browser()
    client.force_login(user)
    return client


def member(stage, role):
    return make_staff_user(role, authority=stage.exam_round.authority)


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# Key corrections


def test_correction_is_tried_proposed_approved_and_applied_on_the_pages():
    stage = graded_stage(0, 4)
    published(stage)
    attempt = attempt_of(stage, 1)
    before = attempt.candidate.score
    ref = ref_of(attempt, items_of(attempt)[0])
    examiner, chief = browser(member(stage, "reviewer")), browser(member(stage, "regulator"))
    listed = examiner.get(reverse("exams:round_items", args=[stage.exam_round.public_id])).text
    assert f"?item={ref}" in listed
    new = reverse("exams:correction_new", args=[stage.exam_round.public_id])
    assert "题库中的答案" in examiner.get(f"{new}?item={ref}").text
    typed = {"item": ref, "policy": "full_marks", "reason": "条文已经修订", "public_note": "一道试题答案有误"}

    tried = examiner.post(new, {**typed, "preview": "1"})
    assert "试算结果" in tried.text
    assert not KeyCorrection.objects.exists()
    assert examiner.post(new, {**typed, "policy": "replace", "propose": "1"}).status_code == 422
    sent = examiner.post(new, {**typed, "propose": "1"})
    row = KeyCorrection.objects.get()
    page = reverse("exams:correction", args=[row.public_id])
    assert (sent.status_code, sent["Location"]) == (302, page)
    assert "等待另一人审批" in examiner.get(page).text

    approve = reverse("exams:correction_approve", args=[row.public_id])
    shown = {"difference_sha256": row.difference_sha256}
    assert chief.post(approve, {**shown, "confirm_name": "wrong"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "proposed"
    assert chief.post(approve, {**shown, "confirm_name": stage.exam_round.code}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.applied_at) == ("approved", LATER)
    assert "重新评分完成" in chief.get(page).text
    score = Candidate.objects.get(pk=attempt.candidate_id).score
    api = api_client_of(User.objects.get(pk=row.decided_by_id))
    (told,) = api.get(f"/api/v1/rounds/{stage.exam_round.public_id}/key-corrections/").json()["results"]
    assert (told["policy"], told["state"], "ref" in told, "key" in told) == ("full_marks", "approved", False, False)
    assert score > before


def test_correction_of_an_item_of_another_round_is_not_found():
    stage = graded_stage(0)
    examiner = client_of(member(stage, "reviewer"))
    new = reverse("exams:correction_new", args=[stage.exam_round.public_id])
    for ref in ("", "nobody@1", "%00", "s00@1' OR 1=1"):
        assert examiner.get(new, {"item": ref}).status_code == 404


# Appeals


def test_appeal_is_filed_on_the_phone_and_answered_in_the_office():
    stage = graded_stage(4)
    published(stage)
    candidate = stage.candidates[0]
    phone, office = browser(stage.user()), browser(member(stage, "regulator"))
    mine = reverse("exams:my_appeal", args=[candidate.public_id])
    assert (
        reverse("exams:my_appeal", args=[candidate.public_id])
        in phone.get(reverse("exams:my_exam", args=[candidate.public_id])).text
    )
    assert phone.post(mine, {"grounds": "短"}).status_code == 422
    assert phone.post(mine, {"grounds": GROUNDS}).status_code == 302
    row = Appeal.objects.get()

    page = reverse("exams:appeal", args=[row.public_id])
    assert candidate.person.name in office.get(reverse("exams:appeals")).text
    assert "复算一致" in office.get(page).text
    office.post(reverse("exams:appeal_take", args=[row.public_id]))
    assert office.post(page, {"outcome": "changed", "answer": ANSWER}).status_code == 422
    assert office.post(page, {"outcome": "upheld", "answer": ANSWER}).status_code == 302
    assert ANSWER in phone.get(mine).text
    (told,) = api_client_of(stage.user()).get(f"/api/v1/my/exams/{candidate.public_id}/appeals/").json()
    assert (told["state"], told["answer"]) == ("upheld", ANSWER)
    assert "taken_by" not in told


def test_appeals_by_the_interface_are_refused_like_on_the_page():
    stage = graded_stage(4)
    published(stage)
    url = f"/api/v1/my/exams/{stage.candidates[0].public_id}/appeals/"
    api = api_client_of(stage.user())
    for body in ({}, {"grounds": None}, {"grounds": ["x"]}, {"grounds": "长" * 1001}):
        assert api.post(url, body, format="json").status_code == 400
    assert api.post(url, {"grounds": "短"}, format="json").json()["code"] == "reason_length_wrong"
    assert api.post(url, {"grounds": GROUNDS}, format="json").status_code == 201
    assert api.post(url, {"grounds": GROUNDS}, format="json").json()["code"] == "appeal_exists"


def test_lists_ask_the_same_number_of_queries_for_one_row_and_for_three():
    counts = []
    for people in (1, 3):
        stage = graded_stage(*([4] * people))
        published(stage)
        for index in range(people):
            browser(stage.user(index)).post(
                reverse("exams:my_appeal", args=[stage.candidates[index].public_id]), {"grounds": GROUNDS}
            )
        client = client_of(member(stage, "regulator"))
        urls = ("exams:appeals", "exams:requests")
        items = client_of(member(stage, "reviewer"))
        counts.append(
            [queries_of(client, reverse(url)) for url in urls]
            + [queries_of(items, reverse("exams:round_items", args=[stage.exam_round.public_id]))]
        )
    assert counts[0] == counts[1]


# Requests


def test_requests_are_made_on_the_phone_and_decided_in_the_office(time_machine):
    time_machine.move_to(OPENS_AT - timedelta(days=2), tick=False)
    stage = make_stage(people=1)
    candidate = stage.candidates[0]
    phone, office = browser(stage.user()), browser(member(stage, "regulator"))
    for name, typed, model in (
        ("my_deferral", {"ground": "ILL", "reason": "住院手术两周", "evidence": "市二医院诊断证明"}, Deferral),
        ("my_accommodation", {"extra_minutes": "20", "read_aloud": "on", "reason": "视力残疾二级"}, Accommodation),
    ):
        page = reverse(f"exams:{name}", args=[candidate.public_id])
        assert phone.post(page, {**typed, "reason": ""}).status_code == 422
        assert phone.post(page, typed).status_code == 302
        assert phone.post(page, typed).status_code == 422
        assert typed["reason"] in phone.get(page).text
        row = model.objects.get()
        kind = model._meta.model_name
        assert office.get(reverse(f"exams:{kind}", args=[row.public_id])).status_code == 200
    listed = office.get(reverse("exams:requests")).text
    assert "延长 20 分钟；朗读题目" in listed
    assert "缓考：疾病" in listed
    accommodation = Accommodation.objects.get()
    decide = reverse("exams:accommodation_decide", args=[accommodation.public_id])
    assert office.post(decide, {"note": "证件属实，同意", "grant": "1"}).status_code == 302
    assert "缓考：疾病" in office.get(reverse("exams:requests")).text
    assert "延长 20 分钟" not in office.get(reverse("exams:requests")).text
    assert "延长 20 分钟" in office.get(f"{reverse('exams:requests')}?all=1").text
    shown = office.get(reverse("exams:candidate", args=[candidate.public_id])).text
    assert reverse("exams:accommodation", args=[accommodation.public_id]) in shown


# Marking


def test_marking_goes_from_text_to_text_until_nothing_waits():
    stage = make_stage(people=2, bank=bank_with_text(), pass_mark=Decimal(13))
    stage.open()
    for index in (0, 1):
        attempt = stage.start(index)
        text = item_of_kind(attempt, "short_answer")
        answers = {item: given for item, given in right_answers(attempt).items() if item != text}
        hand_in(attempt, {**answers, text: [f"1={TEXT}{index}"]}, now=NOW)
        assert grade_attempt(SYSTEM, attempt.pk, reason="after closing", now=NOW) is None
    marker = browser(member(stage, "trainer"))
    desk = marker.get(reverse("exams:marking")).text
    assert "开始评阅" in desk
    following = reverse("exams:marking_next", args=[stage.exam_round.public_id])
    for _ in (0, 1):
        page = marker.get(following, follow=True)
        assert TEXT in page.text
        assert not any(candidate.person.name in page.text for candidate in stage.candidates)
        where = page.redirect_chain[-1][0]
        assert marker.post(where, {"mark": "9"}).status_code == 422
        assert marker.post(where, {"mark": "4"}).status_code == 302
    assert "没有等您评阅" in marker.get(following, follow=True).text
    assert ManualItem.objects.filter(state="open").count() == 2
    assert list(ManualItem.objects.values_list("fraction", flat=True)) == [None, None]


# What a handler of an appeal may ask of others


def test_misconduct_is_taken_back_on_the_pages_by_two_people(django_capture_on_commit_callbacks):
    stage = graded_stage(0, pass_mark=Decimal("8.00"))
    accuse(stage, now=GRADED_AT)
    published(stage)
    row = file_appeal(stage.actor(), stage.candidates[0].public_id, grounds=GROUNDS, now=LATER)
    handler, chief = browser(member(stage, "reviewer")), browser(member(stage, "regulator"))
    page = reverse("exams:appeal", args=[row.public_id])
    put = reverse("exams:appeal_annul", args=[row.public_id])
    assert "提出撤销" not in handler.get(page).text
    handler.post(reverse("exams:appeal_take", args=[row.public_id]))
    assert "提出撤销" in handler.get(page).text
    typed = {"effect": "score", "reason": "监控录像显示纸条不是考生的"}
    for wrong in ({}, {**typed, "reason": "短"}, {**typed, "effect": "maybe"}):
        assert handler.post(put, wrong).status_code == 422
    assert handler.post(put, typed).status_code == 302

    assert "提交审批" not in handler.get(page).text
    assert "提交审批" in chief.get(page).text
    decide = reverse("exams:annulment_decide", args=[Annulment.objects.get().public_id])
    note = {"decision": "approve", "note": "证据充分，同意撤销认定"}
    assert handler.post(decide, note).status_code == 422
    assert chief.post(decide, {**note, "note": ""}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert chief.post(decide, note).status_code == 302

    shown = handler.get(page).text
    assert "已撤销违纪认定" in shown
    assert "已变动" in shown
    person = reverse("exams:candidate", args=[stage.candidates[0].public_id])
    assert "已撤销违纪认定" in chief.get(person).text
    assert handler.post(page, {"outcome": "changed", "answer": ANSWER}).status_code == 302
    assert Appeal.objects.get().state == "changed"


def test_text_is_marked_anew_on_appeal_by_people_who_did_not_mark_it(django_capture_on_commit_callbacks):
    stage = make_stage(bank=bank_with_text(), pass_mark=Decimal(13))
    stage.open()
    attempt = stage.start(0)
    text = item_of_kind(attempt, "short_answer")
    hand_in(attempt, {**right_answers(attempt), text: [f"1={TEXT}"]})
    grade_attempt(SYSTEM, attempt.pk, reason="after closing", now=NOW)
    first = ManualItem.objects.get()
    before = [make_actor("trainer", authority=stage.exam_round.authority) for _ in range(2)]
    for marker in before:
        give_mark(marker, first.public_id, mark=Decimal(1), now=NOW)
    grade_attempt(SYSTEM, attempt.pk, reason="after closing", now=NOW)
    close_sitting(SYSTEM, stage.sitting.public_id, now=GRADED_AT)
    finish_grading(SYSTEM, stage.exam_round.public_id, now=GRADED_AT)
    published(stage)
    row = file_appeal(stage.actor(), stage.candidates[0].public_id, grounds=GROUNDS, now=LATER)
    handler = browser(member(stage, "reviewer"))
    page = reverse("exams:appeal", args=[row.public_id])
    ask = reverse("exams:appeal_mark_anew", args=[row.public_id, first.public_id])
    assert handler.post(ask).status_code == 403
    handler.post(reverse("exams:appeal_take", args=[row.public_id]))
    assert "请其他人重新评阅" in handler.get(page).text
    assert handler.post(ask).status_code == 302
    assert handler.post(ask).status_code == 422

    anew = ManualItem.objects.get(generation=2)
    assert handler.post(page, {"outcome": "upheld", "answer": ANSWER}).status_code == 422
    handling = actor_of(User.objects.get(pk=Appeal.objects.get().taken_by_id))
    for barred in (*before, handling):
        assert next_to_mark(barred, stage.exam_round.public_id) is None
        with pytest.raises(MarkedAlready):
            give_mark(barred, anew.public_id, mark=Decimal(5), now=LATER)
    fresh = [make_actor("trainer", authority=stage.exam_round.authority) for _ in range(2)]
    assert next_to_mark(fresh[0], stage.exam_round.public_id) == anew
    for marker in fresh:
        give_mark(marker, anew.public_id, mark=Decimal(5), now=LATER)

    # answered before the job ran: the answer grades what was marked
    assert handler.post(page, {"outcome": "changed", "answer": ANSWER}).status_code == 302
    scores = list(Result.objects.filter(candidate=stage.candidates[0]).values_list("score", "outcome"))
    assert scores == [(Decimal("11.00"), "failed"), (Decimal("15.00"), "passed")]
