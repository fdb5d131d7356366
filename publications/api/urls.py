"""Under /api/v1/, namespace api."""

from django.urls import path

from publications.api import views

urlpatterns = [
    path("scores/", views.ScoreRoundList.as_view(), name="scores"),
    path("scores/<str:round_id>/", views.ScoreRound.as_view(), name="score_round"),
    path("scores/<str:round_id>/rows/", views.ScoreRows.as_view(), name="score_rows"),
]
