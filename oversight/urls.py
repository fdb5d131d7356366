"""Addresses of this room."""

from django.urls import path

from oversight.views import archive, board, files, follow_ups, statistics

app_name = "oversight"

urlpatterns = [
    path("oversight/", board.board, name="board"),
    path("oversight/statistics/", statistics.statistics, name="statistics"),
    path("oversight/statistics.xlsx", statistics.statistics_export, name="statistics_export"),
    path("oversight/follow-ups/", follow_ups.follow_up_list, name="follow_ups"),
    path("oversight/follow-ups/export.xlsx", follow_ups.follow_up_export, name="follow_up_export"),
    path("oversight/follow-ups/<str:follow_up_id>/", follow_ups.follow_up_detail, name="follow_up"),
    path("oversight/rounds/<str:round_id>/archive/", archive.archive_page, name="archive"),
    path("oversight/enterprises/", files.file_list, name="files"),
    path("oversight/enterprises/<str:enterprise_id>/", files.file_page, name="enterprise_file"),
    path("oversight/enterprises/<str:enterprise_id>/print/", files.file_printed, name="enterprise_file_print"),
]
