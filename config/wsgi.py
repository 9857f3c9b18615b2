import os

from django.core.wsgi import get_wsgi_application
from psycopg2.extensions import set_wait_callback

from config import time_limits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
site = get_wsgi_application()

from config.errors import answered  # noqa: E402 - it needs the apps

application = answered(site)
set_wait_callback(time_limits.wait)  # for pages alone: commands and workers may wait, and COPY knows no callback
