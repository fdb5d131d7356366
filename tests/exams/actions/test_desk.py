"""The desk's actions: entry codes, check-in, evidence, devices, drills, paper, comparison."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from PIL import Image

from core.errors import EvidenceTypeRefused, NotAllowed, NotFound
from core.models import AuditEntry
from exams.actions import (
    approve_extension,
    attempt_of_handover,
    check_in,
    close_overdue_drill,
    close_sitting,
    compare_papers,
    enter_paper,
    offer_handover,
    open_drill,
    open_sitting,
    open_spot_exam,
    record_beat,
    record_device_check,
    record_incident,
    record_load_rehearsal,
    report_drill_fault,
    report_fault,
    request_extension,
    save_drill_events,
    start_attempt,
    start_on_paper,
    start_rehearsal,
    submit_drill,
    withdraw_photo_consent,
)
from exams.actions.attempts import GUESS_SECONDS, MOST_GUESSES
from exams.actions.candidates import Identification
from exams.actions.conduct import MOST_REPORTS
from exams.actions.files import Upload
from exams.actions.journal import Approval, holder_of
from exams.domain.entry import entry_code
from exams.domain.messages import Open, Save, Submit
from exams.domain.signals import Beat, FaultReport, Noticed
from exams.errors import (
    AttemptFinished,
    ConsentMissing,
    DrillTooLate,
    EnvelopeMalformed,
    FaultReportWrong,
    HandoverExpired,
    LeaseHeld,
    MissingEvents,
    OpeningCodeWrong,
    PaperWritesElsewhere,
    PeopleMissing,
    PhotoNeeded,
    PracticePoolEmpty,
    SittingNotInState,
    TooManyEvidenceFiles,
    TooManyGuesses,
    TooManyReports,
)
from exams.jobs import sweep_photos
from exams.models import (
    AnswerEvent,
    AttemptState,
    Candidate,
    CandidateState,
    CheckIn,
    Drill,
    DrillState,
    Extension,
    Incident,
    PhotoErasure,
    Presence,
    Signal,
    SimilarityReport,
)
from exams.queries.desk import OFFLINE, WRITING, get_check_in_photo, live_desk
from exams.queries.drills import review_of
from exams.queries.faults import faults_for
from exams.queries.journal import item_shapes_of
from exams.queries.readiness import is_ready, readiness_of
from exams.queries.timeline import get_timeline
from tests.exams.submitting import submit
from tests.factories.actors import make_actor
from tests.factories.exams import (
    CID,
    NOW,
    OTHER_CID,
    items_of,
    lease,
    make_practice_pool,
    make_stage,
    right_answers,
    send,
    wire,
)
from tests.factories.registry import make_appointment

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(seconds=20)


@pytest.fixture
def stage():
    return make_stage(people=3)


def picture() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (40, 30), "white").save(buffer, "JPEG")
    return buffer.getvalue()


# At the door


def test_rotating_code_opens_the_door_and_the_opening_code_does_not(stage, settings):
    stage.sitting = open_sitting(stage.invigilator, stage.sitting.public_id, rotates_code=True, now=NOW)
    actor, candidate = stage.actor(), stage.candidates[0].public_id
    with pytest.raises(OpeningCodeWrong):
        start_attempt(actor, candidate, opening_code=stage.sitting.opening_code, now=NOW)
    code = entry_code(settings.SECRET_KEY.encode(), stage.sitting.public_id, NOW)
    attempt = start_attempt(actor, candidate, opening_code=code, now=NOW + timedelta(minutes=1))
    assert attempt.state == AttemptState.OPEN


def test_guessing_the_code_is_stopped_and_a_right_code_waits_as_well(stage):
    stage.open()
    actor, candidate = stage.actor(), stage.candidates[0].public_id
    for _ in range(MOST_GUESSES):
        with pytest.raises(OpeningCodeWrong):
            start_attempt(actor, candidate, opening_code="x", now=NOW)
    with pytest.raises(TooManyGuesses):
        start_attempt(actor, candidate, opening_code=stage.sitting.opening_code, now=NOW)
    assert stage.start(1).state == AttemptState.OPEN
    cache.clear()
    assert GUESS_SECONDS >= 60
    assert start_attempt(actor, candidate, opening_code=stage.sitting.opening_code, now=NOW).state == "open"


def test_check_in_keeps_how_where_and_a_photo_only_with_consent(stage):
    candidate = stage.candidates[0]
    photo = Upload("face.jpg", picture())
    with pytest.raises(ConsentMissing):
        check_in(stage.invigilator, candidate.public_id, identification=Identification(photo=photo), now=NOW)
    told = Identification(photo=Upload("a.pdf", b"%PDF-1.4"), has_consent=True)
    with pytest.raises(PhotoNeeded):
        check_in(stage.invigilator, candidate.public_id, identification=told, now=NOW)
    assert not CheckIn.objects.exists()
    told = Identification(CheckIn.Method.LAST_FOUR, " A3 ", has_consent=True, photo=photo)
    check_in(stage.invigilator, candidate.public_id, identification=told, now=NOW)
    row = CheckIn.objects.get()
    assert (row.method, row.seat, row.has_consent) == ("last_four", "A3", True)
    assert default_storage.exists(row.photo_stored_name)
    candidate.refresh_from_db()
    assert candidate.state == CandidateState.CHECKED_IN


def photographed(stage, index=0, now=NOW):
    """Checked in with a photo; returns the row."""
    told = Identification(has_consent=True, photo=Upload("face.jpg", picture()))
    candidate = stage.candidates[index]
    check_in(stage.invigilator, candidate.public_id, identification=told, now=now)
    return CheckIn.objects.get(candidate=candidate)


def test_photo_is_gone_the_moment_its_consent_is_withdrawn(stage):
    row, other = photographed(stage), photographed(stage, 1)
    for stranger in (stage.actor(1), make_actor("invigilator")):
        with pytest.raises(NotFound):
            withdraw_photo_consent(stranger, stage.candidates[0].public_id, now=NOW)
    assert default_storage.exists(row.photo_stored_name)

    assert withdraw_photo_consent(stage.actor(0), stage.candidates[0].public_id, now=NOW) == 1

    assert not default_storage.exists(row.photo_stored_name)
    assert default_storage.exists(other.photo_stored_name)
    with pytest.raises(NotFound):
        get_check_in_photo(stage.invigilator, row.public_id)
    assert get_check_in_photo(stage.invigilator, other.public_id) == other
    entry = AuditEntry.objects.get(action="exams.photo_erased")
    assert (entry.actor_person_id, row.photo_sha256 in entry.details) == (stage.actor(0).person_id, True)
    assert withdraw_photo_consent(stage.invigilator, stage.candidates[0].public_id, now=NOW) == 0
    assert PhotoErasure.objects.get().ground == "withdrawn"


def test_photo_is_deleted_when_its_time_is_over(stage, time_machine, settings):
    row = photographed(stage)
    settings.PHOTO_KEEP_DAYS = 30
    time_machine.move_to(NOW + timedelta(days=30), tick=False)
    assert sweep_photos() == 0
    time_machine.move_to(NOW + timedelta(days=30, seconds=1), tick=False)
    default_storage.delete(row.photo_stored_name)  # as after a crash between the file and the row
    assert (sweep_photos(), sweep_photos()) == (1, 0)
    assert (PhotoErasure.objects.get().check_in, PhotoErasure.objects.get().ground) == (row, "expired")


def test_check_in_without_photo_keeps_no_consent(stage):
    check_in(stage.invigilator, stage.candidates[0].public_id, identification=Identification(has_consent=True), now=NOW)
    assert CheckIn.objects.get().has_consent is False
    with pytest.raises(NotFound):
        check_in(make_actor("invigilator"), stage.candidates[1].public_id, now=NOW)


# Evidence


def test_incident_keeps_its_files_and_nothing_when_one_is_refused(stage):
    candidate = stage.candidates[0].public_id
    note = {"kind": Incident.Kind.NOTE, "description": "手机响铃", "now": NOW}
    with pytest.raises(EvidenceTypeRefused):
        record_incident(
            stage.invigilator, candidate, files=[Upload("a.jpg", picture()), Upload("b.exe", b"MZ")], **note
        )
    with pytest.raises(TooManyEvidenceFiles):
        record_incident(stage.invigilator, candidate, files=[Upload("a.pdf", b"%PDF-1")] * 6, **note)
    assert not Incident.objects.exists()
    incident = record_incident(stage.invigilator, candidate, files=[Upload("../a b.jpg", picture())], **note)
    file = incident.files.get()
    assert (file.file_name, file.content_type) == ("a b.jpg", "image/jpeg")
    assert default_storage.exists(file.stored_name)


def test_fault_is_recorded_once_and_told_to_the_bank_after_the_closing(stage):
    stage.open()
    attempt = stage.start()
    holder = holder_of(attempt, "192.0.2.7")
    report = FaultReport("r" * 32, items_of(attempt)[0], "选项重复")
    first = report_fault(holder, attempt, report, now=NOW)
    assert report_fault(holder, attempt, report, now=SOON) == first
    reviewer = make_actor("reviewer", authority=stage.exam_round.authority)
    assert faults_for(reviewer) == []
    with pytest.raises(NotAllowed):
        faults_for(stage.invigilator)
    for number in range(MOST_REPORTS - 1):
        report_fault(holder, attempt, FaultReport(f"ref-{number:08}", report.item, "又一处"), now=NOW)
    with pytest.raises(TooManyReports):
        report_fault(holder, attempt, FaultReport("ref-last", report.item, "又一处"), now=NOW)
    lease(attempt)
    submit(attempt, {}, last_seq=0)
    close_sitting(stage.invigilator, stage.sitting.public_id, now=stage.sitting.last_start_at + timedelta(seconds=1))
    told = faults_for(reviewer)[-1]
    assert (told.text, f"{told.question_id}@{told.version}") == ("选项重复", first.question_ref)
    assert told.stem.endswith("题干")


def test_beat_makes_presence_and_signals_and_the_timeline_tells_them_in_order(stage):
    stage.open()
    attempt = stage.start()
    lease(attempt)
    first, second = items_of(attempt)[:2]
    pulse = record_beat(attempt.public_id, Beat((), {first: 9}), address="192.0.2.7", now=NOW)
    assert (pulse.state, pulse.epoch, pulse.deadline) == ("open", 1, attempt.deadline)
    record_beat(attempt.public_id, Beat((), {}), address="192.0.2.7", now=NOW + timedelta(seconds=4))
    assert Presence.objects.get().seen_at == NOW
    away = Noticed("hidden", 42, second, 5)
    record_beat(attempt.public_id, Beat((away,), {first: 30, second: 12}), address="198.51.100.9", now=SOON)
    assert Presence.objects.get().seen_at == SOON
    assert list(Signal.objects.values_list("kind", "seconds")) == [("hidden", 42), ("address", 0)]
    send(attempt, wire(1, first, None))
    found = get_timeline(stage.regulator, attempt.public_id)
    assert (found.away_count, found.away_seconds, found.devices, found.addresses) == (1, 42, 1, 2)
    assert [moment.when for moment in found.moments] == sorted(moment.when for moment in found.moments)
    assert {item.seconds for item in found.items} == {30, 12, None}
    assert sum(item.saves for item in found.items) == 1
    with pytest.raises(NotFound):
        get_timeline(make_actor("regulator"), attempt.public_id)
    with pytest.raises(NotAllowed):
        get_timeline(stage.actor(), attempt.public_id)


def test_nothing_noticed_changes_the_exam(stage):
    stage.open()
    attempt = stage.start()
    noticed = tuple(Noticed("hidden", 3600, "", None) for _ in range(20))
    for _ in range(60):
        record_beat(attempt.public_id, Beat(noticed, {}), address="", now=NOW)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.candidate.state) == ("open", CandidateState.SITTING)
    assert Signal.objects.count() == 1000


def test_desk_tells_who_writes_and_who_is_offline_by_the_page_alone(stage):
    stage.open()
    attempt = stage.start()
    lease(attempt)
    record_beat(attempt.public_id, Beat((), {}), address="", now=NOW)

    def standing(after: int):
        live = live_desk(stage.regulator, stage.sitting, show="", page=1, now=NOW + timedelta(seconds=after))
        return next(row.standing for row in live.rows if row.standing.attempt_id), live.tally

    assert standing(30)[0].status == WRITING
    silent, tally = standing(52)
    assert (silent.status, silent.silent_seconds) == (OFFLINE, 45)
    assert (tally.expected, tally.writing, tally.offline, tally.all) == (2, 0, 1, 3)


# Devices


def test_handover_opens_the_exam_on_one_more_device_until_somebody_took_over(stage, time_machine):
    time_machine.move_to(NOW, tick=False)
    stage.open()
    attempt = stage.start()
    lease(attempt)
    _, word = offer_handover(stage.invigilator, attempt.public_id)
    assert attempt_of_handover(attempt.public_id, word) == (attempt, Approval(stage.invigilator.user_id, 1))
    other = stage.start(1)
    with pytest.raises(HandoverExpired):
        attempt_of_handover(other.public_id, word)
    with pytest.raises(HandoverExpired):
        attempt_of_handover(attempt.public_id, word[:-2])
    lease(attempt, OTHER_CID, takeover=True)
    with pytest.raises(HandoverExpired):
        attempt_of_handover(attempt.public_id, word)
    _, again = offer_handover(stage.invigilator, attempt.public_id)
    time_machine.shift(301)
    with pytest.raises(HandoverExpired):
        attempt_of_handover(attempt.public_id, again)
    with pytest.raises(NotAllowed):
        offer_handover(stage.actor(), attempt.public_id)


def test_readiness_says_what_is_missing_and_follows_what_is_done(stage):
    checks = {check.code: check for check in readiness_of(stage.sitting)}
    assert checks["papers"].tone == "good"
    assert (checks["devices"].tone, checks["load"].tone) == ("warn", "warn")
    for index in range(3):
        findings = dict.fromkeys(("storage", "clock", "network", "browser"), "ok")
        record_device_check(stage.actor(index), findings, user_agent="x", now=NOW)
        drill = start_rehearsal(stage.actor(index), stage.candidates[index].public_id, now=NOW)
        Drill.objects.filter(pk=drill.pk).update(state=DrillState.DONE)
    record_load_rehearsal(
        stage.invigilator, stage.sitting.public_id, clients=200, p99_milliseconds=90, failures=0, lost=0
    )
    after = readiness_of(stage.sitting)
    tones = {check.code: check.tone for check in after}
    assert (tones["devices"], tones["rehearsals"], tones["load"]) == ("good", "good", "good")
    assert is_ready(after)
    record_load_rehearsal(
        stage.invigilator, stage.sitting.public_id, clients=200, p99_milliseconds=90, failures=0, lost=1
    )
    assert not is_ready(readiness_of(stage.sitting))


# Drills


def _sit_drill(drill, *, right: bool):
    key = json.loads(drill.answer_key)["items"]
    open_drill(drill.public_id, Open(CID), now=NOW)
    wires = []
    for seq, (item, stored) in enumerate(sorted(key.items()), start=1):
        options = [opaque for opaque, real in stored["options"].items() if (real in stored["key"]) is right]
        wires.append(wire(seq, item, options[:1]))
    _, settled = save_drill_events(drill.public_id, Save(1, CID, tuple(wires)), clock=lambda: NOW)
    assert {result.status for result in settled.results} == {"stored"}
    return submit_drill(drill.public_id, Submit(1, CID, len(wires)), now=SOON)


def test_rehearsal_is_a_whole_exam_that_changes_nothing(stage):
    before = Candidate.objects.get(pk=stage.candidates[0].pk)
    drill = start_rehearsal(stage.actor(), before.public_id, now=NOW)
    done = _sit_drill(drill, right=True)
    assert (done.state, done.score, done.finished_at) == (DrillState.DONE, 100, SOON)
    assert Candidate.objects.get(pk=before.pk).state == before.state
    assert not AnswerEvent.objects.exists()
    assert {item.verdict for item in review_of(done)} == {"right"}
    with pytest.raises(NotFound):
        start_rehearsal(stage.actor(1), before.public_id, now=NOW)


def test_drill_speaks_the_protocol_of_the_exam(stage):
    drill = start_rehearsal(stage.actor(), stage.candidates[0].public_id, now=NOW)
    with pytest.raises(NotFound):
        review_of(drill)
    open_drill(drill.public_id, Open(CID), now=NOW)
    with pytest.raises(LeaseHeld):
        open_drill(drill.public_id, Open(OTHER_CID), now=NOW)
    with pytest.raises(MissingEvents):
        submit_drill(drill.public_id, Submit(1, CID, 2), now=NOW)
    assert open_drill(drill.public_id, Open(OTHER_CID, takeover=True), now=NOW).drill.epoch == 2
    late = NOW + timedelta(minutes=16)
    assert not close_overdue_drill(drill.pk, now=NOW + timedelta(minutes=15))
    assert close_overdue_drill(drill.pk, now=late)
    drill.refresh_from_db()
    assert (drill.state, drill.score) == (DrillState.DONE, 0)
    assert not close_overdue_drill(drill.pk, now=late)


def test_spot_exam_draws_from_practice_alone_and_explains_what_was_wrong(stage):
    enterprise = stage.candidates[0].enterprise
    person = make_appointment(enterprise=enterprise).person
    inspector, chosen = stage.regulator, {"unsafe_people": [person.public_id], "occasion": "节前检查", "now": NOW}
    with pytest.raises(PracticePoolEmpty):
        open_spot_exam(inspector, enterprise.public_id, **chosen)
    make_practice_pool(stage.exam_round.authority)
    with pytest.raises(PeopleMissing):
        open_spot_exam(inspector, enterprise.public_id, **{**chosen, "unsafe_people": ["0" * 32]})
    with pytest.raises(NotAllowed):
        open_spot_exam(stage.actor(), enterprise.public_id, **chosen)
    (drill,) = open_spot_exam(inspector, enterprise.public_id, **chosen)
    assert "PRACTICE" in drill.content
    assert not any(name in drill.content for name in ("CANARY", "S0 题干", "M0 题干"))
    done = _sit_drill(drill, right=False)
    items = review_of(done)
    assert (done.score, len(items)) == (0, 10)
    assert items[0].right[0].endswith("选项 b")
    assert (items[0].explanation[:6], items[0].law_reference) == ("CANARY", "《安全生产法》第五条")
    (late,) = open_spot_exam(inspector, enterprise.public_id, **chosen)
    with pytest.raises(DrillTooLate):
        open_drill(late.public_id, Open(CID), now=NOW + timedelta(minutes=61))


def test_practice_question_is_reported_once_and_shown_to_the_trainers_of_that_authority(stage):
    authority = stage.exam_round.authority
    make_practice_pool(authority)
    drill = start_rehearsal(stage.actor(0), stage.candidates[0].public_id, now=NOW)
    body = {"ref": "r" * 12, "item": sorted(json.loads(drill.answer_key)["items"])[0], "text": "两个选项相同"}
    row = report_drill_fault(drill.public_id, body, now=NOW)
    assert report_drill_fault(drill.public_id, body, now=NOW) == row
    for wrong in ([], {**body, "item": "ff"}, {**body, "ref": "r"}, {**body, "ref": 5}):
        with pytest.raises(EnvelopeMalformed):
            report_drill_fault(drill.public_id, wrong, now=NOW)
    with pytest.raises(FaultReportWrong):
        report_drill_fault(drill.public_id, {**body, "text": " "}, now=NOW)
    for number in range(MOST_REPORTS - 1):
        report_drill_fault(drill.public_id, {**body, "ref": f"report-{number:03}"}, now=NOW)
    with pytest.raises(TooManyReports):
        report_drill_fault(drill.public_id, {**body, "ref": "one-too-many"}, now=NOW)

    found = faults_for(make_actor("trainer", authority=authority))
    assert (len(found), found[-1].text, found[-1].round_title) == (MOST_REPORTS, "两个选项相同", "模拟考试")
    assert found[-1].question_id == row.question_ref.partition("@")[0]
    assert faults_for(make_actor("trainer")) == []


# Paper


def _letters(attempt, answers):
    items = json.loads(attempt.paper.content)["items"]
    return {
        item["number"]: "".join(option["label"] for option in item["options"] if option["id"] in answers[item["id"]])
        for item in items
    }


def test_paper_is_entered_by_two_people_and_only_what_agrees_counts(stage):
    stage.open()
    attempt = start_on_paper(stage.invigilator, stage.candidates[0].public_id, now=NOW)
    right = _letters(attempt, right_answers(attempt))
    wrong = {**right, 1: ""}
    clock = {"clock": lambda: SOON}
    first = enter_paper(stage.invigilator, attempt.public_id, wrong, **clock)
    assert (first.differing, first.is_done) == ((), False)
    again = enter_paper(stage.invigilator, attempt.public_id, right, **clock)
    assert again.is_done is False
    enter_paper(stage.invigilator, attempt.public_id, wrong, **clock)
    second = enter_paper(stage.regulator, attempt.public_id, right, **clock)
    assert (second.differing, second.is_done) == ((1,), False)
    assert not AnswerEvent.objects.exists()
    assert enter_paper(stage.invigilator, attempt.public_id, right, **clock).is_done
    attempt.refresh_from_db()
    assert (attempt.state, attempt.answers) == (AttemptState.SUBMITTED, right_answers(attempt))
    assert set(AnswerEvent.objects.values_list("via", "late")) == {("paper", False)}
    with pytest.raises(AttemptFinished):
        enter_paper(stage.regulator, attempt.public_id, right, **clock)


def test_paper_entered_after_the_deadline_counts_on_the_word_of_two(stage):
    stage.open()
    attempt = start_on_paper(stage.invigilator, stage.candidates[0].public_id, now=NOW)
    right = _letters(attempt, right_answers(attempt))
    later = {"clock": lambda: attempt.deadline + timedelta(minutes=40)}
    enter_paper(stage.invigilator, attempt.public_id, right, **later)
    assert enter_paper(stage.regulator, attempt.public_id, right, **later).is_done
    extension = Extension.objects.get()
    assert (extension.requested_by_id, extension.approved_by_id) == (
        stage.invigilator.user_id,
        stage.regulator.user_id,
    )
    attempt.refresh_from_db()
    assert (attempt.state, len(attempt.answers)) == (AttemptState.SUBMITTED, len(item_shapes_of(attempt.public_id)))


def test_paper_and_device_do_not_mix(stage):
    stage.open()
    attempt = stage.start()
    lease(attempt)
    with pytest.raises(PaperWritesElsewhere):
        enter_paper(stage.invigilator, attempt.public_id, {}, clock=lambda: NOW)
    with pytest.raises(NotAllowed):
        start_on_paper(stage.actor(1), stage.candidates[1].public_id, now=NOW)


# Afterwards


def test_papers_are_compared_after_the_closing_and_kept(stage):
    stage.open()
    for index in range(3):
        attempt = stage.start(index)
        lease(attempt)
        submit(attempt, {}, last_seq=0)
    with pytest.raises(SittingNotInState):
        compare_papers(stage.regulator, stage.sitting.public_id, now=NOW)
    close_sitting(stage.invigilator, stage.sitting.public_id, now=NOW)
    report = compare_papers(stage.regulator, stage.sitting.public_id, now=NOW)
    assert json.loads(report.content)["people"] == 3
    compare_papers(stage.regulator, stage.sitting.public_id, now=SOON)
    assert len(set(SimilarityReport.objects.values_list("content", flat=True))) == 1


def test_extra_time_for_one_reaches_the_pulse_of_that_one_alone(stage):
    stage.open()
    one, other = stage.start(0), stage.start(1)
    asked = request_extension(
        stage.invigilator,
        stage.sitting.public_id,
        unsafe_attempt_id=one.public_id,
        minutes=7,
        reason="设备故障",
        now=NOW,
    )
    approve_extension(stage.regulator, asked.public_id, now=NOW)
    pulses = [record_beat(row.public_id, Beat((), {}), address="", now=NOW).deadline for row in (one, other)]
    assert pulses == [one.deadline + timedelta(minutes=7), other.deadline]


def test_third_person_decides_what_two_read_differently(stage):
    stage.open()
    attempt = start_on_paper(stage.invigilator, stage.candidates[0].public_id, now=NOW)
    right = _letters(attempt, right_answers(attempt))
    authority = stage.exam_round.authority
    third, fourth = (make_actor("invigilator", authority=authority) for _ in range(2))
    clock = {"clock": lambda: SOON}
    enter_paper(stage.invigilator, attempt.public_id, {**right, 1: ""}, **clock)
    assert enter_paper(stage.regulator, attempt.public_id, {**right, 2: ""}, **clock).differing == (1, 2)
    # a third who reads yet something else on one item leaves that item open
    odd = next(letter for letter in "ABCD" if letter != right[1])
    item = next(one for one in json.loads(attempt.paper.content)["items"] if one["number"] == 1)
    assert odd in {option["label"] for option in item["options"]}
    assert enter_paper(third, attempt.public_id, {**right, 1: odd}, **clock).differing == (1,)
    assert not AnswerEvent.objects.exists()

    assert enter_paper(fourth, attempt.public_id, right, **clock).is_done

    attempt.refresh_from_db()
    assert (attempt.state, attempt.answers) == (AttemptState.SUBMITTED, right_answers(attempt))
