"""Under /api/v1/, namespace api."""

from django.urls import path

from certificates.api import views

urlpatterns = [
    path("certificates/", views.CertificateList.as_view(), name="certificates"),
    path("certificates/<str:certificate_id>/", views.CertificateDetail.as_view(), name="certificate"),
    path("certificates/<str:certificate_id>/revoke/", views.CertificateRevoke.as_view(), name="certificate_revoke"),
    path("certificates/<str:certificate_id>/verify/", views.CertificateVerify.as_view(), name="certificate_verify"),
]
