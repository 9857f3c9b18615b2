import pytest

from partners.models import Partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def applicant(db):
    where = {"street": "Emmentalstrasse", "postcode": "3414", "town": "Oberburg"}
    partner = Partner.objects.create(name="Gemeinde Oberburg", **where)
    partner.bill_tos.create(name=partner.name, email="kasse@oberburg.example.org", **where)
    return partner


@pytest.mark.parametrize(
    ("verb", "status", "sentence"),
    [
        ("admit", "admitted", "Admitted. Next: record the signed agreement and invite the first person."),
        ("decline", "declined", "Gemeinde Oberburg is declined."),
    ],
)
def test_deciding_on_an_application_twice_is_as_deciding_once(client, admin, applicant, verb, status, sentence):
    action = f"/partners/{applicant.pk}/{verb.replace('_', '-')}/"
    client.force_login(admin)
    page = client.get(applicant.get_absolute_url()).content.decode()
    assert f'"{action}"' in page
    assert "/record-agreement/" not in page
    assert "/invite/" not in page
    for _time in range(2):
        client.post(action, {"reason": "no_answer"})
    applicant.refresh_from_db()
    assert applicant.status == status
    assert [(step.verb, step.by) for step in applicant.steps.all()] == [(verb, admin)]
    page = client.get(applicant.get_absolute_url()).content.decode()
    assert (action in page, sentence in page) == (False, True)


def test_before_declining_the_page_says_what_that_does(client, admin, applicant, partner):
    client.force_login(admin)
    page = client.get(f"/partners/{applicant.pk}/decline/").content.decode()
    assert "Decline Gemeinde Oberburg?" in page
    assert Partner.objects.get(pk=applicant.pk).status == "applied"
    assert client.get(f"/partners/{partner.pk}/decline/").url == partner.get_absolute_url()


def test_one_that_takes_part_is_neither_admitted_again_nor_declined(client, admin, partner):
    client.force_login(admin)
    for verb in ("admit", "decline"):
        client.post(f"/partners/{partner.pk}/{verb}/")
    partner.refresh_from_db()
    assert partner.status == "active"


def test_nobody_else_decides_and_reads_who_does(client, dispatcher, applicant):
    client.force_login(dispatcher)
    page = client.get(applicant.get_absolute_url()).content.decode()
    assert "Next: the association admits or declines it." in page
    assert "/admit/" not in page
    assert client.post(f"/partners/{applicant.pk}/admit/").status_code == 403


def test_of_a_suspended_one_the_page_says_that_its_requests_rest(client, admin, partner):
    Partner.objects.filter(pk=partner.pk).update(status="suspended")
    client.force_login(admin)
    assert "Suspended: its requests rest." in client.get(partner.get_absolute_url()).content.decode()


def test_a_manager_comes_from_the_menu_to_the_own_organisation_and_no_list(client, make_user, partner):
    manager = make_user("manager@example.org")
    manager.memberships.create(partner=partner, role="manager")
    client.force_login(manager)
    assert client.get("/partners/").url == partner.get_absolute_url()
    page = client.get(partner.get_absolute_url())
    assert [entry["label"] for entry in page.context["navigation"] if entry["current"]] == ["Organisation"]
    assert 'href="/partners/"' not in page.content.decode().partition("<main")[2]


def test_an_application_stands_among_what_needs_an_admin(client, admin, dispatcher, applicant):
    client.force_login(admin)
    page = client.get("/home/").content.decode()
    assert "Organisation wants to take part" in page
    assert 'href="/partners/?status=applied"' in page
    client.force_login(dispatcher)
    assert "wants to take part" not in client.get("/home/").content.decode()
