"""A web worker to measure: a process of gunicorn with one thread, asked over HTTP, and what it uses of the processor.

It also serves the bare page at `/bare/`: what Django needs without us, its session and its user in a query each, 25
rows by an index, a template without a frame.
"""

import http.client
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

HERE = Path(__file__).resolve().parent
PATIENCE = 30  # seconds until it answers
BARE = """<!DOCTYPE html><html lang="{{ language }}"><title>{{ user }}</title><ul>
{% for row in rows %}
<li>{{ row.number }} {{ row.case_reference }} {{ row.status }} {{ row.moved_at|date }}</li>
{% endfor %}</ul></html>"""
BARE_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
CSRF = "c" * 32
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"


class Cost(NamedTuple):
    """Milliseconds of processor in the worker and in Postgres, and milliseconds until the answer was there."""

    web: float
    database: float
    wall: float

    @property
    def processor(self):
        return self.web + self.database


class Answer(NamedTuple):
    """What came back: its status, where it leads, and its bytes."""

    status: int
    location: str
    content: bytes


class WebWorker:
    """The running process of an application; `with` ends it."""

    def __init__(self, application="web_worker:application()"):
        self.application = application

    def __enter__(self):
        from config import embedded

        self.port = embedded.free_port()
        command = [sys.executable, "-m", "gunicorn", self.application, "--pythonpath", str(HERE)]
        command += ["--bind", f"127.0.0.1:{self.port}", "--threads", "1", "--worker-class", "gthread"]
        command += ["--log-level", "warning", "--no-control-socket"]
        self.process = subprocess.Popen(command, cwd=HERE.parent)
        self.line = http.client.HTTPConnection("localhost", self.port)
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self.open("/")
                return self
            except OSError:
                assert time.monotonic() < until and self.process.poll() is None, "the web worker does not answer"
                time.sleep(0.1)

    def __exit__(self, *_error):
        self.process.terminate()
        self.process.wait()

    def open(self, url, data=None, *, session="", content_type="application/x-www-form-urlencoded", headers=None):
        """Ask for a page, or send a form; other headers instead of the cookies, if there are any."""
        headers = dict(headers or {"Cookie": f"sessionid={session}; csrftoken={CSRF}"})
        if isinstance(data, dict):
            data = urlencode(data)
        if data is not None:
            headers |= {"Content-Type": content_type, "X-CSRFToken": CSRF, "Origin": f"http://localhost:{self.port}"}
        for _try in range(2):
            try:
                self.line.request("POST" if data is not None else "GET", url, data, headers)
                answer = self.line.getresponse()
                return Answer(answer.status, answer.headers.get("Location", ""), answer.read())
            except (http.client.RemoteDisconnected, ConnectionError):  # it hangs up on who says nothing for a while
                self.line.close()
        raise ConnectionError(url)

    def cost(self, act, *args):
        """What it costs to do something with this worker."""
        backends = _backends()
        began = self._used(), sum(map(_used_by, backends)), time.perf_counter_ns()
        act(*args)
        wall = time.perf_counter_ns() - began[2]
        return Cost((self._used() - began[0]) / 1e6, (sum(map(_used_by, backends)) - began[1]) / 1e6, wall / 1e6)

    def _used(self):
        """Nanoseconds of processor that the one worker and its threads have used."""
        (worker,) = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return sum(_used_by(f"{worker}/task/{thread}") for thread in os.listdir(f"/proc/{worker}/task"))


def _backends():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(BACKENDS)
        return [pid for (pid,) in cursor.fetchall()]


def _used_by(process):
    """Nanoseconds; none of one that has ended meanwhile, as a connection does after a minute."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0])
    except OSError:
        return 0


def application():
    """The site with the bare page beside it, as gunicorn loads it."""
    from config.wsgi import application as site

    bare = _bare_application()
    return lambda environ, start: (bare if environ["PATH_INFO"] == "/bare/" else site)(environ, start)


def _bare_application():
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse
    from django.template import Context, Engine
    from django.test import override_settings
    from django.urls import include, path

    from people.models import Session
    from requests.models import DeviceRequest

    template = Engine().from_string(BARE)

    def bare(request):
        rows = DeviceRequest.objects.filter(partner__isnull=False).order_by("-pk")[:25]
        context = {"rows": rows, "user": request.user, "language": request.LANGUAGE_CODE}
        return HttpResponse(template.render(Context(context)))

    class SessionStore(DatabaseSessionStore):
        __qualname__ = "SessionStore"  # it is in the signature of a session

        @classmethod
        def get_model_class(cls):
            return Session

    sys.modules["bare_sessions"] = type(sys)("bare_sessions")
    sys.modules["bare_sessions"].SessionStore = SessionStore
    settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": [path("bare/", bare), path("", include("config.urls"))]})
    with override_settings(MIDDLEWARE=BARE_MIDDLEWARE, SESSION_ENGINE="bare_sessions"):
        return WSGIHandler()
