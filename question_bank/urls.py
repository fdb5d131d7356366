"""Addresses of the question bank."""

from django.urls import path

from question_bank.views import arranging, blueprints, imports, pictures, questions, rules, statistics

app_name = "question_bank"
urlpatterns = [
    path("question-bank/", questions.question_list, name="question_list"),
    path("question-bank/new/", questions.question_new, name="question_new"),
    path("question-bank/decide/", questions.questions_decide, name="questions_decide"),
    path("question-bank/export/", questions.questions_export, name="questions_export"),
    path("question-bank/questions/<str:question_id>/", questions.question_detail, name="question_detail"),
    path("question-bank/questions/<str:question_id>/edit/", questions.question_edit, name="question_edit"),
    path("question-bank/questions/<str:question_id>/decide/", questions.question_decide, name="question_decide"),
    path("question-bank/questions/<str:question_id>/practice/", questions.question_practice, name="question_practice"),
    path("question-bank/questions/<str:question_id>/comment/", questions.question_comment, name="question_comment"),
    path("question-bank/questions/<str:question_id>/enemy/", questions.question_enemy, name="question_enemy"),
    path("question-bank/questions/<str:question_id>/require/", questions.question_require, name="question_require"),
    path(
        "question-bank/questions/<str:question_id>/statistics/",
        statistics.question_statistics,
        name="question_statistics",
    ),
    path("question-bank/edit/", arranging.questions_edit, name="questions_edit"),
    path("question-bank/filters/save/", arranging.filter_save, name="filter_save"),
    path("question-bank/filters/delete/", arranging.filter_delete, name="filter_delete"),
    path("question-bank/topics/", arranging.topics, name="topics"),
    path("question-bank/viewings/", arranging.viewings, name="viewings"),
    path("question-bank/laws/", arranging.law_list, name="law_list"),
    path("question-bank/laws/new/", arranging.law_new, name="law_new"),
    path("question-bank/laws/<str:law_id>/withdraw/", arranging.law_withdraw, name="law_withdraw"),
    path("question-bank/laws/<str:law_id>/repeal/", arranging.law_repeal, name="law_repeal"),
    path("question-bank/statistics/", statistics.analysis_list, name="analysis_list"),
    path("question-bank/statistics/<str:analysis_id>/", statistics.analysis_detail, name="analysis_detail"),
    path("question-bank/flags/<str:flag_id>/settle/", statistics.flag_settle, name="flag_settle"),
    path("question-bank/rules/", rules.bank_rules, name="bank_rules"),
    path("question-bank/proposals/", rules.proposal_list, name="proposal_list"),
    path("question-bank/proposals/<str:proposal_id>/decide/", rules.proposal_decide, name="proposal_decide"),
    path("question-bank/pictures/<str:picture_id>/", pictures.picture, name="picture"),
    path("question-bank/imports/", imports.import_list, name="import_list"),
    path("question-bank/imports/new/", imports.import_new, name="import_new"),
    path("question-bank/imports/template.<str:format_name>", imports.import_template, name="import_template"),
    path("question-bank/imports/<str:import_id>/", imports.import_detail, name="import_detail"),
    path("question-bank/imports/<str:import_id>/progress/", imports.import_progress, name="import_progress"),
    path("question-bank/imports/<str:import_id>/errors.xlsx", imports.import_errors, name="import_errors"),
    path("question-bank/imports/<str:import_id>/apply/", imports.import_apply, name="import_apply"),
    path("question-bank/imports/<str:import_id>/cancel/", imports.import_cancel, name="import_cancel"),
    path("question-bank/blueprints/", blueprints.blueprint_list, name="blueprint_list"),
    path("question-bank/blueprints/new/", blueprints.blueprint_new, name="blueprint_new"),
    path("question-bank/blueprints/<str:blueprint_id>/", blueprints.blueprint_detail, name="blueprint_detail"),
    path("question-bank/blueprints/<str:blueprint_id>/edit/", blueprints.blueprint_edit, name="blueprint_edit"),
    path(
        "question-bank/blueprints/<str:blueprint_id>/archive/", blueprints.blueprint_archive, name="blueprint_archive"
    ),
    path("question-bank/blueprints/<str:blueprint_id>/forms/", blueprints.blueprint_forms, name="blueprint_forms"),
    path("question-bank/forms/<str:forms_id>.pdf", blueprints.forms_file, name="forms_file"),
    path("question-bank/blueprints/<str:blueprint_id>/sample/", blueprints.blueprint_sample, name="blueprint_sample"),
]
