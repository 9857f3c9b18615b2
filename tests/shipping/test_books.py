"""Parcels under attack: every line here goes straight at the database, and the database must refuse."""

import pytest
from django.db import IntegrityError, connection, transaction

from shipping import actions
from shipping.models import Shipment

pytestmark = pytest.mark.django_db


def refused(constraint, statement, *values):
    """The statement is refused, under this name."""
    with pytest.raises(IntegrityError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert error.value.__cause__.diag.constraint_name == constraint


@pytest.fixture
def parcel(make_handed_over):
    return make_handed_over(1)[0]


@pytest.mark.parametrize("column", ["device_id", "request_id"])
def test_a_parcel_holds_the_laptop_that_is_kept_for_its_request(make_handed_over, column):
    parcel, other = make_handed_over(2)
    statement = f"UPDATE shipping_shipment SET {column} = %s WHERE id = %s"
    refused("parcel_of_its_allocation", statement, getattr(other, column), parcel.pk)


def test_a_laptop_that_is_kept_is_not_swapped_under_its_parcel(make_handed_over):
    parcel, other = make_handed_over(2)
    allocation = other.allocation
    Shipment.objects.update(status="labelled", handed_over_at=None)  # what is to be charged can't be deleted
    other.delete()
    allocation.delete()
    statement = "UPDATE requests_allocation SET device_id = %s WHERE id = %s"
    refused("parcel_of_its_allocation", statement, other.device_id, parcel.allocation_id)


@pytest.mark.parametrize("column", ["bill_to_id", "price", "handed_over_noted_at"])
def test_what_left_the_house_knows_who_pays_how_much_and_when_it_was_noted(parcel, column):
    refused("handed_over_knows_who_pays", f"UPDATE shipping_shipment SET {column} = NULL")


@pytest.mark.parametrize("change", ["handed_over_at = NULL", "status = 'labelled'", "status = 'cancelled'"])
def test_the_moment_of_handing_over_is_there_exactly_when_a_parcel_is_out(parcel, change):
    refused("handed_over_at_exactly_when_out", f"UPDATE shipping_shipment SET {change}")


@pytest.mark.parametrize("status", ["handed_over", "delivered", "returned", "lost"])
def test_nothing_is_out_without_the_moment_of_handing_over(make_allocation, dispatcher, status):
    actions.pack(make_allocation(), by=dispatcher)
    refused("handed_over_at_exactly_when_out", "UPDATE shipping_shipment SET status = %s", status)
