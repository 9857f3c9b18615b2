from django.urls import path

from .views import ask

app_name = "ask"
urlpatterns = [
    path("<slug:token>/", ask.language, name="language"),
    path("<slug:token>/<slug:code>/", ask.start, name="start"),
    path("<slug:token>/<slug:code>/check/", ask.check, name="check"),
    path("<slug:token>/<slug:code>/sent/", ask.sent, name="sent"),
    path("<slug:token>/<slug:code>/anew/", ask.anew, name="anew"),
    path("<slug:token>/<slug:code>/<slug:question>/", ask.question, name="question"),
]
