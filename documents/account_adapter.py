from urllib.parse import urlsplit, urlunsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.contrib.auth import get_user_model

from .mail import NotAccepted, hand_to_server

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """What allauth asks us; the words of its mails stand in `templates/account/email/`."""

    def is_open_for_signup(self, request):
        """Nobody: who signed up with somebody else's address would be there before that person's invitation."""
        return False

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Failed sign-ins count per address and place: nobody elsewhere can lock a person out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{get_ip(request)}"

    def is_safe_url(self, url):
        try:
            return super().is_safe_url(url)
        except ValueError:  # it is no address
            return False

    def clean_email(self, email):
        """The address as it is kept and compared everywhere."""
        return get_user_model().objects.normalize_email(super().clean_email(email))

    def send_mail(self, template_prefix, email, context):
        """Send it at once, for it holds a code or a key that nothing may keep.

        The page answers the same whether it went out or not: it must not tell which addresses a server knows.
        """
        email = get_user_model().objects.normalize_email(email)  # a look-alike that was typed has another mailbox
        message = self.render_mail(template_prefix, email, {"request": self.request, "email": email} | context)
        try:
            hand_to_server(message)
        except (NotAccepted, OSError) as error:
            log.error("account_mail_not_sent", mail=template_prefix, reason=f"{type(error).__name__}: {error}")

    def get_reset_password_from_key_url(self, key):
        return _at_home(super().get_reset_password_from_key_url(key))


def _at_home(url):
    """The address under BASE_URL, whatever host and port the request named: the reader trusts our mails."""
    home = urlsplit(settings.BASE_URL)
    return urlunsplit(urlsplit(url)._replace(scheme=home.scheme, netloc=home.netloc))
