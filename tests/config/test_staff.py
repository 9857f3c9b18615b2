"""The association's own people: invited, with other roles, and no longer."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from config.staff import actions
from documents.models import Mail
from jobs.actions import run
from jobs.models import Job
from people.actions import set_roles
from people.models import AssociationRole, AuditEntry, Session, User
from records import clock
from records.refusals import Refused
from tests import contention

pytestmark = pytest.mark.django_db
LEA = {"name": "Lea Brunner", "email": "lea@example.org", "language": "fr", "roles": ["treasurer"], "ends_on": ""}
INVITE = "/settings/people/invite/"


@pytest.fixture
def lea(make_user):
    return make_user("lea@example.org", "dispatcher", name="Lea Brunner")


def test_an_invited_person_chooses_a_password_and_is_led_to_a_second_factor(client, admin, mailoutbox):
    client.force_login(admin)
    page = client.post(INVITE, LEA, follow=True).content.decode()
    assert "An invitation was sent to lea@example.org." in page
    assert "invited, not signed in yet" in page
    run(Job.objects.get(kind="documents.send_mail").pk)
    (sent,) = mailoutbox
    assert sent.to == ["lea@example.org"]
    assert "Vos rôles\u202f: Trésorière, trésorier." in sent.body
    client.logout()
    link = re.search(r"http://localhost:8000(/accounts/password/\S+)", sent.body).group(1)
    page = client.get(link, follow=True)
    password = {"password1": "eine lange Nacht 9", "password2": "eine lange Nacht 9"}
    answer = client.post(page.request["PATH_INFO"], password, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/2fa/")
    assert [row.role for row in User.objects.get(email="lea@example.org").roles.all()] == ["treasurer"]


def test_twice_is_as_once(admin):
    for _time in range(2):
        actions.invite(email="lea@example.org", name="Lea", language="de", roles={"treasurer": None}, by=admin)
    assert Mail.objects.filter(kind="staff.invited").count() == 1
    user = User.objects.get(email="lea@example.org")
    assert actions.resend_invitation(user, by=admin) is False


def test_who_acts_for_an_organisation_is_not_taken_on_with_the_same_address(client, admin, social_worker):
    client.force_login(admin)
    page = client.post(INVITE, LEA | {"email": social_worker.email}).content.decode()
    assert "need an address of their own" in page
    assert 'value="Lea Brunner"' in page
    assert not social_worker.roles.exists()


def test_an_auditor_has_a_last_day_and_none_after_it(client, admin):
    client.force_login(admin)
    auditor = LEA | {"roles": ["auditor", "volunteer"]}
    assert "access has a last day" in client.post(INVITE, auditor).content.decode()
    assert "This day is over" in client.post(INVITE, auditor | {"ends_on": "2020-01-01"}).content.decode()
    until = clock.today() + timedelta(days=10)
    client.post(INVITE, auditor | {"ends_on": str(until)})
    user = User.objects.get(email="lea@example.org")
    assert dict(user.roles.values_list("role", "ends_on")) == {"auditor": until, "volunteer": None}
    with clock.set_to(clock.now() + timedelta(days=11)):
        assert User.objects.get(pk=user.pk).association_roles == {"volunteer"}


def test_a_change_ends_the_sessions_and_stands_in_the_history(client, admin, lea):
    theirs = Client()
    theirs.force_login(lea)
    client.force_login(admin)
    page = client.post(f"/settings/people/{lea.pk}/", {"roles": ["treasurer"], "ends_on": ""}, follow=True)
    assert "Treasurer from then on" in page.content.decode()
    assert "Dispatcher no longer" in page.content.decode()
    assert not Session.objects.filter(user=lea).exists()
    assert theirs.get("/home/").status_code == 302
    assert [row.role for row in lea.roles.all()] == ["treasurer"]
    noted = [(row.action, row.by) for row in AuditEntry.objects.about(lea)]
    assert noted == [("role_given:treasurer", admin), ("role_taken:dispatcher", admin)]
    assert set_roles(lea, {"treasurer": None}, by=admin) is False


def test_access_ends_after_one_question(client, admin, lea):
    client.force_login(admin)
    path = f"/settings/people/{lea.pk}/end-access/"
    assert "End the access of Lea Brunner?" in client.get(path).content.decode()
    assert lea.roles.exists()
    client.post(path, {"sure": "on"})
    assert not lea.roles.exists()
    assert client.get(f"/settings/people/{lea.pk}/").status_code == 404


def test_nobody_changes_their_own_roles(client, admin):
    client.force_login(admin)
    with pytest.raises(Refused, match="their own roles"):
        set_roles(admin, {}, by=admin)
    client.post(f"/settings/people/{admin.pk}/end-access/", {"sure": "on"})
    assert [row.role for row in admin.roles.all()] == ["admin"]


def test_the_last_admin_stays_whatever_the_road(admin):
    with pytest.raises(IntegrityError, match="nobody would be admin"), transaction.atomic():
        admin.roles.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert admin.roles.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_remove_each_other_at_once_leave_one(make_user):
    first, second = make_user("first@example.org", "admin"), make_user("second@example.org", "admin")

    def faster():
        set_roles(second, {}, by=first)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at the end, which is a moment away

    with contention.behind(faster), pytest.raises(IntegrityError, match="nobody would be admin"):
        set_roles(first, {}, by=second)
    assert [row.user for row in AssociationRole.objects.filter(role="admin")] == [first]
