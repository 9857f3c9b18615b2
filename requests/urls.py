from django.urls import path

from . import views

app_name = "requests"
urlpatterns = [
    path("", views.index, name="list"),
    path("search/", views.search, name="search"),
    path("queue/", views.queue, name="queue"),
    path("new/", views.new, name="new"),
    path("new/<uuid:token>/", views.draft, name="draft"),
    path("new/<uuid:token>/check/", views.check, name="check"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/proof/", views.proof, name="proof"),
    path("<str:number>/approve/", views.approve, name="approve"),
    path("<str:number>/decline/", views.decline, name="decline"),
    path("<str:number>/withdraw/", views.withdraw, name="withdraw"),
    path("<str:number>/allocate/", views.allocate, name="allocate"),
    path("<str:number>/release/", views.release, name="release"),
]
