from .models import Membership, OnBehalf

SESSION_KEY = "acting_for"
ON_BEHALF_KEY = "on_behalf"


class ActingForMiddleware:
    """Say for which organisation the signed-in person acts, from the session and a live membership.

    Somebody of the association acts for no partner, but for an admin who has begun to act on behalf of one; a member
    of several acts for the one chosen last.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            begun = request.session.get(ON_BEHALF_KEY)
            if begun is None or not act_on_behalf(request.user, begun):
                act_for(request.user, wanted=request.session.get(SESSION_KEY))
        return self.get_response(request)


def act_on_behalf(user, begun):
    """Have an admin see what a manager of the organisation would; False once that is over.

    The roles of their own rest meanwhile, so that nothing of theirs is seen or done by mistake. Whoever lacks a second
    factor is asked for it first, as an admin.
    """
    if user.lacks_second_factor:
        return False
    on_behalf = OnBehalf.objects.live_for(user, begun)
    if on_behalf is None:
        return False
    user.association_roles = frozenset()
    user.acting_for, user.membership_roles = on_behalf.partner, frozenset({Membership.Role.MANAGER})
    user.acts_on_behalf = True
    return True


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
