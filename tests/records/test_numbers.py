"""Numbers that people see go on for ever."""

import pytest
from django.db import connections

from devices.models import Device
from tests.factories import request_of

pytestmark = pytest.mark.django_db
SET = "SELECT setval('device_number', %s), setval('request_number', %s)"


@pytest.fixture
def nearly_a_million():
    """The next number of either series is the last one with six digits."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT nextval('device_number'), nextval('request_number')")
        before = cursor.fetchone()
        cursor.execute(SET, [999_998, 999_998])
    yield
    with connections["owner"].cursor() as cursor:
        cursor.execute(SET, before)


def test_the_millionth_number_has_one_digit_more(nearly_a_million, partner):
    laptops = [Device.objects.create(asset_tag=f"L-{n}") for n in range(3)]
    for row in laptops:
        row.refresh_from_db()
    assert [laptop.number for laptop in laptops] == ["D-999999", "D-1000000", "D-1000001"]
    requests = [request_of(partner.bill_tos.get(), status="approved", case_reference=f"LT-{n}") for n in range(2)]
    assert [request.number[7:] for request in requests] == ["999999", "1000000"]
