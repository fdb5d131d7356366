import itertools
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from pytest_django import Settings

from accounts.models import User
from core import queue
from core.actor import system_actor
from core.errors import NotAllowed, NotFound
from core.models import AuditEntry, JobRun, OutgoingMessage
from notices import jobs
from notices.actions import mark_all_read, mark_read, notify, retry_delivery
from notices.errors import DeliveryNotFailed
from notices.models import Delivery, Notice
from notices.queries import deliveries_for, notices_of, unread_count
from tests.factories.actors import World
from tests.factories.notices import make_delivery, make_notice

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
SYSTEM = system_actor("tests")
NEWS = {
    "kind": "exams.candidate_notified",
    "dedupe": "round-1",
    "title": "您被抽中",
    "body": "11 月 25 日 9:00",
    "link": "/my/exams/",
}


class DeadChannel:
    """A provider that is down."""

    def send(self, *, to: str, text: str, purpose: str, now: datetime) -> None:
        raise ConnectionError("provider is down")


@pytest.fixture(autouse=True)
def _channels(settings: Settings) -> None:
    settings.SMS_CHANNEL = "core.channels.DatabaseChannel"


def ledger() -> list[tuple[str, str, int]]:
    return list(Delivery.objects.order_by("pk").values_list("channel", "state", "attempts"))


def test_notify_writes_the_notice_and_one_delivery_per_channel(
    world: World, django_capture_on_commit_callbacks
) -> None:
    User.objects.filter(person=world.person).update(email="zhang@example.cn")

    with django_capture_on_commit_callbacks(execute=True):
        made = notify(SYSTEM, people=[world.person], now=NOW, **NEWS)

    assert [(notice.person, notice.title, notice.link, notice.read_at) for notice in made] == [
        (world.person, "您被抽中", "/my/exams/", None),
    ]
    assert ledger() == [("in_app", "sent", 1), ("sms", "sent", 1), ("email", "sent", 1)]
    text = OutgoingMessage.objects.get()
    assert (text.to, text.text) == (
        world.person.phone,
        "【抽考】您被抽中。11 月 25 日 9:00 http://testserver/my/exams/",
    )
    assert [(message.to, message.subject) for message in mail.outbox] == [(["zhang@example.cn"], "您被抽中")]
    assert AuditEntry.objects.get().details == '{"dedupe":"round-1","kind":"exams.candidate_notified","people":1}'


def test_notify_the_same_news_twice_is_told_once(world: World, django_capture_on_commit_callbacks) -> None:
    for people in ([world.person], [world.person, world.other_person], [world.person, world.person]):
        with django_capture_on_commit_callbacks(execute=True):
            notify(SYSTEM, people=people, now=NOW, **NEWS)

    assert sorted(Notice.objects.values_list("person__name", flat=True)) == ["张小三", "李四"]
    assert OutgoingMessage.objects.count() == 2


def test_notify_without_phone_still_stands_in_the_list(world: World) -> None:
    world.person.phone = ""
    world.person.save()

    notify(SYSTEM, people=[world.person], now=NOW, **NEWS)

    assert ledger() == [("in_app", "sent", 1)]


def test_notify_link_to_another_site_is_a_defect(world: World) -> None:
    for link in ("https://evil.example", "//evil.example", "my/exams"):
        with pytest.raises(AssertionError):
            notify(SYSTEM, people=[world.person], now=NOW, **NEWS | {"link": link})
    assert not Notice.objects.exists()


def test_deliver_channel_down_is_tried_again_by_the_sweeper_then_given_up(world: World, settings: Settings) -> None:
    settings.SMS_CHANNEL = "tests.notices.actions.test_notify.DeadChannel"
    delivery = make_delivery(make_notice(world.person))
    waits = []

    for attempt in range(1, 6):
        jobs.task_deliver_due()
        row = Delivery.objects.get(pk=delivery.pk)
        assert (row.attempts, row.error) == (attempt, "ConnectionError: provider is down")
        waits.append(row.next_try_at)
        jobs.task_deliver_due()  # not due yet: nothing happens
        assert Delivery.objects.get(pk=delivery.pk).attempts == attempt
        Delivery.objects.filter(pk=delivery.pk).update(next_try_at=NOW)

    assert Delivery.objects.get(pk=delivery.pk).state == "failed"
    assert jobs.task_deliver_due() == 0
    gaps = [later - earlier for earlier, later in itertools.pairwise(waits)]
    assert all(gap > timedelta(minutes=1) for gap in gaps)


def test_deliver_lost_job_is_repaired_by_the_sweeper(world: World) -> None:
    notify(SYSTEM, people=[world.person], now=NOW, **NEWS)  # the test's transaction never commits: the job is lost
    assert ("sms", "due", 0) in ledger()

    assert jobs.task_deliver_due() == 1

    assert ("sms", "sent", 1) in ledger()
    assert OutgoingMessage.objects.count() == 1
    assert jobs.task_deliver_due() == 0


def test_deliver_twice_sends_once(world: World) -> None:
    delivery = make_delivery(make_notice(world.person))

    results = [jobs.task_deliver([delivery.pk]), jobs.task_deliver([delivery.pk])]

    assert results == [{"sent": 1}, {"sent": 0}]
    assert OutgoingMessage.objects.count() == 1


def test_deliver_one_failure_does_not_stop_the_others(world: World) -> None:
    gone = make_delivery(make_notice(world.person))
    fine = make_delivery(make_notice(world.other_person))
    world.person.phone = ""
    world.person.save()

    assert jobs.task_deliver([gone.pk, fine.pk]) == {"sent": 1}

    assert [(row.state, row.error) for row in Delivery.objects.order_by("pk")] == [
        ("failed", "no address"),
        ("sent", ""),
    ]


def test_retry_delivery_sends_a_failed_one_again(world: World, django_capture_on_commit_callbacks) -> None:
    failed = make_delivery(make_notice(world.person), state="failed", attempts=5, error="no address")

    with django_capture_on_commit_callbacks(execute=True):
        retry_delivery(world.actor("regulator"), failed.public_id, now=NOW)

    assert ledger() == [("sms", "sent", 1)]
    with pytest.raises(DeliveryNotFailed):
        retry_delivery(world.actor("regulator"), failed.public_id, now=NOW)
    with pytest.raises(NotAllowed):
        retry_delivery(world.actor("reviewer"), failed.public_id, now=NOW)
    for stranger in ("other_regulator", "candidate", "auditor"):
        with pytest.raises(NotFound):
            retry_delivery(world.actor(stranger), failed.public_id, now=NOW)
    assert JobRun.objects.filter(name="notices.deliver").count() == 1


def test_ledger_shows_people_in_reach_only(world: World) -> None:
    own = make_delivery(make_notice(world.person))
    other = make_delivery(make_notice(world.other_person))

    assert list(deliveries_for(world.actor("regulator"))) == [own]
    assert list(deliveries_for(world.actor("other_regulator"))) == [other]
    assert list(deliveries_for(world.actor("candidate"))) == []


def test_mark_read_is_for_the_person_alone(world: World) -> None:
    notice = make_notice(world.person)
    make_notice(world.person)

    with pytest.raises(NotFound):
        mark_read(world.actor("other_candidate"), notice.public_id, now=NOW)
    mark_read(world.actor("candidate"), notice.public_id, now=NOW)
    mark_read(world.actor("candidate"), notice.public_id, now=NOW + timedelta(days=1))

    assert Notice.objects.get(pk=notice.pk).read_at == NOW
    assert unread_count(world.actor("candidate")) == 1
    assert mark_all_read(world.actor("candidate"), now=NOW) == 1
    assert list(notices_of(world.actor("regulator"))) == []


def test_notices_jobs_are_registered_under_the_names_that_actions_use() -> None:
    assert "notices.deliver" in queue._jobs
    assert "notices.deliver_due" in {sweeper.name for sweeper in queue.sweepers()}
