"""Own pages of accounts; allauth's pages are in `signing_in`."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("accounts/me/", views.me, name="me"),
    path("accounts/me/token/", views.token, name="token"),
    path("accounts/users/", views.user_list, name="user_list"),
    path("accounts/users/new/", views.user_create, name="user_create"),
    path("accounts/users/<str:user_id>/", views.user_detail, name="user_detail"),
    path("accounts/users/<str:user_id>/grant/", views.grant, name="grant"),
    path("accounts/users/<str:user_id>/request-role/", views.request_admin_role, name="request_role"),
    path("accounts/users/<str:user_id>/<str:verb>/", views.user_action, name="user_action"),
    path("accounts/roles/<str:assignment_id>/revoke/", views.revoke, name="revoke"),
    path("accounts/role-requests/", views.role_requests, name="role_requests"),
    path("accounts/role-requests/<str:request_id>/decide/", views.decide, name="decide"),
    path("accounts/jobs/", views.job_list, name="job_list"),
    path("accounts/jobs/<str:run_id>/retry/", views.job_retry, name="job_retry"),
    path("accounts/audit/", views.audit_list, name="audit_list"),
    path("accounts/audit/check/", views.audit_check, name="audit_check"),
    path("accounts/audit/export/", views.audit_export, name="audit_export"),
    path("accounts/audit/<int:sequence>/", views.audit_entry, name="audit_entry"),
    path("accounts/messages/", views.messages_sent, name="messages"),
]
