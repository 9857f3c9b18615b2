from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """What allauth asks us; the words of its mails stand in `templates/account/email/`."""

    def is_open_for_signup(self, request):
        """Nobody: who signed up with somebody else's address would be there before that person's invitation."""
        return False
