from django.urls import path

from . import views

app_name = "devices"
urlpatterns = [
    path("", views.index, name="list"),
    path("scan/", views.scan, name="scan"),
    path("receive/", views.receive, name="receive"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/erasure/", views.erasure, name="erasure"),
    path("<str:number>/add-drive/", views.add_drive, name="add_drive"),
    path("<str:number>/ready/", views.ready, name="ready"),
]
