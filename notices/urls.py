"""Pages of notices."""

from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("my/notices/", views.mine, name="mine"),
    path("my/notices/read/", views.read_all, name="read_all"),
    path("my/notices/<str:notice_id>/open/", views.open_notice, name="open"),
    path("my/notices/preferences/", views.preferences, name="preferences"),
    path("notices/", views.ledger, name="ledger"),
    path("notices/retry/", views.retry_all, name="retry_all"),
    path("notices/<str:delivery_id>/", views.delivery_detail, name="delivery"),
    path("notices/<str:delivery_id>/retry/", views.retry, name="retry"),
]
