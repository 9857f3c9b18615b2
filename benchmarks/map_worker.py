"""The site with a plain view beside the map, as gunicorn loads it: the same bytes, and nothing is asked of anybody."""


def application():
    from config.wsgi import application as site  # first: it sets up Django

    _add_plain_view()
    return site


def _add_plain_view():
    from django.http import HttpResponse
    from django.test import Client
    from django.urls import clear_url_caches, path

    from config import urls

    found = {}

    def plain(request):
        of = request.GET["of"]
        if of not in found:
            url = {"page": "/map/", "json": "/map/data.json"}[of]
            found[of] = Client(SERVER_NAME="localhost").get(url, headers={"Accept-Encoding": "br"}).content
        response = HttpResponse(found[of])
        response["Content-Encoding"], response["Cache-Control"] = "br", "private, no-cache"
        return response

    urls.urlpatterns.append(path("plain/", plain))
    clear_url_caches()
