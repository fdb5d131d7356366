"""Under /api/v1/, namespace api."""

from django.urls import path

from oversight.api import views

urlpatterns = [
    path("board/", views.BoardView.as_view(), name="board"),
    path("follow-ups/", views.FollowUpList.as_view(), name="follow_ups"),
    path("follow-ups/<str:follow_up_id>/", views.FollowUpDetail.as_view(), name="follow_up"),
    path("follow-ups/<str:follow_up_id>/close/", views.FollowUpClose.as_view(), name="follow_up_close"),
]
