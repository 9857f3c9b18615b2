from django.conf import settings
from django.urls import reverse

from . import views


class KeptMapMiddleware:
    """Answer a visitor of the map before anybody looks for a session, a person or a form's token.

    These take as long as all the rest; who brings a session goes on to the view.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.pages, self.data = reverse("map"), reverse("map_data")

    def __call__(self, request):
        if request.method in ("GET", "HEAD") and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            if request.path == self.pages and views.is_kept(request):
                return views.kept_page(request)
            if request.path == self.data:
                return views.data_json(request)
        return self.get_response(request)
