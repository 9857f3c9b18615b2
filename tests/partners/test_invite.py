import re

import pytest
from allauth.account.models import EmailAddress

from documents.models import Mail
from jobs.actions import run
from jobs.models import Job
from partners import actions
from partners.actions import members
from partners.models import Membership, Partner
from people.models import User
from tests import contention

pytestmark = pytest.mark.django_db
NINA = {"name": "Nina Aebi", "email": "nina@lindental.example.org", "role": "manager"}


@pytest.fixture
def manager(make_user, partner):
    user = make_user("manager@example.org")
    Membership.objects.create(user=user, partner=partner, role="manager")
    return user


def invite(client, partner, **more):
    """The page that an invitation leads to."""
    return client.post(f"/partners/{partner.pk}/invite/", NINA | more, follow=True).content.decode()


def test_an_invited_person_gets_one_mail_that_leads_in_and_access_by_accepting(client, admin, partner, mailoutbox):
    client.force_login(admin)
    assert f"An invitation was sent to {NINA['email']}." in invite(client, partner)
    membership = Membership.objects.get()
    assert (membership.role, membership.is_pending) == ("manager", True)
    job = Job.objects.get(kind="documents.send_mail")
    assert run(job.pk) is True
    assert run(job.pk) is False
    (sent,) = mailoutbox
    assert sent.to == ["nina@lindental.example.org"]
    assert "Nina" not in sent.subject
    assert Mail.objects.get().outcome == "sent"
    client.logout()
    link = re.search(r"http://localhost:8000(/accounts/password/\S+)", sent.body).group(1)
    page = client.get(link, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": "eine lange Nacht 9", "password2": "eine lange Nacht 9"})
    nina = User.objects.get(email=NINA["email"])
    assert nina.check_password("eine lange Nacht 9")
    client.force_login(nina)
    assert client.get(f"/partners/{partner.pk}/").status_code == 403
    client.post(f"/partners/memberships/{membership.pk}/accept-invitation/")
    assert client.get(f"/partners/{partner.pk}/").status_code == 200


def test_twice_is_as_once_while_the_mail_is_on_its_way(client, admin, partner):
    client.force_login(admin)
    for _time in range(2):
        assert "An invitation was sent" in invite(client, partner)
    assert (Membership.objects.count(), Mail.objects.count(), Job.objects.count()) == (1, 1, 1)
    assert [step.verb for step in partner.steps.all()] == ["invite"]


@pytest.mark.parametrize("ended", ["sent", "given up"])
def test_who_has_no_password_yet_gets_another_mail(client, admin, partner, mailoutbox, ended):
    client.force_login(admin)
    invite(client, partner)
    if ended == "sent":
        run(Job.objects.get().pk)
    else:
        Job.objects.update(state="dead")
    assert "An invitation was sent" in invite(client, partner)
    run(Job.objects.get(state="waiting").pk)
    assert {mail.to[0] for mail in mailoutbox} == {NINA["email"]}
    assert len(mailoutbox) == (2 if ended == "sent" else 1)


def test_who_has_the_role_and_a_password_gets_none_and_it_says_so(client, admin, partner, make_user):
    nina = make_user(NINA["email"], password="eine lange Nacht 9")
    Membership.objects.create(user=nina, partner=partner, role="manager")
    client.force_login(admin)
    page = invite(client, partner)
    assert f"{NINA['email']} has this role already." in page
    assert "An invitation was sent" not in page
    assert (Membership.objects.count(), Mail.objects.count()) == (1, 0)
    assert "An invitation was sent" in invite(client, partner, role="accounting")
    assert Mail.objects.get().reader == nina


def test_inviting_an_address_does_not_say_whose_it_is_before_that_person_accepts(client, manager, partner, make_user):
    hidden = make_user(NINA["email"], name="Hidden Person", last_login="2026-01-01T08:00Z")
    client.force_login(manager)
    page = invite(client, partner)
    assert ("Hidden Person" in page, f"sent to {NINA['email']}" in page) == (False, True)
    assert "Invited, has not accepted yet" in page
    client.force_login(hidden)
    client.post(f"/partners/memberships/{hidden.memberships.get().pk}/accept-invitation/")
    client.force_login(manager)
    assert "Hidden Person" in client.get(f"/partners/{partner.pk}/").content.decode()


def test_an_ended_membership_gets_no_mail(client, admin, partner, mailoutbox):
    client.force_login(admin)
    client.post(f"/partners/{partner.pk}/invite/", NINA)
    Membership.objects.update(ended_at="2026-01-01T00:00Z")
    run(Job.objects.get().pk)
    assert (mailoutbox, Mail.objects.get().outcome) == ([], "not_sent")


def test_somebody_of_the_association_is_refused_with_the_form_kept(client, admin, partner, dispatcher):
    client.force_login(admin)
    page = client.post(f"/partners/{partner.pk}/invite/", NINA | {"email": dispatcher.email}).content.decode()
    assert "works for the association" in page
    assert 'value="Nina Aebi"' in page
    assert Membership.objects.count() == 0


def test_a_stranger_gets_404_and_a_social_worker_403(client, partner, stranger, social_worker):
    before = Membership.objects.count()
    client.force_login(stranger)
    assert client.post(f"/partners/{partner.pk}/invite/", NINA).status_code == 404
    client.force_login(social_worker)
    assert client.post(f"/partners/{partner.pk}/invite/", NINA).status_code == 403
    assert Membership.objects.count() == before


def test_an_address_that_was_only_claimed_does_not_wait_for_an_invitation(client, admin, partner):
    """An account can't take an address before its mail is answered: an invitation would give that account the role."""
    eve = User.objects.create_user("eve@example.org", name="Eve")
    client.force_login(eve)
    for action in ("action_add", "action_primary"):
        client.post("/accounts/email/", {"email": NINA["email"], action: ""})
    eve.refresh_from_db()
    assert eve.email == "eve@example.org"
    client.force_login(admin)
    client.post(f"/partners/{partner.pk}/invite/", NINA)
    assert Membership.objects.get().user != eve


@pytest.mark.django_db(transaction=True)
def test_two_organisations_that_invite_the_same_person_at_once_share_one_account(admin, partner, stranger):
    other = Partner.objects.exclude(pk=partner.pk).get()
    with contention.behind(lambda: actions.invite(other, **NINA, by=admin)):
        actions.invite(partner, **NINA, by=admin)
    nina = User.objects.get(email=NINA["email"])
    assert set(nina.memberships.values_list("partner", flat=True)) == {partner.pk, other.pk}


def test_an_address_added_to_an_account_gets_nothing_of_an_invitation_there(client, admin, partner, make_user):
    """Whoever added it may have had it confirmed by its owner unawares."""
    somebody = make_user("first@example.org")
    EmailAddress.objects.create(user=somebody, email=NINA["email"], verified=True)
    client.force_login(admin)
    client.post(f"/partners/{partner.pk}/invite/", NINA)
    invited = Membership.objects.get(partner=partner).user
    assert (invited.email, invited != somebody) == (NINA["email"], True)
    assert list(EmailAddress.objects.filter(email=NINA["email"]).values_list("user", flat=True)) == [invited.pk]


ALIKE = [("chef@gemeinde.example", "chef@geme\u0131nde.example"), ("chef@strasse.example", "chef@straße.example")]


@pytest.mark.parametrize(("invited", "waiting"), [*ALIKE, *(pair[::-1] for pair in ALIKE)])
def test_an_address_that_only_looks_alike_is_another_persons(client, admin, partner, make_user, invited, waiting):
    """Postgres takes ı for I when it compares without case."""
    eve = make_user(waiting)
    client.force_login(admin)
    client.post(f"/partners/{partner.pk}/invite/", NINA | {"email": invited})
    assert Membership.objects.get().user.email == invited
    assert not eve.memberships.exists()
    assert User.objects.get_by_natural_key(invited) != eve


@pytest.mark.parametrize("spelt", [NINA["email"].upper(), NINA["email"].replace("@l", "@\uff4c")])
def test_an_address_is_the_same_in_capitals_and_in_wide_letters(client, admin, partner, make_user, spelt):
    nina = make_user(NINA["email"])
    client.force_login(admin)
    client.post(f"/partners/{partner.pk}/invite/", NINA | {"email": spelt})
    assert Membership.objects.get().user == User.objects.get_by_natural_key(spelt) == nina


@pytest.fixture
def sign_in_manager(client, manager):
    client.force_login(manager)


def test_a_manager_learns_nothing_about_an_address(client, sign_in_manager, partner, dispatcher, make_user, mailoutbox):
    """Known, unknown, or of the association: the same answer, and the list says back what was typed."""
    known = make_user("known@example.org", name="Klara Bekannt")
    answers = set()
    for email in ("unknown@example.org", known.email, dispatcher.email):
        page = client.post(f"/partners/{partner.pk}/invite/", NINA | {"email": email}, follow=True).content.decode()
        assert page.count("Nina Aebi") >= 1
        assert not any(str(person) in page for person in (known, dispatcher))
        answers.add(f"An invitation was sent to {email}." in page)
        Membership.objects.pending().filter(user__email=email).update(ended_at="2026-01-01T00:00Z")
    assert answers == {True}
    assert Membership.objects.filter(accepted_at=None).count() == 3


def test_somebody_of_the_association_gets_no_mail_and_can_not_accept(
    client, sign_in_manager, partner, dispatcher, mailoutbox
):
    client.post(f"/partners/{partner.pk}/invite/", NINA | {"email": dispatcher.email})
    run(Job.objects.get().pk)
    assert (mailoutbox, Mail.objects.get().outcome) == ([], "not_sent")
    client.force_login(dispatcher)
    assert "invites you" not in client.get("/home/").content.decode()
    client.post(f"/partners/memberships/{Membership.objects.get(user=dispatcher).pk}/accept-invitation/")
    assert not Membership.objects.live().filter(user=dispatcher).exists()


def test_a_manager_invites_so_many_an_hour_and_no_more(client, sign_in_manager, partner, manager):
    for number in range(members.INVITATIONS_AN_HOUR):
        client.post(f"/partners/{partner.pk}/invite/", NINA | {"email": f"n{number}@example.org"})
    page = client.post(f"/partners/{partner.pk}/invite/", NINA).content.decode()
    assert "within an hour" in page
    assert Membership.objects.pending().count() == members.INVITATIONS_AN_HOUR


def test_the_association_invites_without_such_a_limit(client, admin, partner, monkeypatch):
    monkeypatch.setattr(members, "INVITATIONS_AN_HOUR", 1)
    client.force_login(admin)
    for number in range(2):
        invite(client, partner, email=f"n{number}@example.org")
    assert Membership.objects.pending().count() == 2


@pytest.mark.parametrize(
    "name",
    [
        "Some\n\nYour account is locked",
        "Go to https://evil.example",
        "<b>Nina",
        "Nina\u202egnirps",
        "Nina\u2028Aebi",
        "Nina\u2029Aebi",
    ],
)
def test_a_name_that_would_write_into_the_mail_is_refused(client, admin, partner, name):
    client.force_login(admin)
    page = client.post(f"/partners/{partner.pk}/invite/", NINA | {"name": name}).content.decode()
    assert "A name has no line breaks" in page
    assert not Membership.objects.exists()
    client.post("/partners/new/", {"name": name})
    assert Partner.objects.count() == 1
