"""What the pages and mails of signing in say."""

from allauth.account import app_settings
from django import template

register = template.Library()


@register.simple_tag
def code_minutes(purpose: str) -> int:
    """For how many minutes a code holds that was sent by mail: for "sign_in", or to confirm an "email" address."""
    seconds = {
        "sign_in": app_settings.LOGIN_BY_CODE_TIMEOUT,
        "email": app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT,
    }
    return seconds[purpose] // 60
