from django.urls import path

from registry.views import enterprises, imports, people

app_name = "registry"
urlpatterns = [
    path("registry/enterprises/", enterprises.enterprise_list, name="enterprise_list"),
    path("registry/enterprises/export.xlsx", enterprises.enterprise_export, name="enterprise_export"),
    path("registry/enterprises/new/", enterprises.enterprise_new, name="enterprise_new"),
    path("registry/enterprises/<str:enterprise_id>/", enterprises.enterprise_detail, name="enterprise_detail"),
    path("registry/enterprises/<str:enterprise_id>/edit/", enterprises.enterprise_edit, name="enterprise_edit"),
    path("registry/enterprises/<str:enterprise_id>/state/", enterprises.enterprise_state, name="enterprise_state"),
    path("registry/enterprises/<str:enterprise_id>/people/add/", people.employ_person, name="employ"),
    path("registry/appointments/<str:appointment_id>/end/", people.appointment_end, name="appointment_end"),
    path("registry/people/", people.person_list, name="person_list"),
    path("registry/people/<str:person_id>/", people.person_detail, name="person_detail"),
    path("registry/people/<str:person_id>/phone/", people.person_phone, name="person_phone"),
    path("registry/people/<str:person_id>/name/", people.person_name, name="person_name"),
    path("registry/imports/", imports.import_list, name="import_list"),
    path("registry/imports/template.xlsx", imports.template_download, name="import_template"),
    path("registry/imports/<str:import_id>/", imports.import_detail, name="import_detail"),
    path("registry/imports/<str:import_id>/progress/", imports.import_progress, name="import_progress"),
    path("registry/imports/<str:import_id>/apply/", imports.import_apply, name="import_apply"),
    path("registry/imports/<str:import_id>/cancel/", imports.import_cancel, name="import_cancel"),
    path("registry/imports/<str:import_id>/errors.xlsx", imports.import_problems, name="import_problems"),
]
