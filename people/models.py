import unicodedata
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Lower
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from records import clock
from records.triggers import RowsStay, Trigger

# Two admins that take each other's role away at once wait here for one another, and the second one sees the first.
LAST_ADMIN = """
BEGIN
  IF OLD.role <> 'admin' THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('the last admin'));
  IF NOT EXISTS (SELECT FROM people_associationrole WHERE role = 'admin') THEN
    RAISE EXCEPTION 'nobody would be admin' USING ERRCODE = '23514', CONSTRAINT = 'somebody_stays_admin';
  END IF;
  RETURN NULL;
END
"""
DEMO_ADDRESSES = "@demo.example"  # everybody knows their password


class UserManager(BaseUserManager["User"]):
    """Makes users known by their e-mail address."""

    use_in_migrations = True

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """An address as it is kept and compared, letter by letter.

        The database's `iexact` takes letters for each other that stand for different domains: ı for i.
        """
        return unicodedata.normalize("NFKC", email or "").lower()

    def with_email(self, email: str) -> "User | None":
        """The person known by this very address, or None; an address merely added to an account is none."""
        return self.filter(email=self.normalize_email(email)).first()

    @transaction.atomic
    def create_user(self, email: str, password: str | None = None, **columns: Any) -> "User":
        """Somebody known by an address that counts as theirs: it is us who write it, and only a mail there leads in.

        Without a confirmed address, allauth lets its owner change to anybody's, and be there before that person.
        """
        user: Any = self.model(email=self.normalize_email(email), **columns)  # allauth gives it its addresses
        user.set_password(password)
        user.save(using=self._db)
        user.emailaddress_set.model.objects.filter(email=user.email).delete()  # of those who merely added it
        user.emailaddress_set.create(email=user.email, primary=True, verified=True)
        return user

    def get_or_create_user(self, email: str, *, name: str, language: str) -> "User":
        """The person known by this very address, made now if there is none; two that invite at once share one."""
        try:
            with transaction.atomic():
                return self.with_email(email) or self.create_user(email, name=name, language=language)
        except IntegrityError:
            return self.get_by_natural_key(email)

    @transaction.atomic
    def create_many(self, people: "dict[str, User]") -> "list[User]":
        """The same for many at once, given by their normalized addresses; nobody knows their passwords."""
        for email, user in people.items():
            user.email = email
            user.set_unusable_password()
        users = self.bulk_create(people.values(), batch_size=1000)
        addresses: Any = self.model._meta.get_field("emailaddress").related_model
        addresses.objects.filter(email__in=people).delete()  # of those who merely added them
        addresses.objects.bulk_create(
            [addresses(user=user, email=user.email, primary=True, verified=True) for user in users], batch_size=1000
        )
        return users

    def create_superuser(self, email: str, password: str | None = None, **columns: Any) -> "User":
        """The first admin, whom `manage.py first_admin` asks for."""
        user = self.create_user(email, password, **columns)
        user.roles.create(role=AssociationRole.Role.ADMIN)
        return user

    def dealing_with_money(self) -> models.QuerySet["User"]:
        """Treasurers and admins."""
        roles = (AssociationRole.Role.TREASURER, AssociationRole.Role.ADMIN)
        holding = AssociationRole.objects.live().filter(role__in=roles)
        return self.filter(pk__in=holding.values("user"), is_active=True).order_by("pk")

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=self.normalize_email(email))


class User(AbstractUser):
    """A person who signs in, known by an e-mail address.

    `acting_for` is the partner the person speaks for in this request, set by the middleware from a live
    membership, by the API from the token; None for the association's own work.
    """

    class Theme(models.TextChoices):
        AUTO = "auto", _("Like my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    username = None
    first_name = None
    last_name = None
    email = models.EmailField(_("E-mail"))
    name = models.CharField(_("Name"), max_length=100)
    language = models.CharField(_("Language"), max_length=5, default="de")
    theme = models.CharField(_("Appearance"), max_length=5, choices=Theme, default=Theme.AUTO)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    acting_for: Any = None
    membership_roles: frozenset[str] = frozenset()
    acts_on_behalf: bool = False  # of the partner, as an admin who is none of its people
    live_memberships: list[Any] | None = None  # where the session brought them along
    live_notices: Sequence[Sequence[int]] = ()  # key and version of all that is told and not put away; likewise

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                name="one_user_per_address",
                violation_error_message=_("Somebody signs in with this e-mail address already."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="one_user_per_email",
                violation_error_message=_("Somebody signs in with this e-mail address already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def acting_for_id(self) -> int | None:
        return self.acting_for.pk if self.acting_for else None

    @cached_property
    def association_roles(self) -> frozenset[str]:
        """The association's roles this person holds today; whoever has one acts for no partner.

        A session brings them along, as it does `has_second_factor`.
        """
        return frozenset(self.roles.live().values_list("role", flat=True)) if self.pk else frozenset()

    @cached_property
    def has_second_factor(self) -> bool:
        """Whether there is an authenticator app or a passkey; codes on paper alone are none."""
        factors: Any = self.authenticator_set  # type: ignore[attr-defined]  # allauth's
        return bool(self.pk) and factors.exclude(type="recovery_codes").exists()

    def has_role(self, *roles: str) -> bool:
        """Whether the person holds one of the association's roles."""
        return not self.association_roles.isdisjoint(roles)

    @property
    def is_association(self) -> bool:
        return bool(self.association_roles)

    @property
    def acts_as(self) -> tuple[frozenset[str], int | None, frozenset[str]]:
        """All that decides what this person sees: the association's roles, or an organisation and the roles there."""
        return self.association_roles, self.acting_for_id, self.membership_roles

    @property
    def lacks_second_factor(self) -> bool:
        """Whether the person must first set up an authenticator app or a passkey: the association sees everybody.

        The demo's own accounts are let off, in a demo only.
        """
        let_off = settings.DEMO and self.email.endswith(DEMO_ADDRESSES)
        if let_off or not self.is_association:
            return False
        return not self.has_second_factor


class Session(AbstractBaseSession):
    """What a browser is known by, and whose it is once somebody has signed in."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")

    def __str__(self) -> str:
        return str(self.user or "–")

    @classmethod
    def get_session_store_class(cls) -> type:
        return import_string(f"{settings.SESSION_ENGINE}.SessionStore")


class RoleQuerySet(models.QuerySet["AssociationRole"]):
    def live(self) -> Self:
        today = clock.today()
        return self.filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=today))


class AssociationRole(models.Model):
    """What somebody may do for the association; an auditor's role has an end."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("Admin")
        TREASURER = "treasurer", _("Treasurer")
        DISPATCHER = "dispatcher", _("Dispatcher")
        VOLUNTEER = "volunteer", _("Volunteer")
        AUDITOR = "auditor", _("Auditor")

    user = models.ForeignKey(User, models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=Role)
    ends_on = models.DateField(null=True, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="one_row_per_user_and_role"),
            models.CheckConstraint(
                condition=~models.Q(role="auditor") | models.Q(ends_on__isnull=False), name="auditor_has_an_end"
            ),
            models.CheckConstraint(
                condition=~models.Q(role="admin") | models.Q(ends_on__isnull=True), name="admin_has_no_end"
            ),
            Trigger(
                name="somebody_stays_admin",
                when="AFTER UPDATE OF role OR DELETE",
                body=LAST_ADMIN,
                is_deferred=True,
                refusals={"somebody_stays_admin": _("Somebody has to be admin: make another person one first.")},
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class AuditEntryManager(models.Manager["AuditEntry"]):
    def about(self, user: "User") -> "models.QuerySet[AuditEntry]":
        """What was done to a person's roles, newest first."""
        return self.filter(subject=f"people.user:{user.pk}").select_related("by").order_by("-pk")

    def record(self, action: str, subject: str, *, by: "User") -> "AuditEntry":
        """Write down that a person did or read something.

        `subject` names the record by its public number, its address or `app.model:key`, never by a name.
        """
        return self.create(action=action, subject=subject, by=by, on_behalf_of=by.acting_for_id)


class AuditEntry(models.Model):
    """Who read or changed what; only ever added to, and nothing a person typed in it."""

    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.BigIntegerField(null=True)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)

    objects = AuditEntryManager()

    class Meta:
        constraints = [RowsStay(name="people_auditentry_stays")]
        indexes = [models.Index(fields=["subject", "at"], name="audit_by_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class Limit(models.Model):
    """A row of Django's cache: how often somebody tried to sign in, from where. Outlives the broker."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires"], name="limits_over")]

    def __str__(self) -> str:
        return self.cache_key
