from .models import Membership

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
    """Set `acting_for` and `membership_roles`; the association's own people act for nobody."""
    if user.is_association:
        return
    mine = user.live_memberships
    if mine is None:
        mine = list(Membership.objects.live().filter(user=user).select_related("partner").order_by("pk"))
    if not mine:
        return
    user.acting_for = next((row.partner for row in mine if row.partner_id == wanted), mine[0].partner)
    user.membership_roles = frozenset(row.role for row in mine if row.partner_id == user.acting_for_id)
