from django.urls import path

from courses.api import views

urlpatterns = [
    path("lectures/", views.LectureList.as_view(), name="lecture_list"),
    path("lectures/states/", views.LectureStates.as_view(), name="lecture_states"),
    path("lectures/<str:lecture_id>/", views.LectureDetail.as_view(), name="lecture_detail"),
]
