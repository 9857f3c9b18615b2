from django.urls import include, path

from . import elements, health, home

urlpatterns = [
    path("", home.front, name="front"),
    path("home/", home.home, name="home"),
    path("healthz/", health.healthz, name="healthz"),
    path("language/", home.set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("elements/", elements.elements, name="elements"),
    path("partners/", include("partners.urls")),
    path("requests/", include("requests.urls")),
    path("devices/", include("devices.urls")),
    path("", include("shipping.urls")),
    path("", include("billing.urls")),
    path("jobs/", include("jobs.urls")),
]
