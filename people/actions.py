from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from records import clock

from .models import Limit


def delete_expired() -> None:
    """Remove sessions whose time is over, and counted attempts at signing in: they hold addresses of machines."""
    SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    Limit.objects.filter(expires__lt=clock.now()).delete()
