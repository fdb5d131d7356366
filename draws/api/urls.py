from django.urls import path

from draws.api import views

urlpatterns = [
    path("draws/", views.PublicDrawList.as_view(), name="draw_list"),
    path("draws/managed/", views.ManagedDrawList.as_view(), name="draw_managed_list"),
    path(
        "draws/replacements/<str:replacement_id>/decision/",
        views.ReplacementDecision.as_view(),
        name="draw_replacement_decision",
    ),
    path("draws/flags/<str:flag_id>/approval/", views.FlagApproval.as_view(), name="draw_flag_approval"),
    path("draws/flags/<str:flag_id>/withdrawal/", views.FlagWithdrawal.as_view(), name="draw_flag_withdrawal"),
    path(
        "draws/enlargements/<str:enlargement_id>/decision/",
        views.EnlargementDecision.as_view(),
        name="draw_enlargement_decision",
    ),
    path("draws/<str:draw_id>/", views.PublicDrawDetail.as_view(), name="draw_detail"),
    path("draws/<str:draw_id>/proposal/", views.Proposal.as_view(), name="draw_proposal"),
    path("draws/<str:draw_id>/approval/", views.Approval.as_view(), name="draw_approval"),
    path("draws/<str:draw_id>/return/", views.Return.as_view(), name="draw_return"),
    path("draws/<str:draw_id>/cancellation/", views.Cancellation.as_view(), name="draw_cancellation"),
    path("draws/<str:draw_id>/sources/", views.Sources.as_view(), name="draw_sources"),
    path("draws/<str:draw_id>/result/", views.Result.as_view(), name="draw_result"),
    path("draws/<str:draw_id>/flags/", views.Flags.as_view(), name="draw_flags"),
    path("draws/<str:draw_id>/enlargements/", views.Enlargements.as_view(), name="draw_enlargements"),
    path("draws/<str:draw_id>/minutes/", views.MinutesOfDraw.as_view(), name="draw_minutes"),
    path("draws/<str:draw_id>/replacements/", views.Replacements.as_view(), name="draw_replacements"),
]
