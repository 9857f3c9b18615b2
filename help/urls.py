from django.urls import path

from . import views

app_name = "help"
urlpatterns = [
    path("", views.index, name="index"),
    path("feedback/", views.feedback, name="feedback"),
    path("feedback/<int:pk>/tick-off/", views.tick_off, name="tick_off"),
    path("<slug:slug>/", views.article, name="article"),
    path("<slug:slug>/rate/", views.rate, name="rate"),
    path("<slug:slug>/comment/<str:token>/", views.comment, name="comment"),
    path("<slug:slug>/edit/", views.edit, name="edit"),
    path("<slug:slug>/history/", views.history, name="history"),
    path("<slug:slug>/restore/", views.restore, name="restore"),
]
