"""Sessions that bring along whose they are: named in settings, read at the begin of every page."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db import connection

from people.models import Session, User
from records import clock

from .models import Membership, Partner
from .models.notice import LIVE_MEMBERSHIPS, LIVE_NOTICES

COLUMNS = {model: [field.attname for field in model._meta.concrete_fields] for model in (User, Membership, Partner)}
ALIASES = {User: "u", Membership: "m", Partner: "p"}
# By hand, as putting the same together anew for each page costs more than Postgres needs for it. Who has several live
# memberships comes in several rows.
SESSION = f"""
SELECT s.session_data,
       ARRAY(SELECT role FROM people_associationrole r
             WHERE r.user_id = u.id AND (r.ends_on IS NULL OR r.ends_on >= %(today)s)),
       EXISTS(SELECT FROM mfa_authenticator a WHERE a.user_id = u.id AND a.type <> 'recovery_codes'),
       {LIVE_NOTICES},
       {", ".join(f"{ALIASES[model]}.{column}" for model, columns in COLUMNS.items() for column in columns)}
FROM people_session s
LEFT JOIN people_user u ON u.id = s.user_id
LEFT JOIN {LIVE_MEMBERSHIPS}
WHERE s.session_key = %(key)s AND s.expire_date > %(now)s
ORDER BY m.id
"""


class SessionStore(DatabaseSessionStore):
    """Django's, which reads the person with the session: roles, second factor and live memberships in one query.

    `user` is None before somebody has signed in, and for a session that was begun by this very request.
    """

    user: User | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        return row

    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(SESSION, {"key": self.session_key, "now": clock.now(), "today": clock.today()})
            rows = cursor.fetchall()
        if not rows:
            self._session_key = None
            return {}
        session_data, roles, has_second_factor, notices, *_columns = rows[0]
        found = [_records(columns) for _data, _roles, _factor, _notices, *columns in rows]
        self.user, _membership = found[0]
        if self.user:
            self.user.association_roles = frozenset(roles)
            self.user.has_second_factor = has_second_factor
            self.user.live_memberships = [membership for _user, membership in found if membership]
            self.user.live_notices = notices
        return self.decode(session_data)


def _records(columns: list[Any]) -> tuple[User | None, Membership | None]:
    """The user and a membership with its partner, of one row's columns; None for what is not there."""
    found: dict[type, Any] = {}
    for model, names in COLUMNS.items():
        values, columns = columns[: len(names)], columns[len(names) :]
        found[model] = model.from_db("default", names, values)
    user, membership = found[User], found[Membership]
    if membership.pk:
        membership.partner = found[Partner]
    return (user if user.pk else None), (membership if membership.pk else None)
