from django.urls import include, path

from . import demo_mail, elements, health, home, public

urlpatterns = [
    path("", public.front, name="front"),
    path("impact/", public.what_it_spares, name="impact"),
    path("privacy/", public.privacy, name="privacy"),
    path("contact/", public.contact, name="contact"),
    path("home/", home.home, name="home"),
    path("healthz/", health.healthz, name="healthz"),
    path("language/", home.set_language, name="set_language"),
    path("appearance/", home.appearance, name="appearance"),
    path("accounts/", include("allauth.urls")),
    path("demo/mail/", demo_mail.index, name="demo_mail"),
    path("demo/mail/<slug:name>/", demo_mail.show, name="demo_mail_show"),
    path("elements/", elements.elements, name="elements"),
    path("", include("partners.urls")),
    path("requests/", include("requests.urls")),
    path("devices/", include("devices.urls")),
    path("", include("shipping.urls")),
    path("", include("billing.urls")),
    path("jobs/", include("jobs.urls")),
    path("help/", include("help.urls")),
    path("api/v1/", include("config.api")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"
