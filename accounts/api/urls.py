"""Under /api/v1/, namespace api."""

from django.urls import path

from accounts.api import views

urlpatterns = [
    path("me/", views.MeView.as_view(), name="me"),
    path("tokens/", views.TokenView.as_view(), name="tokens"),
]
