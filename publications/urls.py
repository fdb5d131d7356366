"""Addresses of this room: /publications/ for staff, /public/ for everybody."""

from django.urls import path

from publications.views import log, public, staff

app_name = "publications"

urlpatterns = [
    path("publications/", staff.publication_list, name="list"),
    path("publications/rounds/<str:round_id>/propose/", staff.propose, name="propose"),
    path("publications/rounds/<str:round_id>/correct/", staff.correct, name="correct"),
    path("publications/<str:publication_id>/", staff.detail, name="detail"),
    path("publications/<str:publication_id>/approve/", staff.approve, name="approve"),
    path("publications/<str:publication_id>/refuse/", staff.refuse, name="refuse"),
    path("publications/<str:publication_id>/withdraw/", staff.withdraw, name="withdraw"),
    path("public/", public.landing, name="public_landing"),
    path("public/about/", public.about, name="public_about"),
    path("public/log/", log.log, name="public_log"),
    path("public/log/checkpoint", log.checkpoint, name="public_log_checkpoint"),
    path("public/log/leaves/<int:page>", log.leaves, name="public_log_leaves"),
    path("public/log/inclusion/<int:number>", log.inclusion, name="public_log_inclusion"),
    path("public/log/consistency/<int:old_size>", log.consistency, name="public_log_consistency"),
    path("public/log/witness.py", log.witness, name="public_log_witness"),
    path("public/scores/", public.rounds, name="public_rounds"),
    path("public/scores/<str:round_id>/", public.round_page, name="public_round"),
    path("public/scores/<str:round_id>/print/", public.round_printed, name="public_print"),
    path("public/scores/<str:round_id>/<int:version>/scores.json", public.scores_json, name="public_json"),
    path("public/scores/<str:round_id>/<int:version>/scores.csv", public.scores_csv, name="public_csv"),
]
