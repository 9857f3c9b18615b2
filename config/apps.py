from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self):
        from . import celery, checks  # noqa: F401 - each registers itself
