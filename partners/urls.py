from django.urls import path

from . import views

app_name = "partners"
urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.create, name="create"),
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
