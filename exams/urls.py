from django.urls import path

from exams.views import desk, mine, protocol, receipts, rounds, sitting

app_name = "exams"
urlpatterns = [
    path("exams/rounds/", rounds.round_list, name="rounds"),
    path("exams/rounds/new/", rounds.round_new, name="round_new"),
    path("exams/rounds/<str:round_id>/", rounds.round_detail, name="round"),
    path("exams/rounds/<str:round_id>/draw/", rounds.round_draw, name="round_draw"),
    path("exams/rounds/<str:round_id>/notify/", rounds.round_notify, name="round_notify"),
    path("exams/rounds/<str:round_id>/makeup/", rounds.round_makeup, name="round_makeup"),
    path("exams/rounds/<str:round_id>/cancel/", rounds.round_cancel, name="round_cancel"),
    path("exams/rounds/<str:round_id>/candidates/", rounds.round_candidates, name="round_candidates"),
    path("exams/candidates/<str:candidate_id>/", rounds.candidate_detail, name="candidate"),
    path("exams/sittings/<str:sitting_id>/", desk.desk, name="desk"),
    path("exams/sittings/<str:sitting_id>/live/", desk.desk_live, name="desk_live"),
    path("exams/sittings/<str:sitting_id>/code/", desk.code_board, name="code_board"),
    path("exams/sittings/<str:sitting_id>/open/", desk.sitting_open, name="sitting_open"),
    path("exams/sittings/<str:sitting_id>/close/", desk.sitting_close, name="sitting_close"),
    path("exams/sittings/<str:sitting_id>/extend/", desk.sitting_extend, name="sitting_extend"),
    path("exams/extensions/<str:extension_id>/approve/", desk.extension_approve, name="extension_approve"),
    path("exams/candidates/<str:candidate_id>/check-in/", desk.candidate_check_in, name="check_in"),
    path("exams/candidates/<str:candidate_id>/incidents/", desk.candidate_incident, name="incident"),
    path("exams/incidents/<str:incident_id>/sign/", desk.incident_sign, name="incident_sign"),
    path("exams/attempts/<str:attempt_id>/rescue/", desk.attempt_rescue, name="rescue"),
    path("my/exams/", mine.my_exams, name="my_exams"),
    path("my/exams/<str:candidate_id>/", mine.my_exam, name="my_exam"),
    path("my/exams/<str:candidate_id>/confirm/", mine.confirm_my_attendance, name="confirm"),
    path("sit/<str:attempt_id>/", sitting.sitting_page, name="sitting"),
    path("sit/<str:attempt_id>/done", sitting.sitting_done, name="sitting_done"),
    path("sit/<str:attempt_id>/open", protocol.open_view, name="sit_open"),
    path("sit/<str:attempt_id>/events", protocol.events_view, name="sit_events"),
    path("sit/<str:attempt_id>/have", protocol.have_view, name="sit_have"),
    path("sit/<str:attempt_id>/submit", protocol.submit_view, name="sit_submit"),
    path("public/receipts/", receipts.public_receipts, name="public_receipts"),
    path("public/receipts/key/", receipts.public_receipt_key, name="public_receipt_key"),
]
