"""How gunicorn runs the site: it finds this file in the folder it is started from."""

import gc

preload_app = True  # what is loaded once is shared by the workers, and a new one is there at once
gc.disable()  # until all is loaded: there is nothing to collect yet, and looking takes a fifth of the start


def when_ready(server):
    """Load what every page needs, before there are workers; it is never looked through, which would copy it to each."""
    from django.db import connections
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 - reading it loads every view
    connections.close_all()  # two processes must not share one
    gc.freeze()
    gc.enable()
