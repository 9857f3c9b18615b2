"""A right that ends, ends with the next click: no session and no token keeps it."""

import pytest

from partners.actions import end
from partners.models import ApiToken, Membership

pytestmark = pytest.mark.django_db


def test_a_role_that_is_taken_away(client, dispatcher):
    client.force_login(dispatcher)
    assert client.get("/rounds/").status_code == 200
    dispatcher.roles.all().delete()
    assert client.get("/rounds/").status_code == 403


def test_an_auditor_on_the_day_after_the_last(client, make_user):
    user = make_user("auditor@example.org")
    user.roles.create(role="auditor", ends_on="2020-12-31")
    client.force_login(user)
    assert client.get("/invoices/").status_code == 403


@pytest.mark.parametrize("end", ["membership", "account"])
def test_somebody_who_leaves_an_organisation(client, social_worker, device_request, end):
    _token, secret = ApiToken.objects.issue(
        owner=social_worker, acting_for=device_request.partner, name="case software"
    )
    program = {"Authorization": f"Bearer {secret}"}
    page, route = f"/requests/{device_request.number}/", f"/api/v1/requests/{device_request.number}/"
    client.force_login(social_worker)
    assert client.get(page).status_code == client.get(route, headers=program).status_code == 200
    if end == "membership":
        Membership.objects.filter(user=social_worker).update(ended_at="2026-01-01T00:00Z")
    else:
        type(social_worker).objects.filter(pk=social_worker.pk).update(is_active=False)
    assert client.get(page).status_code in (302, 403)  # asked to sign in, or told that this is not for the role
    assert client.get(route, headers=program).status_code == 401


def test_of_an_ended_organisation_people_read_and_programs_do_not(client, admin, social_worker, device_request):
    partner = device_request.partner
    _token, secret = ApiToken.objects.issue(owner=social_worker, acting_for=partner, name="case software")
    end(partner, by=admin)
    client.force_login(social_worker)
    page, route = f"/requests/{device_request.number}/", f"/api/v1/requests/{device_request.number}/"
    assert client.get(page).status_code == 200
    assert client.get(route, headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    client.post(f"{page}approve/")
    device_request.refresh_from_db()
    assert device_request.status != "approved"


def test_an_organisation_chosen_once_is_not_acted_for_when_the_right_to_it_has_ended(client, stranger, device_request):
    both = Membership.objects.create(user=stranger, partner=device_request.partner, role="social_worker")
    client.force_login(stranger)
    client.post("/partners/act-for/", {"partner": device_request.partner_id})
    assert client.get(f"/requests/{device_request.number}/").status_code == 200
    both.delete()
    assert client.get(f"/requests/{device_request.number}/").status_code == 404
    assert client.post("/partners/act-for/", {"partner": device_request.partner_id}).status_code == 404
