import re

import pytest

from documents.models import Mail
from documents.work import send_mail  # noqa: F401  (registers the door)
from jobs.actions import run
from jobs.models import Job
from partners import work  # noqa: F401
from partners.models import Membership
from people.models import User

pytestmark = pytest.mark.django_db
NINA = {"name": "Nina Aebi", "email": "nina@lindental.example.org", "role": "manager"}


def test_an_invited_person_gets_access_and_one_mail_that_leads_in(client, admin, partner, mailoutbox):
    client.force_login(admin)
    for _time in range(2):
        assert client.post(f"/partners/{partner.pk}/invite/", NINA).url == f"/partners/{partner.pk}/"
    assert Membership.objects.get().role == "manager"
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
    assert User.objects.get(email=NINA["email"]).check_password("eine lange Nacht 9")


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
