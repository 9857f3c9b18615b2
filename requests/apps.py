from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    name = "requests"
    verbose_name = _("Requests")

    def ready(self):
        # DRF takes any importable `requests` for the HTTP library of that name and builds a test client on it.
        from rest_framework import compat

        compat.requests = None
