"""Addresses of the draws: staff under /draws/, everybody under /public/draws/, one's own row under /my/draws/."""

from django.urls import path

from draws.views import ceremony, documents, enlargements, excuses, flags, mine, public, replacements, rules, staff

app_name = "draws"
urlpatterns = [
    path("draws/", staff.draw_list, name="list"),
    path("draws/new/", staff.new_draw, name="new"),
    path("draws/new/preview/", rules.preview_new, name="preview_new"),
    path("draws/excuses/", excuses.excuses, name="excuses"),
    path("draws/flags/<str:flag_id>/approve/", flags.approve, name="flag_approve"),
    path("draws/flags/<str:flag_id>/withdraw/", flags.withdraw, name="flag_withdraw"),
    path("draws/evidence/<str:evidence_id>/", flags.evidence, name="evidence"),
    path("draws/enlargements/<str:enlargement_id>/decide/", enlargements.decide, name="enlargement_decide"),
    path("draws/replacements/<str:replacement_id>/decide/", replacements.decide, name="replacement_decide"),
    path("draws/<str:draw_id>/", staff.detail, name="detail"),
    path("draws/<str:draw_id>/parameters/", staff.parameters, name="parameters"),
    path("draws/<str:draw_id>/preview/", rules.preview, name="preview"),
    path("draws/<str:draw_id>/difference/", rules.difference, name="difference"),
    path("draws/<str:draw_id>/population/", flags.population, name="population"),
    path("draws/<str:draw_id>/population/<str:person_id>/flag/", flags.new_flag, name="flag_new"),
    path("draws/<str:draw_id>/propose/", staff.propose, name="propose"),
    path("draws/<str:draw_id>/approve/", staff.approve, name="approve"),
    path("draws/<str:draw_id>/send-back/", staff.return_proposal, name="send_back"),
    path("draws/<str:draw_id>/cancel/", staff.cancel, name="cancel"),
    path("draws/<str:draw_id>/files/<str:name>", staff.file, name="file"),
    path("draws/<str:draw_id>/sources/", ceremony.sources, name="sources"),
    path("draws/<str:draw_id>/ceremony/", ceremony.ceremony, name="ceremony"),
    path("draws/<str:draw_id>/run/", ceremony.run, name="run"),
    path("draws/<str:draw_id>/minutes/", documents.minutes, name="minutes"),
    path("draws/<str:draw_id>/enlargements/", enlargements.enlargements, name="enlargements"),
    path("draws/<str:draw_id>/places/", replacements.places, name="places"),
    path("draws/<str:draw_id>/places/<str:pid>/replacement/", replacements.request_one, name="replacement_new"),
    path("public/draws/", public.draw_list, name="public_list"),
    path("public/draws/excuses/", excuses.public_excuses, name="public_excuses"),
    path("public/draws/explained/", public.explained, name="public_explained"),
    path("public/draws/<str:draw_id>/", public.detail, name="public_detail"),
    path("public/draws/<str:draw_id>/places/", public.places, name="public_places"),
    path("public/draws/<str:draw_id>/verify/", public.verify, name="public_verify"),
    path("public/draws/<str:draw_id>/files/<str:name>", public.file, name="public_file"),
    path("public/draws/<str:draw_id>/documents/<str:name>", documents.document, name="public_document"),
    path("my/draws/", mine.my_rows, name="mine"),
]
