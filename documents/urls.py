from django.urls import path

from . import views

app_name = "documents"
urlpatterns = [
    path("settings/mails/", views.mails, name="mails"),
    path("settings/mails/<str:kind>/", views.mail_text, name="mail_text"),
]
