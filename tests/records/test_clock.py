from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction

from devices.models import Device
from records import clock
from tests import factories

NEW_YEARS_EVE = datetime(2024, 12, 31, 23, 30, tzinfo=UTC)  # which is 2025 in Zurich

pytestmark = pytest.mark.django_db


def time_of_postgres():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_now()")
        return cursor.fetchone()[0]


def test_it_can_be_set_for_python_and_for_postgres_and_goes_on_afterwards():
    with clock.set_to(NEW_YEARS_EVE):
        assert (clock.now(), time_of_postgres()) == (NEW_YEARS_EVE, NEW_YEARS_EVE)
        assert clock.today() == date(2025, 1, 1)
        assert Device.objects.create(asset_tag="X").received_at == NEW_YEARS_EVE
    assert clock.now().year == time_of_postgres().year >= 2026


def test_the_year_in_a_number_is_the_clocks(partner):
    with clock.set_to(NEW_YEARS_EVE):
        request = factories.request_of(partner.bill_tos.get())
    assert request.number.startswith("R-2025-")


def test_a_block_that_fails_sets_nothing():
    with pytest.raises(ZeroDivisionError), clock.set_to(NEW_YEARS_EVE):
        raise ZeroDivisionError
    assert clock.now() > NEW_YEARS_EVE
    assert time_of_postgres() > NEW_YEARS_EVE


def test_within_one_another_each_ends_with_the_time_before_it():
    earlier = NEW_YEARS_EVE.replace(year=2020)
    with transaction.atomic(), clock.set_to(NEW_YEARS_EVE):
        with clock.set_to(earlier):
            assert time_of_postgres() == earlier
        assert (clock.now(), time_of_postgres()) == (NEW_YEARS_EVE, NEW_YEARS_EVE)
