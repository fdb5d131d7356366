from django.urls import path

from exams.api import after, views

urlpatterns = [
    path("rounds/", views.RoundList.as_view(), name="rounds"),
    path("rounds/<str:round_id>/", views.RoundDetail.as_view(), name="round"),
    path("rounds/<str:round_id>/candidates/", views.RoundCandidates.as_view(), name="round_candidates"),
    path("rounds/<str:round_id>/notify/", views.RoundNotify.as_view(), name="round_notify"),
    path("candidates/<str:candidate_id>/", views.CandidateDetail.as_view(), name="candidate"),
    path("candidates/<str:candidate_id>/confirm/", views.CandidateConfirm.as_view(), name="candidate_confirm"),
    path("candidates/<str:candidate_id>/check-in/", views.CandidateCheckIn.as_view(), name="candidate_check_in"),
    path("sittings/<str:sitting_id>/open/", views.SittingOpen.as_view(), name="sitting_open"),
    path("sittings/<str:sitting_id>/close/", views.SittingClose.as_view(), name="sitting_close"),
    path("my/exams/", views.OwnExams.as_view(), name="my_exams"),
    path("my/exams/<str:candidate_id>/", views.OwnExam.as_view(), name="my_exam"),
    path("rounds/<str:round_id>/key-corrections/", after.RoundKeyCorrections.as_view(), name="round_key_corrections"),
    path("appeals/", after.Appeals.as_view(), name="appeals"),
    path("my/exams/<str:candidate_id>/appeals/", after.OwnAppeals.as_view(), name="my_appeals"),
]
