import pytest
from django.urls import reverse

from partners.models import Membership, Partner
from requests import actions
from requests.models import DeviceRequest, Recipient
from tests import factories

pytestmark = pytest.mark.django_db


def test_it_says_what_comes_next_and_tells_the_way_so_far(client, social_worker, dispatcher, make_approved, make_ready):
    device_request, device = make_approved(), make_ready()
    actions.allocate(device_request, device, by=dispatcher)
    client.force_login(social_worker)
    page = client.get(device_request.get_absolute_url()).content.decode()
    for words in ("Next: Is packed and sent.", "By Worker.", "By the association.", device.number, "CHF 150.00"):
        assert words in page
    assert "By Dispatch" not in page


def test_who_must_act_reads_the_action_with_its_price_or_its_page(
    client, social_worker, dispatcher, make_received, make_approved
):
    received, approved = make_received("LT-1"), make_approved("LT-2")
    client.force_login(social_worker)
    page = client.get(received.get_absolute_url()).content.decode()
    for words in ("You: Examine and decide.", "confirm that you have examined it", "CHF 150.00"):
        assert words in page
    client.force_login(dispatcher)
    page = client.get(approved.get_absolute_url()).content.decode()
    assert 'You: <a href="/requests/queue/">Allocate a laptop</a>.' in page
    assert "confirm that you" not in page


def test_a_parcel_that_came_back_is_settled_by_phone(client, social_worker, dispatcher, make_approved):
    device_request = make_approved()
    DeviceRequest.objects.update(status="returned")
    for user, words in (
        (social_worker, "Next: The association calls you."),
        (dispatcher, "You: Call the organisation."),
    ):
        client.force_login(user)
        page = client.get(device_request.get_absolute_url()).content.decode()
        assert words in page
        assert "Nothing to do for you." not in page


@pytest.mark.parametrize(
    ("status", "at", "words"),
    [
        ("declined", "active", "Your organisation declined the request."),
        ("returned", "active", "The association calls you and asks where to send it."),
        ("lost", "active", "The association asks Swiss Post where the parcel is, and calls you."),
        ("approved", "suspended", "Your organisation is suspended: its requests pause"),
        ("approved", "ended", "Your organisation takes part no longer."),
    ],
)
def test_the_organisation_itself_is_spoken_to_and_not_about(
    client, social_worker, dispatcher, partner, make_approved, status, at, words
):
    device_request = make_approved()
    DeviceRequest.objects.update(status=status)
    Partner.objects.filter(pk=partner.pk).update(status=at)
    for user, is_told in ((social_worker, True), (dispatcher, False)):
        client.force_login(user)
        page = client.get(device_request.get_absolute_url()).content.decode()
        assert (words in page, "he organisation" in page) == (is_told, not is_told)


def test_who_entered_it_reads_that_the_own_organisation_decides(client, social_worker, partner, make_received):
    device_request = make_received()
    Partner.objects.filter(pk=partner.pk).update(approves_by_two=True)
    client.force_login(social_worker)
    page = client.get(device_request.get_absolute_url()).content.decode()
    for words in ("Next: Your organisation decides.", "Your organisation examines the request"):
        assert words in page


@pytest.mark.parametrize("status", ["returned", "lost", "delivered"])
def test_the_amount_of_one_that_came_back_or_is_lost_says_whether_it_is_charged(
    client, social_worker, make_approved, status
):
    device_request = make_approved()
    DeviceRequest.objects.update(status=status)
    client.force_login(social_worker)
    is_told = status != "delivered"
    words = "With the next invoice, unless the association waives it"
    assert (words in client.get(device_request.get_absolute_url()).content.decode()) is is_told
    device_request.note("billed", invoice="2026-0463")
    page = client.get(device_request.get_absolute_url()).content.decode()
    assert ("On invoice 2026-0463" in page, words in page) == (is_told, False)


@pytest.mark.parametrize("status", ["declined", "rejected", "withdrawn"])
def test_what_ended_before_it_was_sent_costs_nothing(client, social_worker, make_approved, status):
    device_request = make_approved()
    DeviceRequest.objects.update(status=status)
    client.force_login(social_worker)
    page = client.get(device_request.get_absolute_url()).content.decode()
    assert "Nothing is charged." in page
    assert "CHF 150.00" not in page


def test_the_parcel_is_named_as_on_its_own_page_and_only_its_number_is_a_link(client, social_worker, make_approved):
    device_request = make_approved()
    device_request.note("receive", by=social_worker, parcel="990000000000000284")
    client.force_login(social_worker)
    url = reverse("shipping:by_label", args=["990000000000000284"])
    link = f'<a class="wg-id" href="{url}">99.00.000000.00000284</a>'
    assert f"<p>By Worker. Parcel {link}.</p>" in client.get(device_request.get_absolute_url()).content.decode()


def test_a_parcel_to_the_office_shows_its_address_and_whose_office_it_is(
    client, social_worker, dispatcher, partner, make_received
):
    device_request = make_received(delivery="office")
    Recipient.objects.update(street="", house_number="", postcode="", town="")
    for user, words in ((social_worker, "To our office"), (dispatcher, "To the organisation")):
        client.force_login(user)
        page = client.get(device_request.get_absolute_url()).content.decode()
        assert words in page
        assert f"<br>{partner.postcode} {partner.town}</dd>" in page


@pytest.mark.parametrize("step", ["decline", "withdraw"])
def test_a_step_that_is_no_longer_open_has_no_form(client, social_worker, make_approved, step):
    device_request = make_approved()
    DeviceRequest.objects.update(status="shipped")
    client.force_login(social_worker)
    answer = client.get(f"{device_request.get_absolute_url()}{step}/", follow=True)
    assert answer.redirect_chain == [(device_request.get_absolute_url(), 302)]
    assert "this step can’t follow" in answer.content.decode()


def test_it_costs_ten_queries_however_long_the_way(client, social_worker, make_received, django_assert_max_num_queries):
    device_request = make_received()
    for _time in range(20):
        device_request.note("billed", number="2026-0001")
    client.force_login(social_worker)
    with django_assert_max_num_queries(10):
        client.get(device_request.get_absolute_url())


def test_before_it_is_approved_the_association_reads_no_price(client, dispatcher, make_received):
    client.force_login(dispatcher)
    page = client.get(make_received().get_absolute_url()).content.decode()
    assert ("Fixed at approval" in page, "CHF " in page) == (True, False)


def test_what_was_sent_does_not_pause_with_its_organisation(client, social_worker, partner, make_approved):
    device_request = make_approved()
    Partner.objects.filter(pk=partner.pk).update(status="suspended")
    client.force_login(social_worker)
    for status, words in (("approved", "Paused."), ("shipped", "Next: Swiss Post delivers.")):
        DeviceRequest.objects.update(status=status)
        assert words in client.get(device_request.get_absolute_url()).content.decode()


def test_a_request_without_a_proof_has_none_to_open(client, social_worker, make_received):
    url = make_received().get_absolute_url()
    client.force_login(social_worker)
    assert f"{url}proof/" not in client.get(url).content.decode()
    assert client.get(f"{url}proof/").status_code == 404


def test_a_stranger_gets_the_page_of_a_missing_one(client, stranger, make_received):
    device_request = make_received()
    client.force_login(stranger)
    foreign, missing = client.get(device_request.get_absolute_url()), client.get("/requests/R-2026-999999/")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert client.get(f"{device_request.get_absolute_url()}proof/").status_code == 404


def test_a_volunteer_never_sees_a_person(client, volunteer, make_received):
    client.force_login(volunteer)
    assert client.get(make_received().get_absolute_url()).status_code == 403


def test_whoever_acts_for_another_organisation_now_no_longer_sees_it(client, social_worker, make_approved):
    url = make_approved().get_absolute_url()
    elsewhere = factories.active_partner("Anderswo")
    Membership.objects.create(user=social_worker, partner=elsewhere, role="social_worker")
    client.force_login(social_worker)
    assert client.get(url).status_code == 200
    client.post("/partners/act-for/", {"partner": elsewhere.pk})
    assert client.get(url).status_code == 404
