"""The page on which a person sees where the laptop is: no account, no script, nothing that names anybody."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from documents import ident_codes
from people.access import public
from records import clock
from requests import tracking
from requests.lifecycle import RequestStatus

from .ask import offered, wanted_language

STAGES = (  # of one that goes well, as these pages call them: public/track/_steps.html
    RequestStatus.RECEIVED,
    RequestStatus.APPROVED,
    RequestStatus.ALLOCATED,
    RequestStatus.SHIPPED,
    RequestStatus.DELIVERED,
)
AT_THE_POST = "https://service.post.ch/ekp-web/ui/entry/search/"
HELP = "first-steps"


@public
@never_cache
@require_safe
def page(request, token, code=""):
    """Where the laptop is, what comes next and when; the same page for each address that shows nothing."""
    if code and code not in settings.RECIPIENT_LANGUAGES:
        raise Http404
    found = tracking.found_by(token)
    if found is None:
        code = code or wanted_language(request) or settings.LANGUAGES[0][0]
        return _answer(request, token, code, "gone", status_code=404)
    link, sent = found
    return _answer(request, token, code or tracking.language_of(link.request), "page", **_about(link.request, sent))


def _about(device_request, sent):
    """What is shown of a request: no name, no address, no organisation."""
    status = device_request.status
    warranty = tracking.warranty_ends(sent.on) if sent.on else None
    return {
        "number": device_request.number,
        "status": status,
        "place": STAGES.index(status) if status in STAGES else None,
        "to_office": device_request.delivery == "office",
        "expected_on": device_request.expected_on if device_request.expectation else None,
        "parcel": ident_codes.printed(sent.parcel),
        "parcel_url": f"{AT_THE_POST}{sent.parcel}" if sent.parcel else "",
        "warranty_until": warranty if status == RequestStatus.DELIVERED and warranty >= clock.today() else None,
        "help_url": reverse("help:article", args=[HELP]),
        "ends_on": tracking.ends_on(device_request, sent.on),
    }


def _answer(request, token, code, name, *, status_code=200, **context):
    """A page in its own language, which none of the site's need be; it is no search engine's business."""
    languages = [(other, word, reverse("track:in_language", args=[token, other])) for other, word in offered()]
    with translation.override(code):
        where = {"code": code, "languages": languages, "phone": settings.ASSOCIATION["phone"]}
        answer = render(request, f"public/track/{name}.html", where | context, status=status_code)
    answer["Content-Language"], answer["X-Robots-Tag"] = code, "noindex"
    return answer
