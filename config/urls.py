from django.urls import include, path

from . import association, demo_mail, elements, health, home, public
from .map import letters
from .map import views as public_map
from .staff import views as staff

urlpatterns = [
    path("", public.front, name="front"),
    path("impact/", public.what_it_spares, name="impact"),
    path("privacy/", public.privacy, name="privacy"),
    path("contact/", public.contact, name="contact"),
    path("home/", home.home, name="home"),
    path("map/", public_map.page, name="map"),
    path("map/data.json", public_map.data_json, name="map_data"),
    path("map/letter/", letters.choose, name="map_letter"),
    path("map/letter/<int:number>/<str:language>/", letters.wait, name="map_letter_made"),
    path("map/letter/<int:number>/<str:language>.pdf", letters.download, name="map_letter_file"),
    path("settings/", association.association, name="settings"),
    path("settings/people/", staff.people, name="staff_people"),
    path("settings/people/invite/", staff.invite, name="staff_invite"),
    path("settings/people/<int:pk>/", staff.person, name="staff_person"),
    path("settings/people/<int:pk>/resend-invitation/", staff.resend_invitation, name="staff_resend_invitation"),
    path("settings/people/<int:pk>/end-access/", staff.end_access, name="staff_end_access"),
    path("healthz/", health.healthz, name="healthz"),
    path("language/", home.set_language, name="set_language"),
    path("appearance/", home.appearance, name="appearance"),
    path("accounts/", include("allauth.urls")),
    path("demo/mail/", demo_mail.index, name="demo_mail"),
    path("demo/mail/<slug:name>/", demo_mail.show, name="demo_mail_show"),
    path("elements/", elements.elements, name="elements"),
    path("", include("documents.urls")),
    path("", include("partners.urls")),
    path("requests/", include("requests.urls")),
    path("ask/", include("requests.ask_urls")),
    path("track/", include("requests.track_urls")),
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
