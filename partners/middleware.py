from .models import Membership, Partner

SESSION_KEY = "acting_for"


class ActingForMiddleware:
    """Say for which organisation the signed-in person acts, from the session and a live membership.

    Somebody of the association acts for no partner; a member of several acts for the one chosen last.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            act_for(request.user, wanted=request.session.get(SESSION_KEY))
        return self.get_response(request)


def act_for(user, *, wanted=None):
    """Set `acting_for` and `membership_roles`; one query for members, none for the association's own people."""
    if user.is_association:
        return
    rows = list(Membership.objects.live().filter(user=user).order_by("pk").values_list("partner_id", "role"))
    if not rows:
        return
    partners = {partner for partner, _role in rows}
    chosen = wanted if wanted in partners else rows[0][0]
    user.acting_for = Partner.objects.get(pk=chosen)
    user.membership_roles = frozenset(role for partner, role in rows if partner == chosen)
