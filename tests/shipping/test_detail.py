import pytest

from people.models import AuditEntry
from requests.models import DeviceRequest, Recipient
from shipping import actions

pytestmark = pytest.mark.django_db


def test_it_says_what_comes_next_and_tells_the_way_so_far(client, dispatcher, make_closed):
    shipment = make_closed()
    client.force_login(dispatcher)
    page = client.get(shipment.get_absolute_url()).content.decode()
    for words in ("You: Hand it over.", "Parcel closed", "By Volunteer.", "Samira Wenger", shipment.device.number):
        assert words in page
    assert f"/shipments/{shipment.pk}/label/" in page
    actions.hand_over(shipment, by=dispatcher)
    page = client.get(shipment.get_absolute_url()).content.decode()
    for words in ("Next: Swiss Post delivers.", "CHF 150.00", "Handed over"):
        assert words in page


def test_the_organisation_sees_its_parcel_but_nobodys_name_of_the_association(client, social_worker, make_closed):
    shipment = make_closed()
    client.force_login(social_worker)
    page = client.get(shipment.get_absolute_url()).content.decode()
    assert ("By the association." in page, "Samira Wenger" in page) == (True, True)
    for words in ("By Volunteer.", "/label/", "/hand-over/", "/rounds/", "You:"):
        assert words not in page


def test_a_parcel_to_an_office_goes_where_its_label_says(client, dispatcher, make_closed):
    shipment = make_closed()
    DeviceRequest.objects.update(delivery="office")
    client.force_login(dispatcher)
    page = client.get(shipment.get_absolute_url()).content.decode()
    assert f"<dt>To</dt><dd>Sozialdienst Lindental<br>{shipment.request.number}<br>" in page
    assert "Samira" not in page


def test_who_reads_the_name_is_written_down(client, dispatcher, social_worker, volunteer, stranger, make_labelled):
    shipment = make_labelled()
    url = shipment.get_absolute_url()
    for user in (volunteer, stranger):
        client.force_login(user)
        assert client.get(url).status_code in (403, 404)
    client.force_login(dispatcher)
    client.get(url)
    client.get(url, headers={"hx-request": "true"})  # asks for the label, shows nothing
    b"".join(client.get(f"{url}label/"))
    client.get("/rounds/")
    client.force_login(social_worker)
    client.get(url)
    entries = AuditEntry.objects.filter(action="read_recipient", subject=shipment.request.number)
    assert list(entries.order_by("pk").values_list("by", "on_behalf_of")) == [
        (dispatcher.pk, None),
        (dispatcher.pk, None),
        (social_worker.pk, shipment.partner_id),
    ]
    assert AuditEntry.objects.count() == 3


def test_where_no_name_is_shown_nothing_is_written_down(client, dispatcher, make_labelled):
    shipment = make_labelled()
    blank = dict.fromkeys(("first_name", "last_name", "street", "house_number", "postcode", "town", "mobile"), "")
    Recipient.objects.update(erased_at="2026-11-01T08:00Z", birth_year=None, **blank)
    client.force_login(dispatcher)
    assert "The person’s data were erased." in client.get(shipment.get_absolute_url()).content.decode()
    DeviceRequest.objects.update(delivery="office")
    assert "Sozialdienst Lindental" in client.get(shipment.get_absolute_url()).content.decode()
    assert b"".join(client.get(f"{shipment.get_absolute_url()}label/")).startswith(b"%PDF")
    assert not AuditEntry.objects.exists()


def test_where_it_lies_is_for_who_packs_it_and_only_while_it_lies_there(client, dispatcher, social_worker, make_closed):
    shipment = make_closed("B-07")
    for user, is_shown in ((dispatcher, True), (social_worker, False)):
        client.force_login(user)
        assert ("B-07" in client.get(shipment.get_absolute_url()).content.decode()) is is_shown
    actions.hand_over(shipment, by=dispatcher)
    client.force_login(dispatcher)
    assert "B-07" not in client.get(shipment.get_absolute_url()).content.decode()


def test_of_a_parcel_that_was_taken_out_nothing_is_left_to_do(client, dispatcher, make_taken_out):
    client.force_login(dispatcher)
    page = client.get(make_taken_out().get_absolute_url()).content.decode()
    assert ("Nothing is left to do." in page, "Next: " in page) == (True, False)


def test_a_withdrawn_parcel_says_so_loudly(client, dispatcher, make_closed, withdraw):
    shipment = make_closed()
    withdraw(shipment)
    client.force_login(dispatcher)
    page = client.get(shipment.get_absolute_url()).content.decode()
    assert ("Take it out." in page, "/hand-over/" in page) == (True, False)


def test_it_costs_nine_queries_at_most(client, dispatcher, make_closed, django_assert_max_num_queries):
    shipment = make_closed()
    client.force_login(dispatcher)
    with django_assert_max_num_queries(9):
        client.get(shipment.get_absolute_url())


def test_it_asks_again_until_the_label_is_there(client, dispatcher, make_allocation, make_labelled):
    packing = actions.pack(make_allocation(), by=dispatcher)
    client.force_login(dispatcher)
    url = packing.get_absolute_url()
    assert 'hx-trigger="every 1s"' in client.get(url).content.decode()
    assert client.get(url, headers={"hx-request": "true"}).status_code == 204
    labelled = make_labelled()
    answer = client.get(labelled.get_absolute_url(), headers={"hx-request": "true"})
    assert answer.headers["HX-Refresh"] == "true"


def test_the_number_of_a_parcel_leads_to_its_page(client, social_worker, stranger, make_labelled):
    shipment = make_labelled()
    client.force_login(social_worker)
    for code in (shipment.ident_code, shipment.printed_code):
        assert client.get(f"/shipments/by-label/{code}/").url == shipment.get_absolute_url()
    for code in ("990000000099999999", "%00", "nonsense"):
        assert client.get(f"/shipments/by-label/{code}/").status_code == 404
    client.force_login(stranger)
    assert client.get(f"/shipments/by-label/{shipment.ident_code}/").status_code == 404


def test_a_stranger_gets_404_as_for_a_missing_one_and_a_volunteer_403(client, stranger, volunteer, make_labelled):
    shipment = make_labelled()
    client.force_login(stranger)
    for key in (shipment.pk, 999999, "9" * 30):
        assert client.get(f"/shipments/{key}/").status_code == 404
    client.force_login(volunteer)
    for key in (shipment.pk, 999999):
        assert client.get(f"/shipments/{key}/").status_code == 403


def test_the_story_of_the_request_leads_to_the_parcel(client, social_worker, dispatcher, make_closed):
    shipment = make_closed()
    actions.hand_over(shipment, by=dispatcher)
    client.force_login(social_worker)
    page = client.get(shipment.request.get_absolute_url()).content.decode()
    assert f'href="/shipments/by-label/{shipment.ident_code}/"' in page
