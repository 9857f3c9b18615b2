from django.urls import path

from . import views

app_name = "jobs"
urlpatterns = [
    path("", views.index, name="list"),
    path("<int:pk>/try-again/", views.try_again, name="try_again"),
    path("batches/<uuid:token>/", views.batch, name="batch"),
]
