from django.urls import path

from registry.api import views

urlpatterns = [
    path("enterprises/", views.EnterpriseList.as_view(), name="enterprise_list"),
    path("enterprises/<str:enterprise_id>/", views.EnterpriseDetail.as_view(), name="enterprise_detail"),
    path("enterprises/<str:enterprise_id>/people/", views.EnterprisePeople.as_view(), name="enterprise_people"),
    path("appointments/<str:appointment_id>/end/", views.AppointmentEnd.as_view(), name="appointment_end"),
    path("people/", views.PersonList.as_view(), name="person_list"),
    path("people/<str:person_id>/", views.PersonDetail.as_view(), name="person_detail"),
    path("areas/", views.AreaList.as_view(), name="area_list"),
    path("industries/", views.IndustryList.as_view(), name="industry_list"),
]
