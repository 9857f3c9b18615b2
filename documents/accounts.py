from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import get_ip


class AccountAdapter(DefaultAccountAdapter):
    """What allauth asks us; the words of its mails stand in `templates/account/email/`."""

    def is_open_for_signup(self, request):
        """Nobody: who signed up with somebody else's address would be there before that person's invitation."""
        return False

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Failed sign-ins count per address and place: nobody elsewhere can lock a person out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{get_ip(request)}"
