from django.urls import path

from question_bank.api import views

urlpatterns = [
    path("questions/", views.QuestionList.as_view(), name="question_list"),
    path("questions/decisions/", views.QuestionDecisions.as_view(), name="question_decisions"),
    path("questions/imports/", views.QuestionImports.as_view(), name="question_imports"),
    path("questions/<str:question_id>/", views.QuestionDetail.as_view(), name="question_detail"),
    path("questions/<str:question_id>/versions/", views.QuestionVersions.as_view(), name="question_versions"),
    path("blueprints/", views.BlueprintList.as_view(), name="blueprint_list"),
    path("blueprints/<str:blueprint_id>/", views.BlueprintDetail.as_view(), name="blueprint_detail"),
]
