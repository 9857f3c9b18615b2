"""Who signs in to the demo, and their colleagues who only appear in the trails."""

from collections.abc import Container
from datetime import date, timedelta
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from people.models import AssociationRole, User

PASSWORD = "weitergabe-demo"  # noqa: S105 - printed by bin/start, refused outside the demo
AUDIT = timedelta(days=120)
STAFF = {  # e-mail: name, role, signs in
    "admin@demo.example": ("Regula Aeschbacher", "admin", True),
    "treasurer@demo.example": ("Andreas Zbinden", "treasurer", True),
    "dispatch@demo.example": ("Lea Brunner", "dispatcher", True),
    "volunteer@demo.example": ("Marco Solari", "volunteer", True),
    "auditor@demo.example": ("Danielle Perrin", "auditor", True),
    "dispatch.2@demo.example": ("Sandro Keller", "dispatcher", False),
    "volunteer.2@demo.example": ("Yvonne Oberli", "volunteer", False),
    "volunteer.3@demo.example": ("Mehmet Aksoy", "volunteer", False),
}


class Staff(NamedTuple):
    """The association's own people, by what they do; of several, the first one signs in to the demo."""

    admin: User
    treasurer: User
    dispatchers: list[User]
    volunteers: list[User]


def make_staff(today: date) -> Staff:
    """Write the association's own people with their roles."""
    signing_in = {email for email, (_name, _role, signs_in) in STAFF.items() if signs_in}
    users = make_users([(email, name, "de") for email, (name, _role, _signs_in) in STAFF.items()], signing_in)
    by_role: dict[str, list[User]] = {}
    for user in users:
        by_role.setdefault(STAFF[user.email][1], []).append(user)
    AssociationRole.objects.bulk_create(
        AssociationRole(user=user, role=role, ends_on=today + AUDIT if role == "auditor" else None)
        for role, users in by_role.items()
        for user in users
    )
    return Staff(by_role["admin"][0], by_role["treasurer"][0], by_role["dispatcher"], by_role["volunteer"])


def make_users(people: list[tuple[str, str, str]], signing_in: Container[str]) -> list[User]:
    """Users from (e-mail, name, language); those who sign in get the demo's password and a verified address."""
    password, nobody = make_password(PASSWORD), make_password(None)
    users = User.objects.bulk_create(
        User(email=email, name=name, language=language, password=password if email in signing_in else nobody)
        for email, name, language in people
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True)
        for user in users
        if user.email in signing_in
    )
    return users
