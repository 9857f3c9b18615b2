from django.urls import path

from .views import track

app_name = "track"
urlpatterns = [
    path("<slug:token>/", track.page, name="page"),
    path("<slug:token>/<slug:code>/", track.page, name="in_language"),
]
