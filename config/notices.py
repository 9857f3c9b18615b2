"""What the association tells whoever looks at a page: who signs in is known by the session, visitors are all alike."""

from django.core.cache import caches
from django.utils.translation import get_language

from partners.models import Notice

KEPT = 60  # seconds until visitors see what was published, and no longer what was withdrawn


def notices_for(request):
    """The notices at the top of a page. One more statement, and only where something is told that isn't put away."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return Notice.objects.shown_to(user, user.live_notices)
    return notices_for_visitors()


def notices_for_visitors():
    """What everybody is told, in the language of the page or else the first one that has it; kept in the process."""
    found = caches["figures"].get_or_set("notices", Notice.objects.shown_to_visitors, KEPT)
    here = get_language()
    return tuple(next((text for text in texts if text.language == here), texts[0]) for texts in found)
