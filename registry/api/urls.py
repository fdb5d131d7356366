from django.urls import path

from registry.api import views

urlpatterns = [
    path("enterprises/", views.EnterpriseList.as_view(), name="enterprise_list"),
    path("enterprises/<str:enterprise_id>/", views.EnterpriseDetail.as_view(), name="enterprise_detail"),
    path("people/", views.PersonList.as_view(), name="person_list"),
    path("people/<str:person_id>/", views.PersonDetail.as_view(), name="person_detail"),
    path("areas/", views.AreaList.as_view(), name="area_list"),
    path("industries/", views.IndustryList.as_view(), name="industry_list"),
]
