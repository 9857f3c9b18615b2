import os

from django.core.wsgi import get_wsgi_application
from psycopg2.extensions import set_wait_callback

from config import time_limits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
set_wait_callback(time_limits.wait)  # for pages alone: commands and workers may wait, and COPY knows no callback
