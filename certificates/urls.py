"""Addresses of this room."""

from django.urls import path

from certificates.views import own, public, staff

app_name = "certificates"

urlpatterns = [
    path("certificates/", staff.certificate_list, name="list"),
    path("certificates/<str:certificate_id>/", staff.certificate_detail, name="detail"),
    path("certificates/<str:certificate_id>/revoke/", staff.revoke, name="revoke"),
    path("certificates/<str:certificate_id>/certificate.pdf", own.pdf, name="pdf"),
    path("my/certificates/", own.mine, name="mine"),
    path("public/certificates/", public.look_up, name="public_lookup"),
    path("public/certificates/<str:certificate_id>/", public.certificate_page, name="public_certificate"),
]
