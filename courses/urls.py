from django.urls import path

from courses.views import lectures, states

app_name = "courses"
urlpatterns = [
    path("courses/lectures/", states.state_table, name="lecture_states"),
    path("courses/lectures/export.xlsx", states.state_export, name="lecture_export"),
    path("courses/enterprises/<str:enterprise_id>/lectures/", states.enterprise_lectures, name="enterprise_lectures"),
    path("courses/enterprises/<str:enterprise_id>/lectures/plan/", lectures.lecture_plan, name="lecture_plan"),
    path("courses/lectures/<str:lecture_id>/", lectures.lecture_detail, name="lecture_detail"),
    path("courses/lectures/<str:lecture_id>/record/", lectures.lecture_record, name="lecture_record"),
    path("courses/lectures/<str:lecture_id>/evidence/", lectures.evidence_add, name="evidence_add"),
    path("courses/lectures/<str:lecture_id>/cancel/", lectures.lecture_cancel, name="lecture_cancel"),
    path("courses/evidence/<str:evidence_id>/", lectures.evidence_download, name="evidence_download"),
    path("courses/evidence/<str:evidence_id>/remove/", lectures.evidence_remove, name="evidence_remove"),
]
