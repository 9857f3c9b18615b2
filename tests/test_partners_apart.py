"""No row of one organisation can point to another's, whatever writes it: the composite keys, tried by SQL."""

import pytest
from django.db import IntegrityError, connection, transaction

from partners.models import BillTo
from requests.models import Allocation, PersonMark, RequestDraft
from shipping.models import Shipment
from tests import factories

pytestmark = pytest.mark.django_db


def records(partner):
    """One of each, all of this partner."""
    bill_to = partner.bill_tos.first() or BillTo.objects.create(
        partner=partner, name="Kasse", postcode="3400", town="Burgdorf"
    )
    request = factories.request_of(bill_to, recipient={"first_name": "Samira"})
    allocation = factories.allocation_of(request)
    shipment = factories.parcel_of(allocation)
    link = partner.intake_links.create(closed_at="2099-01-01T00:00Z")
    return {
        "partner": partner,
        "link": link,
        "draft": RequestDraft.objects.create(partner=partner, link=link),
        "bill_to": bill_to,
        "request": request,
        "recipient": request.recipient,
        "mark": PersonMark.objects.create(request=request, partner=partner, mark=f"{partner.pk}"),
        "device": allocation.device,
        "allocation": allocation,
        "shipment": shipment,
        "conversation": partner.conversations.create(request_number=request.number, waits_for="partner"),
    }


@pytest.fixture
def own(partner):
    return records(partner)


@pytest.fixture
def foreign(db):
    other = factories.active_partner("Sozialdienst Obertal", postcode="3454", town="Sumiswald")
    return records(other)


def stopped_by(statement, values):
    """The name of what the database refuses a statement by."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return refused.value.__cause__.diag.constraint_name


@pytest.mark.parametrize(
    ("table", "column", "record", "target", "key"),
    [
        ("requests_devicerequest", "bill_to_id", "request", "bill_to", "request_bill_to_of_its_partner"),
        ("requests_devicerequest", "intake_link_id", "request", "link", "request_link_of_its_partner"),
        ("requests_devicerequest", "conversation_id", "request", "conversation", "request_conversation_is_about_it"),
        ("requests_requestdraft", "link_id", "draft", "link", "draft_link_of_its_partner"),
        ("requests_personmark", "request_id", "mark", "request", "mark_of_its_partner"),
        ("requests_allocation", "request_id", "allocation", "request", "allocation_of_its_partner"),
        ("shipping_shipment", "request_id", "shipment", "request", "shipment_of_its_partner"),
        ("shipping_shipment", "bill_to_id", "shipment", "bill_to", "shipment_bill_to_of_its_partner"),
        ("shipping_shipment", "allocation_id", "shipment", "allocation", "shipment_allocation_of_its_partner"),
    ],
)
def test_a_row_never_points_to_anothers(own, foreign, table, column, record, target, key):
    Allocation.objects.filter(pk=foreign["allocation"].pk).update(released_at="2099-01-01T00:00Z")
    Shipment.objects.filter(pk=foreign["shipment"].pk).update(status="cancelled")
    if record == "allocation":  # a parcel would hold it, too
        own["shipment"].delete()
    statement = f"UPDATE {table} SET {column} = %s WHERE id = %s"
    assert stopped_by(statement, [foreign[target].pk, own[record].pk]) == key


def test_a_person_never_belongs_to_anothers_request(own, foreign):
    statement = "UPDATE requests_recipient SET partner_id = %s WHERE request_id = %s"
    assert stopped_by(statement, [foreign["partner"].pk, own["request"].pk]) == "recipient_of_its_partner"


@pytest.mark.parametrize(
    ("same", "key"), [("device", "one_live_allocation_per_device"), ("request", "one_live_allocation_per_request")]
)
def test_a_laptop_and_a_request_have_one_live_allocation(own, partner, commune, same, key):
    other = records(partner)
    Shipment.objects.filter(pk=other["shipment"].pk).delete()
    Allocation.objects.filter(pk=other["allocation"].pk).delete()
    values = {"device": other["device"].pk, "request": other["request"].pk} | {same: own[same].pk}
    statement = """
        INSERT INTO requests_allocation (request_id, partner_id, device_id, allocated_at)
        VALUES (%s, %s, %s, now())
    """
    assert stopped_by(statement, [values["request"], partner.pk, values["device"]]) == key


def test_a_request_has_no_conversation_about_another_one(own, partner, commune):
    other = records(partner)["conversation"]
    statement = "UPDATE requests_devicerequest SET conversation_id = %s WHERE id = %s"
    assert stopped_by(statement, [other.pk, own["request"].pk]) == "request_conversation_is_about_it"
