"""What the association tells whoever looks at a page: who signs in is known by the session, visitors are all alike."""

from functools import partial

from django.core.cache import caches
from django.utils.translation import get_language

from partners.models import Notice
from records import clock

KEPT = 60  # seconds until visitors see what was published, and no longer what was withdrawn


def notices_for(request):
    """The notices at the top of a page. One more statement, and only where something is told that isn't put away."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return notices_for_visitors()
    return _told(user) if user.live_notices else ()


def _told(user):
    """What is told to this person; asked once a minute for all who are alike to a notice.

    What is published, withdrawn, put away or said in other words counts at once, as the session says what there is.
    """
    place = user.acting_for
    alike = (
        *(user.live_notices, user.language, user.is_association, user.acts_on_behalf, sorted(user.membership_roles)),
        *((place.pk, place.status, place.kind) if place else ()),
        clock.today(),
    )
    keys = [key for key, _version in user.live_notices]
    kept_as = f"notices:{alike}".replace(" ", "")
    return caches["figures"].get_or_set(kept_as, partial(Notice.objects.shown_to, user, keys), KEPT)


def notices_for_visitors():
    """What everybody is told, in the language of the page or else the first one that has it; kept in the process."""
    found = caches["figures"].get_or_set("notices", Notice.objects.shown_to_visitors, KEPT)
    here = get_language()
    return tuple(next((text for text in texts if text.language == here), texts[0]) for texts in found)
