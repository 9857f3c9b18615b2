from django.urls import path

from . import views

app_name = "devices"
urlpatterns = [
    path("", views.index, name="list"),
    path("scan/", views.scan, name="scan"),
    path("receive/", views.receive, name="receive"),
    path("<slug:number>/", views.detail, name="detail"),
    path("<slug:number>/erasure/", views.erasure, name="erasure"),
    path("<slug:number>/add-drive/", views.add_drive, name="add_drive"),
    path("<slug:number>/ready/", views.ready, name="ready"),
]
