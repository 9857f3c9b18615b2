from django.urls import path

from . import views, views_import

app_name = "partners"
urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.create, name="create"),
    path("import/", views_import.import_workbook, name="import_workbook"),
    path("import/template/", views_import.import_template, name="import_template"),
    path("import/<uuid:token>/", views_import.show_import, name="show_import"),
    path("import/<uuid:token>/take-over/", views_import.take_over, name="take_over"),
    path("import/<uuid:token>/discard/", views_import.discard_import, name="discard_import"),
    path("import/<uuid:token>/report/", views_import.import_report_file, name="import_report"),
    path("act-for/", views.act_for, name="act_for"),
    path("memberships/<int:pk>/accept-invitation/", views.accept_invitation, name="accept_invitation"),
    path("memberships/<int:pk>/decline-invitation/", views.decline_invitation, name="decline_invitation"),
    path("memberships/<int:pk>/end-access/", views.end_access, name="end_access"),
    path("places/", views.places, name="places"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/admit/", views.admit, name="admit"),
    path("<int:pk>/decline/", views.decline, name="decline"),
    path("<int:pk>/record-agreement/", views.record_agreement, name="record_agreement"),
    path("<int:pk>/invite/", views.invite, name="invite"),
]
