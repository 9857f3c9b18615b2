from allauth.usersessions.models import UserSession

from records import clock

from .models import Limit, Session


def delete_expired() -> None:
    """Remove sessions whose time is over, and counted attempts at signing in: they hold addresses of machines."""
    Session.objects.filter(expire_date__lt=clock.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    Limit.objects.filter(expires__lt=clock.now()).delete()
