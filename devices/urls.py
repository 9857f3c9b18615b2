from django.urls import path

from . import views

app_name = "devices"
urlpatterns = [
    path("", views.index, name="list"),
    path("scan/", views.scan, name="scan"),
    path("receive/", views.receive, name="receive"),
    path("<slug:number>/", views.detail, name="detail"),
    path("<slug:number>/record-erasure/", views.record_erasure, name="record_erasure"),
    path("<slug:number>/add-drive/", views.add_drive, name="add_drive"),
    path("<slug:number>/mark-ready/", views.mark_ready, name="mark_ready"),
]
